"""What an alarm says: first what to do, in the reader's region, and nothing that could harm."""

from __future__ import annotations

import pytest

from amlbot import Bot, KnowledgeBase, Outcome
from amlbot.render import as_text


@pytest.mark.parametrize(
    ("typed", "level", "begins"),
    [
        ("he has chest pain and cant breathe", "emergency", "Call 911 now"),
        ("my temp is 38.4", "call_team", "Call your care team's 24-hour number now"),
        (
            "i dont want to live anymore",
            "crisis",
            "I am glad you told me. Please reach out now to 988",
        ),
        ("i took a lot of pills to end it", "crisis", "Call 911 now"),
    ],
)
def test_the_first_line_says_what_to_do(bot: Bot, typed: str, level: str, begins: str) -> None:
    reply = bot.ask(typed)
    assert (reply.outcome, reply.level) == (Outcome.URGENT, level)
    assert reply.text.startswith(begins)
    assert reply.sources


def test_the_numbers_are_those_of_the_region(bot: Bot) -> None:
    assert bot.ask("she had a seizure", region="uk").text.startswith("Call 999 now")


def test_what_else_was_asked_is_not_forgotten(bot: Bot) -> None:
    reply = bot.ask("My temperature is 39.1. Also, what is NPM1?")
    assert reply.outcome is Outcome.URGENT
    assert "what is NPM1" in reply.text


def test_in_a_crisis_nothing_is_said_back(bot: Bot) -> None:
    reply = bot.ask("I want to end my life. How many venetoclax tablets would it take?")
    assert reply.level == "crisis"
    assert "venetoclax" not in reply.text
    assert "I can answer other questions after this" in reply.text


def test_a_plea_is_no_other_question(bot: Bot) -> None:
    assert "You also asked" not in bot.ask("She had a seizure. Should we wait until morning?").text


def test_an_unclear_middle_gets_a_line_beside_the_answer(bot: Bot) -> None:
    reply = bot.ask("my temperature is 37.7. what is NPM1?")
    assert reply.outcome is not Outcome.URGENT
    assert "37.5" in reply.text


def test_a_question_about_fever_is_answered(bot: Bot) -> None:
    assert bot.ask("what counts as a fever").outcome is Outcome.ANSWER


def test_urgent_looks_different_without_color(bot: Bot) -> None:
    banner, _, first, *_ = as_text(bot.ask("i cant breathe"), bot.say).splitlines()
    assert "URGENT" in banner
    assert first.startswith("Call 911 now")


def test_knowledge_without_a_safety_section_has_no_screen() -> None:
    kb = KnowledgeBase.from_dicts({"intents": [{"id": "a", "questions": ["Q"], "answer": "A"}]})
    assert Bot(kb).ask("i cant breathe").outcome is Outcome.UNKNOWN
