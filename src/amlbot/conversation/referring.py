"""What a message leans on: "how common is it", "and in kids?", "no, I meant MRD", made whole.

Nothing is decided here. A message becomes the questions that it may stand for, likeliest first,
and the matcher, which never mistakes one name for another, tells which of them has an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from ..knowledge.base import KnowledgeBase
from ..knowledge.loading import cues
from ..matching.reading import Reader
from ..record import Record, replace
from ..text import words
from .cue import Cue, Place
from .dialogue import State
from .mentions import MAX_SUBJECTS, PLAIN, Mentions

SOON = 1
"""Messages after which a question that names nothing is no longer taken to go on."""
MAX_WORDS = 25
"""Words beyond which a message is taken to stand on its own."""
STRANGE = 4
"""Letters of the shortest word that is said back as unknown."""
FRAGMENT = 6
"""Words of the longest message that is no question of its own ("and after a transplant")."""
TOLD = 3
"""Words of the shortest sentence that tells of someone: "my hair" is a topic."""
TERM = 2
"""Words of the longest term: a message that is no more ("blast cells") asks what it means, and so
does a statement that quotes one ("she called it 'nadir'")."""
_EDGES = " ?!.,:;-\"'"
_NOTHING = re.compile(r"(?!)")
_QUOTED = re.compile(r"[\"“”]([^\"“”]+)[\"“”]")


class Sense(Record):
    """A question that a message may stand for."""

    text: str
    about: tuple[str, ...] = ()
    """Entity ids that were filled in, or that narrow the question: what an answer must be about."""
    loose: bool = False
    """A name was only set beside the message: nothing in it stands for that name."""
    weak: bool = False
    """Nothing in the message points back; it is only that the question names nothing itself."""


class Referring:
    """Makes messages whole with the names, and the words for pointing back, of one knowledge."""

    def __init__(self, kb: KnowledgeBase, reader: Reader) -> None:
        self.kb, self._reader = kb, reader
        self.mentions = Mentions(kb, reader)
        self._cues = cues(kb)
        self._leads, self._trails = Cue(self._cues.leads), Cue(self._cues.trails)
        self._turns, self._narrows = Cue(self._cues.turns), Cue(self._cues.narrows)
        self._moments, self._usual = Cue(self._cues.moments), Cue(self._cues.usual)
        self._stand_ins = {put: Cue(phrases) for put, phrases in self._cues.stand_ins.items()}
        self._idle, self._corrects = Cue(self._cues.idle), Cue(self._cues.corrects)
        self._instead, self._news = Cue(self._cues.instead), Cue(self._cues.news)
        self._asks = Cue([*self._cues.asks, *self._cues.checks])
        self._question_words = Cue(self._cues.asks)
        self._defines = Cue(self._cues.defines)
        self._contrasts = [Cue(row) for row in self._cues.contrasts]

    @cached_property
    def _frames(self) -> re.Pattern[str]:
        """Compiled when a first question needs it, which few do."""
        frames = "|".join(re.escape(f).replace(r"\{\}", "(.+?)") for f in self._cues.frames)
        return re.compile(rf"(?:{frames})$", re.IGNORECASE) if frames else _NOTHING

    def led(self, text: str) -> str:
        """``text`` without what leads into it and out of it ("oh and", "please"); never empty."""
        return self._trails.before(self._leads.after(text)).strip() or text

    def undated(self, text: str) -> str:
        """``text`` without when it happened; never empty."""
        return " ".join(self._moments.without(text, " ").split()) or text

    def surface(self, text: str) -> frozenset[str]:
        """The words of ``text``, misspelt ones repaired."""
        return frozenset(self._reader.read(text).surface)

    def forms(self, text: str) -> list[str]:
        """``text`` without what carries nothing in it, and the one term that a statement quotes."""
        led = self.led(text)
        quoted = [] if "?" in text else _QUOTED.findall(text)
        term = quoted if len(quoted) == 1 and len(quoted[0].split()) <= TERM else []
        return list(dict.fromkeys([text, led, self._usual.without(led).strip() or led, *term]))

    def tells(self, text: str) -> bool:
        """Whether ``text`` tells of someone rather than asks ("my mother is 82")."""
        asks = "?" in text or self._question_words.place(text)
        return not asks and len(text.split()) >= TOLD and self._news.opens(self.led(text))

    def senses(self, text: str, state: State) -> list[Sense]:
        """What ``text`` may stand for after ``state``; empty if it can only mean itself."""
        if not state.live or len(text.split()) > MAX_WORDS:
            return []
        return list(_distinct(self._completed(self._core(text), state), text))

    def corrected(self, text: str) -> str | None:
        """What is left of ``text`` when it takes the last question back; None if it does not."""
        typed = self._core(text)
        rest = self._corrects.before(self._corrects.after(typed)).strip(_EDGES)
        place = self._instead.place(rest)
        if place:  # "FLT3 not NPM1"
            right, wrong = rest[: place[0]].strip(_EDGES), rest[place[1] :].strip(_EDGES)
            rest = right if self.bare_name(right) and self.bare_name(wrong) else rest
        return rest if rest != typed else None

    def corrections(self, rest: str, state: State) -> list[Sense]:
        """What the last question was meant to be, if ``rest`` is what puts it right."""
        found: list[Sense] = []
        if len(rest.split()) <= FRAGMENT:
            found += self._swapped(state.question, rest)
            found += self._recalled(rest, state)
        told, asked = self.mentions.names(rest), self.mentions.names(state.question)
        subjects = dict.fromkeys([*asked, *state.subjects])
        others = [id for id in subjects if id not in told][:MAX_SUBJECTS]
        named = self._named(rest, others, weak=False)
        whole = self.bare_name(rest) or self._asks.opens(rest)
        alone = Sense(self.bare_name(rest) or rest)
        found += [alone, *named] if whole else [*named, alone]
        if not asked or set(asked) - set(told):  # else ``rest`` says all of it anew
            found.append(Sense(f"{state.question}, {rest}"))
        return list(_distinct(found, ""))

    def pointed(self, text: str) -> frozenset[str]:
        """The words by which ``text`` points to one thing of several: "the mouth one"."""
        frame = self._frames.match(self._core(text))
        return frozenset(words(frame[1])) if frame else frozenset()

    def turns(self, text: str) -> bool:
        """Whether ``text`` turns to something else: "what about sleep"."""
        return self._turns.opens(self._core(text))

    def points(self, text: str, idly: bool = False) -> bool:
        """Whether something in ``text`` stands for what was said before, or might (``idly``)."""
        bare = text if idly else self._idle.without(text)
        return any(stand_in.place(bare) for stand_in in self._stand_ins.values())

    def hollow(self, text: str) -> bool:
        """Whether ``text`` is a few words that name nothing: "what can we do", "then what"."""
        return len(text.split()) <= FRAGMENT and self.mentions.nameless(text)

    def bare_name(self, text: str) -> str:
        """The name of the entity that ``text`` is and nothing else; empty if it is more."""
        found = self._reader.read(self._turns.after(self.led(text))).words
        ids = {word.entity for word in found}
        if any(contrast.place(text) for contrast in self._contrasts):
            return ""  # "MRD positive" is more than MRD
        return self.kb.entities[ids.pop()].name if len(ids) == 1 and "" not in ids else ""

    def strange(self, text: str) -> str:
        """The word that ``text`` is or asks the meaning of, if the knowledge never uses it."""
        found = self._reader.read(self.defined(text) or "").words
        foreign = [word.typed for word in found if not word.options]
        return foreign[0] if len(found) == 1 and foreign and len(foreign[0]) >= STRANGE else ""

    def defined(self, text: str) -> str | None:
        """The word whose meaning ``text`` asks for; None if it asks for something else."""
        rest = self._core(text)
        word = self._defines.before(self._defines.after(rest)).strip(_EDGES)
        return word if word != rest or len(word.split()) <= TERM else None

    def _core(self, text: str) -> str:
        """``text`` without what leads into it, and without signs around it."""
        return self.led(text).strip(_EDGES)

    def _completed(self, rest: str, state: State) -> Iterable[Sense]:
        """``rest`` in what it leans on, by the first way to lean that shows in it."""
        turned = self._turns.after(rest)
        if turned != rest:
            return self._turned(turned, state)
        short = len(rest.split()) <= FRAGMENT and not self._asks.opens(rest)
        if short and (self._narrows.opens(rest) or any(self._contrasted(state.question, rest))):
            return self._narrowed(rest, state)
        replaced = [*self._recalled(rest, state), *self._replaced(rest, state)]
        if replaced:
            return replaced
        kinds = {self.kb.entities[id].kind for id in self.mentions.names(rest)}
        if state.age > SOON or kinds - PLAIN:
            return ()
        weak = "aspect" not in kinds
        things = [id for id in state.live if self.kb.entities[id].kind != "aspect"]
        return self._named(rest, things if weak else state.live, weak)

    def _turned(self, rest: str, state: State) -> Iterator[Sense]:
        """The last question, asked of something else: "what about CBF"."""
        swapped = list(self._swapped_in_last(rest, state))
        yield from swapped
        if swapped:
            yield Sense(self.bare_name(rest) or rest)
        elif self._narrows.opens(rest) or any(c.place(rest) for c in self._contrasts):
            yield from self._narrowed(rest, state)
        else:
            yield from self._named(rest, state.live, weak=False)

    def _narrowed(self, rest: str, state: State) -> Iterator[Sense]:
        """The last question, of fewer people or another time: "in children?"."""
        swapped = list(self._swapped_in_last(rest, state))
        yield from swapped
        about = tuple(self.mentions.names(rest))
        for question in (state.question, self._title(state)):
            if question and not swapped:
                yield Sense(f"{question.rstrip(' ?.!')}, {rest}", about)
        for sense in self._named(rest, state.live, weak=False):
            yield replace(sense, about=(*sense.about, *about))

    def _swapped_in_last(self, rest: str, state: State) -> Iterator[Sense]:
        """`_swapped` in the last question, as its answer has it and as it was asked."""
        yield from self._swapped(self._title(state), rest)
        yield from self._swapped(state.question, rest)

    def _recalled(self, rest: str, state: State) -> Iterator[Sense]:
        """The one thing named in the last reply that ``rest`` has a word of: "the mouth one"."""
        said = self.pointed(rest)
        if said and state.reply:
            spoken_of = self._reader.read_exactly(state.reply.text).entities
            names = [self.kb.entities[id].name for id in spoken_of]
            meant = [name for name in names if said & set(words(name))]
            if len(meant) == 1:
                yield Sense(meant[0])

    def _replaced(self, rest: str, state: State) -> Iterator[Sense]:
        """``rest`` with each thing that "it" may be in its place: "how common is it"."""
        bare = rest
        for start, end in self._idle.places(rest):
            bare = f"{bare[:start]}{'_' * (end - start)}{bare[end:]}"
        for pattern, stand_in in self._stand_ins.items():
            place = stand_in.place(bare)
            if not place:
                continue
            if self.mentions.has_name(_clause_before(rest, place)):
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
                yield pattern.replace("{}", self.kb.entities[id].name), (id,)
        elif not self.mentions.has_name(rest):
            for pair in self._pairs(state):
                this, other = (self.kb.entities[id].name for id in pair)
                both = pattern.replace("{}", this, 1).replace("{}", other, 1)
                yield both.replace("{other}", other), (pair if both != pattern else pair[1:])

    def _pairs(self, state: State) -> Iterator[tuple[str, str]]:
        """The last two things of one kind that were spoken of, the later first, if there are."""
        about = (self.kb.intents[id].about for id in reversed(state.trail))
        things = list(dict.fromkeys(id for ids in about for id in ids if self.mentions.proper(id)))
        broader = self._reader.names.broader
        for id in things[1:]:
            of_one_kind = id in broader(things[0]) or things[0] in broader(id)
            if not of_one_kind and self.mentions.alike(things[0], id):
                yield things[0], id

    def _named(self, rest: str, subjects: Sequence[str], weak: bool) -> Iterator[Sense]:
        """``rest`` with the name that it lacks: "what are the side effects (venetoclax)"."""
        for id in subjects:
            name = self.kb.entities[id].name
            if len(rest.split()) > FRAGMENT or self._asks.opens(rest):
                text = f"{rest} ({name})"
            else:
                text = f"{name} {rest}" if self._narrows.opens(rest) else f"{name}, {rest}"
            yield Sense(text, (id,), loose=True, weak=weak)

    def _swapped(self, question: str, rest: str) -> Iterator[Sense]:
        """``question`` with what ``rest`` names in the place of something of the same kind."""
        yield from self._contrasted(question, rest)
        asked = self.mentions.all(question)
        for new_id in self.mentions.all(rest)[:1]:
            for old_id in asked if new_id not in asked else ():
                place = self.mentions.place(old_id, question)
                if place and self.mentions.alike(old_id, new_id):
                    yield Sense(_put(question, place, self.kb.entities[new_id].name), (new_id,))
                    break

    def _contrasted(self, question: str, rest: str) -> Iterator[Sense]:
        """``question`` with a word of ``rest`` in the place of its contrast: children, adults."""
        for contrast in self._contrasts:
            new, held = contrast.place(rest), list(contrast.places(question))
            word = rest[slice(*new)] if new else ""
            if word and held and word.lower() not in {question[i:j].lower() for i, j in held}:
                yield Sense(_put(question, held[0], word))

    def _title(self, state: State) -> str:
        """The last question in the words of its answer: spelled right, names and all."""
        return self.kb.intents[state.trail[-1]].title if state.trail else ""


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
