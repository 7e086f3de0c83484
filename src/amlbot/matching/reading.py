"""From a text to the words, names and concepts that matching works with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple, TypeAlias

from ..knowledge.base import KnowledgeBase
from ..record import Record
from ..text import Token, tokenise, words
from .names import Named, Names, Phrases
from .repairing import Repaired, Repairer, as_it_is
from .spelling import Options
from .tables import Tables

READ = 256
"""Texts that are remembered: who matches, who looks for names and who completes reads the same."""
MAX_TOKENS = 160
"""Words read of one text: a long story's start and end. Longer than any question needs."""
PARENT = 0.5
"""Weight of what a named thing is a part of: FLT3-ITD also speaks, less, of FLT3."""
SURFACE = 0.5
"""Weight of a name's own words beside the name: "FLT3 negative" is not just FLT3."""
CONCEPT = 0.4
"""Weight of a shared meaning (tired, exhausted) beside that of the word itself (0.3 to 0.6: within
0.4 points)."""

PROPER = frozenset({"gene", "drug", "regimen", "disease", "procedure", "test"})
"""Kinds of entity whose names are proper: a repair of one is said aloud."""
_Piece: TypeAlias = tuple[Token, str, Options]
"""A token as it is taken, what was typed for it, and its options."""


class Word(NamedTuple):
    """One word or name of a text, and what it was taken for."""

    typed: str
    options: Options = ()
    """Known words, ``@entity`` or ``~meaning`` that it may stand for; none if it is unknown."""
    entity: str = ""
    name: tuple[str, ...] = ()
    """The words of the name, spelled right, if it is one."""

    @property
    def text(self) -> str:
        """What it most likely is."""
        return self.options[0][0] if self.options else self.typed

    @property
    def surface(self) -> tuple[str, ...]:
        """Its words, spelled right."""
        return self.name or (self.text,)


class Reading(Record):
    """A text, understood word by word."""

    words: tuple[Word, ...]
    unknown_names: tuple[str, ...] = ()
    """What looks like a name (CD19, IDH3) but is none that the knowledge has."""
    corrections: tuple[tuple[str, str], ...] = ()
    """Misspelt names, and the name each was taken for."""

    @property
    def surface(self) -> tuple[str, ...]:
        """All its words, spelled right: what makes two texts the same question."""
        return tuple([part for word in self.words for part in word.surface])

    @property
    def entities(self) -> tuple[str, ...]:
        """The ids of the named entities, each once, in order."""
        return tuple(dict.fromkeys(word.entity for word in self.words if word.entity))

    @property
    def meanings(self) -> Mapping[str, Sequence[str]]:
        """Each ``~meaning`` that is spoken of, and the words that it is said in."""
        said: dict[str, list[str]] = defaultdict(list)
        for word in self.words:
            for option, _ in word.options:
                if option[0] == "~":
                    said[option] += word.surface
        return said


