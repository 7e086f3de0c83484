"""Small talk, and messages that steer rather than ask: more, simpler, sources, yes, the second.

What steers is small talk that has a move, or a command of the same name. The written answer is what
is said when there is nothing yet for the move to work on, as of all other small talk.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from itertools import takewhile

from ..model import RESTART, Intent
from ..prose import key_sentence, paragraphs, parted
from ..record import replace
from ..reply import Choice, Outcome, Reply
from .basis import Basis
from .dialogue import State
from .smalltalk import SmallTalk

MAX_TERMS = 4
"""Words explained at a time."""
SHORT = 80
"""Characters below which a first sentence ("Yes.") says too little alone."""
Move = Callable[[State], tuple[Reply, State] | None]

_NUMBER = re.compile(r"\W*(?:(?:no\.?|number|option|choice)\s*)?(\d{1,2})\W*", re.IGNORECASE)
_PLACES = {"first": 1, "second": 2, "third": 3, "last": -1}


def numbered(text: str) -> int | None:
    """The number that ``text`` is nothing but, as in "2", "#2." and "number 2"."""
    number = _NUMBER.fullmatch(text)
    return int(number[1]) if number else None


class Steering:
    """Moves in a conversation. Each gives None where there is nothing to move on."""

    def __init__(self, basis: Basis, talk: SmallTalk) -> None:
        self._kb, self._speaker, self._talk = basis.kb, basis.speaker, talk
        self._mentions, self._wording = basis.mentions, basis.wording
        self._glossary = basis.glossary
        self._moves: Mapping[str, Move] = {
            "more": self.more,
            "simple": self.simple,
            "words": self.words,
            "sources": self.sources,
            "sure": self.sure,
            "dated": self.dated,
            "repeat": self.repeat,
            "previous": self.previous,
            "yes": self.yes,
            "no": self.no,
            "none": self.none,
            **{name: partial(self.pick, place) for name, place in _PLACES.items()},
        }

    def steered(self, text: str, state: State) -> tuple[Reply, State] | None:
        """The reply to the small talk that ``text`` is; None if it asks something."""
        id = self._talk.of(text)
        return self.met(id, text, state) if id else None

    def met(self, id: str, text: str, state: State) -> tuple[Reply, State]:
        """The reply to ``text``, which is the small talk ``id``."""
        talk = self._kb.intents[id]
        if self._wording.led(text) != text and talk.move in _PLACES and state.picked_from:
            state = replace(state, choices=state.picked_from)  # "and the first one?"
        return self._moved(talk.move, state) or self._written(talk, state)

    def move(self, name: str, state: State) -> tuple[Reply, State]:
        """The move of that name; where there is nothing to move on, what small talk says then."""
        moved = self._moved(name, state)
        if moved:
            return moved
        for talk in self._kb.intents.values():
            if talk.move == name:
                return self._written(talk, state)
        return Reply(Outcome.CHAT, self._speaker.say("empty"), choices=state.choices), state

    def _moved(self, name: str, state: State) -> tuple[Reply, State] | None:
        move = self._moves.get(name)
        return move(state) if move else None

    def _written(self, intent: Intent, state: State) -> tuple[Reply, State]:
        """What is written for small talk."""
        if intent.move == RESTART:
            state = State()
        reply = self._speaker.show(intent)
        return reply, replace(
            state,
            choices=reply.choices or state.choices,
            subjects=intent.about or state.subjects,
            age=0 if intent.about else state.age + 1,
        )

    def more(self, state: State) -> tuple[Reply, State] | None:
        """The longer answer; then the next question and its answer; then what else there is."""
        if not state.trail:
            return self.yes(state)
        intent = self._kb.intents[state.trail[-1]]
        if intent.more and not state.told:
            shown = replace(self._speaker.show(intent), text=intent.more, more=False)
            return shown, replace(state, choices=shown.choices, told=1, reply=shown, asked=False)
        fresh = [id for id in intent.related if id not in state.trail]
        if not fresh:
            topic = [other.id for other in self._kb.answers if other.topic == intent.topic]
            fresh = [id for id in topic if id not in state.trail]
        if not fresh:
            text = self._speaker.say("no-more", state.told)
            return Reply(Outcome.CHAT, text), replace(state, told=state.told + 1)
        shown = self._speaker.show(self._kb.intents[fresh[0]])
        lead = self._speaker.say("more-next", len(state.trail) - 1 + state.told)
        rest = self._speaker.choices([*fresh[1:], *(c.intent for c in shown.choices)])
        shown = replace(shown, choices=rest)
        told = replace(shown, text=f"{lead}\n\n{shown.text}", lead=lead)
        return told, self.answered(shown, state)

    def simple(self, state: State) -> tuple[Reply, State] | None:
        """The last answer in a sentence or two, and what the technical words of those mean."""
        if state.reply is None:
            return None
        answers = [part for part in state.reply.each if part.outcome is Outcome.ANSWER]
        shorts = [_in_short(part.text) for part in answers or state.reply.each]
        said = [self._speaker.say("in-short", short=short) for short in shorts]
        text = "\n\n".join(filter(None, [*said, self._meanings("\n".join(shorts))]))
        return Reply(Outcome.CHAT, text, choices=state.choices), state

    def words(self, state: State) -> tuple[Reply, State] | None:
        """What the technical words of the last answer mean; if it has none, the answer in short."""
        meanings = self._meanings(state.reply.text) if state.reply else ""
        if not meanings:
            return self.simple(state)
        return Reply(Outcome.CHAT, meanings, choices=state.choices), state

    def _meanings(self, text: str) -> str:
        """The first technical words in ``text`` with their meanings, as a list; or nothing."""
        terms = self._glossary.in_text(text)
        hard = [t for t in terms if not self._mentions.implied(t.term)][:MAX_TERMS]
        lines = [f"- {term.term}: {term.meaning}" for term in hard]
        return "\n".join([self._speaker.say("words-used"), *lines]) if lines else ""

    def sources(self, state: State) -> tuple[Reply, State] | None:
        """Where the last answer comes from."""
        return self._about_answer("from-sources", state)

    def sure(self, state: State) -> tuple[Reply, State] | None:
        """What speaks for the last answer, and what does not."""
        return self._about_answer("how-sure", state)

    def dated(self, state: State) -> tuple[Reply, State] | None:
        """When the last answer was checked, and how old its sources are."""
        return self._about_answer("how-old", state)

    def repeat(self, state: State) -> tuple[Reply, State] | None:
        """The last answer or alarm again."""
        if state.reply is None:
            return None
        return state.reply, replace(state, choices=state.reply.choices, asked=False)

    def previous(self, state: State) -> tuple[Reply, State] | None:
        """The answer before the last one."""
        if len(state.trail) < 2:
            return None
        reply = self._speaker.show(self._kb.intents[state.trail[-2]])
        return reply, self.answered(reply, replace(state, trail=state.trail[:-2]))

    def yes(self, state: State) -> tuple[Reply, State] | None:
        """The one thing that was asked about; if it was several, which of them."""
        if not state.choices:
            return None
        if state.asked and len(state.choices) == 1:
            return self.pick(1, state)
        outcome = Outcome.CLARIFY if state.asked else Outcome.CHAT
        text = self._speaker.say("yes-which", state.misses)
        return Reply(outcome, text, choices=state.choices), replace(state, asked=True)

    def no(self, state: State) -> tuple[Reply, State] | None:
        """None of what was offered; after an answer: what else it may have been."""
        return self.none(state) if state.asked else self.not_that(state)

    def none(self, state: State) -> tuple[Reply, State] | None:
        """None of the choices: in other words, and what there is."""
        if not state.asked:
            return None
        text = self._speaker.say("none-of-these", max(state.misses - 1, 0))
        missed = replace(state, choices=(), asked=False, misses=state.misses + 1)
        return Reply(Outcome.UNKNOWN, text), missed

    def not_that(self, state: State) -> tuple[Reply, State] | None:
        """The last answer was not what was meant: what came next to it, if anything did."""
        if not state.trail:
            return None
        choices = self._speaker.choices(id for id in state.others if id not in state.trail)
        text = self._speaker.say("not-that" if choices else "not-that-either", state.misses)
        reply = Reply(Outcome.CLARIFY if choices else Outcome.UNKNOWN, text, choices=choices)
        return reply, replace(
            state, choices=choices, asked=bool(choices), misses=state.misses + 1, others=()
        )

    def pick(self, number: int, state: State) -> tuple[Reply, State] | None:
        """The answer of the choice with that number; None if it is one of the shell's own."""
        if not state.choices:
            return None
        choice = _numbered_choice(number, state)
        if choice is None:
            text = self._speaker.say("no-such-choice", number=str(number))
            return Reply(Outcome.CLARIFY, text, choices=state.choices), state
        if not choice.intent:
            return None
        reply = self._speaker.show(self._kb.intents[choice.intent])
        return reply, replace(self.answered(reply, state), picked_from=state.choices)

    def picked(self, text: str, state: State) -> Choice | None:
        """The choice that ``text`` picks by its place ("2", "the last one"), if there is one."""
        number = numbered(text)
        if number is None:
            number = _PLACES.get(self._talk.move(self._talk.of(text)), 0)
        return _numbered_choice(number, state)

    def answered(self, reply: Reply, state: State, question: str = "") -> State:
        """``state`` after an answer was shown to ``question`` (its title, if none was typed)."""
        intent = self._kb.intents[reply.intent or ""]
        return State(
            choices=reply.choices,
            opening=state.opening or question or intent.title,
            question=question or intent.title,
            subjects=self._mentions.subjects(intent.about, question),
            trail=(*state.trail, intent.id),
            reply=reply,
            others=tuple(c.intent for c in reply.candidates if c.intent != intent.id),
        )

    def _about_answer(self, occasion: str, state: State) -> tuple[Reply, State] | None:
        reply = state.reply
        if reply is None:
            return None
        text = self._speaker.say(
            occasion if reply.sources else "no-sources",
            sources=self._speaker.cited(reply.sources),
            date=reply.reviewed or self._speaker.say("unknown-date"),
            title=reply.title or self._speaker.say("that"),
        )
        told = Reply(
            Outcome.CHAT,
            text,
            sources=reply.sources,
            choices=state.choices,
            reviewed=reply.reviewed,
        )
        return told, state


def _numbered_choice(number: int, state: State) -> Choice | None:
    """The choice with that number, counted from 1, or from the end where it is below 0."""
    if not 0 < abs(number) <= len(state.choices):
        return None
    return state.choices[number if number < 0 else number - 1]


def _in_short(text: str) -> str:
    """The key message: answers open with it, and with the list that it leads to."""
    opening, *rest = filter(None, paragraphs(text))
    short = key_sentence(opening)
    if len(short) < SHORT:
        short = f"{short} {key_sentence(opening[len(short) :])}".rstrip()
    items = takewhile(lambda line: parted(line)[0], rest) if short.endswith(":") else ()
    return "\n".join([short, *items])
