"""What is made of a message: matches, replies and what they hold, frozen and plain."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias

from .model import Figure, Level, Source
from .record import Record, asdict

Say: TypeAlias = Callable[..., str]
"""What the program itself says on an occasion, by its name: `Speaker.tell`."""


class Outcome(StrEnum):
    """What the program decided to do with a message."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    UNKNOWN = "unknown"
    URGENT = "urgent"
    CHAT = "chat"


class Candidate(Record):
    """An intent that may be meant."""

    intent: str
    score: float
    """Calibrated chance, in [0, 1], that this intent is the right one."""
    phrasing: str
    """The nearest of the intent's questions."""


class Match(Record):
    """What the matcher makes of a text."""

    outcome: Outcome
    candidates: tuple[Candidate, ...] = ()
    """Best first."""
    beside: Candidate | None = None
    """What a story as a whole asks for as surely, where what is asked in it is answered with the
    best candidate."""
    unknown_names: tuple[str, ...] = ()
    """Names in the text that the knowledge does not know or the best intent is not about."""
    corrections: tuple[tuple[str, str], ...] = ()
    """Misspelt names and what they were taken for."""

    @property
    def best(self) -> Candidate | None:
        """The likeliest candidate, whatever the outcome; None if there is none."""
        return self.candidates[0] if self.candidates else None

    @property
    def score(self) -> float:
        """The score of the best candidate, in [0, 1]; 0 if there is none."""
        return self.best.score if self.best else 0.0


class Rival(Record):
    """A candidate, and what speaks for it."""

    candidate: Candidate
    strengths: tuple[tuple[str, float], ...]
    """Features of the question and the evidence that each adds, strongest first."""
    signals: tuple[tuple[str, float], ...]
    missing: tuple[str, ...]
    """Names in the question that the intent is not about: a veto."""


class Explanation(Record):
    """How a match came about."""

    match: Match
    words: tuple[tuple[str, tuple[tuple[str, float], ...]], ...]
    """Each word as typed, and what it was taken for."""
    foreign: tuple[str, ...]
    """Words that no intent uses."""
    rivals: tuple[Rival, ...]
    """The best three."""
    thresholds: tuple[tuple[str, float], ...]
    """Score from which to answer, which falls with the lead, and from which to ask back."""
    lead: float
    """How far the best one's share of the evidence is ahead of any rival's, in [-1, 1]."""
    flipped: tuple[str, ...] = ()
    """A direction of the question and its opposite in the nearest phrasing: a veto."""


class Choice(Record):
    """A question on offer, picked by its number or its words."""

    intent: str
    title: str


class Turn(Record):
    """One message of a conversation."""

    role: str
    """``user`` or ``assistant``."""
    content: str


class Reply(Record):
    """All that a frontend needs to show, and nothing about how."""

    outcome: Outcome
    text: str
    intent: str | None = None
    title: str | None = None
    level: Level | None = None
    """For ``urgent``: any but ``watch``."""
    score: float = 0.0
    """In [0, 1]; for an answer, the calibrated chance that it is the right one."""
    sources: tuple[Source, ...] = ()
    choices: tuple[Choice, ...] = ()
    figures: tuple[Figure, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    reviewed: str | None = None
    lead: str = ""
    """What ``text`` opens with above the answer itself: what to do if the message tells of a
    danger, and how it was understood."""
    more: bool = False
    """True when "tell me more" has a longer answer that was not given yet."""
    parts: tuple[Reply, ...] = ()
    """Several questions in one message: the reply to each, in order. The outer reply has the
    titles and texts of all of them in ``text``, and their sources, choices and figures."""

    @property
    def headline(self) -> str:
        """The question that is answered; small talk and alarms are shown without one."""
        return "" if self.outcome in (Outcome.CHAT, Outcome.URGENT) else self.title or ""

    @property
    def body(self) -> str:
        """What ``text`` says below its ``lead``."""
        return self.text.removeprefix(self.lead).strip()

    @property
    def settled(self) -> bool:
        """Whether its choices are next questions; else the reader is asked which one is meant.

        Of several questions one that is asked back is enough for that: the choices are its own.
        """
        if self.parts:
            return all(part.outcome is not Outcome.CLARIFY for part in self.parts)
        return self.outcome in (Outcome.ANSWER, Outcome.CHAT)

    @property
    def heading(self) -> str:
        """The occasion whose words head its choices."""
        if self.outcome is Outcome.UNKNOWN:
            return "nearest"
        if self.outcome is Outcome.URGENT:
            return "later"
        return "related" if self.settled else "choices"

    @property
    def each(self) -> tuple[Reply, ...]:
        """The reply to each question, one by one."""
        return self.parts or (self,)

    def as_dict(self) -> dict[str, object]:
        """The reply as plain data for JSON (schema 1)."""
        return {"schema": 1, **asdict(self)}
