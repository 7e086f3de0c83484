"""A message of several sentences: its manners passed over, each of its questions heard."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from ..model import CARED_FOR
from ..record import replace
from ..reply import Outcome, Reply
from ..text import printable
from .answering import Answering
from .basis import Basis
from .dialogue import State
from .smalltalk import SmallTalk
from .splitting import Piece, Splitter
from .steering import Steering
from .understanding import Understanding, Understood

MAX_PARTS = 3
"""Questions of one message that are answered; the rest are named."""
FILLED_IN, OUTDOES = 0.9, 0.1
"""Score from which one question of a story is answered with a name of the story filled in, and by
how much it must outdo an answer to the whole: which name is meant is a guess. "She has pain and
fears morphine. Does it mean the end?" is of morphine, and not of the fear that is named last."""

_CLAUSE = re.compile(r",\s+|\s+and\s+")


class Question(NamedTuple):
    """A question in a message of several sentences, or small talk that counts like one."""

    piece: Piece
    talk: str
    """The id of the small talk; empty for a question."""
    told: str = ""
    """What the message tells beside its questions."""


class Sentences:
    """Answers messages of several sentences, with one knowledge base."""

    def __init__(
        self,
        basis: Basis,
        understanding: Understanding,
        talk: SmallTalk,
        steering: Steering,
        answering: Answering,
    ) -> None:
        self._mentions, self._wording, self._speaker = basis.mentions, basis.wording, basis.speaker
        self._understanding, self._talk = understanding, talk
        self._steering, self._answering = steering, answering
        self._splitter = Splitter(basis.kb.cues)

    def cared_for(self, text: str) -> bool:
        """Whether ``text`` says, beside whatever it asks, that help is there or on its way."""
        pieces = self._splitter.pieces(text)
        told = (_CLAUSE.split(piece.text) for piece in pieces if not piece.asks)
        said = [*(piece.text for piece in pieces), *chain.from_iterable(told)]
        return any(self._talk.move(self._talk.of(clause)) == CARED_FOR for clause in said)

    def answer(self, text: str, state: State) -> tuple[Reply, State] | None:
        """The reply to ``text`` after ``state``; None if it is a single sentence."""
        pieces = self._splitter.pieces(text)
        if len(pieces) < 2:
            return None
        talk = {piece: self._talk.of(piece.text) for piece in pieces}
        told = [piece for piece in pieces if not self._talk.move(talk[piece])]
        chatty = {piece for piece in pieces if talk[piece]}
        cared = [piece for piece in pieces if self._talk.move(talk[piece]) == CARED_FOR]
        if cared and not any(piece.asks for piece in pieces):
            return self._steering.met(talk[cared[0]], cared[0].text, state)
        if chatty.issuperset(told):
            first = (told or pieces[-1:])[0]
            return self._steering.met(talk[first], first.text, state)
        whole = text if len(told) == len(pieces) else " ".join(piece.text for piece in told)
        heard = list(_questions(told, talk))
        story = len(told) > 1 and len(heard) == 1 and chatty.isdisjoint(told)
        # To the matcher a story is one: it weighs what is told beside what is asked. The question
        # read alone is answered rightly as often, and wrongly more often (docs/matching.md).
        apart = len(heard) > 1 or (story and (state.live or not heard[0].piece.own))
        if (
            not apart
            or self._mentions.elsewhere(whole)
            or (not chatty and self._understanding.is_one(whole))
        ):
            return self._answering.answer(whole, state)
        if story:
            return self._answering.reply(self._surest(heard[0], whole, state), state)
        tells = len(told) > len(heard)
        several = self._several(heard, whole, state, tells)
        return several or self._answering.answer(whole, state)

    def _surest(self, question: Question, whole: str, state: State) -> Understood:
        """One question in a story: alone or with what the story names, whichever is surer.

        For a story amid a conversation, or in the same sentence: of the messages in ``tests`` some
        27 are answered rightly so, and 13 wrongly, about which the whole alone would ask back.
        """
        full = self._understanding.question(whole, state)
        alone = self._within(question, whole, state)
        pointing = alone.completed or self._wording.points(alone.question)
        surely = alone.answered and alone.score >= FILLED_IN and not pointing
        if (full.match.unknown_names and not surely) or alone.rank <= full.rank:
            return full
        if full.answered and not state.live and not self._mentions.has_name(alone.question):
            return full  # "if I donate and she dies anyway, is it my fault" is not of the cause
        if state.live or alone.intent == full.intent or alone.score >= FILLED_IN or not pointing:
            return alone
        if full.answered and alone.score <= full.score + OUTDOES:
            return full
        return alone if full.answered else alone.unsure()

    def _within(self, question: Question, story: str, state: State) -> Understood:
        """A question with all that the message tells beside it, or surely answered without.

        Where that has no answer: with what the story names filled in, if the answer to that is
        among what the question comes near with all that is told.
        """
        text, understanding = question.piece.text, self._understanding
        own, points = understanding.plain(text), self._wording.points(text)
        if not points and own.answered and (not question.told or own.score >= FILLED_IN):
            return own
        told = (
            understanding.plain(f"{question.told} {_ended(text, '?')}") if question.told else None
        )
        if told and told.answered:
            return told
        subjects = self._mentions.told(story)
        if subjects and not state.live:
            state = replace(state, subjects=subjects, age=0, question="")
        filled = understanding.question(text, state)
        near = {candidate.intent for candidate in told.match.candidates} if told else set()
        return told if told and not (filled.answered and filled.intent in near) else filled

    def _several(
        self, heard: Sequence[Question], story: str, state: State, tells: bool
    ) -> tuple[Reply, State] | None:
        """Each of several questions; None if they are rather one.

        Where the ``story`` ``tells`` something and has an answer that none of them got, they lean
        on that ("I'm in Leeds"): it leads, and only what is surer stays. Of 540 messages of
        strangers this concerns 11: the whole is right in 10, one of the questions alone in 4.
        """
        parts, after = self._parts(heard, story, state)
        answers = [part for part in parts if part.settled]
        if not answers:
            return None
        sentences = all(question.piece.own for question in heard)
        if not sentences and len(answers) < len(heard[:MAX_PARTS]):
            as_one = self._answering.answer(story, state)
            if as_one[0].outcome is Outcome.ANSWER:
                return as_one
        full = self._understanding.plain(story) if tells else None
        if full and full.answered and all(part.intent != full.intent for part in parts):
            whole, then = self._answering.reply(full, state)
            surer = [part for part in answers if part.score >= whole.score]
            parts, after = [whole, *surer[: MAX_PARTS - 1]], after if surer else then
        if len(parts) == 1:
            return parts[0], after
        left = [question.piece.text for question in heard[MAX_PARTS:]]
        reply = self._speaker.together(parts, left)
        shown = (part.intent for part in parts if part.outcome is Outcome.ANSWER)
        return reply, replace(
            after,
            choices=reply.choices,
            reply=reply,
            asked=not reply.settled,
            trail=(*state.trail, *filter(None, shown)),
        )

    def _parts(
        self, heard: Sequence[Question], story: str, state: State
    ) -> tuple[list[Reply], State]:
        """The replies to the first of ``heard``, each answer once, and where they leave things."""
        one = sum(not question.talk for question in heard) == 1
        hear = self._surest if one else self._within
        parts: list[Reply] = []
        after = replace(state, subjects=())
        for question in heard[:MAX_PARTS]:
            text = question.piece.text
            before = replace(after, misses=0, choices=(), asked=False)
            if question.talk:
                reply, after = self._steering.met(question.talk, text, before)
            else:
                reply, after = self._answering.reply(hear(question, story, before), before)
            if reply.outcome in (Outcome.CLARIFY, Outcome.UNKNOWN):
                reply = replace(reply, title=printable(text))
            for part in reply.each:
                if not part.intent or all(part.intent != said.intent for said in parts):
                    parts.append(part)
        return parts, after


def _questions(told: Sequence[Piece], talk: Mapping[Piece, str]) -> Iterator[Question]:
    """What is to be heard of ``told``: what asks, and what is small talk."""
    tells = (piece.text for piece in told if not piece.asks and not talk[piece])
    beside = " ".join(_ended(text, ".") for text in tells)
    for piece in told:
        if piece.asks or talk[piece]:
            yield Question(piece, talk[piece], beside)


def _ended(text: str, mark: str) -> str:
    """``text`` as a sentence: with a ``mark`` if it ends with none."""
    return text if text[-1] in ".!?" else f"{text}{mark}"
