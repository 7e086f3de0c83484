"""What is said to a question once it is understood, and where that leaves the conversation."""

from __future__ import annotations

from functools import cached_property

from ..matching.asking import asked_in
from ..record import replace
from ..reply import Match, Outcome, Reply
from ..text import quoted, words
from .basis import Basis
from .dialogue import State
from .speaking import MAX_CHOICES, NEAREST
from .steering import Steering
from .understanding import WHOLE, Understanding, Understood
from .wording import FRAGMENT

NAMELESS = 0.45
"""Score below which a question that names nothing we write about is declined, not asked about ("a
good curry place"): of the development questions 4 of 150 unrelated ones, and 3 of 400 in scope, at
0.5 of an earlier score that was less sure of itself."""
ELSEWHERE = frozenset({"meaning", "disease"})
"""Kinds of entity that lie outside AML altogether, where no answer is about them."""
NEAR_BEFORE = 0.2
"""Chance, in context, from which what comes nearest is on offer though nothing fits: of 122
follow-ups of strangers that find their answer on offer from 0.1 on 118 still do; of 150 messages
about other things 44 are offered something, 71 from 0.1."""
SAID = 0.5
"""Score from which an answer of dying is on offer where nobody has spoken of it: of 1,156 replies
to strangers this spares 15, of which one had meant it (docs/conversation.md)."""
TELLING = 3
"""Letters of the shortest word that may pick a choice."""
NAMES_EVERY = 3
"""Every how many words a text names something that is a list, as of results, and no sentence."""


