"""The knowledge format: plain data in, frozen objects out, every fault named with its place.

One ``_Fields`` stands for one mapping of a document. Each of its accessors says what the format
expects, notes what is wrong, and returns a harmless value, so that one pass finds every fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from math import isfinite
from typing import Any

from .errors import KnowledgeError, Problem
from .model import (
    CALM,
    GUARDS,
    MEASURED,
    Bar,
    Cues,
    Entity,
    Fact,
    Figure,
    Intent,
    Level,
    Lexicon,
    Limits,
    Region,
    Safety,
    Sign,
    Source,
    Term,
)
from .text import words
from .yamlfile import Document, Path

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_URL = re.compile(r"https?://[^\x00-\x20\x7f-\xa0<>\"]+")
_PLACEHOLDER = re.compile(r"\{([a-z0-9-]+)\}")

LIVE = frozenset({"emergency", "crisis", "helpline", "topics"})
"""Placeholders filled at reply time: from the reader's region, and from the knowledge itself."""


MAX_HINTS = 20
"""Names for which a near one is looked up: many more are no slips, and each takes its time."""

MAX_PROBLEMS = 200
"""Problems from which on no near names are looked up: nobody reads so far."""

TABLES = (
    *("intents", "sources", "entities", "glossary", "facts", "regions"),
    *("replies", "messages", "cues"),
)
"""What a draft has under the same name as the knowledge that comes of it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in a document, to point at."""

    document: Document
    path: Path

    def problem(self, message: str) -> Problem:
        line = self.document.line(self.path)
        steps = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in self.path)
        return Problem(self.document.name + ("" if line else steps), line, message)

    def __str__(self) -> str:
        return f"{self.document.name}:{self.document.line(self.path)}"


