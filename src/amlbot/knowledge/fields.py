"""One mapping of a document, read field by field; every fault is noted with its place.

Each accessor of `Fields` says what the format expects, notes what is wrong, and returns a harmless
value, so that one pass finds every fault.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date
from difflib import get_close_matches

from ..errors import Problem
from ..model import REGIONAL
from ..record import Record
from ..text import words
from .yamlfile import Document, Path

LIVE = REGIONAL | {"topics"}
"""Placeholders filled at reply time: from the reader's region, and from the knowledge itself."""
MAX_HINTS = 20
"""Names for which a near one is looked up: many more are no slips, and each takes its time."""
MAX_PROBLEMS = 200
"""Problems from which on no near names are looked up: nobody reads so far."""

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PLACEHOLDER = re.compile(r"\{([a-z0-9-]+)\}")
_MOST = 1e300  # no number of anything; what is larger may be none that can be reckoned with


class Place(Record):
    """A spot in a document, to point at."""

    document: Document
    path: Path

    def problem(self, message: str) -> Problem:
        line = self.document.line(self.path)
        steps = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in self.path)
        return Problem(self.document.name + ("" if line else steps), line, message)

    def within(self, *path: str | int) -> Place:
        """The place of what stands at ``path`` within what stands here."""
        return Place(self.document, (*self.path, *path))

    def __str__(self) -> str:
        return f"{self.document.name}:{self.document.line(self.path)}"


