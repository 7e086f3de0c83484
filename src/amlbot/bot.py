"""One turn of a conversation: a pure function of the knowledge, the text and the history."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from .knowledge import KnowledgeBase, default_replies, load
from .matcher import Matcher
from .model import Candidate, Choice, Intent, Level, Match, Outcome, Reply, Turn
from .reading import Reader
from .safety import Alarm, Screen
from .text import printable

MAX_HISTORY = 12
"""User messages that are looked back on; older ones no longer shape a reply."""
MAX_CHOICES = 3
MORE = "chat-more"
"""The small talk that asks for more of the last answer."""
CHAT_SCORE = 0.9
"""Small talk must be all but word for word, so that it never swallows a question."""

_NUMBER = re.compile(r"\s*(?:no\.?|number|#|option)?\s*(\d{1,2})\s*[.)]?\s*", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{([a-z0-9-]+)\}")

History = Sequence[Turn | Mapping[str, object]]


class Matching(Protocol):
    """What a bot needs of a matcher; anything with these two can stand in."""

    def match(self, text: str) -> Match: ...

    def search(self, text: str, limit: int = 10) -> list[Candidate]: ...


@dataclass(frozen=True, slots=True)
class State:
    """What a conversation has come to, as far as it shapes the next reply."""

    choices: tuple[Choice, ...] = ()
    """What a number would pick."""
    misses: int = 0
    """Replies in a row that did not answer."""
    last: str = ""
    """The intent that was answered last: what "tell me more" is about."""
    told_more: bool = False
    """Its longer answer was given."""


class Bot:
    """Answers messages from one knowledge base. Holds nothing of any conversation."""

    def __init__(
        self, kb: KnowledgeBase | None = None, *, matcher: Matching | None = None, region: str = ""
    ) -> None:
        """Use ``kb`` (the bundled knowledge by default) and numbers for ``region`` (its first)."""
        self.kb = kb or load()
        reader = Reader(self.kb)
        self.matcher: Matching = matcher or Matcher(self.kb, reader=reader)
        self._chat = Matcher(self.kb, chat=True, reader=reader)
        self._screen = Screen(self.kb.safety, self.kb.lexicon.common)
        self._replies = {**default_replies(), **self.kb.replies}
        self.region = region

    def ask(self, text: str, history: History = (), region: str = "") -> Reply:
        """The reply to ``text`` after ``history``, oldest message first.

        History may be `Turn` objects or ``{"role", "content"}`` messages; only what the user said
        is looked at, so any frontend's transcript will do. Nothing is raised for odd content.
        """
        state = State()
        for message in user_messages(history)[-MAX_HISTORY:]:
            _, state = self._turn(message, state)
        reply, _ = self._turn(text, state)
        return self.filled(reply, region or self.region)

    def say(self, occasion: str, variant: int = 0, **values: str) -> str:
        """What the program itself says on an occasion, from the ``replies`` of the knowledge."""
        variants = self._replies.get(occasion, ("",))
        text = variants[min(variant, len(variants) - 1)]
        return self._fill(text, {**self._numbers(self.region), **values})

    def banner(self) -> list[str]:
        """The first lines of a conversation."""
        return [self.say("banner", i) for i in range(len(self._replies["banner"]))]

    def show(
        self, intent: Intent, score: float = 1.0, candidates: tuple[Candidate, ...] = ()
    ) -> Reply:
        """An intent as a reply, as when a choice was picked."""
        return Reply(
            outcome=Outcome.CHAT if intent.chat else Outcome.ANSWER,
            text=intent.answer,
            intent=intent.id,
            title=intent.title,
            score=round(score, 4),
            sources=tuple(self.kb.sources[id] for id in intent.sources),
            choices=tuple(self._choice(id) for id in intent.related[:MAX_CHOICES]),
            figures=intent.figures,
            reviewed=intent.reviewed or None,
            candidates=candidates,
        )

    def _turn(self, text: str, state: State) -> tuple[Reply, State]:
        """The safety screen first, whatever came before; then everything else."""
        alarm = self._screen.check(text)
        if alarm and alarm.level is not Level.WATCH:
            return self._urgent(alarm), state
        reply = self._decide(text, state)
        if alarm:
            reply = replace(reply, text=f"{reply.text}\n\n{alarm.reply}")
        if reply.outcome is Outcome.ANSWER and reply.intent:
            told_more = reply.text == self.kb.intents[reply.intent].more
            return reply, State(reply.choices, last=reply.intent, told_more=told_more)
        if reply.outcome is Outcome.CHAT:
            return reply, replace(state, choices=reply.choices or state.choices, misses=0)
        return reply, replace(state, choices=reply.choices, misses=state.misses + 1)

    def _urgent(self, alarm: Alarm) -> Reply:
        text = alarm.reply
        if alarm.asked:
            text = f"{text}\n\n{self.say('also-asked', asked=printable(alarm.asked))}"
        [sources] = [sign.sources for sign in self.kb.safety.signs if sign.id == alarm.sign]
        return Reply(
            Outcome.URGENT,
            text,
            level=alarm.level,
            score=1.0,
            sources=tuple(self.kb.sources[id] for id in sources),
        )

    def _decide(self, text: str, state: State) -> Reply:
        if not text.strip():
            return Reply(Outcome.CHAT, self._replies["empty"][0], choices=state.choices)
        picked = _NUMBER.fullmatch(text)
        if picked and state.choices:
            return self._pick(int(picked[1]), state)
        small_talk = self._chat.match(text).best
        if small_talk and small_talk.score >= CHAT_SCORE:
            if small_talk.intent == MORE and state.last:
                return self._more(self.kb.intents[state.last], state)
            return self.show(self.kb.intents[small_talk.intent], small_talk.score)
        match = self.matcher.match(text)
        reply = self._reply(match, state)
        if match.corrections and reply.outcome is not Outcome.UNKNOWN:
            typed, name = match.corrections[0]
            note = self.say("corrected", typed=printable(typed), name=name)
            reply = replace(reply, text=f"{note}\n\n{reply.text}")
        return reply

    def _more(self, intent: Intent, state: State) -> Reply:
        """The longer answer, once; after that the natural next questions."""
        shown = self.show(intent)
        if intent.more and not state.told_more:
            return replace(shown, text=intent.more)
        return Reply(Outcome.CHAT, self.say("no-more"), choices=shown.choices)

    def _pick(self, number: int, state: State) -> Reply:
        if 1 <= number <= len(state.choices):
            return self.show(self.kb.intents[state.choices[number - 1].intent])
        text = self.say("no-such-choice", number=str(number))
        return Reply(Outcome.CLARIFY, text, choices=state.choices)

    def _reply(self, match: Match, state: State) -> Reply:
        names = printable(" and ".join(match.unknown_names))
        best = match.best
        if match.outcome is Outcome.ANSWER and best:
            return self.show(self.kb.intents[best.intent], best.score, match.candidates)
        if match.outcome is Outcome.CLARIFY:
            choices = tuple(self._choice(c.intent) for c in match.candidates[:MAX_CHOICES])
            text = self.say("clarify-one" if len(choices) == 1 else "clarify", state.misses)
            if names:
                text = self.say("clarify-name", names=names)
            return Reply(
                Outcome.CLARIFY,
                text,
                score=best.score if best else 0.0,
                choices=choices,
                candidates=match.candidates,
            )
        text = self.say("unknown-name", names=names) if names else self.say("unknown", state.misses)
        return Reply(
            Outcome.UNKNOWN,
            text,
            score=best.score if best else 0.0,
            candidates=match.candidates,
        )

    def _choice(self, id: str) -> Choice:
        return Choice(id, self.kb.intents[id].title)

    def filled(self, reply: Reply, region: str = "") -> Reply:
        """``reply`` with the reader's own telephone numbers and current facts in its text."""
        if "{" not in reply.text:
            return reply
        return replace(reply, text=self._fill(reply.text, self._numbers(region)))

    def _fill(self, text: str, values: Mapping[str, str]) -> str:
        facts = self.kb.facts

        def value(match: re.Match[str]) -> str:
            name = str(match[1])
            return values.get(name) or (facts[name].text if name in facts else str(match[0]))

        return _PLACEHOLDER.sub(value, text)

    def _numbers(self, region: str) -> Mapping[str, str]:
        regions = self.kb.regions
        if not regions:
            return {"topics": ", ".join(self.kb.topics)}
        chosen = regions.get(region) or next(iter(regions.values()))
        return {
            "emergency": chosen.emergency,
            "crisis": chosen.crisis,
            "helpline": chosen.helpline,
            "topics": ", ".join(self.kb.topics),
        }


def user_messages(history: Iterable[object]) -> list[str]:
    """What the user said in a transcript of any usual shape; anything odd is passed over."""
    found = []
    for message in history:
        if isinstance(message, Turn):
            role: object = message.role
            content: object = message.content
        elif isinstance(message, Mapping):
            role, content = message.get("role"), message.get("content")
        else:
            continue
        if role == "user":
            found.append(_plain(content))
    return found


def _plain(content: object) -> str:
    """The text of a message's content: a string, or a list of parts as chat protocols send."""
    if isinstance(content, str):
        return content
    if isinstance(content, Sequence):
        texts = [part.get("text") for part in content if isinstance(part, Mapping)]
        return " ".join(text for text in texts if isinstance(text, str))
    return ""
