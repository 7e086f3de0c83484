"""Signs: what a screen listens for, and where in a message a sign shows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..knowledge.store import Store, records_of
from ..model import Safety, Sign
from .hearing import Beginning, Heard, Span, Spans, by_first_word, gap, overlap, words_of

OWN = "sign "
"""Before its id, the name under which a sign's own phrases are found; no concept is called so."""
WINDOW = 12
"""Words within which each concept of a sign must stand of another one (docs/safety.md#reach)."""


class Phrasebook(NamedTuple):
    """All that a screen listens for, by first words. Slow to work out, so that it can be packed."""

    phrases: Mapping[str, Beginning]
    """The ways to say each concept and guard, and the phrases of each sign."""
    idioms: Mapping[str, Beginning]
    words: Collection[str]
    """Every word of every phrase."""

    @classmethod
    def of(cls, safety: Safety) -> Phrasebook:
        """Everything that ``safety`` tells to listen for."""
        own = {OWN + sign.id: sign.phrases for sign in safety.signs}
        named = {**safety.concepts, **safety.unlearned, **safety.guards, **own}
        phrases = by_first_word(named)
        idioms = by_first_word({name: safety.guards.get(name, ()) for name in ("idiom", "cuff")})
        return cls(phrases, idioms, words_of(phrases))

    @classmethod
    def opened(cls, store: Store) -> Phrasebook:
        """The one whose `parts` were packed."""
        phrases, idioms = (store.records(f"screen {name}", tuple) for name in cls._fields[:2])
        return cls(phrases, idioms, store["screen words"])

    def parts(self) -> dict[str, object]:
        """What `opened` makes it of again."""
        phrases, idioms = (records_of(f"screen {n}", getattr(self, n)) for n in self._fields[:2])
        return phrases | idioms | {"screen words": sorted(self.words)}


def shown(signs: Iterable[Sign], heard: Heard) -> Iterator[tuple[Sign, Spans]]:
    """Every place at which each of ``signs`` shows, whether or not a guard quiets it there."""
    found, told = heard.found, heard.found.keys()
    for sign in signs:
        for span in found.get(OWN + sign.id, ()):
            yield sign, (span,)
        for concepts in sign.all:
            if told >= concepts:
                anchor, *others = sorted(concepts, key=lambda name: (len(found[name]), name))
                for span in found[anchor]:
                    match = _gather(heard, span, others)
                    if match:
                        yield sign, match


def _gather(heard: Heard, anchor: Span, others: Sequence[str]) -> Spans:
    """``anchor`` with the nearest of each other concept around them; empty if one is not there."""
    match = [anchor]
    for name in others:
        near = [
            span
            for span in heard.near(name, min(match)[0] - WINDOW, max(match)[1] + WINDOW)
            if heard.same_sentence(span[0], anchor[0]) and not overlap(span, match)
        ]
        if not near:
            return ()
        match.append(min(near, key=lambda span: gap(span, anchor)))
    return tuple(match)
