"""What an alarm says: first what to do, in the reader's region, and nothing that could harm."""

from __future__ import annotations

import pytest

from amlbot import Bot, KnowledgeBase, Outcome, Turn
from amlbot.model import Level
from amlbot.rendering.render import as_text
from amlbot.safety.screen import ALARM, Alarm


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


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("dad isn't breathing", "Say first that the person does not wake, or does not breathe."),
        ("her lips are blue", "Call 911 now. In the hospital, press the call button"),
        ("out of breath on the stairs since today", "breathing is hard at rest"),
        ("temp 39.4 and he talks nonsense", "It may be sepsis."),
        ("shaky hands and walking like a drunk since the cytarabine", "Do not walk alone."),
        ("first venetoclax yesterday, now my pee is brown", "which medicine was started"),
        ("it hurts so bad to poo and my bottom is sore", "an infection can get bad fast"),
    ],
)
def test_what_is_said_fits_the_sign(bot: Bot, typed: str, says: str) -> None:
    assert says in bot.ask(typed).text


def test_the_numbers_are_those_of_the_region(bot: Bot) -> None:
    assert bot.ask("she had a seizure", region="uk").text.startswith("Call 999 now")


def test_what_else_was_asked_is_not_forgotten(bot: Bot) -> None:
    reply = bot.ask("My temperature is 39.1. Also, what is NPM1?")
    assert reply.outcome is Outcome.URGENT
    assert "npm1-what" in [choice.intent for choice in reply.choices]
    assert "what is NPM1" in bot.ask("She had a seizure. Also, what is NPM1?").text


def test_what_has_no_answer_is_not_promised_one(bot: Bot) -> None:
    assert "You also asked" not in bot.ask("She had a seizure. Do I sell the boat?").text


def test_what_answers_the_message_can_be_read_after_the_call(bot: Bot) -> None:
    typed = "pee is bright red after chemo"
    reply = bot.ask(typed)
    assert (reply.level, reply.heading) == ("call_team", "later")
    assert [choice.intent for choice in reply.choices] == ["red-urine"]
    assert bot.ask(typed, [Turn("user", "how risky is salvage chemo")]).choices == reply.choices
    picked = bot.ask("1", [Turn("user", typed)])
    assert picked.intent == "red-urine"
    assert picked.lead  # the call is brought to mind again


def test_thanks_do_not_end_an_alarm(bot: Bot) -> None:
    for typed in ("my temp is 38.7", "dad isn't breathing"):
        assert "still counts" in bot.ask("thanks", [Turn("user", typed)]).text


@pytest.mark.parametrize(
    "typed",
    [
        "i cant breathe. what is npm1?",
        "I want to end my life. What is NPM1?",
        "temp 38.4 and the seventh of the month",
    ],
)
def test_what_is_graver_or_has_no_answer_stands_alone(bot: Bot, typed: str) -> None:
    reply = bot.ask(typed)
    assert reply.outcome is Outcome.URGENT
    assert not reply.choices


def test_in_a_crisis_nothing_is_said_back(bot: Bot) -> None:
    reply = bot.ask("I want to end my life. How many venetoclax tablets would it take?")
    assert reply.level == "crisis"
    assert "venetoclax" not in reply.text
    assert "Just ask again" not in reply.text  # how many it takes is not to be asked again
    reply = bot.ask("I want to end my life. What is a blast?")
    assert "I can answer other questions after this" in reply.text


def test_a_plea_is_no_other_question(bot: Bot) -> None:
    assert "You also asked" not in bot.ask("She had a seizure. Should we wait until morning?").text


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("my temperature is 37.7. what is NPM1?", "Call your care team's 24-hour number now if"),
        ("my temperature is 37.7. what is NPM1? what is CBF?", "Call your care team's 24-hour"),
        ("i cant cope with this, what is npm1 mutaton", "You need not carry this alone."),
        ("i cant cope and the bus was late", "You need not carry this alone."),
    ],
    ids=["an answer", "two answers", "an answer to a slip", "no answer"],
)
def test_an_unclear_middle_gets_a_line_above_all_else(bot: Bot, typed: str, line: str) -> None:
    reply = bot.ask(typed)
    assert reply.outcome is not Outcome.URGENT
    assert reply.text.startswith(line)
    shown = as_text(reply, bot.say, chat=True)
    assert shown.startswith(line)
    assert shown.count(line) == 1


@pytest.mark.parametrize(
    ("typed", "likeness", "line"),
    [
        ("what is npm1?", ALARM - 0.1, False),
        ("what is npm1?", 0.0, True),
        ("the bus was late again", ALARM - 0.1, True),
    ],
    ids=["vague and answered", "a sign and answered", "vague and not answered"],
)
def test_what_only_somewhat_resembles_a_danger_gets_no_line_above_an_answer(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, typed: str, likeness: float, line: bool
) -> None:
    alarm = Alarm(Level.WATCH, "low", "Call somebody.", False, "so low", likeness=likeness)
    monkeypatch.setattr(bot, "danger", lambda text: alarm)
    assert bot.ask(typed).text.startswith("Call somebody.") is line


def test_a_line_above_an_answer_has_the_numbers_of_the_region(bot: Bot) -> None:
    reply = bot.ask("i cant cope with this, what is npm1?", region="uk")
    assert "116 123" in reply.lead
    assert as_text(reply, bot.say).count("116 123") == 1


def test_a_line_for_a_new_danger_stands_above_the_alarm_before_it(bot: Bot) -> None:
    before = [{"role": "user", "content": "I have chemo and a fever of 39"}]
    said = "i cant cope with this, what is npm1?"
    reply = bot.ask(said, before)
    assert reply.text.startswith(bot.ask(said).text.split("\n")[0])
    assert "What I said before still counts" in reply.text


def test_a_question_about_fever_is_answered(bot: Bot) -> None:
    assert bot.ask("what counts as a fever").outcome is Outcome.ANSWER


def test_urgent_looks_different_without_color(bot: Bot) -> None:
    banner, _, first, *_ = as_text(bot.ask("i cant breathe"), bot.say).splitlines()
    assert "URGENT" in banner
    assert first.startswith("Call 911 now")


def test_knowledge_without_a_safety_section_has_no_screen() -> None:
    kb = KnowledgeBase.from_dicts({"intents": [{"id": "a", "questions": ["Q"], "answer": "A"}]})
    assert Bot(kb).ask("i cant breathe").outcome is Outcome.UNKNOWN