@dataclass(slots=True)
class Draft:
    """What a set of documents says, collected before it is held together."""

    intents: dict[str, Intent] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    entities: dict[str, Entity] = field(default_factory=dict)
    glossary: dict[str, Term] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    regions: dict[str, Region] = field(default_factory=dict)
    replies: dict[str, tuple[str, ...]] = field(default_factory=dict)
    spellings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    synonyms: list[tuple[str, ...]] = field(default_factory=list)
    fillers: set[str] = field(default_factory=set)
    common: set[str] = field(default_factory=set)
    opposites: list[tuple[str, str]] = field(default_factory=list)
    undirected: set[str] = field(default_factory=set)
    signs: list[Sign] = field(default_factory=list)
    concepts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    guards: dict[str, tuple[str, ...]] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)
    messages: dict[str, tuple[str, ...]] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    cues: Cues | None = None
    problems: list[Problem] = field(default_factory=list)
    _unread: bool = False
    _defined: dict[tuple[str, str], Place] = field(default_factory=dict)
    _referred: list[tuple[str, str, Place]] = field(default_factory=list)
    _phrasings: dict[tuple[str, ...], tuple[str, str, Place]] = field(default_factory=dict)

    @property
    def lexicon(self) -> Lexicon:
        return Lexicon(
            self.spellings,
            tuple(self.synonyms),
            frozenset(self.fillers),
            frozenset(self.common),
            tuple(self.opposites),
            frozenset(self.undirected),
        )

    @property
    def safety(self) -> Safety:
        return Safety(tuple(self.signs), self.concepts, self.guards, self.warnings, self.limits)

    def read(self, document: Document) -> None:
        """Take in one document. Its faults join ``problems``."""
        self.problems += document.problems
        if document.data is None:
            self._unread = True
            if not document.problems:
                self.problems.append(Problem(document.name, 0, "the file is empty (delete it)"))
            return
        top = _Fields(self, Place(document, ()), document.data, "a knowledge file")
        topic, reviewed = top.text("topic"), top.date("reviewed")
        for fields in top.items("intents", "an intent"):
            _intent(fields, topic, reviewed)
        for fields in top.items("sources", "a source"):
            _source(fields)
        for fields in top.items("entities", "an entity"):
            _entity(fields)
        for fields in top.items("glossary", "a glossary term"):
            _term(fields)
        for fields in top.items("facts", "a fact"):
            _fact(fields)
        for fields in top.items("regions", "a region"):
            _region(fields)
        self.replies |= top.table("replies", "replies")
        lexicon = top.inner("lexicon", "a lexicon")
        if lexicon:
            self._words(lexicon)
            lexicon.done()
        cues = top.inner("cues", "cues")
        if cues:
            self.cues = _cues(cues)
            cues.done()
        safety = top.inner("safety", "safety")
        if safety:
            _safety(safety)
            safety.done()
        self._messages(top)
        top.done()

    def _messages(self, top: _Fields) -> None:
        for name, texts in top.table("messages", "messages").items():
            if name != CALM:
                self.refer("sign", name, top.at("messages", name))
            self.messages[name] = (*self.messages.get(name, ()), *texts)

    def _words(self, lexicon: _Fields) -> None:
        self.spellings |= lexicon.table("spellings", "spellings")
        self.synonyms += lexicon.rows("synonyms")
        self.fillers.update(lexicon.texts("fillers"))
        self.common.update(lexicon.text("common").split())
        for row in lexicon.rows("opposites"):
            if len(row) == 2:
                self.opposites.append((row[0], row[1]))
            else:
                lexicon.wrong(f"opposites come in pairs, not {list(row)}", "opposites")
        self.undirected.update(lexicon.texts("undirected"))

    def define(self, kind: str, id: str, place: Place) -> bool:
        """Note that ``id`` is written at ``place``. False, with a problem, if it was before."""
        before = self._defined.setdefault((kind, id), place)
        if before is not place:
            self.problems.append(
                place.problem(f"{kind} '{id}' is already written at {before} (rename one)")
            )
        return before is place

    def refer(self, kind: str, id: str, place: Place) -> None:
        """Note that ``id`` is relied on at ``place``; `finish` checks that it exists."""
        self._referred.append((kind, id, place))

    def phrasing(self, text: str, intent: str, place: Place) -> None:
        """Note a way to ask. The same words may not lead to two answers."""
        key = words(text)
        if not key:
            self.problems.append(place.problem("a question without words (write one)"))
            return
        _, owner, before = self._phrasings.setdefault(key, (text, intent, place))
        if before is not place:
            where = "this intent" if owner == intent else f"intent '{owner}'"
            self.problems.append(
                place.problem(f"'{text}' is already a question of {where}, at {before} (keep one)")
            )

    def finish(self) -> None:
        """Check what can only be seen with every document read: that references lead somewhere.

        Where a document could not be read they would only seem to lead nowhere.
        """
        if self._unread:
            return
        hints = MAX_HINTS
        for kind, id, place in self._referred:
            if (kind, id) in self._defined:
                continue
            known = [name for k, name in self._defined if k == kind] if hints else []
            hint = _nearest(id, known) or f"write {kind} '{id}', or remove this"
            hints -= bool(hints)
            self.problems.append(place.problem(f"there is no {kind} '{id}' ({hint})"))


def drafted(documents: Iterable[Document]) -> dict[str, Any]:
    """What ``documents`` say, as the fields of a knowledge base.

    Raises:
        KnowledgeError: with every problem of every document.

    """
    draft = Draft()
    for document in documents:
        draft.read(document)
    draft.finish()
    if draft.problems:
        raise KnowledgeError(draft.problems)
    return {
        **{name: getattr(draft, name) for name in TABLES},
        "lexicon": draft.lexicon,
        "safety": draft.safety,
    }


