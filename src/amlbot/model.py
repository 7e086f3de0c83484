"""What is written: the records of a knowledge base, frozen and plain."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from .record import Record


class Source(Record):
    """Where a fact was read."""

    id: str
    title: str
    publisher: str = ""
    url: str = ""
    date: str = ""
    """When the source was published or last revised, as precisely as it says."""
    grade: str = ""
    """A: primary or trusted body. B: secondary. C: weak, used only for want of better."""
    note: str = ""

    @property
    def where(self) -> str:
        """The publisher and the date, as far as they are known."""
        return ", ".join(part for part in (self.publisher, self.date) if part)

    @property
    def named(self) -> str:
        """All that tells which source it is, without its address."""
        return f"{self.title}{self.stop} {self.where}" if self.where else self.title

    @property
    def stop(self) -> str:
        """What stands between the title and `where`: nothing after a mark of the title's own."""
        return "" if self.title.endswith((".", "?", "!")) else "."

    @property
    def link(self) -> str:
        """The address, if it is one of the web; else nothing."""
        return self.url if self.url.startswith(("https://", "http://")) else ""


class Bar(Record):
    """One number of a figure."""

    label: str
    value: float


DOTS = 100
"""What one number is drawn of, in dots, if it counts so many."""


class Figure(Record):
    """Numbers worth drawing. The answer says the same in words."""

    title: str
    bars: tuple[Bar, ...]
    of: float = 100
    """The whole that every bar is a part of, or the top of the scale."""
    unit: str = "people"
    note: str = ""
    """What the numbers cannot tell."""

    @property
    def countable(self) -> bool:
        """Whether it is one number of a hundred, to be drawn as dots that people can count."""
        return len(self.bars) == 1 and self.of == DOTS


class Intent(Record):
    """One question that people ask, the ways they ask it, and its written answer."""

    id: str
    questions: tuple[str, ...]
    """Ways to ask. The first is the title that people are shown."""
    answer: str
    topic: str = ""
    more: str = ""
    """The longer answer behind "tell me more"."""
    about: tuple[str, ...] = ()
    """Entity ids: what the answer is about, and what "it" means after it."""
    sources: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    """Intent ids: natural next questions."""
    figures: tuple[Figure, ...] = ()
    reviewed: str = ""
    """ISO date on which the answer was last held against its sources."""
    any_name: bool = False
    """The answer holds whatever drug, gene or treatment is named: "how much ... should I take?"."""
    chat: bool = False
    """Small talk (greeting, thanks, help): never competes with a medical question."""
    move: str = ""
    """What small talk does: one of the `MOVES`. All are passed over beside a question."""
    origin: str = ""
    """``file:line`` where it is written."""

    @property
    def title(self) -> str:
        return self.questions[0]

    def listed(self) -> dict[str, object]:
        """Its line in a list of questions, as plain data for JSON."""
        return {"id": self.id, "title": self.title, "topic": self.topic}


KINDS = frozenset(
    {
        *("gene", "drug", "regimen", "procedure", "test", "disease", "response", "aspect"),
        *("place", "meaning", "other"),
    }
)
"""Kinds of entity: how far a name is guarded, and what it may stand in for, depends on them."""


PASSING, CARED_FOR, RESTART = "passing", "cared-for", "restart"
"""Small talk that is only passed over; that says that help is there or on its way; and after which
nothing that was said counts any more."""
MOVES = frozenset(
    {
        *(PASSING, CARED_FOR, RESTART),
        *("more", "simple", "words", "sources", "sure", "dated", "repeat", "previous"),
        *("yes", "no", "none", "first", "second", "third", "last"),
    }
)
"""What small talk can do to a conversation (docs/knowledge.md)."""