class Answering:
    """Answers, asks back or declines, with one knowledge base."""

    def __init__(self, basis: Basis, understanding: Understanding, steering: Steering) -> None:
        self._kb, self._speaker = basis.kb, basis.speaker
        self._mentions, self._wording = basis.mentions, basis.wording
        self._glossary = basis.glossary
        self._understanding, self._steering = understanding, steering

    @cached_property
    def _written(self) -> frozenset[str]:
        """The names that answers are about; gathered when a question first has another name."""
        about = {id for intent in self._kb.intents.values() for id in intent.about}
        return frozenset(self._kb.entities[id].name for id in about)

    @cached_property
    def _elsewhere(self) -> frozenset[str]:
        """The names of other illnesses, and of what our words mean elsewhere."""
        return frozenset(e.name for e in self._kb.entities.values() if e.kind in ELSEWHERE)

    def answer(self, text: str, state: State) -> tuple[Reply, State]:
        """The reply to one question."""
        if self._wording.corrected(text) == "":
            moved = self._steering.no(state)
            if moved:
                return moved
        understood = self._understanding.question(text, state)
        if not understood.answered:
            number = self._worded_choice(text, state)
            picked = self._steering.pick(number, state) if number else None
            if picked:
                return picked
        return self.reply(understood, state)

    def reply(self, understood: Understood, state: State) -> tuple[Reply, State]:
        """What is said to a question once it is understood, and where that leaves things."""
        question = understood.question
        reply = self._found(understood.match, question, state)
        said = self._noted(reply, understood, state)
        if reply.outcome is Outcome.ANSWER:
            answered = self._steering.answered(reply, state, question)
            return self._with_beside(said, understood, answered)
        subjects = self._common_subject(reply) or self._mentions.subjects((), question)
        return said, replace(
            state,
            choices=reply.choices,
            asked=bool(reply.choices) and not reply.settled,
            picked_from=(),
            misses=state.misses + (reply.outcome is not Outcome.CHAT),
            opening=state.opening or question,
            question=question,
            subjects=subjects or state.subjects,
            age=0 if subjects else state.age + 1,
        )

    def _with_beside(
        self, said: Reply, understood: Understood, after: State
    ) -> tuple[Reply, State]:
        """``said``, then the answer to what a story as a whole asks for as surely."""
        beside = understood.match.beside
        if not beside:
            return said, after
        told = self._speaker.show(self._kb.intents[beside.intent], beside.score, (beside,))
        reply = replace(self._speaker.together((said, told), ()), more=said.more)
        return reply, replace(after, choices=reply.choices, reply=reply)

    def _noted(self, reply: Reply, understood: Understood, state: State) -> Reply:
        """``reply`` after how a misspelt name was taken, and that this was answered just before."""
        notes = [
            self._speaker.say("corrected", typed=quoted(typed), name=name)
            for typed, name in understood.match.corrections[:1]
        ]
        again = understood.completed and reply.intent in state.trail[-1:]
        if again and reply.score < WHOLE:
            notes.append(self._speaker.say("again"))
        if not notes or reply.outcome is Outcome.UNKNOWN:
            return reply
        lead = "\n\n".join(notes)
        return replace(reply, text=f"{lead}\n\n{reply.text}", lead=lead)

    def _found(self, match: Match, question: str, state: State) -> Reply:
        """The reply to a match alone: the answer, or what is said in its place."""
        if match.outcome is Outcome.ANSWER and match.best:
            intent = self._kb.intents[match.best.intent]
            match = self._spared(match, question, state)
            return self._speaker.show(intent, match.score, match.candidates)
        return self._meaning(match, question) or self._unanswered(match, question, state)

    def _meaning(self, match: Match, question: str) -> Reply | None:
        """The meaning of the word that ``question`` asks for; None if it asks for no such thing."""
        word = self._wording.defined(question)
        term = self._glossary.define(word) if word else None
        if not term:
            return None
        return Reply(
            Outcome.CHAT,
            self._speaker.say("meaning", term=term.term, meaning=term.meaning),
            sources=self._kb.cited(term.sources),
            choices=self._speaker.offered(match),
        )

    def _unanswered(self, match: Match, question: str, state: State) -> Reply:
        """Asking back, declining, or thanking for news."""
        disease = self._other_disease(question, match)
        if disease and state.misses == 0:
            text = self._speaker.say("other-disease", name=disease)
            return Reply(Outcome.UNKNOWN, text, candidates=match.candidates)
        told = self._wording.tells(question)
        faint = match.best is not None and match.best.score < NAMELESS
        if faint and (told or self._mentions.nameless(question)):
            match = replace(match, outcome=Outcome.UNKNOWN)
        unwritten = [name for name in match.unknown_names if name not in self._written]
        names = quoted(" and ".join(unwritten) or self._wording.strange(question))
        if match.outcome is Outcome.UNKNOWN and not names:
            match = self._near(match, question)
        match = self._spared(match, question, state)
        if told and not names:
            return self._speaker.told(match, state.misses)
        if match.outcome is Outcome.CLARIFY:
            names = quoted(" and ".join(self._unspoken_of(match)))
            return self._speaker.clarify(match, state.misses, names)
        outside = bool(unwritten) and self._elsewhere.issuperset(unwritten)
        nearest = NEAR_BEFORE if state.opening else NEAREST
        return self._speaker.unknown(match, state.misses, names, outside=outside, nearest=nearest)

    def _spared(self, match: Match, question: str, state: State) -> Match:
        """``match`` without candidates of dying, unless it is surely that or was spoken of.

        "How do I explain it to his little sister" is not offered how to tell of a death.
        """
        if any(map(self._wording.somber, (state.opening, state.question, question))):
            return match
        kept = tuple(
            candidate
            for i, candidate in enumerate(match.candidates)
            if (i == 0 and candidate.score >= SAID)
            or not self._wording.grave(self._kb.intents[candidate.intent].title)
        )
        outcome = match.outcome if kept else Outcome.UNKNOWN
        return replace(match, outcome=outcome, candidates=kept)

    def _other_disease(self, question: str, match: Match) -> str:
        """The name of the disease that ``question`` is of, if it is no AML; empty otherwise.

        One that people have beside AML is no reason to decline where answers about it are offered.
        """
        id = self._mentions.other_disease(question)
        disease = self._kb.entities.get(id)
        if not disease or (not disease.elsewhere and self._in_passing(id, question)):
            return ""
        offered = match.outcome is Outcome.CLARIFY and disease.name not in match.unknown_names
        return "" if offered and not disease.elsewhere else disease.name

    def _in_passing(self, id: str, story: str) -> bool:
        """Whether ``story`` tells of ``id`` and asks something else ("I am diabetic. When …?")."""
        asked = asked_in(story)
        return id not in self._mentions.all(asked) and not self._wording.points(asked)

    def _near(self, match: Match, question: str) -> Match:
        """For a few words, or a report, that names things: asking back among what is about them."""
        names, length = self._mentions.names(question), len(question.split())
        told = self._wording.tells(question)
        if not told and len(names) * NAMES_EVERY < length > FRAGMENT:
            return match
        if not told and length <= FRAGMENT:
            names = list(filter(self._mentions.proper, names))
        covers = self._mentions.covers
        about = tuple(
            candidate
            for candidate in match.candidates
            if any(covers(self._kb.intents[candidate.intent], id) for id in names)
        )
        if not about:
            return match
        return replace(match, outcome=Outcome.CLARIFY, candidates=about, unknown_names=())

    def _unspoken_of(self, match: Match) -> list[str]:
        """The names in a question that nothing on offer speaks of."""
        ids = {entity.name: id for id, entity in self._kb.entities.items()}
        offered = [self._kb.intents[c.intent] for c in match.candidates[:MAX_CHOICES]]
        covers = self._mentions.covers
        return [
            name
            for name in match.unknown_names
            if name not in ids or not any(covers(intent, ids[name]) for intent in offered)
        ]

    def _common_subject(self, reply: Reply) -> tuple[str, ...]:
        """What all choices of ``reply`` are about first of all, if that is one thing."""
        about = {self._kb.intents[choice.intent].about[:1] for choice in reply.choices}
        return about.pop() if len(about) == 1 else ()

    def _worded_choice(self, text: str, state: State) -> int:
        """The number of the one pending choice that ``text`` shares words with; 0 if none."""
        if not state.asked or len(text.split()) > FRAGMENT:
            return 0
        anew = self._wording.corrected(text) is not None  # "no, I meant X" picks nothing
        spoken = set[str]() if anew else set(filter(_tells, words(text))) - self._kb.lexicon.common
        said = self._wording.pointed(text) or spoken
        titles = [set(words(choice.title)) for choice in state.choices]
        common = set.intersection(*titles) if len(titles) > 1 else set()
        shared = [len(said & (title - common)) for title in titles]
        best = max(shared, default=0)
        return shared.index(best) + 1 if best and shared.count(best) == 1 else 0


def _tells(word: str) -> bool:
    """Whether ``word`` may tell one choice from another, as "is" and "my" cannot."""
    return len(word) >= TELLING or not word.isalpha()
