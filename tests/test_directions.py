"""Directions: start is not stop, before is not after; a question that only asks turns nothing."""

from __future__ import annotations

import pytest

from amlbot import KnowledgeBase, Matcher, Outcome
from amlbot.matching.directions import Directions
from amlbot.model import Lexicon
from amlbot.text import words

LEXICON = Lexicon(
    synonyms=(("stop", "quit", "come off"),),
    opposites=(("start", "stop"), ("before", "after"), ("safe", "not safe"), ("can", "cannot")),
    undirected=frozenset({"why not", "cannot i"}),
)


@pytest.mark.parametrize(
    ("asked", "known", "flipped"),
    [
        ("can I start the pills", "can I stop the pills", ("start", "stop")),
        ("can I start the pills", "when to come off the pills", ("start", "stop")),
        ("can I start the pills", "can I start or stop the pills", None),
        ("food before chemo", "food after chemo", ("before", "after")),
        ("food before or after chemo", "food after chemo", None),
        ("is it safe", "it is not safe", ("safe", "not safe")),
        ("cannot I eat it", "can I eat it", None),
        ("one cannot eat it", "can I eat it", ("cannot", "can")),
        ("why not", "is it not safe", None),
    ],
)
def test_flips(asked: str, known: str, flipped: tuple[str, str] | None) -> None:
    directions = Directions(LEXICON)
    found = directions.flipped(directions.find(words(asked)), directions.find(words(known)))
    assert found == flipped


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    stop = ["Can I stop my tablets early?", "stop tablets early", "is it okay to stop my tablets"]
    kb = KnowledgeBase.from_dicts(
        {
            "lexicon": {"opposites": [["start", "stop"]]},
            "intents": [{"id": "stop", "questions": stop, "answer": "Ask first."}],
        }
    )
    return Matcher(kb)


def test_a_flipped_question_is_offered_and_the_veto_shown(matcher: Matcher) -> None:
    assert matcher.match("could I stop my tablets early").outcome is Outcome.ANSWER
    explanation = matcher.explain("could I start my tablets early")
    assert explanation.match.outcome is not Outcome.ANSWER
    assert explanation.flipped == ("start", "stop")


def test_an_intent_that_covers_both_directions_is_answered() -> None:
    kb = KnowledgeBase.from_dicts(
        {
            "lexicon": {"opposites": [["before", "after"]]},
            "intents": [
                {
                    "id": "food",
                    "questions": ["What may I eat before chemo?", "eating after chemo"],
                    "answer": "Light food.",
                }
            ],
        }
    )
    assert Matcher(kb).explain("what may I eat after chemo").flipped == ()
