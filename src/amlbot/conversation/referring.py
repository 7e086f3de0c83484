"""What a message leans on: "how common is it", "and in kids?", "no, I meant MRD", made whole.

Nothing is decided here. A message becomes the questions that it may stand for, likeliest first,
and the matcher, which never mistakes one name for another, tells which of them has an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..record import Record, replace
from ..text import words
from .basis import Basis
from .cue import Cue, Place
from .dialogue import State
from .mentions import MAX_SUBJECTS, PLAIN
from .wording import FRAGMENT

SOON = 1
"""Messages after which a question that names nothing is no longer taken to go on."""
MAX_WORDS = 25
"""Words beyond which a message is taken to stand on its own."""


class Sense(Record):
    """A question that a message may stand for."""

    text: str
    about: tuple[str, ...] = ()
    """Entity ids that were filled in, or that narrow the question: what an answer must be about."""


class Referring:
    """Makes messages whole with the names, and the words for pointing back, of one knowledge."""

    def __init__(self, basis: Basis) -> None:
        self._kb, self._reader = basis.kb, basis.reader
        self._mentions, self._wording = basis.mentions, basis.wording
        found = basis.kb.cues
        self._narrows, self._asks = Cue(found.narrows), Cue([*found.asks, *found.checks])

    def senses(self, text: str, state: State) -> list[Sense]:
        """What ``text`` may stand for after ``state``; empty if it can only mean itself."""
        if not state.live or len(text.split()) > MAX_WORDS:
            return []
        return list(_distinct(self._completed(self._wording.core(text), state), text))

    def corrections(self, rest: str, state: State) -> list[Sense]:
        """What the last question was meant to be, if ``rest`` is what puts it right."""
        found: list[Sense] = []
        if len(rest.split()) <= FRAGMENT:
            found += self._swapped(state.question, rest)
            found += self._recalled(rest, state)
        told, asked = self._mentions.names(rest), self._mentions.names(state.question)
        subjects = dict.fromkeys([*asked, *state.subjects])
        others = [id for id in subjects if id not in told][:MAX_SUBJECTS]
        named = self._named(rest, others)
        whole = self._wording.bare_name(rest) or self._asks.opens(rest)
        alone = Sense(self._wording.bare_name(rest) or rest)
        found += [alone, *named] if whole else [*named, alone]
        if not asked or set(asked) - set(told):  # else ``rest`` says all of it anew
            found.append(Sense(f"{state.question}, {rest}"))
        return list(_distinct(found, ""))

    def _completed(self, rest: str, state: State) -> Iterable[Sense]:
        """``rest`` in what it leans on, by the first way to lean that shows in it."""
        turned = self._wording.turn.after(rest)
        if turned != rest:
            return self._turned(turned, state)
        short = len(rest.split()) <= FRAGMENT and not self._asks.opens(rest)
        if short and (self._narrows.opens(rest) or any(self._contrasted(state.question, rest))):
            return self._narrowed(rest, state)
        replaced = [*self._recalled(rest, state), *self._replaced(rest, state)]
        if replaced:
            return replaced
        kinds = {self._kb.entities[id].kind for id in self._mentions.names(rest)}
        if state.age > SOON or kinds - PLAIN:
            return ()
        things = [id for id in state.live if self._kb.entities[id].kind != "aspect"]
        return self._named(rest, state.live if "aspect" in kinds else things)

    def _turned(self, rest: str, state: State) -> Iterator[Sense]:
        """The last question, asked of something else: "what about CBF"."""
        swapped = list(self._swapped_in_last(rest, state))
        yield from swapped
        if swapped:
            yield Sense(self._wording.bare_name(rest) or rest)
        elif self._narrows.opens(rest) or any(c.place(rest) for c in self._wording.contrasts):
            yield from self._narrowed(rest, state)
        else:
            yield Sense(self._wording.bare_name(rest) or rest)
            yield from self._named(rest, state.live)

    def _narrowed(self, rest: str, state: State) -> Iterator[Sense]:
        """The last question, of fewer people or another time: "in children?"."""
        swapped = list(self._swapped_in_last(rest, state))
        yield from swapped
        about = tuple(self._mentions.names(rest))
        for question in (state.question, self._title(state)):
            if question and not swapped:
                yield Sense(f"{question.rstrip(' ?.!')}, {rest}", about)
        for sense in self._named(rest, state.live):
            yield replace(sense, about=(*sense.about, *about))

    def _swapped_in_last(self, rest: str, state: State) -> Iterator[Sense]:
        """`_swapped` in the last question, as its answer has it and as it was asked."""
        yield from self._swapped(self._title(state), rest)
        yield from self._swapped(state.question, rest)

    def _recalled(self, rest: str, state: State) -> Iterator[Sense]:
        """The one thing named in the last reply that ``rest`` has a word of: "the mouth one"."""
        said = self._wording.pointed(rest)
        if said and state.reply:
            spoken_of = self._reader.read_exactly(state.reply.text).entities
            names = [self._kb.entities[id].name for id in spoken_of]
            meant = [name for name in names if said & set(words(name))]
            if len(meant) == 1:
                yield Sense(meant[0])

    def _replaced(self, rest: str, state: State) -> Iterator[Sense]:
        """``rest`` with each thing that "it" may be in its place: "how common is it"."""
        bare = rest
        for start, end in self._wording.idle.places(rest):
            bare = f"{bare[:start]}{'_' * (end - start)}{bare[end:]}"
        for pattern, stand_in in self._wording.stand_ins.items():
            place = stand_in.place(bare)
            if not place:
                continue
            if self._mentions.has_name(_clause_before(rest, place)):
                return  # "it" is what the message itself has just named
            meant = list(self._meant(pattern, rest, state))
            for name, ids in meant:
                if place == (0, len(rest)):  # "the other one", and no more: the same is asked of it
                    yield from self._swapped(state.question, name)
                yield Sense(_put(rest, place, name), ids)
            if meant:
                return

    def _meant(
        self, pattern: str, rest: str, state: State
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """What a stand-in in ``rest`` may stand for, and the entity ids in that."""
        if pattern.count("{}") == 1:
            for id in state.live:
                yield pattern.replace("{}", self._kb.entities[id].name), (id,)
        elif not self._mentions.has_name(rest):
            for pair in self._pairs(state):
                this, other = (self._kb.entities[id].name for id in pair)
                both = pattern.replace("{}", this, 1).replace("{}", other, 1)
                yield both.replace("{other}", other), (pair if both != pattern else pair[1:])

    def _pairs(self, state: State) -> Iterator[tuple[str, str]]:
        """The last two things of one kind that were spoken of, the later first, if there are."""
        about = (self._kb.intents[id].about for id in reversed(state.trail))
        things = list(dict.fromkeys(id for ids in about for id in ids if self._mentions.proper(id)))
        broader = self._reader.names.broader
        for id in things[1:]:
            of_one_kind = id in broader(things[0]) or things[0] in broader(id)
            if not of_one_kind and self._mentions.alike(things[0], id):
                yield things[0], id

    def _named(self, rest: str, subjects: Sequence[str]) -> Iterator[Sense]:
        """``rest`` with the name that it lacks: "what are the side effects (venetoclax)"."""
        for id in subjects:
            name = self._kb.entities[id].name
            if len(rest.split()) > FRAGMENT or self._asks.opens(rest):
                text = f"{rest} ({name})"
            else:
                text = f"{name} {rest}" if self._narrows.opens(rest) else f"{name}, {rest}"
            yield Sense(text, (id,))

    def _swapped(self, question: str, rest: str) -> Iterator[Sense]:
        """``question`` with what ``rest`` names in the place of something of the same kind."""
        yield from self._contrasted(question, rest)
        asked = self._mentions.all(question)
        for new_id in self._mentions.all(rest)[:1]:
            for old_id in asked if new_id not in asked else ():
                place = self._mentions.place(old_id, question)
                if place and self._mentions.alike(old_id, new_id):
                    yield Sense(_put(question, place, self._kb.entities[new_id].name), (new_id,))
                    break

    def _contrasted(self, question: str, rest: str) -> Iterator[Sense]:
        """``question`` with a word of ``rest`` in the place of its contrast: children, adults."""
        for contrast in self._wording.contrasts:
            new, held = contrast.place(rest), list(contrast.places(question))
            word = rest[slice(*new)] if new else ""
            if word and held and word.lower() not in {question[i:j].lower() for i, j in held}:
                yield Sense(_put(question, held[0], word))

    def _title(self, state: State) -> str:
        """The last question in the words of its answer: spelled right, names and all."""
        return self._kb.intents[state.trail[-1]].title if state.trail else ""


def _put(text: str, place: Place, name: str) -> str:
    return f"{text[: place[0]]}{name}{text[place[1] :]}"


def _clause_before(text: str, place: Place) -> str:
    """What ``text`` says before the clause of ``place``; empty if that is its first."""
    return text[: place[0]].rpartition(",")[0]


def _distinct(senses: Iterable[Sense], typed: str) -> Iterator[Sense]:
    """``senses`` that differ in their words from one another and from what was typed."""
    seen = {words(typed)}
    for sense in senses:
        key = words(sense.text)
        if key and key not in seen:
            seen.add(key)
            yield sense
