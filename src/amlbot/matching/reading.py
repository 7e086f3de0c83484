"""From a text to the words, names and concepts that matching works with."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

from ..knowledge.base import KnowledgeBase
from ..knowledge.loading import synonyms
from ..knowledge.store import Store, columns_of
from ..record import Record
from ..text import Token, tokenise, words
from .names import Named, Names, Phrases
from .spelling import Speller, nearest_name

MAX_TOKENS = 160
"""Words read of one text: a long story's start and end. Longer than any question needs."""
REPAIRS = 4
"""Words repaired in a text beyond as many as are known: words that are strange one and all are not
ours, and a refusal may not cost much more than an answer. On misspelt development questions two
lose 0.3 to 0.5 points against no bound, four none."""
CUT, CUT_REPAIRED = 5, 7
"""Letters from which a word is taken for two, and for two of which one is misspelt. Of 2,210
misspelt held-out phrasings 4 loses 1.2 points and 7 gains 0.6; 6 to 9 repaired are alike."""
MAX_CUT = 100
"""Letters up to which it is: longer than two known words, for the time grows with the square."""
CLEAR = 0.8
"""Likeness of a repair from which the word is taken for one (0.7: 0.5 points more, 0.9: 1.4 less).
"""
REPAIRED_NAME = 0.9
"""Weight of a misspelt name with digits (0.7 to 1 rank alike; below 1 it is said aloud)."""
PARENT = 0.5
"""Weight of what a named thing is a part of: FLT3-ITD also speaks, less, of FLT3."""
SURFACE = 0.5
"""Weight of a name's own words beside the name: "FLT3 negative" is not just FLT3."""
CONCEPT = 0.4
"""Weight of a shared meaning (tired, exhausted) beside that of the word itself (0.3 to 0.6: within
0.4 points)."""

NAMEABLE = frozenset({"drug", "gene", "regimen", "procedure", "test"})
"""Kinds of names that make no difference to an intent with ``any_name``, its subject aside."""

PROPER = frozenset({"gene", "drug", "regimen", "disease", "procedure", "test"})
"""Kinds of entity whose names are proper: a repair of one is said aloud."""
_LARGE = ("forms", "longest", "frequency")
"""The tables that are opened faster as columns than as JSON."""

