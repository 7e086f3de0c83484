"""One turn of a conversation: a pure function of the knowledge, the text and the history."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from .conversation.answering import Answering
from .conversation.cue import Cue
from .conversation.dialogue import MAX_HISTORY, MAX_READ, History, State, clipped, user_messages
from .conversation.referring import Referring
from .conversation.speaking import Speaker
from .conversation.splitting import Piece, Splitter
from .conversation.steering import Steering
from .conversation.understanding import WHOLE, Matching, Understanding, Understood
from .knowledge.base import KnowledgeBase
from .knowledge.loading import cues, load
from .matching.matcher import Matcher
from .matching.reading import Reader
from .model import Level, Outcome, Reply
from .record import replace
from .safety.screen import Alarm, Screen
from .text import printable, words

MAX_PARTS = 3
"""Questions of one message that are answered; the rest are named."""
SURE, CLEARLY = 0.9, 0.1
"""Score from which one question of a story is answered with a name of the story filled in, and by
how much it must outdo an answer to the whole: which name is meant is a guess. "She has pain and
fears morphine. Does it mean the end?" is of morphine, and not of the fear that is named last."""
HARD = frozenset({Outcome.ANSWER, Outcome.CLARIFY, Outcome.UNKNOWN})
"""Replies before which a feeling is met; small talk and alarms have words of their own."""
PASSING = frozenset(
    f"chat-{manner}"
    for manner in ("greeting", "thanks", "goodbye", "ok", "wait", "question", "who-for")
)
"""Small talk that, like all that steers, is passed over when something is asked beside it."""

_NUMBER = re.compile(r"\W*(?:(?:no\.?|number|option|choice)\s*)?(\d{1,2})\W*", re.IGNORECASE)


class Question(NamedTuple):
    """A question in a message of several sentences."""

    piece: Piece
    before: str = ""
    """The sentence before it, if that tells something."""


