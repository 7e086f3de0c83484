"""Names in a text: every written form of an entity, found longest first, never blurred."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from .model import Entity
from .text import Token, words

_LETTERS_DIGITS = re.compile(r"[a-z]+|\d+")
_SIGNS = frozenset("+-")


class Phrases:
    """Phrases and what they stand for, looked up at a position of a text, longest first."""

    def __init__(self) -> None:
        self._by_first: dict[str, dict[tuple[str, ...], str]] = {}
        self._longest: dict[str, int] = {}

    def add(self, phrase: tuple[str, ...], target: str) -> None:
        """Let ``phrase`` stand for ``target``; a phrase that is already known keeps its target."""
        if phrase:
            self._by_first.setdefault(phrase[0], {}).setdefault(phrase, target)
            self._longest[phrase[0]] = max(len(phrase), self._longest.get(phrase[0], 0))

    def find(self, tokens: Sequence[str], start: int) -> tuple[int, str] | None:
        """The longest phrase at ``start``: how many words it takes, and its target."""
        first = tokens[start]
        if first not in self._by_first:
            return None
        known = self._by_first[first]
        for size in range(min(self._longest[first], len(tokens) - start), 0, -1):
            target = known.get(tuple(tokens[start : start + size]))
            if target is not None:
                return size, target
        return None

    def items(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Every phrase with its target."""
        for phrases in self._by_first.values():
            yield from phrases.items()

    def words(self) -> Iterator[str]:
        """Every word that occurs in a phrase."""
        for phrase, _ in self.items():
            yield from phrase


class Named(NamedTuple):
    """A stretch of a text: a name, or a word that belongs to none."""

    words: tuple[str, ...]
    entity: str = ""
    """The entity's id, or empty for a plain word."""


class Names:
    """The entities of a knowledge base, ready to be found in texts."""

    def __init__(self, entities: Mapping[str, Entity]) -> None:
        self.entities = entities
        self._forms = Phrases()
        self._capitals: dict[str, str] = {}
        for entity in entities.values():
            for form in (entity.name, *entity.forms):
                if form not in entity.capitals:
                    self._forms.add(words(form), entity.id)
            self._capitals |= {form.lower(): entity.id for form in entity.capitals}
        for entity in entities.values():  # after all exact forms, which win
            for form in (entity.name, *entity.forms):
                if form not in entity.capitals:
                    for variant in _variants(words(form)):
                        self._forms.add(variant, entity.id)
        self._broader = {id: self._closure(id) for id in entities}

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word of every form."""
        return frozenset(self._forms.words())

    def known_in_capitals(self, token: Token) -> bool:
        """Whether ``token`` is a name for being typed in capitals: ALK, beside "all" and "talk"."""
        return token.capitals and token.text in self._capitals

    def find(self, tokens: Sequence[Token]) -> list[Named]:
        """``tokens`` as names and plain words, in order."""
        texts = [token.text for token in tokens]
        found, i = [], 0
        while i < len(texts):
            hit = self._forms.find(texts, i)
            if hit is None and self.known_in_capitals(tokens[i]):
                hit = 1, self._capitals[texts[i]]
            size, entity = hit or (1, "")
            found.append(Named(tuple(texts[i : i + size]), entity))
            i += size
        return found

    def broader(self, entity: str) -> frozenset[str]:
        """What ``entity`` is a kind or a part of, near and far; not itself."""
        return self._broader[entity]

    def covers(self, about: Iterable[str]) -> frozenset[str]:
        """Everything that a text about these entities speaks of: themselves and what is broader."""
        return frozenset(about).union(*(self._broader[id] for id in about))

    def _closure(self, id: str) -> frozenset[str]:
        found: set[str] = set()
        todo = list(self.entities[id].broader)
        while todo:
            parent = todo.pop()
            if parent not in found and parent in self.entities:
                found.add(parent)
                todo += self.entities[parent].broader
        return frozenset(found - {id})


def _variants(form: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Other ways to type a form: spaces lost, letters and digits apart, t(8,21) for t(8;21)."""
    yield ("".join(form),)
    plain = tuple(word for word in form if word not in _SIGNS)
    split = tuple(part for word in plain for part in _LETTERS_DIGITS.findall(word) or [word])
    if split != form and not any(word.lstrip("+-") != word for word in form):
        yield split
    for i, (left, right) in enumerate(pairwise(form)):
        yield (*form[:i], left + right, *form[i + 2 :])
        if left.isdigit() and right.isdigit():
            yield (*form[:i], f"{left}.{right}", *form[i + 2 :])