class Reader:
    """Reads texts with the vocabulary, names and lexicon of one knowledge base."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.tables = Tables.of(kb)
        forms = Phrases(self.tables.forms, self.tables.longest)
        self.names = Names(kb.entities, forms, self.tables.capitals)
        self._spellings = Phrases(*self.tables.spellings)
        self._concepts = Phrases(*self.tables.concepts)
        self._fillers = Phrases(*self.tables.fillers)
        self._frequency = self.tables.frequency
        self._repairer = Repairer(self.tables, self.names, kb.lexicon.common)
        self._remembered = lru_cache(READ)(self._read)

    @cached_property
    def _openers(self) -> frozenset[str]:
        """Words that may begin what is more than a word: asked for when an index is built."""
        phrases = (self.names.forms, self._spellings, self._concepts, self._fillers)
        return frozenset(self.names.capitals).union(*(p.openers() for p in phrases))

    def read(self, text: str) -> Reading:
        """``text`` word by word, misspelt words repaired, names found."""
        return self._remembered(text)

    def _read(self, text: str) -> Reading:
        tokens = tokenise(text)
        if len(tokens) > MAX_TOKENS:
            tokens = tokens[: MAX_TOKENS // 2] + tokens[-MAX_TOKENS // 2 :]
        return self._understand(list(self._repairer.repaired(tokens)))

    def read_exactly(self, text: str) -> Reading:
        """``text`` word by word, taken as it is: for phrasings, which define the vocabulary."""
        return self._understand([(token, as_it_is(token.text)) for token in tokenise(text)])

    def plain(self, phrasing: str) -> tuple[str, ...]:
        """The words of a phrasing of the knowledge, if each can only stand for itself; or none.

        They are then all that reading it exactly would find, and its features.
        """
        found = words(phrasing)
        letters = [word for word in found if len(word) == 1]  # two may spell a name out
        return found if len(letters) < 2 and self._openers.isdisjoint(found) else ()

    def features(self, reading: Reading) -> dict[str, float]:
        """What ``reading`` speaks of: words, ``@names``, ``~concepts``; weights in (0, ~1]."""
        found: dict[str, float] = defaultdict(float)
        for word in reading.words:
            for option, similarity in word.options:
                found[option] += similarity
            if word.entity:
                for parent in self.names.broader(word.entity):
                    found[f"@{parent}"] = max(found[f"@{parent}"], PARENT)
        return dict(found)

    def _understand(self, repaired: Sequence[Repaired]) -> Reading:
        pieces = self._join_letters(self._respell(self._without_fillers(repaired)))
        found, position, unknown, corrections = [], 0, [], []
        for stretch in self.names.find([token for token, _, _ in pieces]):
            parts = pieces[position : position + len(stretch.words)]
            position += len(stretch.words)
            token, typed, options = parts[0]
            if stretch.entity:
                word, entity = _name(stretch, parts), self.names.entities[stretch.entity]
                slips = any(options and options[0][1] < 1.0 for _, _, options in parts)
                if slips and entity.kind in PROPER:
                    corrections.append((word.typed, entity.name))
            else:
                word = Word(typed, tuple([o for o in options if o[0] in self._frequency]))
                if not self._repairer.knows(token.text) and _looks_like_a_name(token):
                    unknown.append(typed)
            found.append(word)
        return Reading(self._with_meanings(found), tuple(unknown), tuple(corrections))

    def _without_fillers(self, repaired: Sequence[Repaired]) -> Sequence[Repaired]:
        """The words that tell something; all of them, if none does."""
        telling: list[Repaired] = []
        last = 0
        for start, end, _ in self._fillers.spans(_texts(repaired)):
            telling += repaired[last:start]
            last = end
        return [*telling, *repaired[last:]] or repaired

    def _respell(self, repaired: Sequence[Repaired]) -> list[_Piece]:
        """Other spellings made one: each token with what was typed and its options."""
        pieces: list[_Piece] = []
        last = 0
        for start, end, target in self._spellings.spans(_texts(repaired)):
            pieces += map(_piece, repaired[last:start])
            typed = " ".join(token.text for token, _ in repaired[start:end])
            pieces += [(Token(word), typed, as_it_is(word)) for word in words(target)]
            last = end
        return pieces + list(map(_piece, repaired[last:]))

    def _join_letters(self, tokens: list[_Piece]) -> list[_Piece]:
        """Names that were spelled out: "n p m 1", "m r d"."""
        joined: list[_Piece] = []
        i = 0
        while i < len(tokens):
            end = i
            while end < len(tokens) and len(tokens[end][0].text) == 1:
                end += 1
            for stop in range(end, i + 1, -1):
                name = "".join(token.text for token, _, _ in tokens[i:stop])
                if name in self._frequency and not name.isdigit():
                    typed = " ".join(typed for _, typed, _ in tokens[i:stop])
                    joined.append((Token(name, capitals=True), typed, as_it_is(name)))
                    i = stop
                    break
            else:
                joined.append(tokens[i])
                i += 1
        return joined

    def _with_meanings(self, found: list[Word]) -> tuple[Word, ...]:
        """``found``, with the meaning of each word or phrase that has synonyms."""
        for start, end, concept in list(self._concepts.spans([word.text for word in found])):
            for i in range(start, end):
                options = (*found[i].options, (concept, CONCEPT / (end - start)))
                found[i] = found[i]._replace(options=options)
        return tuple(found)


def _name(stretch: Named, parts: Sequence[_Piece]) -> Word:
    """The name that ``parts`` of a text make up."""
    typed = " ".join(dict.fromkeys(typed for _, typed, _ in parts))
    surface = [(w, SURFACE) for w in stretch.words if len(w) > 1 and w.isalpha()]
    return Word(typed, ((f"@{stretch.entity}", 1.0), *surface), stretch.entity, stretch.words)


def _texts(repaired: Sequence[Repaired]) -> list[str]:
    """Each token as what it most likely is."""
    return [options[0][0] if options else token.text for token, options in repaired]


def _piece(repaired: Repaired) -> _Piece:
    token, options = repaired
    repair = bool(options) and options[0][0] != token.text
    return token._replace(text=options[0][0]) if repair else token, token.text, options


def _looks_like_a_name(token: Token) -> bool:
    """Letters with digits (CD19), or capitals amid small letters (DNMT)."""
    text = token.text
    mixed = any(c.isdigit() for c in text) and text[0].isalpha() and len(text) > 2
    return mixed or (token.capitals and text.isalpha() and 3 <= len(text) <= 7)