class _Fields:
    """One mapping of a document, read field by field."""

    def __init__(self, draft: Draft, place: Place, value: object, what: str) -> None:
        self.draft, self.place, self.what = draft, place, what
        self.asked: set[str] = set()
        self.missing: list[str] = []
        self.values: dict[str, object] = {}
        if isinstance(value, dict):
            self.values = {str(key): item for key, item in value.items()}
        else:
            draft.problems.append(
                place.problem(f"{what} must be fields with values (write 'name: value' lines)")
            )

    def at(self, *path: str | int) -> Place:
        return Place(self.place.document, (*self.place.path, *path))

    def wrong(self, message: str, *path: str | int) -> None:
        self.draft.problems.append(self.at(*path).problem(message))

    def text(self, key: str, required: bool = False) -> str:
        self.asked.add(key)
        if key not in self.values:
            if required:
                self.missing.append(key)
            return ""
        return self._text(self.values[key], key) or ""

    def _text(self, value: object, *path: str | int) -> str | None:
        name = path[-1] if isinstance(path[-1], str) else f"{path[-2]}, entry {int(path[-1]) + 1},"
        if isinstance(value, str):
            if value.strip():
                return value.strip()
            self.wrong(f"{name} is empty (write it, or remove the line)", *path)
        elif value is None:
            self.wrong(f"{name} is empty (write it, or put it in quotes)", *path)
        elif isinstance(value, (bool, int, float)):
            self.wrong(f"{name} is read as a number or yes/no (put it in quotes)", *path)
        else:
            self.wrong(f"{name} must be text", *path)
        return None

    def texts(self, key: str, required: bool = False) -> tuple[str, ...]:
        self.asked.add(key)
        if key not in self.values:
            if required:
                self.missing.append(key)
            return ()
        return self._list(self.values[key], key)

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

    def flag(self, key: str) -> bool:
        self.asked.add(key)
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            self.wrong(f"{key} must be true or false", key)
        return value is True

    def number(self, key: str, default: float | None = None) -> float:
        self.asked.add(key)
        value = self.values.get(key, default)
        if value is None and key not in self.values:
            self.missing.append(key)
        elif not isinstance(value, (int, float)) or isinstance(value, bool) or not isfinite(value):
            self.wrong(f"{key} must be a number", key)
        else:
            return value
        return 0.0

    def date(self, key: str) -> str:
        self.asked.add(key)
        value = self.values.get(key, "")
        if value == "":
            return ""
        try:
            return date.fromisoformat(str(value)).isoformat()
        except ValueError:
            self.wrong(f"{key} must be a date like 2026-11-24", key)
            return ""

    def id(self, kind: str) -> str | None:
        """The id, noted as defined; None if there is none or it is taken."""
        id = self.text("id", required=True)
        if not id:
            return None
        if not _ID.fullmatch(id):
            self.wrong(f"id '{id}' (use small letters, digits and single hyphens)", "id")
        return id if self.draft.define(kind, id, self.at("id")) else None

    def refs(self, key: str, kind: str) -> tuple[str, ...]:
        ids = self.texts(key)
        for i, id in enumerate(ids):
            self.draft.refer(kind, id, self.at(key, i))
        return ids

    def prose(self, key: str, required: bool = False) -> str:
        """Text for people; every {placeholder} in it must be a fact or regional."""
        text = self.text(key, required)
        self.placeholders(text, key)
        return text

    def placeholders(self, text: str, *path: str | int) -> None:
        for name in _PLACEHOLDER.findall(text):
            if name not in LIVE:
                self.draft.refer("fact", name, self.at(*path))

    def inner(self, key: str, what: str) -> _Fields | None:
        self.asked.add(key)
        if key not in self.values:
            return None
        return _Fields(self.draft, self.at(key), self.values[key], what)

    def items(self, key: str, what: str) -> Iterator[_Fields]:
        self.asked.add(key)
        value = self.values.get(key, [])
        if not isinstance(value, (list, tuple)):
            self.wrong(f"{key} must be a list (start each entry with '- ')", key)
            return
        for i, item in enumerate(value):
            fields = _Fields(self.draft, self.at(key, i), item, what)
            yield fields
            fields.done()

    def table(self, key: str, what: str) -> dict[str, tuple[str, ...]]:
        fields = self.inner(key, what)
        if fields is None:
            return {}
        fields.asked.update(fields.values)
        return {name: fields._list(value, name) for name, value in fields.values.items()}

    def rows(self, key: str) -> list[tuple[str, ...]]:
        self.asked.add(key)
        value = self.values.get(key, [])
        if not isinstance(value, (list, tuple)):
            self.wrong(f"{key} must be a list of lists", key)
            return []
        return [self._list(row, key, i) for i, row in enumerate(value)]

    def done(self) -> None:
        """Report fields that the format does not have, and required ones that are not there."""
        if not self.values:
            return
        strange = [key for key in self.values if key not in self.asked]
        for key in strange[:MAX_HINTS]:
            absent = [*self.missing, *sorted(self.asked - self.values.keys())]
            hint = _nearest(key, absent) if len(self.draft.problems) < MAX_PROBLEMS else ""
            self.missing = [name for name in self.missing if f"'{name}'" not in hint]
            hint = hint or f"it has: {', '.join(sorted(self.asked))}"
            self.wrong(f"'{key}' is not a field of {self.what} ({hint})", key)
        if strange[MAX_HINTS:]:
            self.wrong(
                f"{len(strange) - MAX_HINTS} more are no fields of {self.what} (remove them)"
            )
        for key in self.missing:
            self.wrong(f"{self.what} without {key} (write '{key}:')")


