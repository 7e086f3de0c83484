"""The safety screen: nothing dangerous is missed, nothing harmless alarms."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amlbot import Bot, KnowledgeBase, check
from amlbot.model import GUARDS, Level, Safety
from amlbot.quality import Quality
from amlbot.safety import guards
from amlbot.safety.numerals import read_number
from amlbot.safety.screen import MAX_ASKED, Screen
from amlbot.safety.vitals import in_celsius
from amlbot.text import words

FILES = [
    yaml.safe_load(Path(__file__).with_name(f"{name}.yaml").read_text(encoding="utf-8"))
    for name in (
        *("safety", "safety-fresh", "safety-stories"),
        *("safety-blind", "safety-final", "safety-people", "safety-nearby"),
    )
]
RANK = list(Level)
FEVER = "He has had a fever of 38.6 since this morning"


def dangers(kind: str) -> list[tuple[str, Level, bool]]:
    """The messages, the level each must reach, and whether the means are at hand."""
    return [
        (message, Level(group["level"]), group.get("emergency", False))
        for cases in FILES
        for group in cases.get(kind, {}).values()
        for message in group["messages"]
    ]


CAUGHT, MISSED = dangers("caught"), dangers("missed")
BLIND = FILES[-4:]
LIKE = {m for cases in BLIND for group in cases["caught"].values() for m in group["messages"]}
PRESSING = [(m, level) for m, level, _ in CAUGHT if level is not Level.WATCH and m not in LIKE]
"""What signs catch must be caught however it is typed. Likeness is a matter of degree."""
QUIET = [message for cases in FILES for group in cases["quiet"].values() for message in group]
MAX_GRADE = 6.0
STORY = (
    "We have been at home since Tuesday and the garden is coming along. My sister came to visit. "
    "She brought soup and photographs of the children. We talked about the old house for hours. "
)


@pytest.fixture(scope="module")
def screen(bundled: KnowledgeBase) -> Screen:
    return Screen(bundled)


@pytest.fixture(scope="module")
def spelled_right(bundled: KnowledgeBase) -> frozenset[str]:
    """The words that a slip may not turn into, for then it is no slip."""
    safety = bundled.safety
    tables = safety.concepts, safety.unlearned, safety.guards
    lists = [*(v for t in tables for v in t.values()), *(s.phrases for s in safety.signs)]
    known = (word for phrases in lists for phrase in phrases for word in words(phrase))
    return bundled.lexicon.common.union(known)


def reaches(screen: Screen, text: str, level: Level) -> bool:
    """Whether ``text`` raises an alarm of at least ``level``; of just that one for a crisis."""
    alarm = screen.check(text)
    if alarm is None or level is Level.CRISIS:
        return alarm is not None and alarm.level is level
    return RANK.index(alarm.level) >= RANK.index(level)


@pytest.mark.parametrize(("message", "level", "at_hand"), CAUGHT, ids=[c[0] for c in CAUGHT])
def test_caught(screen: Screen, message: str, level: Level, at_hand: bool) -> None:
    assert reaches(screen, message, level), screen.check(message)
    if at_hand:
        alarm = screen.check(message)
        assert alarm is not None
        assert alarm.at_hand


@pytest.mark.xfail(reason="a known miss", strict=True)
@pytest.mark.parametrize(("message", "level", "at_hand"), MISSED, ids=[c[0] for c in MISSED])
def test_missed(screen: Screen, message: str, level: Level, at_hand: bool) -> None:
    test_caught(screen, message, level, at_hand)


@pytest.mark.parametrize("message", QUIET, ids=QUIET)
def test_quiet(screen: Screen, message: str) -> None:
    alarm = screen.check(message)
    assert alarm is None or alarm.level is Level.WATCH, alarm


# --- the strongest sign, and what else was asked ------------------------------------------------


def test_the_strongest_sign_wins(screen: Screen) -> None:
    alarm = screen.check("Temp 38.4 and loose stools all day. Also he cannot breathe.")
    assert alarm is not None
    assert (alarm.level, alarm.sign) == (Level.EMERGENCY, "air")


@pytest.mark.parametrize(
    "beside", [f"{FEVER}. {{}}", f"{{}}. {FEVER}.", f"{FEVER} and {{}}"], ids=["1st", "2nd", "one"]
)
@pytest.mark.parametrize(("level", "most_lost"), [(Level.EMERGENCY, 0), (Level.CRISIS, 3)])
def test_what_only_likeness_hears_is_heard_beside_a_fever(
    screen: Screen, beside: str, level: Level, most_lost: int
) -> None:
    """In leukemia a fever is the usual company of an emergency."""
    caught = [message for message, wanted, _ in CAUGHT if wanted is level]
    alike = [m for m in caught if (alarm := screen.check(m)) and alarm.likeness]
    lost = [m for m in alike if not reaches(screen, beside.format(m), level)]
    assert len(lost) <= most_lost, lost


def test_what_is_calm_stays_a_call_beside_a_fever(screen: Screen) -> None:
    for message in QUIET[::10]:
        alarm = screen.check(f"{FEVER}. {message}")
        assert alarm
        assert alarm.level is Level.CALL_TEAM, message


def test_who_is_at_the_bed_counts_beside_a_fever_too(screen: Screen) -> None:
    stares = "Since noon he stares past me and can't tell me the name of our dog."
    assert reaches(screen, f"The nurse measured 38.6. {stares}", Level.EMERGENCY)
    alarm = screen.check(f"The hospice nurse measured 38.6. {stares}")
    assert alarm
    assert alarm.level is Level.CALL_TEAM


def test_a_crisis_beside_a_fever_does_not_silence_the_call(bot: Bot) -> None:
    crisis = "honestly if a bus hit me on the way to clinic I'd say thanks to the driver"
    reply = bot.ask(f"{crisis}. {FEVER}.").text
    assert reply.startswith("I am glad you told me.")
    assert bot.ask(FEVER).text in reply


def test_a_guard_quiets_only_its_own_clause(screen: Screen) -> None:
    assert screen.check("no fever, no cough") is None
    assert reaches(screen, "no fever, but there is blood in her urine", Level.CALL_TEAM)
    assert reaches(screen, "What is a blast? I have a fever of 39.", Level.CALL_TEAM)
    assert reaches(screen, "Years ago he fainted once. Now he passed out again", Level.EMERGENCY)


def test_what_else_was_asked_is_kept(screen: Screen) -> None:
    alarm = screen.check("My temp is 38.6. By the way, what does MRD mean? Thank you")
    assert alarm is not None
    assert alarm.asked == "what does MRD mean?"


def test_what_else_was_asked_stays_short(screen: Screen) -> None:
    alarm = screen.check("I cannot breathe. " + "what is this " * 1000)
    assert alarm is not None
    assert 0 < len(alarm.asked) <= MAX_ASKED


def test_nothing_else_was_asked(screen: Screen) -> None:
    alarm = screen.check("I can't breathe, what do I do?")
    assert alarm is not None
    assert alarm.asked == ""


def test_without_signs_nothing_alarms() -> None:
    assert Screen(KnowledgeBase({})).check("I can't breathe") is None


def test_knowledge_of_ones_own_teaches_the_screen_by_its_messages() -> None:
    parts = ("arm", "chest", "neck", "shoulder", "side")
    rooms = ("kitchen", "garden", "hall", "bath", "shed")
    kb = KnowledgeBase.from_dicts(
        {
            "safety": {
                "replies": {"call": "Call your team."},
                "signs": [{"id": "leak", "level": "call_team", "reply": "call"}],
            },
            "messages": {
                "leak": [f"the line in my {part} is leaking and wet" for part in parts],
                "calm": [f"the tap in my {room} is old" for room in rooms],
            },
            "intents": [{"id": "line", "questions": ["what is a line"], "answer": "A thin tube."}],
        }
    )
    screen = Screen(kb)
    alarm = screen.check("my line is leaking, it is all wet")
    assert alarm
    assert alarm.level is Level.CALL_TEAM
    assert not any(map(screen.check, ["the tap in my garden is wet", "what is a line"]))


def test_likeness_does_not_hear_parts_of_signs() -> None:
    def strengths(where: str, *phrases: str) -> object:
        safety = {
            where: {"wash": [*phrases]},
            "replies": {"call": "Call your team."},
            "signs": [{"id": "leak", "level": "call_team", "reply": "call", "all": [["wash"]]}],
        }
        messages = {"leak": ["my line is leaking"], "calm": ["the tap is old"]}
        kb = KnowledgeBase.from_dicts({"safety": safety, "messages": messages})
        return Screen(kb).parts()["likeness weights"]

    assert strengths("unlearned", "tub") == strengths("unlearned", "line", "tub")
    assert strengths("concepts", "tub") != strengths("concepts", "line", "tub")


# --- temperatures -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("38.6", 38.6),
        ("38 point 6", 38.6),
        ("thirty nine", 39),
        ("thirty eight five", 38.5),
        ("a hundred and one", 101),
        ("hundred and one point two", 101.2),
        ("one oh one point two", 101.2),
        ("thirty eight and a half", 38.5),
        ("seven", 7),
        ("one", 1),
    ],
)
def test_numbers(typed: str, number: float) -> None:
    spoken = typed.split()
    assert read_number(spoken, 0) == (number, len(spoken))


def test_no_number() -> None:
    assert read_number(["fever"], 0) is None


@pytest.mark.parametrize(
    ("value", "unit", "degrees"),
    [(38, "", 38), (101.3, "", 38.5), (100.4, "f", 38.0), (39, "f", None), (60, "", None)],
)
def test_degrees(value: float, unit: str, degrees: float | None) -> None:
    assert in_celsius(value, unit) == degrees


@pytest.mark.parametrize("number", ["38.0", "38,0", "38.6C", "100.4", "100,4 F", "３８．６", "38°"])
def test_a_fever_in_any_written_form(screen: Screen, number: str) -> None:
    assert reaches(screen, f"temp {number}", Level.CALL_TEAM)


@pytest.mark.parametrize("number", ["37.4", "99.4 F", "36.0", "96.8F", "36,6"])
def test_no_fever(screen: Screen, number: str) -> None:
    assert screen.check(f"temp {number}") is None


@pytest.mark.parametrize(
    "pressure", ["bp 82/45", "blood pressure is 82 over 45", "82 over 45 on the cuff", "bp is 82"]
)
def test_a_low_blood_pressure(screen: Screen, pressure: str) -> None:
    assert reaches(screen, f"her {pressure}", Level.CALL_TEAM)


@pytest.mark.parametrize("pressure", ["bp 128/82", "blood pressure was 118 over 76", "bp is 120"])
def test_no_low_blood_pressure(screen: Screen, pressure: str) -> None:
    assert screen.check(f"her {pressure}") is None


def test_an_animal_is_no_patient_but_may_hurt_one(screen: Screen) -> None:
    assert screen.check("the cat is having a seizure") is None
    assert reaches(screen, "the cat scratched me and it won't stop bleeding", Level.EMERGENCY)


# --- no rewording turns a caught message into a missed one --------------------------------------

pressing = st.sampled_from(PRESSING)
many = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@many
@given(pressing, st.sampled_from([str.upper, str.lower, str.title, str.swapcase]))
def test_letter_case(screen: Screen, case: tuple[str, Level], change: object) -> None:
    message, level = case
    assert callable(change)
    assert reaches(screen, change(message), level)


@many
@given(pressing, st.sampled_from(["  ", "\t", " \n", "\u00a0", ", ", "... ", "! "]))
def test_spaces_and_stops_between_words(
    screen: Screen, case: tuple[str, Level], space: str
) -> None:
    message, level = case
    assert reaches(screen, space.join(message.replace(",", " ").split()), level)


@many
@given(pressing, st.sampled_from(["!!!", "...", "?!", " 😭😭", ")", ".\n\n"]))
def test_what_stands_around(screen: Screen, case: tuple[str, Level], mark: str) -> None:
    message, level = case
    assert reaches(screen, f"{mark} {message}{mark}", level)


@many
@given(pressing, st.sampled_from("\u200b\u00ad\u2060\ufeff\u0301"), st.data())
def test_invisible_characters(
    screen: Screen, case: tuple[str, Level], mark: str, data: st.DataObject
) -> None:
    message, level = case
    spots = data.draw(st.sets(st.integers(1, len(message)), max_size=6))
    typed = "".join(mark * (i in spots) + letter for i, letter in enumerate(message))
    assert reaches(screen, typed, level)


@many
@given(pressing, st.sampled_from(["fullwidth", "cyrillic", "accented", "curly"]))
def test_other_letters(screen: Screen, case: tuple[str, Level], script: str) -> None:
    message, level = case
    table = {
        "fullwidth": {code: code + 0xFEE0 for code in range(ord("!"), ord("~") + 1)},
        "cyrillic": str.maketrans("aeopcxy", "аеорсху"),
        "accented": str.maketrans("aeiou", "áèïôű"),
        "curly": str.maketrans("'", "’"),
    }[script]
    assert reaches(screen, message.translate(table), level)


def slips(word: str) -> Iterator[str]:
    """Every way to add, lose, replace or swap one letter of ``word``, after the first."""
    for i in range(1, len(word)):
        head, tail = word[:i], word[i:]
        yield head + tail[1:]
        yield head + tail[1:2] + tail[:1] + tail[2:]
        for letter in "aeginrstl":
            yield head + letter + tail
            yield head + letter + tail[1:]


@many
@given(pressing, st.randoms(use_true_random=False))
def test_a_slip_in_every_long_word(
    screen: Screen, spelled_right: frozenset[str], case: tuple[str, Level], random: Random
) -> None:
    message, level = case
    typed = []
    for word in message.lower().split():
        misspelt = [
            slip
            for slip in slips(word)
            if spelled_right.isdisjoint({slip, slip.removesuffix("s")})  # else, another word
        ]
        long = len(word) >= 6 and word in spelled_right
        typed.append(random.choice(misspelt) if long and misspelt else word)
    alarm = screen.check(" ".join(typed))  # a slip may make another word, but never lower the alarm
    assert alarm is not None, " ".join(typed)
    assert RANK.index(alarm.level) >= RANK.index(level), (" ".join(typed), alarm)


@settings(many, max_examples=50)
@given(pressing, st.integers(0, len(STORY) - 1))
def test_a_long_story_around(screen: Screen, case: tuple[str, Level], start: int) -> None:
    message, level = case
    before = (STORY * 60)[start:10_000]
    assert reaches(screen, f"{before}\n\n{message}\n{STORY}", level)
    assert reaches(screen, f"{STORY * 60}{message}. {STORY}", level)


@pytest.mark.parametrize(
    "retyped",
    [
        str.upper,
        lambda message: "  ".join(message.split()),
        lambda message: f"** {message} !!!",
        "\u200b".join,
        lambda message: message.translate({code: code + 0xFEE0 for code in range(33, 127)}),
        lambda message: f"{STORY * 4}{message}",
    ],
    ids=["capitals", "spaces", "signs", "invisible", "full-width", "a story before"],
)
def test_likeness_is_not_lost(screen: Screen, retyped: Callable[[str], str]) -> None:
    """What alarms by likeness may be heard softer at the threshold, but never not at all."""
    alike = [message for message, level, _ in CAUGHT if message in LIKE and level != Level.WATCH]
    assert [message for message in alike if not screen.check(retyped(message))] == []


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read(text: str) -> None:
    SMALL.check(text)


SMALL = Screen(
    KnowledgeBase(
        {}, safety=Safety(concepts={"a": ("b c",)}, guards={"idiom": ("d e",), "opening": ("f",)})
    )
)


# --- cost ---------------------------------------------------------------------------------------
# Steps are counted, so that a busy machine changes nothing; milliseconds are in benchmarks/.

ORDINARY = 50
"""Words of a message of ordinary length; the calm stories are longer."""
MAX_STEPS = 10_000
"""Calls and returns for a message of ordinary length; the most seen is 9,000."""
HOSTILE = [
    *("a", ".", "\n ", " -", ",", "a ", "1", "1 ", "1,111", "ａ", "hundred and ", "101 "),
    *("icantbreatheif", "if i cant breathe ", "no seizure ", "years ago chest pain "),
    *("qwzxvkj ", "if or ", "want to die ", "fever 39 ", "tired of living if "),
]


def steps(screen: Screen, text: str) -> int:
    """Calls that ``text`` costs the screen, and returns from them."""
    count = 0

    def step(*_: object) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(step)
    try:
        screen.check(text)
    finally:
        sys.setprofile(before)
    return count


def seconds(screen: Screen, text: str) -> float:
    start = time.process_time()
    screen.check(text)
    return time.process_time() - start


def test_a_normal_message_takes_few_steps(screen: Screen) -> None:
    screen.check("so that what is mdae when it is first needed has been made: feverr, sezure")
    short = (message for message in QUIET if len(message.split()) <= ORDINARY)
    assert max(steps(screen, message) for message in short) < MAX_STEPS


@pytest.mark.parametrize("piece", HOSTILE)
def test_steps_are_in_proportion_to_length(screen: Screen, piece: str) -> None:
    small, large = (steps(screen, piece * (n // len(piece)) + "x") for n in (1_250, 10_000))
    assert large < 10 * small  # eight times the length; squared, it would be 64


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_pattern_blows_up(screen: Screen, piece: str) -> None:
    """Steps do not show what a regular expression does inside: here time must, coarsely."""
    small, large = (
        min(seconds(screen, piece * (length // len(piece)) + "x") for _ in range(2))
        for length in (6_250, 50_000)
    )
    assert large < 24 * max(small, 0.01)  # eight times the length; squared, it would be 64


# --- the data -----------------------------------------------------------------------------------


def test_every_reply_is_plain(bundled: KnowledgeBase) -> None:
    quality = Quality(bundled)
    for name, reply in bundled.safety.replies.items():
        assert quality.grade(reply) <= MAX_GRADE, name


def test_every_alarm_says_first_what_to_do(bundled: KnowledgeBase) -> None:
    safety = bundled.safety
    for sign in safety.signs:
        first = safety.replies[sign.reply].splitlines()[0]
        wanted = {
            Level.EMERGENCY: ("{emergency}", "Call"),
            Level.CALL_TEAM: ("Call",),
            Level.CRISIS: ("{emergency}",) if sign.at_hand else ("{crisis}",),
            Level.WATCH: (),
        }[sign.level]
        assert all(word in first for word in wanted), sign.id


def test_every_reply_and_concept_is_used(bundled: KnowledgeBase) -> None:
    safety = bundled.safety
    rows = (row for s in safety.signs for row in (*s.all, s.unless, s.given, s.apart))
    used = {name for row in rows for name in row}
    assert (safety.concepts.keys() | safety.unlearned.keys()) - used == set()
    assert safety.replies.keys() == {r for s in safety.signs for r in (s.reply, s.doubt) if r}


GOOD = """
safety:
  concepts: {breathe: [breath], cannot: [can't]}
  replies: {now: "Call {emergency} now."}
  signs:
    - {id: breathing, level: emergency, reply: now, all: [[cannot, breathe]], phrases: [no air]}
"""


def test_every_guard_that_a_sign_may_name_guards() -> None:
    assert set(guards._GUARDS) == set(GUARDS)


@pytest.mark.parametrize(
    ("was", "becomes", "expected"),
    [
        (
            "breathe]]",
            "breeth]]",
            "k.yaml:6: there is no concept 'breeth' (did you mean 'breathe'?)",
        ),
        ("reply: now", "reply: nwo", "k.yaml:6: there is no safety reply 'nwo'"),
        ("level: emergency", "level: urgent", "k.yaml:6: level must be one of watch, call_team"),
        (
            "{id: b",
            "{despite: [askin], id: b",
            "there is no guard 'askin' (did you mean 'asking'?)",
        ),
        ("{id: b", "{unless: [mild], id: b", "there is no concept 'mild'"),
        (
            "  signs",
            "  guards: {denail: [no]}\n  signs",
            "'denail' is not a field of the guards (did",
        ),
        ("  signs", "  limits: {high: hot}\n  signs", "k.yaml:5: high must be a number"),
        ("{emergency} now", "{ambulance} now", "there is no fact 'ambulance'"),
        ("[breath]", "['?!']", "k.yaml:3: a phrase without words"),
        ("  replies", "  unlearned: {now: [wet]}\n  replies", "k.yaml:4: 'now' is what a guard"),
    ],
)
def test_a_mistake_in_the_data_is_one_problem(
    tmp_path: Path, was: str, becomes: str, expected: str
) -> None:
    file = tmp_path / "k.yaml"
    file.write_text(GOOD)
    assert check(file) == []
    file.write_text(GOOD.replace(was, becomes, 1))
    [problem] = check(file)
    assert expected in str(problem)


@pytest.mark.parametrize(
    ("message", "sign"),
    [
        ("he lay down and is having a seizure", "seizure"),
        ("he finished chemo and is vomiting blood", "blood-vomit"),
        ("my wife came home and is bleeding heavily from the mouth", "bleeding"),
        ("she has leukemia and is struggling to breathe", "breathing"),
    ],
)
def test_a_clause_that_goes_on_telling_asks_nothing(
    screen: Screen, message: str, sign: str
) -> None:
    alarm = screen.check(message)
    assert alarm
    assert (alarm.sign, alarm.level) == (sign, Level.EMERGENCY)
