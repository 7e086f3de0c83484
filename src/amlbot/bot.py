"""One turn of a conversation: a pure function of the knowledge, the text and the history."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from .dialogue import MAX_HISTORY, History, State, clipped, user_messages
from .glossary import define
from .knowledge import KnowledgeBase, cues, load
from .matcher import Matcher
from .model import Candidate, Level, Match, Outcome, Reply
from .reading import Reader
from .referring import FRAGMENT, Reading, Referring
from .safety import Alarm, Screen
from .speaking import Speaker
from .splitting import Piece, Splitter
from .steering import Steering
from .text import printable, words

ALIKE = 0.85
"""Share of words, of all that either has, that a text and small talk must have in common: all but
word for word, so that small talk never swallows a question."""
LEAST = 0.5
"""Score from which a question is answered that had to be completed: higher than for one as typed,
since a wrong completion is worse than asking."""
LEAST_UNTIED = 0.6
"""The same where nothing in the message points back, and the question only names nothing."""
PLAIN = frozenset({"other", "aspect"})
"""Kinds of entity that are plain words: an answer may use them without being about them."""
MAX_PARTS = 3
"""Questions of one message that are answered; the rest are named."""
WHOLE = 0.97
"""Score from which a message is one question, however many it could be cut into."""
PASSING = frozenset({"chat-greeting", "chat-thanks", "chat-goodbye", "chat-ok", "chat-wait"})
"""Small talk that, like all that steers, is passed over when something is asked beside it."""

_NUMBER = re.compile(r"\W*(?:(?:no\.?|number|option|choice)\s*)?(\d{1,2})\W*", re.IGNORECASE)


class Matching(Protocol):
    """What a bot needs of a matcher; anything with these two can stand in."""

    def match(self, text: str) -> Match: ...

    def search(self, text: str, limit: int = 10) -> list[Candidate]: ...


@dataclass(frozen=True, slots=True)
class Understood:
    """A message as it was taken."""

    match: Match
    question: str
    completed: bool = False
    """The question is not as it was typed, which is to be said."""

    def unsure(self) -> Understood:
        """The same, to be asked about rather than answered."""
        if self.match.outcome is not Outcome.ANSWER:
            return self
        return replace(self, match=replace(self.match, outcome=Outcome.CLARIFY))


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
        """Use ``kb`` (the bundled knowledge by default) and numbers for ``region`` (its first)."""
        self.kb = kb or load()
        self.region = region
        reader = Reader(self.kb)
        self.matcher: Matching = matcher or Matcher(self.kb, reader=reader)
        self._chat = Matcher(self.kb, chat=True, reader=reader)
        self._screen = Screen(self.kb.safety, self.kb.lexicon.common)
        self._speaker = Speaker(self.kb, region)
        self._referring = Referring(self.kb, reader)
        self._steering = Steering(self.kb, self._speaker, self._referring)
        self._splitter = Splitter(cues(self.kb))
        self.say = self._speaker.tell
        self.banner = self._speaker.banner
        self.show = self._speaker.show
        self.filled = self._speaker.filled

    def ask(self, text: str, history: History = (), region: str = "") -> Reply:
        """The reply to ``text`` after ``history``, oldest message first.

        History may be `Turn` objects or ``{"role", "content"}`` messages; only what the user said
        is looked at, so any frontend's transcript will do. Nothing is raised for odd content.
        """
        state = State()
        for message in user_messages(history)[-MAX_HISTORY:]:
            _, state = self._turn(clipped(message), state)
        reply, _ = self._turn(text, state)
        return self.filled(reply, region)

    def _turn(self, text: str, state: State) -> tuple[Reply, State]:
        """The safety screen first, whatever came before; then everything else."""
        alarm = self._screen.check(text)
        if alarm and alarm.level is not Level.WATCH:
            reply = self._urgent(alarm)
            return reply, State(reply=reply, trail=state.trail)
        reply, state = self._respond(clipped(text).strip(), state)
        if alarm:
            reply = replace(reply, text=f"{reply.text}\n\n{alarm.reply}")
        return reply, state

    def _urgent(self, alarm: Alarm) -> Reply:
        text = alarm.reply
        if alarm.asked:
            text = f"{text}\n\n{self._speaker.say('also-asked', asked=printable(alarm.asked))}"
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
            or self._in_pieces(self._splitter.pieces(text), state)
            or self._one(text, state)
        )

    def _steered(self, text: str, state: State) -> tuple[Reply, State] | None:
        """The small talk that ``text`` is; None if it asks something."""
        id = self._small_talk(text)
        if not id:
            return None
        if self._referring.led(text) != text and id.startswith("chat-pick") and state.picked_from:
            state = replace(state, choices=state.picked_from)  # "and the first one?"
        move = self._steering.moves.get(id)
        moved = move(state) if move else None
        if moved:
            return moved
        reply = self.show(self.kb.intents[id])
        return reply, replace(state, choices=reply.choices or state.choices, age=state.age + 1)

    def _small_talk(self, text: str) -> str:
        """The id of the small talk that ``text`` is all but word for word, and no question."""
        for form in dict.fromkeys((text, self._referring.led(text))):
            talk = [
                (self._referring.alike(form, candidate.phrasing), candidate)
                for candidate in self._chat.match(form).candidates
            ]
            near = [(share, candidate) for share, candidate in talk if share >= ALIKE]
            if near:
                share, best = max(near, key=lambda pair: _overlap(form, pair[1].phrasing))
                question = Understood(self.matcher.match(form), form)
                return "" if share < 1 and _score(question) >= WHOLE else best.intent
        return ""

    def _in_pieces(self, pieces: Sequence[Piece], state: State) -> tuple[Reply, State] | None:
        """A message of several sentences: its manners passed over, each of its questions heard."""
        if len(pieces) < 2:
            return None
        talk = [self._small_talk(piece.text) for piece in pieces]
        passing = PASSING | self._steering.moves.keys()
        told = [piece for piece, id in zip(pieces, talk, strict=True) if id not in passing]
        if not told:
            return self._steered(pieces[-1].text, state)
        whole = " ".join(piece.text for piece in told)
        if len(told) == 1:
            return self._steered(whole, state) or self._one(whole, state)
        chatty = {piece for piece, id in zip(pieces, talk, strict=True) if id}
        heard = [
            Question(piece, before.text if before and not before.asks else "")
            for before, piece in zip([None, *told], told, strict=False)
            if piece.asks or piece in chatty
        ]
        if len(heard) == 1 and not chatty.intersection(told):
            return self._story(heard[0], whole, state)
        best = self.matcher.match(whole).best
        if len(heard) < 2 or (best and best.score >= WHOLE):
            return self._one(whole, state)
        return self._several(heard, whole, state) or self._one(whole, state)

    def _story(self, question: Question, whole: str, state: State) -> tuple[Reply, State]:
        """One question in a story: alone or with what the story names, whichever is surer."""
        full = self._understand(whole, state)
        alone = self._within(question, whole, state)
        if alone.match.outcome is Outcome.ANSWER and not full.match.unknown_names:
            better = full.match.outcome is not Outcome.ANSWER or _score(alone) > _score(full)
            return self._reply(alone if better else full, state)
        return self._reply(full, state)

    def _within(self, question: Question, story: str, state: State) -> Understood:
        """A question that may point to the sentence before it, or to what the story names."""
        if question.before and self._referring.points(question.piece.text):
            both = self._plain(f"{question.before} {question.piece.text}")
            if both.match.outcome is Outcome.ANSWER and _score(both) >= LEAST:
                return both
        subjects = self._referring.told(story)
        if subjects and not state.live:
            state = replace(state, subjects=subjects, age=0, question="")
        return self._understand(question.piece.text, state)

    def _several(
        self, heard: Sequence[Question], story: str, state: State
    ) -> tuple[Reply, State] | None:
        """Each of several questions; None if they are rather one."""
        parts: list[Reply] = []
        after = replace(state, subjects=())
        for question in heard[:MAX_PARTS]:
            piece = question.piece
            before = replace(after, misses=0, choices=(), asked=False)
            reply, after = self._steered(piece.text, before) or self._reply(
                self._within(question, story, before), before
            )
            if reply.outcome in (Outcome.CLARIFY, Outcome.UNKNOWN):
                reply = replace(reply, title=printable(piece.text))
            if not reply.intent or all(reply.intent != part.intent for part in parts):
                parts.append(reply)
        answers = [part for part in parts if part.outcome in (Outcome.ANSWER, Outcome.CHAT)]
        sentences = all(question.piece.own for question in heard)
        if not answers or (not sentences and len(answers) < len(heard[:MAX_PARTS])):
            return None
        if len(parts) == 1:
            return parts[0], after
        left = [question.piece.text for question in heard[MAX_PARTS:]]
        reply = self._speaker.together(parts, left)
        asked = any(part.outcome is Outcome.CLARIFY for part in parts)
        return reply, replace(after, choices=reply.choices, reply=reply, asked=asked)

    def _one(self, text: str, state: State) -> tuple[Reply, State]:
        """The reply to one question."""
        if self._referring.corrected(text) == "":
            moved = self._steering.no(state)
            if moved:
                return moved
        understood = self._understand(text, state)
        if understood.match.outcome is not Outcome.ANSWER:
            number = self._worded_choice(text, state)
            picked = self._steering.pick(number, state) if number else None
            if picked:
                return picked
        return self._reply(understood, state)

    def _understand(self, text: str, state: State) -> Understood:
        """``text`` as a question of its own or, where that is likelier, in what it leans on."""
        rest = self._referring.corrected(text)
        if rest and state.question:
            return self._corrected(rest, state)
        plain = self._plain(text)
        tied, asked_back = False, list[Understood]()
        for reading in self._referring.readings(text, state):
            understood = replace(self._plain(reading.text), completed=True)
            if self._answers(reading, understood, plain):
                return understood
            tied |= not reading.weak
            if not (reading.weak or understood.match.unknown_names):
                asked_back.append(understood.unsure())
        if plain.match.outcome is Outcome.ANSWER and _score(plain) >= tied * LEAST_UNTIED:
            return plain
        return max([plain.unsure(), *asked_back], key=_score)

    def _corrected(self, rest: str, state: State) -> Understood:
        """The last question put right with ``rest``; not what it was answered with before."""
        repeat = bool(self._referring.names(rest)) or bool(self._referring.bare_name(rest))
        found = []
        for reading in self._referring.corrections(rest, state):
            understood = replace(self._plain(reading.text), completed=True)
            best = understood.match.best
            again = best and best.intent in state.trail[-1:] and not repeat
            if self._answers(reading, understood, understood) and not again:
                return understood
            if not again:
                found.append(understood.unsure())
        return max([self._plain(rest).unsure(), *found], key=_score)

    def _plain(self, text: str) -> Understood:
        """``text`` as it is; a name alone asks what it is."""
        match = self.matcher.match(text)
        name = self._referring.bare_name(text) if match.outcome is not Outcome.ANSWER else ""
        asked = self.matcher.match(self._speaker.say("what-is", name=name)) if name else match
        return Understood(asked if asked.outcome is Outcome.ANSWER else match, text)

    def _answers(self, reading: Reading, understood: Understood, plain: Understood) -> bool:
        """Whether what was understood is to be answered: surely enough, and on what was filled in.

        The matcher itself keeps names apart, but for the plain words among them.
        """
        best = understood.match.best
        if understood.match.outcome is not Outcome.ANSWER or not best:
            return False
        if best.score < (LEAST_UNTIED if reading.weak else LEAST):
            return False
        if reading.weak and _surer(plain, understood):
            return False
        intent = self.kb.intents[best.intent]
        plain_words = (id for id in reading.about if self.kb.entities[id].kind in PLAIN)
        return all(self._referring.covers(intent, id) for id in plain_words)

    def _worded_choice(self, text: str, state: State) -> int:
        """The number of the one pending choice that ``text`` shares words with; 0 if none."""
        if not state.asked:
            return 0
        said = self._referring.pointed(text) or set(words(text)) - self.kb.lexicon.common
        titles = [set(words(choice.title)) for choice in state.choices]
        common = set.intersection(*titles) if len(titles) > 1 else set()
        shared = [len(said & (title - common)) for title in titles]
        best = max(shared, default=0)
        return shared.index(best) + 1 if best and shared.count(best) == 1 else 0

    def _reply(self, understood: Understood, state: State) -> tuple[Reply, State]:
        """What is said to a question once it is understood, and where that leaves things."""
        match, question = understood.match, understood.question
        reply, meaning = self._found(match, question, state)
        notes = [
            self._speaker.say("corrected", typed=printable(typed), name=name)
            for typed, name in match.corrections[:1]
        ]
        if understood.completed:
            asked = printable(question).strip(" ?.!,")
            notes.append(self._speaker.say("understood", asked=asked[:1].upper() + asked[1:]))
            if reply.intent in state.trail[-1:] and reply.score < WHOLE:
                notes.append(self._speaker.say("again"))
        said = reply
        if notes and reply.outcome is not Outcome.UNKNOWN:
            lead = "\n\n".join(notes)
            said = replace(reply, text=f"{lead}\n\n{reply.text}", lead=lead)
        if reply.outcome is Outcome.ANSWER:
            return said, self._steering.answered(reply, state, question)
        subjects = self._common_subject(reply) or self._referring.subjects((), question)
        return said, replace(
            state,
            choices=reply.choices,
            asked=reply.outcome is Outcome.CLARIFY,
            picked_from=(),
            misses=state.misses + (not meaning),
            question=question,
            subjects=subjects or state.subjects,
            age=0 if subjects else state.age + 1,
        )

    def _found(self, match: Match, question: str, state: State) -> tuple[Reply, bool]:
        """The reply to a match, and whether it is the meaning of a word in place of an answer."""
        if match.outcome is Outcome.ANSWER and match.best:
            intent = self.kb.intents[match.best.intent]
            return self.show(intent, match.best.score, match.candidates), False
        word = self._referring.defined(question)
        term = define(self.kb, word) if word else None
        if term:
            text = self._speaker.say("meaning", term=term.term, meaning=term.meaning)
            choices = self._speaker.choices(c.intent for c in match.candidates)
            sources = tuple(self.kb.sources[id] for id in term.sources)
            asked_back = choices if match.outcome is Outcome.CLARIFY else ()
            return Reply(Outcome.CHAT, text, sources=sources, choices=asked_back), True
        disease = self._referring.other_disease(question)
        if disease and state.misses == 0:
            text = self._speaker.say("other-disease", name=disease)
            return Reply(Outcome.UNKNOWN, text, candidates=match.candidates), False
        names = printable(" and ".join(match.unknown_names) or self._referring.strange(question))
        if match.outcome is Outcome.UNKNOWN and not names:
            match = self._near(match, question)
        if match.outcome is Outcome.CLARIFY:
            names = printable(" and ".join(match.unknown_names))
            return self._speaker.clarify(match, state.misses, names), False
        return self._speaker.unknown(match, state.misses, names), False

    def _near(self, match: Match, question: str) -> Match:
        """For a few words that name something: asking back among what is about it."""
        short = len(question.split()) <= FRAGMENT
        named = filter(self._referring.proper, self._referring.names(question)) if short else ()
        names = list(named)
        covers = self._referring.covers
        about = tuple(
            candidate
            for candidate in match.candidates
            if any(covers(self.kb.intents[candidate.intent], id) for id in names)
        )
        return replace(match, outcome=Outcome.CLARIFY, candidates=about) if about else match

    def _common_subject(self, reply: Reply) -> tuple[str, ...]:
        """What all choices of ``reply`` are about first of all, if that is one thing."""
        about = {self.kb.intents[choice.intent].about[:1] for choice in reply.choices}
        return about.pop() if len(about) == 1 else ()


def _overlap(a: str, b: str) -> float:
    one, other = set(words(a)), set(words(b))
    return len(one & other) / (len(one | other) or 1)


def _score(understood: Understood) -> float:
    best = understood.match.best
    return best.score if best and understood.match.outcome is not Outcome.UNKNOWN else 0.0


def _surer(plain: Understood, other: Understood) -> bool:
    """Whether the question as typed is answered, and no less surely than ``other``."""
    return plain.match.outcome is Outcome.ANSWER and _score(plain) > _score(other)
