"""What holds whatever was said before: bounded work, no exception, the alarm the same."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amlbot import Bot, Candidate, KnowledgeBase, Match, Matcher, Outcome, Turn
from amlbot.conversation.dialogue import (
    COUNTED,
    MAX_HISTORY,
    MAX_HISTORY_TEXT,
    MAX_MATCHED,
    latest,
)

MOST_MATCHES = 120
"""Matches that one message may cost: pieces, three questions, and each of their readings."""

SAID = [
    "what is idh1", "how common is it", "and idh2?", "tell me more", "2", "yes", "no",
    "none of these",
    "the second one", "i meant idh2", "not that", "simpler", "hello", "what is idh1? what is idh2?",
    "start over", "previous", "", "   ", "?!", "1. a 2. b 3. c", "{emergency} {x}", "it it it",
    "\x00\x1b[31m",
    "IDH1" * 400, "what is it and " * 300, "a\n" * 500, "😀" * 200, "٣٤", "<script>", "the {} one",
]  # fmt: skip
texts = st.sampled_from(SAID) | st.text(max_size=200)
messages = (
    st.builds(Turn, st.sampled_from(["user", "assistant", "system"]), texts)
    | st.fixed_dictionaries({"role": st.just("user"), "content": texts})
    | st.dictionaries(
        st.sampled_from(["role", "content", "x"]), st.none() | texts | st.lists(texts)
    )
    | st.none()
    | st.integers()
)


class Counting:
    """A matcher that counts what it is asked."""

    def __init__(self, matcher: Matcher) -> None:
        self.matcher = matcher
        self.asked: list[str] = []

    def match(self, text: str) -> Match:
        self.asked.append(text)
        return self.matcher.match(text)

    def search(self, text: str, limit: int = 10) -> list[Candidate]:
        return self.matcher.search(text, limit)


@pytest.fixture(scope="module")
def counting(small: KnowledgeBase) -> Counting:
    return Counting(Matcher(small))


@pytest.fixture(scope="module")
def watched(small: KnowledgeBase, counting: Counting) -> Bot:
    return Bot(small, matcher=counting)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=texts, history=st.lists(messages, max_size=30))
def test_any_history_is_answered_at_bounded_cost(
    watched: Bot, counting: Counting, text: str, history: list[object]
) -> None:
    counting.asked.clear()
    reply = watched.ask(text, history)  # type: ignore[arg-type]
    assert reply.text.strip()
    assert len(reply.choices) <= 3
    assert len(counting.asked) <= MOST_MATCHES * (MAX_HISTORY_TEXT // COUNTED + 1)
    assert all(len(asked) <= 3 * MAX_MATCHED for asked in counting.asked)
    assert watched.ask(text, history) == reply  # type: ignore[arg-type]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    text=st.sampled_from(
        ["i cant breathe", "she has a fever of 39", "i want to die", "what is npm1"]
    ),
    history=st.lists(messages, max_size=6),
)
def test_no_history_changes_an_alarm(bot: Bot, text: str, history: list[object]) -> None:
    alone, after = bot.ask(text), bot.ask(text, history)  # type: ignore[arg-type]
    assert (alone.outcome is Outcome.URGENT) == (after.outcome is Outcome.URGENT)
    if alone.outcome is Outcome.URGENT:
        assert after == alone


def test_only_the_last_messages_count(watched: Bot) -> None:
    recent = [Turn("user", f"weather {i}") for i in range(MAX_HISTORY)]
    before = [Turn("user", "what is idh1")] * 500
    assert watched.ask("tell me more", before + recent) == watched.ask("tell me more", recent)


def test_of_a_long_history_the_latest_is_read_and_each_message_whole() -> None:
    assert latest(["a"] * 999) == ["a"] * MAX_HISTORY
    different = [f"question {i}" for i in range(99)]
    assert latest(different) == different[-MAX_HISTORY_TEXT // COUNTED :]
    long = "x" * 9000
    assert latest([long, "y" * 999, "z"]) == [long, "y" * 999, "z"]
    assert len(latest([f"{long}{i}" for i in range(9)])) == MAX_HISTORY_TEXT // MAX_MATCHED
    assert sum(map(len, latest([c * 700 for c in "abcdefghi"]))) <= MAX_HISTORY_TEXT


def test_thirty_picks_in_a_row_are_played_through_again(bot: Bot) -> None:
    said = ["What is NPM1?"] + ["1"] * 30
    history = [Turn("user", text) for text in said]
    kept = [bot.filled(reply) for reply in bot.replies(said)]
    assert [bot.ask("1", history[:i]) for i in range(1, 31)] == kept[1:]
    assert {reply.outcome for reply in kept} == {Outcome.ANSWER}


def test_an_alarm_amid_a_long_message_is_not_forgotten(bot: Bot) -> None:
    filling = "We went home and he ate some soup and looked at the garden. " * 45
    story = f"{filling}He has crushing chest pain. {filling}"
    assert bot.ask(story).level == "emergency"
    assert bot.ask("what is MRD?", [Turn("user", story)]).text.startswith("What I said before")


def test_every_small_talk_is_known_for_what_it_is(bot: Bot) -> None:
    talk = [intent for intent in bot.kb.intents.values() if intent.chat]
    wrong = {
        question: reply.intent or reply.outcome.value
        for intent in talk
        for question in intent.questions
        if (reply := bot.ask(question)).intent != intent.id
    }
    assert not wrong


def test_small_talk_takes_no_question(bot: Bot) -> None:
    titles = [intent.title for intent in bot.kb.intents.values() if not intent.chat]
    taken = [title for title in titles[::4] if bot.ask(title).outcome is Outcome.CHAT]
    assert not taken
