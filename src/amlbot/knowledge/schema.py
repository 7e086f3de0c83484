"""The knowledge format: plain data in, frozen objects out. A function for each part of a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Any, TypeAlias

from ..errors import KnowledgeError, Problem
from ..model import (
    CALM,
    GUARDS,
    KINDS,
    MEASURED,
    MOVES,
    PARTS,
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
from ..record import Record, replace
from ..text import words
from .fields import Checker, Fields, Place, placeholders
from .yamlfile import Document

Entry: TypeAlias = tuple[str, Record]
"""What an entry of a list is, and the key under which it is kept; empty if it cannot be."""

_KEEP = "keep one"
"""What to do about words for one thing in two places: the second would silently win."""
_URL = re.compile(r"https?://[^\x00-\x20\x7f-\xa0<>\"]+")


class Draft:
    """What a set of documents says, before it is held together."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, Any]] = {name: {} for name in _ENTRIES}
        self.replies: dict[str, tuple[str, ...]] = {}
        self.messages: dict[str, tuple[str, ...]] = {}
        self.lexicon = Lexicon()
        self.safety = Safety()
        self.cues = Cues()
        self._checker = Checker()
        self._said: dict[str, Place] = {}
        """Where each of the replies stands."""
        self._unread = False

    def read(self, document: Document) -> None:
        """Take in one document."""
        self._checker.problems += document.problems
        if document.data is None:
            self._unread = True
            if not document.problems:
                empty = Problem(document.name, 0, "the file is empty (delete it)")
                self._checker.problems.append(empty)
            return
        top = Fields(self._checker, Place(document, ()), document.data, "a knowledge file")
        self._read_entries(top)
        self._read_replies(top)
        for fields in top.inner("lexicon", "a lexicon"):
            self.lexicon = _lexicon(fields, self.lexicon)
        for fields in top.inner("cues", "cues"):
            self.cues = _cues(fields, self.cues)
        for fields in top.inner("safety", "safety"):
            self.safety = _safety(fields, self.safety)
        self._read_messages(top)
        top.done()

    def _read_entries(self, top: Fields) -> None:
        usual = {"topic": top.text("topic"), "reviewed": top.date("reviewed")}
        for name, (what, made_of) in _ENTRIES.items():
            for fields in top.items(name, what):
                key, entry = made_of(fields)
                if key:
                    self.tables[name][key] = _completed(entry, usual)

    def _read_replies(self, top: Fields) -> None:
        for name, texts in top.table("replies").items():
            place = top.at("replies", name)
            if self._checker.define("reply", name, place, _KEEP):
                self.replies[name], self._said[name] = texts, place

    def _read_messages(self, top: Fields) -> None:
        for name, texts in top.table("messages").items():
            if name != CALM:
                self._checker.refer("sign", name, top.at("messages", name))
            self.messages[name] = (*self.messages.get(name, ()), *texts)

    def compare(self, known: Mapping[str, tuple[str, ...]]) -> None:
        """Hold the replies against ``known`` ones: no other is ever said, no other value filled in.

        Words for a command may be added, with what it is given: ``typed-topic-genes``.
        """
        self._checker.give("occasion", known)
        for name, place in self._said.items():
            typed, _, command = name.partition("-")
            if typed == "typed" and f"command-{command.split('-')[0]}" in known:
                continue
            self._checker.refer("occasion", name, place, "remove it: nothing would say it")
            if name not in known:
                continue
            filled = {"some-topics", *chain.from_iterable(map(placeholders, known[name]))}
            for i, text in enumerate(self.replies[name]):
                for value in placeholders(text):
                    if value not in filled:
                        self._checker.refer("fact", value, place.within(i))

    def finished(self) -> dict[str, Any]:
        """All of it, as the fields of a knowledge base.

        Raises:
            KnowledgeError: with every problem of every document.

        """
        if not self._unread:  # else references would only seem to lead nowhere
            self._checker.finish()
        if self._checker.problems:
            raise KnowledgeError(self._checker.problems)
        return {
            **self.tables,
            "replies": self.replies,
            "messages": self.messages,
            "lexicon": self.lexicon,
            "safety": self.safety,
            "cues": self.cues,
        }


def drafted(
    documents: Iterable[Document], known: Mapping[str, tuple[str, ...]] | None = None
) -> dict[str, Any]:
    """What ``documents`` say, as the fields of a knowledge base; replies must be ``known`` ones.

    Raises:
        KnowledgeError: with every problem of every document.

    """
    draft = Draft()
    for document in documents:
        draft.read(document)
    if known is not None:
        draft.compare(known)
    return draft.finished()


def _completed(entry: Record, usual: Mapping[str, str]) -> Record:
    """An intent with what is ``usual`` in its file where it says nothing else."""
    if not isinstance(entry, Intent):
        return entry
    return replace(entry, **{k: v for k, v in usual.items() if not getattr(entry, k)})