class Entity(Record):
    """A name that must not be confused with another: a gene, drug, test, disease, aspect."""

    id: str
    name: str
    """How it is written when it is shown."""
    kind: str
    """One of the `KINDS`."""
    forms: tuple[str, ...] = ()
    """Every way it is written; letter case, hyphens and spaces do not matter."""
    capitals: tuple[str, ...] = ()
    """Forms that count only in capitals, since in lower case they are plain words (ALL, GO)."""
    broader: tuple[str, ...] = ()
    """Entities that this one is a kind or a part of: FLT3-ITD is a change of FLT3."""
    implied: bool = False
    """True for what every question is about (AML), so that naming it tells nothing."""
    elsewhere: bool = False
    """True for what people have in its place: a message that names only this is not about AML."""
    setting: bool = False
    """True for a time or kind of treatment (induction) that a question may merely be set in."""


class Term(Record):
    """A technical word and its meaning in plain words."""

    term: str
    meaning: str
    also: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class Fact(Record):
    """A short text kept in one place because it changes: a phone number, an approval."""

    id: str
    text: str
    checked: str = ""
    """ISO date on which somebody last looked it up."""
    sources: tuple[str, ...] = ()


REGIONAL = frozenset({"emergency", "crisis", "helpline"})
"""The telephone numbers of a `Region`, which stand as {placeholders} in texts."""


class Region(Record):
    """Where a reader lives, as far as telephone numbers go. Ready to stand in a sentence."""

    id: str
    name: str
    emergency: str
    crisis: str
    helpline: str
    checked: str = ""
    sources: tuple[str, ...] = ()


class Lexicon(Record):
    """Words for words."""

    spellings: Mapping[str, tuple[str, ...]] = {}
    """A word or phrase and other spellings of it: fully interchangeable."""
    synonyms: tuple[tuple[str, ...], ...] = ()
    """Groups of words that people use for one another: nearly interchangeable."""
    default_synonyms: tuple[tuple[str, ...], ...] = ()
    """Such groups for knowledge that brings no synonyms of its own."""
    fillers: frozenset[str] = frozenset()
    """Words that carry nothing ("um", "please"), passed over wherever they stand."""
    common: frozenset[str] = frozenset()
    """Everyday words, spelled right, that must never be "repaired" into another word."""
    opposites: tuple[tuple[str, str], ...] = ()
    """Pairs that point in opposite directions (start, stop): the answer to one is not the other's.
    A word stands for its synonyms too."""
    undirected: frozenset[str] = frozenset()
    """Phrases that hold such a word and point nowhere ("why not", "can't I")."""


class Cues(Record):
    """Words by which people lean on what was said before. All are whole words in any case."""

    leads: tuple[str, ...] = ()
    """What opens a message and carries nothing ("oh and", "so")."""
    trails: tuple[str, ...] = ()
    """What closes a message and carries nothing ("please")."""
    turns: tuple[str, ...] = ()
    """What asks the same of something else ("what about")."""
    narrows: tuple[str, ...] = ()
    """What narrows the last question ("in", "after")."""
    moments: tuple[str, ...] = ()
    """When something happened ("on Monday"), which changes nothing of what to say to the news."""
    usual: tuple[str, ...] = ()
    """What goes without saying ("in adults"), and is passed over where nothing fits with it."""
    stand_ins: Mapping[str, tuple[str, ...]] = {}
    """What stands for the subject, by what to write for it: ``{}`` becomes the subject's name, two
    of them the names of the last two things of a kind, and ``{other}`` the name of the earlier one.
    Where a text has several, the first pattern in this order counts."""
    idle: tuple[str, ...] = ()
    """Phrases in which a stand-in stands for nothing ("is it safe to")."""
    corrects: tuple[str, ...] = ()
    """What takes the last question back ("no I meant"), before or after the right words."""
    instead: tuple[str, ...] = ()
    """What stands between the right name and the wrong one ("not")."""
    frames: tuple[str, ...] = ()
    """How a thing is pointed to by one of its words ("the {} one")."""
    defines: tuple[str, ...] = ()
    """What asks for the meaning of a word, before or after it ("what does", "mean")."""
    asks: tuple[str, ...] = ()
    """What a question starts with ("what")."""
    checks: tuple[str, ...] = ()
    """What a question starts with if one of the ``persons`` follows ("can")."""
    persons: tuple[str, ...] = ()
    tellers: tuple[str, ...] = ()
    """Who starts a new thought after "and" ("I")."""
    tells: tuple[str, ...] = ()
    """What opens a sentence that tells, though its first word can ask ("when I")."""
    news: tuple[str, ...] = ()
    """What opens a sentence that tells of someone ("my husband")."""
    feels: tuple[str, ...] = ()
    """How people say beside a question that it is hard for them ("I am so scared")."""
    grave: tuple[str, ...] = ()
    """What makes the title of an answer one of dying, which is not on offer unasked ("hospice")."""
    somber: tuple[str, ...] = ()
    """What people say when they do speak of it ("weeks left"), beside those words."""
    contrasts: tuple[tuple[str, ...], ...] = ()
    """Words of which one takes the place of another: adults, children; positive, negative."""


