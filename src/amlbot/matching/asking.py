"""What a text asks, without what it tells beside it. Pure text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..prose import UNABBREVIATED
from ..text import words

_SENTENCE = re.compile(rf"(?<=[?!])\s+|(?<=\w\w\.){UNABBREVIATED}\s+|;\s+|\n+")
"""Not within "t(3;3)" and "C. diff"."""
_CLAUSE = re.compile(
    r",\s+|\s+[-–—]+\s+|\s+(?:and|but|so)\s+(?=(?:i|is|how|what|when|why)\b)",
    re.IGNORECASE,
)
LONG = 10
"""Words beyond which one sentence may be a story."""
OPENING = 3
"""First words among which there is one that asks ("so roughly how long", "I wonder when")."""
_ASKING = frozenset(
    """what whats which who whos why when where how hows is are am was does do did can could
    should would will may explain tell mean means""".split()  # noqa: SIM905
)
_LEADING = frozenset("i we just only really want wanted need to know wonder wondering".split())  # noqa: SIM905
"""Words before the first ones: "I just want to know what helps"."""


def asked_in(text: str) -> str:
    """What ``text`` asks: its questions, without what it tells beside them; or all of it.

    For any subject, with no knowledge of how its people ask, which `splitting` has. Without a
    question mark the last sentence asks that begins like a question. A long story in a single
    sentence is taken by its clauses.
    """
    parts = [part.strip() for part in _SENTENCE.split(text) if words(part)]
    asked = [part for part in parts if part.endswith("?")] if len(parts) > 1 else []
    if len(parts) == 1 and len(words(text)) > LONG:
        parts = [part for part in _CLAUSE.split(text) if words(part)]
    if len(parts) > 1:
        asked = asked or _opening(parts)[-1:]
    return " ".join(asked) or text


def _opening(parts: Sequence[str]) -> list[str]:
    """Those of ``parts`` that begin like a question."""
    return [part for part in parts if not _ASKING.isdisjoint(_first_words(part))]


def _first_words(text: str) -> Sequence[str]:
    return [word for word in words(text) if word not in _LEADING][:OPENING]
