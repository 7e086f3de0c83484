"""What reading goes by, worked out from the vocabulary, names and lexicon: plain data.

It is slow to work out, and so a part of the ready-made file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from ..knowledge.base import KnowledgeBase
from ..knowledge.store import Store, columns_of
from ..record import Record
from ..text import words
from .names import Names, Phrases

NAMEABLE = frozenset({"drug", "gene", "regimen", "procedure", "test"})
"""Kinds of names that make no difference to an intent with ``any_name``, its subject aside."""

_LARGE = ("forms", "longest", "frequency")
"""The tables that are opened faster as columns than as JSON."""


class Tables(Record):
    """The tables of one knowledge base. Phrases are given as the `parts` of `Phrases`."""

    forms: dict[str, str]
    """Every way to write an entity, and its id; with ``longest`` the parts of phrases."""
    longest: dict[str, int]
    capitals: Mapping[str, str]
    """What counts as a name only in capitals, and the entity's id."""
    spellings: Sequence[dict[str, Any]]
    """Other spellings, and the usual one."""
    concepts: Sequence[dict[str, Any]]
    """Words and phrases that have synonyms, and the ``~meaning`` that they share."""
    fillers: Sequence[dict[str, Any]]
    """What carries nothing."""
    frequency: Mapping[str, int]
    """Every known word, and how many intents ask with it; 1 for one that none does."""
    guarded: Sequence[str]
    """The entities that an answer must be about, if the question names them."""
    settings: Sequence[str]
    """Those that a question may merely be set in."""
    open: Sequence[str]
    """Those that an intent with ``any_name`` is asked of."""
    numbered: Sequence[str]
    """The words of names that hold a digit."""

    @classmethod
    def of(cls, kb: KnowledgeBase) -> Tables:
        """The tables of ``kb``: opened if they were made ready, else worked out."""
        return cls._opened(kb.ready) if kb.ready else cls._worked_out(kb)

    @classmethod
    def _opened(cls, store: Store) -> Tables:
        small: dict[str, Any] = store["reader"]
        return cls(**small | {name: store.table(f"reader {name}") for name in _LARGE})

    @classmethod
    def _worked_out(cls, kb: KnowledgeBase) -> Tables:
        names = Names.build(kb.entities)
        spellings = _phrases(kb.lexicon.spellings.items())
        synonyms = kb.lexicon.synonyms or kb.lexicon.default_synonyms
        concepts = _phrases((f"~{number}", group) for number, group in enumerate(synonyms))
        subjects = {e for i in kb.intents.values() if i.any_name for e in i.about}
        vocabulary = list(dict.fromkeys(names.forms.words()))
        unasked = [*vocabulary, *spellings.words(), *concepts.words()]
        unasked += [word for phrase in kb.lexicon.spellings for word in words(phrase)]
        entities, (forms, longest) = kb.entities.items(), names.forms.parts()
        return cls(
            forms=forms,
            longest=longest,
            capitals=names.capitals,
            spellings=spellings.parts(),
            concepts=concepts.parts(),
            fillers=_phrases([("", sorted(kb.lexicon.fillers))]).parts(),
            frequency=dict.fromkeys(unasked, 1) | _frequency(kb),
            guarded=[id for id, e in entities if not e.implied and e.kind != "other"],
            settings=[id for id, e in entities if e.setting],
            open=[id for id, e in entities if e.kind in NAMEABLE and id not in subjects],
            numbered=[word for word in vocabulary if any(c.isdigit() for c in word)],
        )

    def parts(self) -> dict[str, object]:
        """The tables as parts of a ready-made file."""
        small = [name for name in self.__match_args__ if name not in _LARGE]
        parts: dict[str, object] = {"reader": {name: getattr(self, name) for name in small}}
        for name in _LARGE:
            parts |= columns_of(f"reader {name}", getattr(self, name))
        return parts


def _phrases(meant: Iterable[tuple[str, Iterable[str]]]) -> Phrases:
    """Phrases, each standing for what it is listed under."""
    found = Phrases()
    for target, phrases in meant:
        for phrase in phrases:
            found.add(words(phrase), target)
    return found


def _frequency(kb: KnowledgeBase) -> dict[str, int]:
    """Every word that the knowledge asks with, and how many intents do."""
    asked = (chain.from_iterable(map(words, i.questions)) for i in kb.intents.values())
    return dict(Counter(chain.from_iterable(map(dict.fromkeys, asked))))