class Level(StrEnum):
    """How much a danger sign presses, from least to most."""

    WATCH = "watch"
    CALL_TEAM = "call_team"
    CRISIS = "crisis"
    EMERGENCY = "emergency"


MEASURED = frozenset(
    {
        *("high-temperature", "warm-temperature", "low-temperature"),
        *("huge-count", "fast-pulse", "slow-pulse", "low-oxygen", "low-pressure"),
    }
)
"""Concepts that are numbers, read against the `Limits`."""
GUARDS = ("denial", "asking", "supposing", "elsewhere", "animal", "topic")
"""The parts of words that take an alarm back."""
PARTS = (
    *GUARDS,
    *"""idiom light alternative opening continued lead reporting plea now person thermometer
    reached holds moment below other-figure other-unit celsius fahrenheit degrees thousand cuff
    upon pulse beats""".split(),  # noqa: SIM905
)
"""The parts that words play in telling a danger from talk about it, and a fever from a number."""


class Sign(Record):
    """A danger sign: what gives it away, and what is said then."""

    id: str
    level: Level
    reply: str
    """The name of one of the safety replies."""
    phrases: tuple[str, ...] = ()
    """Phrases that are enough alone."""
    all: tuple[frozenset[str], ...] = ()
    """Concepts that together are enough, close by in any order; each set is one way."""
    unless: tuple[str, ...] = ()
    """Concepts that quiet this sign in their sentence."""
    given: tuple[str, ...] = ()
    """Concepts one of which must be told of, anywhere in the message."""
    apart: tuple[str, ...] = ()
    """Concepts that quiet this sign wherever in the message they are told of."""
    despite: tuple[str, ...] = ()
    """Those of `GUARDS` that do not quiet this sign."""
    at_hand: bool = False
    """A crisis with the means or an attempt at hand: the emergency number comes first."""
    doubt: str = ""
    """The safety reply above the answer to a message that only somewhat resembles its messages."""
    sources: tuple[str, ...] = ()


class Limits(Record):
    """The figures that are a sign by themselves."""

    high: float = 38.0
    """°C: from here on a temperature is a fever."""
    warm: float = 37.5
    """°C: from here on a temperature is worth watching."""
    low: float = 36.0
    """°C: below this a temperature is low."""
    white_count: float = 100_000
    """White cells per microliter: from here on they can clog vessels."""
    pulse: float = 130
    """Beats a minute: from here on a heart at rest is racing."""
    slow_pulse: float = 40
    """Beats a minute: up to here a heart is too slow."""
    oxygen: float = 92
    """Percent: up to here the oxygen in the blood is low."""
    systolic: float = 90
    """mmHg: up to here the upper blood pressure is low."""


CALM = "calm"
"""The name of the messages that only sound like a danger."""


class Safety(Record):
    """What the safety screen listens for, and what it says."""

    signs: tuple[Sign, ...] = ()
    concepts: Mapping[str, tuple[str, ...]] = {}
    """Ways to say one thing, by its name."""
    unlearned: Mapping[str, tuple[str, ...]] = {}
    """More of them, for signs alone: their words are too common for likeness to learn from."""
    guards: Mapping[str, tuple[str, ...]] = {}
    """Words that tell a danger from talk about it, by their part."""
    replies: Mapping[str, str] = {}
    limits: Limits = Limits()