class Bot:
    """Answers messages from one knowledge base. Holds nothing of any conversation."""

    def __init__(
        self, kb: KnowledgeBase | None = None, *, matcher: Matching | None = None, region: str = ""
    ) -> None:
        """Use ``kb`` (the bundled knowledge by default) and numbers for ``region`` (its first).

        Raises:
            UsageError: for a region that ``kb`` has no numbers for.

        """
        self.kb = kb or load()
        self.region = region
        self._speaker = Speaker(self.kb, region)
        reader = Reader(self.kb)
        self.matcher: Matching = matcher or Matcher(self.kb, reader=reader, learn=True)
        self._screen = Screen(self.kb)
        self._referring = Referring(self.kb, reader)
        self._mentions = self._referring.mentions
        self._steering = Steering(self.kb, self._speaker, self._mentions)
        self._splitter, self._feels = Splitter(cues(self.kb)), Cue(cues(self.kb).feels)
        matchers = self.matcher, Matcher(self.kb, chat=True, reader=reader, learn=True)
        self._understanding = Understanding(self.kb, matchers, self._referring, self._speaker)
        self._answering = Answering(
            self._understanding, self._referring, self._speaker, self._steering
        )
        self.say = self._speaker.tell
        self.show = self._speaker.show
        self.filled = self._speaker.filled

    def ask(self, text: str, history: History = (), region: str = "") -> Reply:
        """The reply to ``text`` after ``history``, oldest message first.

        History may be `Turn` objects or ``{"role", "content"}`` messages; only what the user said
        is looked at, so any frontend's transcript will do. Nothing is raised for odd content.

        Raises:
            TypeError: for a ``text`` that is no string, such as a message with its role around it.

        """
        if not isinstance(text, str):
            raise TypeError(f"a message must be a string, not {type(text).__name__}")
        state = State()
        for message in user_messages(history)[-MAX_HISTORY:]:
            _, state = self._turn(clipped(message), state)
        reply, _ = self._turn(text, state)
        return self.filled(reply, region)

    def danger(self, text: str) -> Alarm | None:
        """The danger sign in ``text``, which nothing that was said before can change."""
        return self._screen.check(clipped(text, MAX_READ))

    def _turn(self, text: str, state: State) -> tuple[Reply, State]:
        """The safety screen first, whatever came before; then everything else."""
        alarm = self.danger(text)
        if alarm and alarm.urgent:
            reply = self._urgent(alarm)
            subjects = self._mentions.subjects((), clipped(text))
            return reply, State(reply=reply, trail=state.trail, subjects=subjects)
        turns = len(state.trail) + state.misses
        before = state.reply
        reply, state = self._respond(clipped(text).strip(), state)
        reply = self._comforting(reply, text, turns)
        if before and before.level and reply.outcome in HARD:
            reply = _under(self._speaker.say(f"still-{before.level}"), reply)
        return _under(alarm.reply, reply) if alarm else reply, state

    def _comforting(self, reply: Reply, text: str, turns: int) -> Reply:
        """``reply`` after a kind word, if ``text`` says that it is hard and nothing else did so."""
        met = any(part.outcome is Outcome.CHAT for part in reply.parts)
        if reply.outcome not in HARD or met or not self._feels.place(text):
            return reply
        return _under(self._speaker.say("comfort", turns), reply)

    def _urgent(self, alarm: Alarm) -> Reply:
        text = alarm.reply
        if alarm.asked:
            also = "also-asked-crisis" if alarm.level is Level.CRISIS else "also-asked"
            text = f"{text}\n\n{self._speaker.say(also, asked=printable(alarm.asked))}"
        [sources] = [sign.sources for sign in self.kb.safety.signs if sign.id == alarm.sign]
        return Reply(
            Outcome.URGENT,
            text,
            level=alarm.level,
            score=1.0,
            sources=tuple(self.kb.sources[id] for id in sources),
        )

    def _respond(self, text: str, state: State) -> tuple[Reply, State]:
        if not words(text):
            return Reply(Outcome.CHAT, self._speaker.say("empty"), choices=state.choices), state
        number = _NUMBER.fullmatch(text)
        if number:
            nothing = Reply(Outcome.CHAT, self._speaker.say("no-list", number=number[1])), state
            return self._steering.pick(int(number[1]), state) or nothing
        return (
            self._steered(text, state)
            or self._in_pieces(text, state)
            or self._answering.answer(text, state)
        )

    def _steered(self, text: str, state: State) -> tuple[Reply, State] | None:
        """The small talk that ``text`` is; None if it asks something."""
        id = self._talk(text)
        if not id:
            return None
        if self._referring.led(text) != text and id.startswith("chat-pick") and state.picked_from:
            state = replace(state, choices=state.picked_from)  # "and the first one?"
        move = self._steering.moves.get(id)
        moved = move(state) if move else None
        if moved:
            return moved
        reply, news = self.show(self.kb.intents[id]), self.kb.intents[id].about
        return reply, replace(
            state,
            choices=reply.choices or state.choices,
            subjects=news or state.subjects,
            age=0 if news else state.age + 1,
        )

    def _talk(self, text: str) -> str:
        """The id of the small talk that ``text`` is; of several, the last that counts."""
        found = self._understanding.small_talk(text)
        if found or "," not in text:
            return found
        parts = [self._understanding.small_talk(part) for part in text.split(",") if words(part)]
        if not parts or not all(parts):
            return ""
        return next((id for id in reversed(parts) if id not in PASSING), parts[-1])

    def _in_pieces(self, text: str, state: State) -> tuple[Reply, State] | None:
        """A message of several sentences: its manners passed over, each of its questions heard."""
        pieces = self._splitter.pieces(text)
        if len(pieces) < 2:
            return None
        talk = [self._talk(piece.text) for piece in pieces]
        passing = PASSING | self._steering.moves.keys()
        told = [piece for piece, id in zip(pieces, talk, strict=True) if id not in passing]
        chatty = {piece for piece, id in zip(pieces, talk, strict=True) if id}
        if chatty.issuperset(told):
            return self._steered((told or pieces[-1:])[0].text, state)
        whole = text if len(told) == len(pieces) else " ".join(piece.text for piece in told)
        heard = [
            Question(piece, before.text if before and not before.asks | (before in chatty) else "")
            for before, piece in zip([None, *told], told, strict=False)
            if piece.asks or piece in chatty
        ]
        story = len(told) > 1 and len(heard) == 1 and not chatty.intersection(told)
        of_ours = not self._mentions.elsewhere(whole)
        if not (of_ours and (story or len(heard) > 1)) or (not chatty and self._is_one(whole)):
            return self._answering.answer(whole, state)
        if story and not state.live and heard[0].piece.own:
            return self._answering.answer(whole, state)
        if story:
            return self._answering.reply(self._surest(heard[0], whole, state), state)
        return self._several(heard, whole, state) or self._answering.answer(whole, state)

    def _is_one(self, whole: str) -> bool:
        """Whether several sentences are plainly one question, or one request for a decision."""
        match = self.matcher.match(whole)
        if not match.best:
            return False
        decides = match.outcome is Outcome.ANSWER and self.kb.intents[match.best.intent].any_name
        return match.best.score >= WHOLE or decides

    def _surest(self, question: Question, whole: str, state: State) -> Understood:
        """One question in a story: alone or with what the story names, whichever is surer."""
        full = self._understanding.question(whole, state)
        alone = self._within(question, whole, state)
        pointing = alone.completed or self._referring.points(alone.question)
        surely = _answered(alone) and alone.score >= SURE and not pointing
        if (full.match.unknown_names and not surely) or alone.rank <= full.rank:
            return full
        if state.live or alone.intent == full.intent or alone.score >= SURE or not pointing:
            return alone
        if full.match.outcome is Outcome.ANSWER and alone.score <= full.score + CLEARLY:
            return full
        return alone if full.match.outcome is Outcome.ANSWER else alone.unsure()

    def _within(self, question: Question, story: str, state: State) -> Understood:
        """A question that may point to the sentence before it, or to what the story names.

        One that points to nothing and has an answer of its own needs neither.
        """
        text = question.piece.text
        points = self._referring.points(text)
        both = self._understanding.plain(f"{question.before} {text}") if question.before else None
        if both and points and _answered(both):
            return both
        subjects = self._mentions.told(story)
        if subjects and not state.live:
            state = replace(state, subjects=subjects, age=0, question="")
        within = self._understanding.question(text, state)
        if points:
            return within
        own = self._understanding.plain(text)
        if _answered(own) and (own.intent == within.intent or not _answered(within)):
            within = own
        return both if both and self._referring.hollow(text) else within

    def _several(
        self, heard: Sequence[Question], story: str, state: State
    ) -> tuple[Reply, State] | None:
        """Each of several questions; None if they are rather one."""
        parts: list[Reply] = []
        after = replace(state, subjects=())
        one = len([question for question in heard if not self._talk(question.piece.text)]) == 1
        hear = self._surest if one else self._within
        for question in heard[:MAX_PARTS]:
            piece = question.piece
            before = replace(after, misses=0, choices=(), asked=False)
            reply, after = self._steered(piece.text, before) or self._answering.reply(
                hear(question, story, before), before
            )
            if reply.outcome in (Outcome.CLARIFY, Outcome.UNKNOWN):
                reply = replace(reply, title=printable(piece.text))
            if not reply.intent or all(reply.intent != part.intent for part in parts):
                parts.append(reply)
        answers = [part for part in parts if part.outcome in (Outcome.ANSWER, Outcome.CHAT)]
        if not answers:
            return None
        sentences = all(question.piece.own for question in heard)
        if not sentences and len(answers) < len(heard[:MAX_PARTS]):
            as_one = self._answering.answer(story, state)
            if as_one[0].outcome is Outcome.ANSWER:
                return as_one
        if len(parts) == 1:
            return parts[0], after
        left = [question.piece.text for question in heard[MAX_PARTS:]]
        reply = self._speaker.together(parts, left)
        asked = any(part.outcome is Outcome.CLARIFY for part in parts)
        return reply, replace(after, choices=reply.choices, reply=reply, asked=asked)


def _answered(understood: Understood) -> bool:
    return understood.match.outcome is Outcome.ANSWER


def _under(line: str, reply: Reply) -> Reply:
    """``reply`` with ``line`` above everything else that it says, however it is shown."""
    return replace(
        reply,
        text=f"{line}\n\n{reply.text}",
        lead=f"{line}\n\n{reply.lead}".strip(),
        parts=(_under(line, reply.parts[0]), *reply.parts[1:]) if reply.parts else (),
    )
