"""One turn of a conversation: a pure function of the knowledge, the text and the history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from .conversation.answering import Answering
from .conversation.basis import Basis
from .conversation.cue import Cue
from .conversation.dialogue import (
    MAX_HISTORY,
    MAX_READ,
    History,
    State,
    clipped,
    latest,
    user_messages,
)
from .conversation.sentences import Sentences
from .conversation.smalltalk import SmallTalk
from .conversation.steering import Steering, numbered
from .conversation.understanding import Matching, Understanding
from .knowledge.base import KnowledgeBase, completed
from .knowledge.loading import load
from .matching.matcher import Matcher
from .model import Level
from .record import replace
from .reply import Choice, Outcome, Reply
from .safety.screen import Alarm, Screen
from .text import quoted, words

HARD = frozenset({Outcome.ANSWER, Outcome.CLARIFY, Outcome.UNKNOWN})
"""Replies before which a feeling is met; small talk and alarms have words of their own."""


class Bot:
    """Answers messages from one knowledge base.

    Holds nothing of any conversation that a reply depends on; what the last few hundred texts were
    read as stays in memory, and nowhere else.
    """

    def __init__(
        self, kb: KnowledgeBase | None = None, *, matcher: Matching | None = None, region: str = ""
    ) -> None:
        """Use ``kb`` (the bundled knowledge by default) and numbers for ``region`` (its first).

        Raises:
            UsageError: for a region that ``kb`` has no numbers for.

        """
        self.kb = load() if kb is None else completed(kb)
        basis = Basis.of(self.kb, region)
        self._speaker, self._mentions = basis.speaker, basis.mentions
        self.region, self.glossary = self._speaker.region, basis.glossary
        self.matcher: Matching = matcher or Matcher(self.kb, reader=basis.reader, learn=True)
        understanding = Understanding(basis, self.matcher)
        chat = Matcher(self.kb, chat=True, reader=basis.reader, learn=True)
        talk = SmallTalk(basis, understanding, chat)
        self._feels = Cue(self.kb.cues.feels)
        # What is played through again was screened before: a long story would take its time anew.
        self._screened = lru_cache(MAX_HISTORY)(Screen(self.kb).check)
        self._steering = Steering(basis, talk)
        self._answering = Answering(basis, understanding, self._steering)
        self._sentences = Sentences(basis, understanding, talk, self._steering, self._answering)
        self.say = self._speaker.tell
        self.show = self._speaker.show
        self.filled = self._speaker.filled
        self.picked = self._steering.picked

    def ask(self, text: str, history: History = (), region: str = "") -> Reply:
        """The reply to ``text`` after ``history``, oldest message first.

        History may be `Turn` objects or ``{"role", "content"}`` messages; only what the user said
        is looked at, so any frontend's transcript will do. Nothing is raised for odd content.

        Raises:
            TypeError: for a ``text`` that is no string, such as a message with its role around it.
            UsageError: for a ``region`` that there are no numbers for.

        """
        if not isinstance(text, str):
            raise TypeError(f"a message must be a string, not {type(text).__name__}")
        *_, reply = self.replies([*latest(user_messages(history)), text])
        return self.filled(reply, region)

    def replies(self, said: Iterable[str]) -> Iterator[Reply]:
        """The reply to each message of a conversation in turn, still to be `filled`."""
        state = State()
        for text in said:
            reply, state = self.turn(text, state)
            yield reply

    def danger(self, text: str) -> Alarm | None:
        """The danger sign in ``text``, which nothing that was said before can change."""
        return self._screened(clipped(text, MAX_READ))

    def turn(self, text: str, state: State) -> tuple[Reply, State]:
        """The reply to ``text``, still to be `filled`, and what the conversation has come to.

        For whoever holds one conversation and its `State`: nothing is played through again.
        """
        alarm = self.danger(text)
        if alarm and alarm.urgent:
            reply = self._urgent(alarm, text)
            told = clipped(text)
            return reply, State(
                reply=reply,
                choices=reply.choices,
                trail=state.trail,
                opening=state.opening or told,
                question=told,
                subjects=self._mentions.subjects((), told),
            )
        told = clipped(text).strip()
        if state.reply and state.reply.level and self._sentences.cared_for(told):
            state = replace(state, reply=None)  # nothing is left of the alarm to bring to mind
        turns = len(state.trail) + state.misses
        before = state.reply
        reply, state = self._respond(told, state)
        reply = self._comforting(reply, text, turns)
        goes_on = reply.outcome in HARD or state.reply is before  # not where all starts afresh
        if before and before.level and goes_on:
            reply = _under(self._speaker.say(f"still-{before.level}"), reply)
        if alarm and alarm.vague and reply.outcome is Outcome.ANSWER:
            alarm = None  # what is well answered is rarely a danger (docs/safety.md#likeness)
        return _under(alarm.reply, reply) if alarm else reply, state

    def _comforting(self, reply: Reply, text: str, turns: int) -> Reply:
        """``reply`` after a kind word, if ``text`` says that it is hard and nothing else did so."""
        met = any(part.outcome is Outcome.CHAT for part in reply.parts)
        if reply.outcome not in HARD or met or not self._feels.place(text):
            return reply
        return _under(self._speaker.say("comfort", turns), reply)

    def _urgent(self, alarm: Alarm, text: str) -> Reply:
        """The alarm, and what else was asked, where there is an answer: for after the call.

        Below a call to the care team it can be picked. In a crisis nothing is said back.
        """
        said, asked, choices = alarm.reply, alarm.asked, tuple[Choice, ...]()
        if alarm.level is Level.CALL_TEAM:
            choices = self._speaker.choices([*self._answers(asked), *self._answers(text)])
        elif asked and alarm.level is Level.CRISIS:
            said += f"\n\n{self._speaker.say('also-asked-crisis')}"
        elif self._answers(asked):
            said += f"\n\n{self._speaker.say('also-asked', asked=quoted(asked))}"
        [sources] = [sign.sources for sign in self.kb.safety.signs if sign.id == alarm.sign]
        return Reply(
            Outcome.URGENT,
            said,
            level=alarm.level,
            score=1.0,
            choices=choices,
            sources=self.kb.cited(sources),
        )

    def _answers(self, text: str) -> list[str]:
        """The ids of the intents that would answer ``text``, whatever was spoken of before."""
        reply, _ = self._respond(clipped(text).strip(), State())
        answers = (part for part in reply.each if part.outcome is Outcome.ANSWER)
        return [part.intent for part in answers if part.intent]

    def _respond(self, text: str, state: State) -> tuple[Reply, State]:
        """A number picks; small talk is met; what asks several things is cut; the rest answered."""
        if not words(text):
            return Reply(Outcome.CHAT, self._speaker.say("empty"), choices=state.choices), state
        number = numbered(text)
        if number is not None:
            nothing = Reply(Outcome.CHAT, self._speaker.say("no-list", number=str(number))), state
            return self._steering.pick(number, state) or nothing
        return (
            self._steering.steered(text, state)
            or self._sentences.answer(text, state)
            or self._answering.answer(text, state)
        )


def _under(line: str, reply: Reply) -> Reply:
    """``reply`` with ``line`` above everything else that it says, however it is shown."""
    return replace(
        reply,
        text=f"{line}\n\n{reply.text}",
        lead=f"{line}\n\n{reply.lead}".strip(),
        parts=(_under(line, reply.parts[0]), *reply.parts[1:]) if reply.parts else (),
    )