def _intent(fields: Fields) -> Entry:
    id = fields.id("intent")
    questions = fields.texts("questions", required=True)
    for i, question in enumerate(questions):
        fields.checker.phrasing(question, id or "?", fields.at("questions", i))
    chat, move = fields.flag("chat"), fields.text("move")
    fields.among(MOVES, "move", move, "move")
    if move and not chat:
        fields.wrong("only small talk has a move (write 'chat: true', or remove it)", "move")
    return id, Intent(
        id=id,
        questions=questions or ("",),
        answer=fields.prose("answer", required=True),
        topic=fields.text("topic"),
        more=fields.prose("more"),
        about=fields.refs("about", "entity"),
        sources=fields.refs("sources", "source"),
        related=fields.refs("related", "intent"),
        figures=tuple(map(_figure, fields.items("figures", "a figure"))),
        reviewed=fields.date("reviewed"),
        any_name=fields.flag("any_name"),
        chat=chat,
        move=move,
        origin=str(fields.place),
    )


def _figure(fields: Fields) -> Figure:
    title, of = fields.text("title", required=True), fields.number("of", 100)
    bars = tuple(_bar(bar, of) for bar in fields.items("bars", "a bar"))
    if of <= 0:
        fields.wrong("of must be more than 0 (write the whole that the bars are parts of)", "of")
    if not bars:
        fields.wrong("a figure without bars (write 'bars:' with a label and a value for each)")
    return Figure(
        title=title,
        bars=bars,
        of=of,
        unit=fields.text("unit") or "people",
        note=fields.text("note"),
    )


def _bar(fields: Fields, of: float) -> Bar:
    """A part of a figure that shows so many in all."""
    label, value = fields.text("label", required=True), fields.number("value")
    if of > 0 and not 0 <= value <= of:
        fields.wrong(f"value must be from 0 to {of:g} (mend it, or the figure's 'of')", "value")
    return Bar(label, value)


def _source(fields: Fields) -> Entry:
    id, url = fields.id("source"), fields.text("url")
    if url and not _URL.fullmatch(url):
        fields.wrong("url must start with https:// and hold no spaces", "url")
    return id, Source(
        id=id,
        title=fields.text("title", required=True),
        publisher=fields.text("publisher"),
        url=url,
        date=fields.text("date"),
        grade=fields.text("grade"),
        note=fields.text("note"),
    )


def _entity(fields: Fields) -> Entry:
    id, kind = fields.id("entity"), fields.text("kind", required=True)
    fields.among(KINDS, "kind", kind, "kind")
    return id, Entity(
        id=id,
        kind=kind,
        **_names(fields),
        broader=fields.refs("broader", "entity"),
        implied=fields.flag("implied"),
        elsewhere=fields.flag("elsewhere"),
        setting=fields.flag("setting"),
    )


def _names(fields: Fields) -> dict[str, Any]:
    """What an entity is called, none of which another may be: the first would silently win."""
    name, forms = fields.text("name", required=True), fields.texts("forms")
    capitals = fields.texts("capitals")
    written = [(form, fields.at("forms", i)) for i, form in enumerate(forms)]
    if words(name) not in map(words, forms):
        written.append((name, fields.at("name")))
    for form, place in written:
        if form not in capitals:
            fields.checker.define("name", " ".join(words(form)), place, _KEEP)
    for i, form in enumerate(capitals):
        fields.checker.define("name in capitals", form.upper(), fields.at("capitals", i), _KEEP)
    return {"name": name, "forms": forms, "capitals": capitals}


def _term(fields: Fields) -> Entry:
    term = fields.text("term", required=True)
    key = term.lower()
    new = key and fields.checker.define("glossary term", key, fields.at("term"))
    return key if new else "", Term(
        term=term,
        meaning=fields.prose("meaning", required=True),
        also=fields.texts("also"),
        sources=fields.refs("sources", "source"),
    )


def _fact(fields: Fields) -> Entry:
    id = fields.id("fact")
    return id, Fact(
        id=id,
        text=fields.text("text", required=True),
        checked=fields.date("checked"),
        sources=fields.refs("sources", "source"),
    )


def _region(fields: Fields) -> Entry:
    id = fields.id("region")
    return id, Region(
        id=id,
        name=fields.text("name", required=True),
        emergency=fields.text("emergency", required=True),
        crisis=fields.text("crisis", required=True),
        helpline=fields.text("helpline", required=True),
        checked=fields.date("checked"),
        sources=fields.refs("sources", "source"),
    )


_ENTRIES: Mapping[str, tuple[str, Callable[[Fields], Entry]]] = {
    "intents": ("an intent", _intent),
    "sources": ("a source", _source),
    "entities": ("an entity", _entity),
    "glossary": ("a glossary term", _term),
    "facts": ("a fact", _fact),
    "regions": ("a region", _region),
}
"""The lists of a file: what an entry is called, and what makes it."""


