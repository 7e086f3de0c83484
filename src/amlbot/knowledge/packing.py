"""The fields of a knowledge base as parts of a ready-made file, and out of one again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..model import (
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
from ..record import asdict
from .store import Store, records_of


def packed(fields: Mapping[str, Any]) -> dict[str, object]:
    """The parts of a file from which `unpacked` makes the fields of a knowledge base again."""
    parts: dict[str, object] = {}
    for name in _TABLES:
        entries = fields[name].items()
        plain = {i: list(e) if isinstance(e, tuple) else asdict(e) for i, e in entries}
        parts |= records_of(name, plain)
    lexicon, safety = asdict(fields["lexicon"]), asdict(fields["safety"])
    parts |= {name: sorted(lexicon.pop(name)) for name in _WORD_SETS}
    parts["default synonyms"] = lexicon.pop("default_synonyms")
    for name in _PHRASES:
        parts |= records_of(name, safety.pop(name))
    for sign in safety["signs"]:
        sign["all"] = [sorted(concepts) for concepts in sign["all"]]
    told = {"replies": dict(fields["replies"]), "cues": asdict(fields["cues"])}
    return parts | told | {"lexicon": lexicon, "safety": safety}


def unpacked(store: Store) -> dict[str, Any]:
    """The fields of a knowledge base. Entries are made when they are first looked up."""
    tables = {name: store.records(name, make) for name, make in _TABLES.items()}
    return tables | _told(store) | {"lexicon": _lexicon(store), "safety": _safety(store)}


def unpacked_front(store: Store) -> dict[str, Any]:
    """The fields that first words and other knowledge need, and no more."""
    regions = store.records("regions", _TABLES["regions"])
    lexicon = Lexicon(default_synonyms=_rows(store["default synonyms"]))
    return _told(store) | {"intents": {}, "regions": regions, "lexicon": lexicon}


def _told(store: Store) -> dict[str, Any]:
    return {"replies": _tuples(store["replies"]), "cues": _cues(store["cues"])}


def _tuples(data: Mapping[str, Any]) -> dict[str, Any]:
    """``data`` with the lists that JSON made as the tuples that they were."""
    return {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}


def _rows(data: Iterable[Iterable[Any]]) -> tuple[Any, ...]:
    return tuple(map(tuple, data))


def _intent(data: dict[str, Any]) -> Intent:
    figures = tuple(_figure(figure) for figure in data.pop("figures"))
    return Intent(**_tuples(data), figures=figures)


def _figure(data: dict[str, Any]) -> Figure:
    return Figure(**data | {"bars": tuple(Bar(**bar) for bar in data["bars"])})


def _cues(data: dict[str, Any]) -> Cues:
    rows = _rows(data["contrasts"])
    return Cues(**_tuples(data) | {"stand_ins": _tuples(data["stand_ins"]), "contrasts": rows})


def _lexicon(store: Store) -> Lexicon:
    data = store["lexicon"]
    return Lexicon(
        **data
        | {
            "spellings": _tuples(data["spellings"]),
            "synonyms": _rows(data["synonyms"]),
            "default_synonyms": _rows(store["default synonyms"]),
            "opposites": _rows(data["opposites"]),
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


_WORD_SETS = ("fillers", "common", "undirected")
_PHRASES = ("concepts", "unlearned", "guards")
_TABLES: Mapping[str, Any] = {
    "intents": _intent,
    "sources": lambda data: Source(**_tuples(data)),
    "entities": lambda data: Entity(**_tuples(data)),
    "glossary": lambda data: Term(**_tuples(data)),
    "facts": lambda data: Fact(**_tuples(data)),
    "regions": lambda data: Region(**_tuples(data)),
    "messages": tuple,
}