Options: TypeAlias = tuple[tuple[str, float], ...]
"""What a word may stand for, each with a weight in (0, 1], likeliest first."""
_Repaired: TypeAlias = tuple[Token, Options]
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
        if not isinstance(kb, KnowledgeBase):  # the likeliest slip: the name of a file
            kind = type(kb).__name__
            raise TypeError(f"a KnowledgeBase is needed, not {kind} (amlbot.load(path) makes one)")
        self.tables: Mapping[str, Any] = _opened(kb.ready) if kb.ready else _tables(kb)
        """Plain data, the slow part to work out: a part of the ready-made file."""
        forms, capitals = self.tables["forms"], self.tables["capitals"]
        self.names = Names(kb.entities, Phrases(forms, self.tables["longest"]), capitals)
        self._spellings = Phrases(*self.tables["spellings"])
        self._concepts = Phrases(*self.tables["concepts"])
        self._fillers = Phrases(*self.tables["fillers"])
        self.frequency: Mapping[str, int] = self.tables["frequency"]
        self._filling = frozenset(self._fillers.words())
        self._common = kb.lexicon.common
        self._speller = Speller(self.frequency)

    @cached_property
    def _openers(self) -> frozenset[str]:
        """Words that may begin what is more than a word: asked for when an index is built."""
        phrases = (self.names.forms, self._spellings, self._concepts, self._fillers)
        return frozenset(self.names.capitals).union(*(p.openers() for p in phrases))

    def parts(self) -> dict[str, object]:
        """The tables as parts of a ready-made file."""
        small = {name: table for name, table in self.tables.items() if name not in _LARGE}
        parts: dict[str, object] = {"reader": small}
        for name in _LARGE:
            parts |= columns_of(f"reader {name}", self.tables[name])
        return parts

    def read(self, text: str) -> Reading:
        """``text`` word by word, misspelt words repaired, names found."""
        tokens = tokenise(text)
        if len(tokens) > MAX_TOKENS:
            tokens = tokens[: MAX_TOKENS // 2] + tokens[-MAX_TOKENS // 2 :]
        return self._understand(list(self._repair(tokens)))

    def read_exactly(self, text: str) -> Reading:
        """``text`` word by word, taken as it is: for phrasings, which define the vocabulary."""
        return self._understand([(token, ((token.text, 1.0),)) for token in tokenise(text)])

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

    def _repair(self, tokens: Sequence[Token]) -> Iterator[tuple[Token, Options]]:
        """Each token with the known words it may be; joined and run-together words mended."""
        known = [self._known(t.text) or self.names.known_in_capitals(t) for t in tokens]
        left = sum(known) + REPAIRS
        places = iter(range(len(tokens)))
        for i in places:
            token = tokens[i]
            if known[i]:
                yield token, ((token.text, 1.0),)
                continue
            if i + 1 < len(tokens) and not known[i + 1]:
                joined = token.text + tokens[i + 1].text
                if joined in self.frequency:
                    yield token._replace(text=joined), ((joined, 1.0),)
                    next(places)
                    continue
            left -= 1
            yield from self._repair_one(token) if left >= 0 else [(token, ())]

    def _repair_one(self, token: Token) -> Iterator[tuple[Token, Options]]:
        word = token.text
        if any(c.isdigit() for c in word):
            names = self.tables["numbered"]
            name = nearest_name(word, names) if not word[0].isdigit() else None
            yield token, ((name, REPAIRED_NAME),) if name else ()
            return
        options = self._speller.suggest(word)
        if CUT <= len(word) <= MAX_CUT and (not options or options[0][1] < CLEAR):
            parts = self._cut(word, trust_repairs=not options)
            if parts:
                for part, part_options in parts:
                    yield token._replace(text=part), part_options
                return
        yield token, options

    def _cut(self, word: str, trust_repairs: bool) -> list[tuple[str, Options]]:
        """``word`` as two words typed without the space, or nothing.

        Both halves known: the cut whose rarer half is commonest. Otherwise, with
        ``trust_repairs``, one half known and the other the least misspelt.
        """
        cuts = [(word[:i], word[i:]) for i in range(1, len(word))]
        known = [cut for cut in cuts if all(half in self.frequency for half in cut)]
        if known:
            best = max(known, key=lambda cut: min(self.frequency[half] for half in cut))
            return [(half, ((half, 1.0),)) for half in best]
        long = len(word) >= CUT_REPAIRED
        return self._cut_and_repair(cuts[1:-1]) if trust_repairs and long else []

    def _cut_and_repair(self, cuts: Sequence[tuple[str, str]]) -> list[tuple[str, Options]]:
        best: tuple[float, list[tuple[str, Options]]] = (0.0, [])
        for cut in cuts:
            for i, half in enumerate(cut):
                other = cut[1 - i]
                known = half in self.frequency and len(other) >= 4
                options = self._speller.suggest(other) if known else ()
                if options:
                    gain = len(half) + len(other) * options[0][1]
                    halves: list[tuple[str, Options]] = [(half, ((half, 1.0),)), (other, options)]
                    best = max(best, (gain, halves[:: 1 - 2 * i]), key=lambda pair: pair[0])
        return best[1]

    def _known(self, word: str) -> bool:
        known = word in self.frequency or word in self._common or word in self._filling
        return known or word.isdigit()

    def _understand(self, repaired: Sequence[_Repaired]) -> Reading:
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
                word = Word(typed, tuple([o for o in options if o[0] in self.frequency]))
                if not self._known(token.text) and _looks_like_a_name(token):
                    unknown.append(typed)
            found.append(word)
        return Reading(self._with_meanings(found), tuple(unknown), tuple(corrections))

    def _without_fillers(self, repaired: Sequence[_Repaired]) -> Sequence[_Repaired]:
        """The words that tell something; all of them, if none does."""
        telling: list[_Repaired] = []
        last = 0
        for start, end, _ in self._fillers.spans(_texts(repaired)):
            telling += repaired[last:start]
            last = end
        return [*telling, *repaired[last:]] or repaired

    def _respell(self, repaired: Sequence[_Repaired]) -> list[_Piece]:
        """Other spellings made one: each token with what was typed and its options."""
        pieces: list[_Piece] = []
        last = 0
        for start, end, target in self._spellings.spans(_texts(repaired)):
            pieces += map(_piece, repaired[last:start])
            typed = " ".join(token.text for token, _ in repaired[start:end])
            pieces += [(Token(word), typed, ((word, 1.0),)) for word in words(target)]
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
                if name in self.frequency and not name.isdigit():
                    typed = " ".join(typed for _, typed, _ in tokens[i:stop])
                    joined.append((Token(name, capitals=True), typed, ((name, 1.0),)))
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


def _opened(store: Store) -> dict[str, Any]:
    small: dict[str, Any] = store["reader"]
    return small | {name: store.table(f"reader {name}") for name in _LARGE}


def _tables(kb: KnowledgeBase) -> dict[str, Any]:
    """All that is worked out from the vocabulary, names and lexicon, as plain data."""
    names = Names.build(kb.entities)
    spellings = _phrases(kb.lexicon.spellings.items())
    concepts = _phrases((f"~{number}", group) for number, group in enumerate(synonyms(kb)))
    fillers = _phrases([("", sorted(kb.lexicon.fillers))])
    subjects = {e for i in kb.intents.values() if i.any_name for e in i.about}
    vocabulary = list(dict.fromkeys(names.forms.words()))
    rest = [*vocabulary, *spellings.words(), *concepts.words()]
    rest += [word for phrase in kb.lexicon.spellings for word in words(phrase)]
    forms, longest = names.forms.parts()
    return {
        "forms": forms,
        "longest": longest,
        "capitals": names.capitals,
        "spellings": spellings.parts(),
        "concepts": concepts.parts(),
        "fillers": fillers.parts(),
        "frequency": dict.fromkeys(rest, 1) | _frequency(kb),
        "guarded": [id for id, e in kb.entities.items() if not e.implied and e.kind != "other"],
        "settings": [id for id, e in kb.entities.items() if e.setting],
        "open": [id for id, e in kb.entities.items() if e.kind in NAMEABLE and id not in subjects],
        "numbered": [word for word in vocabulary if any(c.isdigit() for c in word)],
    }


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


def _name(stretch: Named, parts: Sequence[_Piece]) -> Word:
    """The name that ``parts`` of a text make up."""
    typed = " ".join(dict.fromkeys(typed for _, typed, _ in parts))
    surface = [(w, SURFACE) for w in stretch.words if len(w) > 1 and w.isalpha()]
    return Word(typed, ((f"@{stretch.entity}", 1.0), *surface), stretch.entity, stretch.words)


def _texts(repaired: Sequence[_Repaired]) -> list[str]:
    """Each token as what it most likely is."""
    return [options[0][0] if options else token.text for token, options in repaired]


def _piece(repaired: _Repaired) -> _Piece:
    token, options = repaired
    repair = bool(options) and options[0][0] != token.text
    return token._replace(text=options[0][0]) if repair else token, token.text, options


def _looks_like_a_name(token: Token) -> bool:
    """Letters with digits (CD19), or capitals amid small letters (DNMT)."""
    text = token.text
    mixed = any(c.isdigit() for c in text) and text[0].isalpha() and len(text) > 2
    return mixed or (token.capitals and text.isalpha() and 3 <= len(text) <= 7)