def _nearest(word: str, known: list[str]) -> str:
    near = get_close_matches(word, known, 1, 0.7)
    return f"did you mean '{near[0]}'?" if near else ""


def _intent(fields: _Fields, topic: str, reviewed: str) -> None:
    id = fields.id("intent")
    questions = fields.texts("questions", required=True)
    for i, question in enumerate(questions):
        fields.draft.phrasing(question, id or "?", fields.at("questions", i))
    intent = Intent(
        id=id or "",
        questions=questions or ("",),
        answer=fields.prose("answer", required=True),
        topic=fields.text("topic") or topic,
        more=fields.prose("more"),
        about=fields.refs("about", "entity"),
        sources=fields.refs("sources", "source"),
        related=fields.refs("related", "intent"),
        figures=tuple(map(_figure, fields.items("figures", "a figure"))),
        reviewed=fields.date("reviewed") or reviewed,
        any_name=fields.flag("any_name"),
        chat=fields.flag("chat"),
        origin=str(fields.place),
    )
    if id:
        fields.draft.intents[id] = intent


def _cues(fields: _Fields) -> Cues:
    stand_ins = fields.table("stand-ins", "stand-ins")
    for pattern in stand_ins:
        if pattern.count("{}") != 1:
            fields.wrong(f"'{pattern}' (write {{}} where the name goes)", "stand-ins", pattern)
    for i, frame in enumerate(fields.texts("frames")):
        if frame.count("{}") != 1:
            fields.wrong(f"'{frame}' (write {{}} where the word goes)", "frames", i)
    return Cues(
        leads=fields.texts("leads"),
        trails=fields.texts("trails"),
        turns=fields.texts("turns"),
        narrows=fields.texts("narrows"),
        moments=fields.texts("moments"),
        usual=fields.texts("usual"),
        stand_ins=stand_ins,
        idle=fields.texts("idle"),
        corrects=fields.texts("corrects"),
        frames=fields.texts("frames"),
        defines=fields.texts("defines"),
        asks=fields.texts("asks"),
        checks=fields.texts("checks"),
        persons=fields.texts("persons"),
        tellers=fields.texts("tellers"),
        tells=fields.texts("tells"),
        feels=fields.texts("feels"),
        contrasts=tuple(fields.rows("contrasts")),
    )


def _figure(fields: _Fields) -> Figure:
    return Figure(
        title=fields.text("title", required=True),
        bars=tuple(
            Bar(bar.text("label", required=True), bar.number("value"))
            for bar in fields.items("bars", "a bar")
        ),
        of=fields.number("of", 100),
        unit=fields.text("unit") or "people",
        note=fields.text("note"),
    )


def _source(fields: _Fields) -> None:
    id = fields.id("source")
    source = Source(
        id=id or "",
        title=fields.text("title", required=True),
        publisher=fields.text("publisher"),
        url=fields.text("url"),
        date=fields.text("date"),
        grade=fields.text("grade"),
        note=fields.text("note"),
    )
    if source.url and not _URL.fullmatch(source.url):
        fields.wrong("url must start with https:// and hold no spaces", "url")
    if id:
        fields.draft.sources[id] = source


def _entity(fields: _Fields) -> None:
    id = fields.id("entity")
    entity = Entity(
        id=id or "",
        name=fields.text("name", required=True),
        kind=fields.text("kind", required=True),
        forms=fields.texts("forms"),
        capitals=fields.texts("capitals"),
        broader=fields.refs("broader", "entity"),
        confused_with=fields.refs("confused_with", "entity"),
        implied=fields.flag("implied"),
        origin=str(fields.place),
    )
    for i, form in enumerate(entity.forms):
        fields.draft.define("name", " ".join(words(form)), fields.at("forms", i))
    if id:
        fields.draft.entities[id] = entity


