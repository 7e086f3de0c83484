"""Input that nobody types by mistake: every crash that fuzzing found."""

from __future__ import annotations

import pytest

from amlbot import Bot, KnowledgeBase, KnowledgeError
from amlbot.knowledge.fields import MAX_HINTS

FOUND = [
    "r❺ミ16",  # a circled digit is a digit to Python, but no number
]


@pytest.mark.parametrize("text", FOUND)
def test_what_fuzzing_found(bot: Bot, text: str) -> None:
    assert bot.ask(text).text


def test_a_file_of_strange_names_is_refused_in_few_words() -> None:
    with pytest.raises(KnowledgeError) as refused:
        KnowledgeBase.from_dicts({f"k{n}": "v" for n in range(50_000)})
    assert len(refused.value.problems) == MAX_HINTS + 1


def test_many_loose_ends_are_all_named() -> None:
    related = [f"z{n}" for n in range(2_000)]
    intents = [{"id": "a", "questions": ["q"], "answer": "b", "related": related}]
    with pytest.raises(KnowledgeError) as refused:
        KnowledgeBase.from_dicts({"intents": intents})
    assert len(refused.value.problems) == len(related)