class Checker:
    """What documents define and what they rely on, and every fault in them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._defined: dict[tuple[str, str], Place] = {}
        self._given: dict[str, Collection[str]] = {"fact": LIVE}
        """What may be relied on of a kind without being written."""
        self._referred: list[tuple[str, str, Place, str]] = []
        self._phrasings: dict[tuple[str, ...], tuple[str, Place]] = {}

    def define(self, kind: str, id: str, place: Place, hint: str = "rename one") -> bool:
        """Note that ``id`` is written at ``place``. False, with a problem, if it was before."""
        before = self._defined.setdefault((kind, id), place)
        if before is not place:
            self.problems.append(
                place.problem(f"{kind} '{id}' is already written at {before} ({hint})")
            )
        return before is place

    def give(self, kind: str, ids: Collection[str]) -> None:
        """Let these ``ids`` be there, besides those that are written."""
        self._given[kind] = ids

    def refer(self, kind: str, id: str, place: Place, hint: str = "") -> None:
        """Note that ``id`` is relied on at ``place``; `finish` checks that it exists.

        The ``hint`` says what to do if it does not, and is a slip of nothing; by default: write it.
        """
        self._referred.append((kind, id, place, hint))

    def phrasing(self, text: str, intent: str, place: Place) -> None:
        """Note a way to ask. The same words may not lead to two answers."""
        key = words(text)
        if not key:
            self.problems.append(place.problem("a question without words (write one)"))
            return
        owner, before = self._phrasings.setdefault(key, (intent, place))
        if before is not place:
            where = "this intent" if owner == intent else f"intent '{owner}'"
            self.problems.append(
                place.problem(f"'{text}' is already a question of {where}, at {before} (keep one)")
            )

    def finish(self) -> None:
        """Check what can only be seen with every document read: that references lead somewhere."""
        hints = MAX_HINTS
        for kind, id, place, otherwise in self._referred:
            given = self._given.get(kind, ())
            if (kind, id) in self._defined or id in given:
                continue
            known = [*given, *(name for k, name in self._defined if k == kind)] if hints else []
            hint = nearest(id, known) or otherwise or f"write {kind} '{id}', or remove this"
            hints -= bool(hints)
            self.problems.append(place.problem(f"there is no {kind} '{id}' ({hint})"))


class Fields:
    """One mapping of a document."""

    def __init__(self, checker: Checker, place: Place, value: object, what: str) -> None:
        """Read ``value``, which is ``what`` ("an intent") and stands at ``place``."""
        self.checker, self.place, self.what = checker, place, what
        self._asked: set[str] = set()
        self._missing: list[str] = []
        self.values: dict[str, object] = {}
        if isinstance(value, dict):
            self.values = {str(key): item for key, item in value.items()}
        else:
            self.wrong(f"{what} must be fields with values (write 'name: value' lines)")

    def at(self, *path: str | int) -> Place:
        """The place of what stands at ``path`` within this mapping."""
        return self.place.within(*path)

    def wrong(self, message: str, *path: str | int) -> None:
        """Note a fault of what stands at ``path``."""
        self.checker.problems.append(self.at(*path).problem(message))

    def among(self, known: Collection[str], kind: str, name: str, *path: str | int) -> None:
        """Note if a ``name`` at ``path`` is none of the ``known`` ones of its kind."""
        if name and name not in known:
            hint = nearest(name, [*known]) or f"there are: {', '.join(sorted(known))}"
            self.wrong(f"there is no {kind} '{name}' ({hint})", *path)

    def text(self, key: str, required: bool = False) -> str:
        """Text without white space around it; empty if there is none."""
        return self._text(self.values[key], key) if self._has(key, required) else ""

    def texts(self, key: str, required: bool = False) -> tuple[str, ...]:
        """A list of texts, or a single one; empty if there is none."""
        return self._list(self.values[key], key) if self._has(key, required) else ()

    def flag(self, key: str) -> bool:
        """True or false; false if it is not there."""
        value = self.values[key] if self._has(key) else False
        if not isinstance(value, bool):
            self.wrong(f"{key} must be true or false", key)
        return value is True

    def number(self, key: str, default: float | None = None) -> float:
        """A finite number; required if there is no ``default``."""
        if not self._has(key, required=default is None):
            return default or 0.0
        value = self.values[key]
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or not abs(value) <= _MOST
        ):
            self.wrong(f"{key} must be a number", key)
            return 0.0
        return value

    def date(self, key: str) -> str:
        """A date as YYYY-MM-DD; empty if there is none."""
        value = self.values[key] if self._has(key) else ""
        if value == "":
            return ""
        try:
            return date.fromisoformat(str(value)).isoformat()
        except ValueError:
            self.wrong(f"{key} must be a date like 2026-11-24", key)
            return ""

    def id(self, kind: str) -> str:
        """The id, noted as defined; empty if there is none or it is taken."""
        id = self.text("id", required=True)
        if id and not _ID.fullmatch(id):
            self.wrong(f"id '{id}' (use small letters, digits and single hyphens)", "id")
        return id if id and self.checker.define(kind, id, self.at("id")) else ""

    def ref(self, key: str, kind: str, required: bool = False) -> str:
        """The id of what must exist."""
        id = self.text(key, required)
        if id:
            self.checker.refer(kind, id, self.at(key))
        return id

    def refs(self, key: str, kind: str) -> tuple[str, ...]:
        """Ids of what must exist."""
        ids = self.texts(key)
        for i, id in enumerate(ids):
            self.checker.refer(kind, id, self.at(key, i))
        return ids

    def prose(self, key: str, required: bool = False) -> str:
        """Text for people; every {placeholder} in it must be a fact or `LIVE`."""
        text = self.text(key, required)
        for name in placeholders(text):
            self.checker.refer("fact", name, self.at(key))
        return text

    def inner(self, key: str, what: str) -> Iterator[Fields]:
        """The mapping under ``key``, if there is one."""
        if self._has(key):
            fields = Fields(self.checker, self.at(key), self.values[key], what)
            yield fields
            fields.done()

    def items(self, key: str, what: str) -> Iterator[Fields]:
        """The mappings in the list under ``key``."""
        value = self.values[key] if self._has(key) else []
        if not isinstance(value, (list, tuple)):
            self.wrong(f"{key} must be a list (start each entry with '- ')", key)
            return
        for i, item in enumerate(value):
            fields = Fields(self.checker, self.at(key, i), item, what)
            yield fields
            fields.done()

    def table(self, key: str) -> dict[str, tuple[str, ...]]:
        """The lists in the mapping under ``key``, which may have any names."""
        return {name: inner.texts(name) for inner in self.inner(key, key) for name in inner.values}

    def rows(self, key: str) -> tuple[tuple[str, ...], ...]:
        """The lists in the list under ``key``."""
        value = self.values[key] if self._has(key) else []
        if not isinstance(value, (list, tuple)):
            self.wrong(f"{key} must be a list of lists", key)
            return ()
        return tuple(self._list(row, key, i) for i, row in enumerate(value))

    def done(self) -> None:
        """Report fields that the format does not have, and required ones that are not there."""
        if not self.values:
            return
        strange = [key for key in self.values if key not in self._asked]
        for key in strange[:MAX_HINTS]:
            absent = [*self._missing, *sorted(self._asked - self.values.keys())]
            hint = nearest(key, absent) if len(self.checker.problems) < MAX_PROBLEMS else ""
            self._missing = [name for name in self._missing if f"'{name}'" not in hint]
            hint = hint or f"it has: {', '.join(sorted(self._asked))}"
            self.wrong(f"'{key}' is not a field of {self.what} ({hint})", key)
        if strange[MAX_HINTS:]:
            self.wrong(
                f"{len(strange) - MAX_HINTS} more are no fields of {self.what} (remove them)"
            )
        for key in self._missing:
            self.wrong(f"{self.what} without {key} (write '{key}:')")

    def _has(self, key: str, required: bool = False) -> bool:
        """Whether ``key`` is there; notes that it may be, and that it is missing if it must."""
        self._asked.add(key)
        if required and key not in self.values:
            self._missing.append(key)
        return key in self.values

    def _text(self, value: object, *path: str | int) -> str:
        name = path[-1] if isinstance(path[-1], str) else f"{path[-2]}, entry {int(path[-1]) + 1},"
        if isinstance(value, str):
            if not value.strip():
                self.wrong(f"{name} is empty (write it, or remove the line)", *path)
            return value.strip()
        if value is None:
            self.wrong(f"{name} is empty (write it, or put it in quotes)", *path)
        elif isinstance(value, (bool, int, float)):
            self.wrong(f"{name} is read as a number or yes/no (put it in quotes)", *path)
        else:
            self.wrong(f"{name} must be text", *path)
        return ""

    def _list(self, value: object, *path: str | int) -> tuple[str, ...]:
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, (list, tuple)):
            self.wrong(f"{path[-1]} must be a list (start each line with '- ')", *path)
            return ()
        if not value:
            self.wrong(f"{path[-1]} is empty (fill it, or remove the line)", *path)
        found = (self._text(item, *path, i) for i, item in enumerate(value))
        return tuple(text for text in found if text)


def placeholders(text: str) -> list[str]:
    """The names in braces in ``text``."""
    return _PLACEHOLDER.findall(text)


def nearest(word: str, known: list[str]) -> str:
    """A hint at the one of ``known`` that ``word`` may be a slip of; empty if there is none."""
    near = get_close_matches(word, known, 1, 0.7)
    return f"did you mean '{near[0]}'?" if near else ""