def _term(fields: _Fields) -> None:
    term = Term(
        term=fields.text("term", required=True),
        meaning=fields.prose("meaning", required=True),
        also=fields.texts("also"),
        sources=fields.refs("sources", "source"),
        origin=str(fields.place),
    )
    if term.term and fields.draft.define("glossary term", term.term.lower(), fields.at("term")):
        fields.draft.glossary[term.term.lower()] = term


def _fact(fields: _Fields) -> None:
    id = fields.id("fact")
    fact = Fact(
        id=id or "",
        text=fields.text("text", required=True),
        checked=fields.date("checked"),
        sources=fields.refs("sources", "source"),
        origin=str(fields.place),
    )
    if id:
        fields.draft.facts[id] = fact


def _region(fields: _Fields) -> None:
    id = fields.id("region")
    region = Region(
        id=id or "",
        name=fields.text("name", required=True),
        emergency=fields.text("emergency", required=True),
        crisis=fields.text("crisis", required=True),
        helpline=fields.text("helpline", required=True),
        checked=fields.date("checked"),
        sources=fields.refs("sources", "source"),
        origin=str(fields.place),
    )
    if id:
        fields.draft.regions[id] = region


def _safety(fields: _Fields) -> None:
    """What the screen listens for; several files may each hold a part of it."""
    draft = fields.draft
    for name, phrases in fields.table("concepts", "concepts").items():
        draft.define("concept", name, fields.at("concepts", name))
        draft.concepts[name] = phrases
        if not all(map(words, phrases)):
            fields.wrong("a phrase without words (write one)", "concepts", name)
    guards = fields.inner("guards", "the guards")
    if guards:
        draft.guards |= {name: found for name in GUARDS if (found := guards.texts(name))}
        guards.done()
    replies = fields.inner("replies", "the safety replies")
    if replies:
        for name in replies.values:
            draft.define("safety reply", name, replies.at(name))
            draft.warnings[name] = replies.prose(name)
    limits = fields.inner("limits", "the limits")
    if limits:
        draft.limits = Limits(
            high=limits.number("high", draft.limits.high),
            warm=limits.number("warm", draft.limits.warm),
            low=limits.number("low", draft.limits.low),
            white_count=limits.number("white_count", draft.limits.white_count),
            pulse=limits.number("pulse", draft.limits.pulse),
            oxygen=limits.number("oxygen", draft.limits.oxygen),
        )
        limits.done()
    for sign in fields.items("signs", "a sign"):
        _sign(sign)


def _sign(fields: _Fields) -> None:
    id = fields.id("sign")
    level, reply = fields.text("level", required=True), fields.text("reply", required=True)
    if level and level not in [*Level]:
        fields.wrong(f"level must be one of {', '.join(Level)}", "level")
    if reply:
        fields.draft.refer("safety reply", reply, fields.at("reply"))
    doubt = fields.text("doubt")
    if doubt:
        fields.draft.refer("safety reply", doubt, fields.at("doubt"))
    despite, rows = fields.texts("despite"), fields.rows("all")
    for i, name in enumerate(despite):
        if name not in GUARDS:
            hint = _nearest(name, [*GUARDS]) or f"there are: {', '.join(GUARDS)}"
            fields.wrong(f"there is no guard '{name}' ({hint})", "despite", i)
    for i, row in enumerate(rows):
        for j, name in enumerate(row):
            if name not in MEASURED:
                fields.draft.refer("concept", name, fields.at("all", i, j))
    if id and level in [*Level]:
        fields.draft.signs.append(
            Sign(
                id=id,
                level=Level(level),
                reply=reply,
                phrases=fields.texts("phrases"),
                all=tuple(map(frozenset, rows)),
                unless=fields.refs("unless", "concept"),
                despite=despite,
                at_hand=fields.flag("at_hand"),
                doubt=doubt,
                sources=fields.refs("sources", "source"),
                origin=str(fields.place),
            )
        )