def _lexicon(fields: Fields, before: Lexicon) -> Lexicon:
    """The words of one file beside those of the files ``before``."""
    spellings = fields.table("spellings")
    for word in spellings:
        fields.checker.define("spelling", word, fields.at("spellings", word), _KEEP)
    pairs = fields.rows("opposites")
    for row in pairs:
        if len(row) != 2:
            fields.wrong(f"opposites come in pairs, not {list(row)}", "opposites")
    return Lexicon(
        {**before.spellings, **spellings},
        before.synonyms + fields.rows("synonyms"),
        before.default_synonyms + fields.rows("default_synonyms"),
        before.fillers.union(fields.texts("fillers")),
        before.common.union(fields.text("common").split()),
        before.opposites + tuple((row[0], row[1]) for row in pairs if len(row) == 2),
        before.undirected.union(fields.texts("undirected")),
    )


def _cues(fields: Fields, before: Cues) -> Cues:
    """The cues of one file beside those of the files ``before``."""
    for name in fields.values:
        fields.checker.define("cue", name, fields.at(name), _KEEP)
    stand_ins = fields.table("stand-ins")
    for pattern in stand_ins:
        if pattern.count("{}") + pattern.count("{other}") not in (1, 2):
            fields.wrong(f"'{pattern}' (write {{}} where the name goes)", "stand-ins", pattern)
    for i, frame in enumerate(fields.texts("frames")):
        if frame.count("{}") != 1:
            fields.wrong(f"'{frame}' (write {{}} where the word goes)", "frames", i)
    rest = [name for name in Cues.__match_args__ if name not in ("stand_ins", "contrasts")]
    found: dict[str, Any] = {name: fields.texts(name) for name in rest}
    found |= {"stand_ins": stand_ins, "contrasts": fields.rows("contrasts")}
    return replace(before, **{name: cue for name, cue in found.items() if cue})


def _safety(fields: Fields, before: Safety) -> Safety:
    """What the screen listens for, by one file and by the files ``before``."""
    concepts, unlearned = _concepts(fields, "concepts"), _concepts(fields, "unlearned")
    guards, replies, limits = {}, {}, before.limits
    for inner in fields.inner("guards", "the guards"):
        guards = {name: found for name in PARTS if (found := inner.texts(name))}
        for name in guards:
            fields.checker.define("guard", name, inner.at(name), _KEEP)
    for inner in fields.inner("replies", "the safety replies"):
        for name in inner.values:
            fields.checker.define("safety reply", name, inner.at(name))
            replies[name] = inner.prose(name)
    for inner in fields.inner("limits", "the limits"):
        names = Limits.__match_args__
        for name in inner.values:
            fields.checker.define("limit", name, inner.at(name), _KEEP)
        limits = Limits(**{name: inner.number(name, getattr(limits, name)) for name in names})
    return Safety(
        signs=(*before.signs, *filter(None, map(_sign, fields.items("signs", "a sign")))),
        concepts={**before.concepts, **concepts},
        unlearned={**before.unlearned, **unlearned},
        guards={**before.guards, **guards},
        replies={**before.replies, **replies},
        limits=limits,
    )


def _concepts(fields: Fields, key: str) -> Mapping[str, tuple[str, ...]]:
    """The ways to say each of the concepts under ``key``."""
    concepts = fields.table(key)
    for name, phrases in concepts.items():
        fields.checker.define("concept", name, fields.at(key, name))
        if name in MEASURED or name in PARTS:
            fields.wrong(f"'{name}' is what a guard or a number is called (rename it)", key, name)
        if not all(map(words, phrases)):
            fields.wrong("a phrase without words (write one)", key, name)
    return concepts


def _sign(fields: Fields) -> Sign | None:
    """A sign; None, with a problem, if it has no id or level of its own."""
    id, level = fields.id("sign"), fields.text("level", required=True)
    known = level in [*Level]
    if level and not known:
        fields.wrong(f"level must be one of {', '.join(Level)}", "level")
    sign = Sign(
        id=id,
        level=Level(level) if known else Level.WATCH,
        reply=fields.ref("reply", "safety reply", required=True),
        phrases=fields.texts("phrases"),
        all=_ways(fields),
        unless=fields.refs("unless", "concept"),
        given=fields.refs("given", "concept"),
        apart=fields.refs("apart", "concept"),
        despite=_despite(fields),
        at_hand=fields.flag("at_hand"),
        doubt=fields.ref("doubt", "safety reply"),
        sources=fields.refs("sources", "source"),
    )
    return sign if id and known else None


def _ways(fields: Fields) -> tuple[frozenset[str], ...]:
    """The sets of concepts that give a sign away."""
    rows = fields.rows("all")
    for i, row in enumerate(rows):
        for j, name in enumerate(row):
            if name not in MEASURED:
                fields.checker.refer("concept", name, fields.at("all", i, j))
    return tuple(map(frozenset, rows))


def _despite(fields: Fields) -> tuple[str, ...]:
    """The guards that do not quiet a sign."""
    names = fields.texts("despite")
    for i, name in enumerate(names):
        fields.among(GUARDS, "guard", name, "despite", i)
    return names
