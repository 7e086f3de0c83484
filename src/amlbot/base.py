"""The knowledge base in memory, and as the parts of a ready-made file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from .model import (
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
from .record import Record, asdict
from .store import Store, records_of

if TYPE_CHECKING:
    from .yamlfile import Document

T = TypeVar("T")


class KnowledgeBase(Record):
    """Everything that the program can say, and the words by which it is found. Never changes."""

    intents: Mapping[str, Intent]
    sources: Mapping[str, Source] = {}
    entities: Mapping[str, Entity] = {}
    glossary: Mapping[str, Term] = {}
    facts: Mapping[str, Fact] = {}
    regions: Mapping[str, Region] = {}
    replies: Mapping[str, tuple[str, ...]] = {}
    """What the program itself says, by the name of the occasion: variants, tried in turn."""
    cues: Cues | None = None
    """How people refer to what was said; None for the bundled ones."""
    lexicon: Lexicon = Lexicon()
    safety: Safety = Safety()
    messages: Mapping[str, tuple[str, ...]] = {}
    """What people write of a danger, by its sign; under "calm" what only sounds like it."""

    __slots__ = ("_store",)

    @property
    def ready(self) -> Store | None:
        """What was worked out beforehand from exactly these intents, names, words and signs.

        A copy with other wording or numbers has it; one with another intent has none.
        """
        whole = getattr(self.intents, "whole", None)
        same = whole and all(getattr(self, n) is getattr(whole, n) for n in _WORKED_OUT_FROM)
        return getattr(whole, "_store", None) if same else None

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics in the order in which they are first written."""
        return tuple(dict.fromkeys(i.topic for i in self.intents.values() if not i.chat))

    @classmethod
    def from_dicts(cls, *documents: Mapping[str, object]) -> KnowledgeBase:
        """Build from plain data in the format of a knowledge file.

        Raises:
            KnowledgeError: with every problem of every document.

        """
        from .yamlfile import Document

        return cls.from_documents(Document(f"data{i}", dict(d)) for i, d in enumerate(documents))

    @classmethod
    def from_documents(cls, documents: Iterable[Document]) -> KnowledgeBase:
        """Build from YAML documents that were read.

        Raises:
            KnowledgeError: with every problem of every document. Nothing is ever half-loaded.

        """
        from .schema import drafted  # a quarter of the start-up time, and seldom needed

        return cls(**drafted(documents))

    @classmethod
    def from_store(cls, store: Store) -> KnowledgeBase:
        """The knowledge in a ready-made file. Entries are made when they are first looked up."""
        tables: dict[str, Any] = {name: store.records(name, make) for name, make in _TABLES.items()}
        kb = cls(
            **tables,
            replies=_tuples(store["replies"]),
            cues=_cues(store["cues"]),
            lexicon=_lexicon(store),
            safety=_safety(store),
        )
        object.__setattr__(kb, "_store", store)
        tables["intents"].whole = kb
        return kb

    @classmethod
    def front_of(cls, store: Store) -> KnowledgeBase:
        """What the first words need of a ready-made file, and no more."""
        regions: Mapping[str, Region] = store.records("regions", _TABLES["regions"])
        replies, cues = _tuples(store["replies"]), _cues(store["cues"])
        return cls({}, regions=regions, replies=replies, cues=cues)

    def parts(self) -> dict[str, object]:
        """The parts from which `from_store` makes this knowledge again."""
        parts: dict[str, object] = {}
        for name in _TABLES:
            table: Mapping[str, Any] = getattr(self, name)
            plain = {i: list(e) if isinstance(e, tuple) else asdict(e) for i, e in table.items()}
            parts |= records_of(name, plain)
        lexicon, safety = asdict(self.lexicon), asdict(self.safety)
        parts |= {name: sorted(lexicon.pop(name)) for name in _WORD_SETS}
        for name in _PHRASES:
            parts |= records_of(name, safety.pop(name))
        for sign in safety["signs"]:
            sign["all"] = [sorted(concepts) for concepts in sign["all"]]
        cues = asdict(self.cues) if self.cues else None
        told = {"replies": dict(self.replies), "cues": cues}
        return parts | told | {"lexicon": lexicon, "safety": safety}


def _tuples(data: Mapping[str, Any]) -> dict[str, Any]:
    """``data`` with the lists that JSON made as the tuples that they were."""
    return {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}


def _intent(data: dict[str, Any]) -> Intent:
    figures = tuple(_figure(figure) for figure in data.pop("figures"))
    return Intent(**_tuples(data), figures=figures)


def _figure(data: dict[str, Any]) -> Figure:
    return Figure(**data | {"bars": tuple(Bar(**bar) for bar in data["bars"])})


def _cues(data: dict[str, Any] | None) -> Cues | None:
    if data is None:
        return None
    rows = tuple(map(tuple, data["contrasts"]))
    return Cues(**_tuples(data) | {"stand_ins": _tuples(data["stand_ins"]), "contrasts": rows})


def _lexicon(store: Store) -> Lexicon:
    data = store["lexicon"]
    return Lexicon(
        **data
        | {
            "spellings": _tuples(data["spellings"]),
            "synonyms": tuple(map(tuple, data["synonyms"])),
            "opposites": tuple(map(tuple, data["opposites"])),
            **{name: frozenset(store[name]) for name in _WORD_SETS},
        }
    )


def _safety(store: Store) -> Safety:
    data = store["safety"]
    return Safety(
        signs=tuple(map(_sign, data["signs"])),
        **{name: store.records(name, tuple) for name in _PHRASES},
        replies=data["replies"],
        limits=Limits(**data["limits"]),
    )


def _sign(data: dict[str, Any]) -> Sign:
    concepts = tuple(map(frozenset, data["all"]))
    return Sign(**_tuples(data) | {"level": Level(data["level"]), "all": concepts})


_WORKED_OUT_FROM = ("intents", "entities", "lexicon", "safety", "messages")
_WORD_SETS = ("fillers", "common", "undirected")
_PHRASES = ("concepts", "guards")
_TABLES: Mapping[str, Any] = {
    "intents": _intent,
    "sources": lambda data: Source(**_tuples(data)),
    "entities": lambda data: Entity(**_tuples(data)),
    "glossary": lambda data: Term(**_tuples(data)),
    "facts": lambda data: Fact(**_tuples(data)),
    "regions": lambda data: Region(**_tuples(data)),
    "messages": tuple,
}
