"""Names in a text: every written form of an entity, found longest first, never blurred."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from ..model import Entity
from ..text import Token, words

_LETTERS_DIGITS = re.compile(r"[a-z]+|\d+")
_SIGNS = frozenset("+-")


class Phrases:
    """Phrases and what they stand for, found in texts longest first."""

    def __init__(
        self, targets: dict[str, str] | None = None, longest: dict[str, int] | None = None
    ) -> None:
        """Start empty, or with the `parts` of another."""
        self._targets = {} if targets is None else targets
        """Phrase, its words joined by spaces → what it stands for."""
        self._longest = {} if longest is None else longest
        """First word → words of the longest phrase that begins with it."""

    def add(self, phrase: tuple[str, ...], target: str) -> None:
        """Let ``phrase`` stand for ``target``; a phrase that is already known keeps its target."""
        if phrase:
            self._targets.setdefault(" ".join(phrase), target)
            self._longest[phrase[0]] = max(len(phrase), self._longest.get(phrase[0], 0))

    def spans(self, words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
        """The phrases in ``words``, none overlapping: where each begins and ends, its target."""
        longest, end = self._longest, 0
        for start, first in enumerate(words):
            if start < end or first not in longest:
                continue
            for size in range(min(longest[first], len(words) - start), 0, -1):
                target = self._targets.get(" ".join(words[start : start + size]))
                if target is not None:
                    end = start + size
                    yield start, end, target
                    break

    def items(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Every phrase with its target."""
        for phrase, target in self._targets.items():
            yield tuple(phrase.split(" ")), target

    def words(self) -> Iterator[str]:
        """Every word that occurs in a phrase."""
        for phrase, _ in self.items():
            yield from phrase

    def openers(self) -> Collection[str]:
        """The words that a phrase begins with."""
        return self._longest.keys()

    def parts(self) -> list[dict[str, Any]]:
        """Plain data from which the same phrases can be made."""
        return [self._targets, self._longest]


class Named(NamedTuple):
    """A stretch of a text: a name, or a word that belongs to none."""

    words: tuple[str, ...]
    entity: str = ""
    """The entity's id, or empty for a plain word."""


class Names:
    """The entities of a knowledge base, ready to be found in texts."""

    def __init__(
        self, entities: Mapping[str, Entity], forms: Phrases, capitals: Mapping[str, str]
    ) -> None:
        """Take every written form, and what counts only in capitals, each with its entity's id."""
        self.entities, self.forms, self.capitals = entities, forms, capitals
        self.broader = cache(self._broader)

    @classmethod
    def build(cls, entities: Mapping[str, Entity]) -> Names:
        """Work out every form of ``entities``."""
        forms = Phrases()
        capitals: dict[str, str] = {}
        for entity in entities.values():
            for form in (entity.name, *entity.forms):
                if form not in entity.capitals:
                    forms.add(words(form), entity.id)
            capitals |= {form.lower(): entity.id for form in entity.capitals}
        for entity in entities.values():  # after all exact forms, which win
            for form in (entity.name, *entity.forms):
                if form not in entity.capitals:
                    for variant in _variants(words(form)):
                        forms.add(variant, entity.id)
        return cls(entities, forms, capitals)

    def known_in_capitals(self, token: Token) -> bool:
        """Whether ``token`` is a name for being typed in capitals: ALK, beside "all" and "talk"."""
        return token.capitals and token.text in self.capitals

    def find(self, tokens: Sequence[Token]) -> list[Named]:
        """``tokens`` as names and plain words, in order."""
        texts = [token.text for token in tokens]
        spans = {start: (end, id) for start, end, id in self.forms.spans(texts)}
        found, i = [], 0
        while i < len(texts):
            end, entity = spans.get(i, (i + 1, ""))
            if not entity and self.known_in_capitals(tokens[i]):
                entity = self.capitals[texts[i]]
            found.append(Named(tuple(texts[i:end]), entity))
            i = end
        return found

    def covers(self, about: Iterable[str]) -> frozenset[str]:
        """Everything that a text about these entities speaks of: themselves and what is broader."""
        return frozenset(about).union(*map(self.broader, about))

    def elsewhere(self, named: Iterable[str]) -> str:
        """The first of ``named`` that people have in place of what all is about; empty if there is
        none, or if that is named too.
        """
        spoken = [self.entities[id] for id in self.covers(named)]
        if any(entity.implied for entity in spoken):
            return ""
        return next((id for id in named if self.entities[id].elsewhere), "")

    def _broader(self, id: str) -> tuple[str, ...]:
        """What the entity ``id`` is a kind or a part of, near and far, always in the same order."""
        found: dict[str, None] = {}
        todo = list(self.entities[id].broader)
        while todo:
            parent = todo.pop()
            if parent not in found and parent in self.entities:
                found[parent] = None
                todo += self.entities[parent].broader
        found.pop(id, None)
        return tuple(found)


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
