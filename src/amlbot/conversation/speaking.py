"""What the program says: intents and matches as replies, its own words filled in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from ..errors import UsageError
from ..knowledge.base import KnowledgeBase
from ..model import REGIONAL, Intent, Source
from ..record import replace
from ..reply import Candidate, Choice, Match, Outcome, Reply
from ..text import printable, quoted

MAX_CHOICES = 3
UNSURE = 0.9
"""Score of an answer below which the runner-up is the first thing to ask next: of 66,000 held-out
phrasings 17 in 100 such answers are wrong, and in 8 the runner-up was meant."""
NEAREST = 0.15
"""Score from which what comes nearest is on offer though nothing fits. Of 713 held-out phrasings
that were declined 665 reach it, and 348 of those find their own answer among the three; of 150
messages about other things 29 are offered something (docs/matching.md)."""
SOME_TOPICS = 3
"""Topics named at a time once the whole list was shown."""

_Thing = TypeVar("_Thing")
_PLACEHOLDER = re.compile(r"\{\{|(\A|[.!?][\"”)]?\s+|\n\n)?\{([a-z0-9-]+)\}")
"""A placeholder, and what stands before it if it opens a sentence; or a brace that was `quoted`."""


class Speaker:
    """Says what one knowledge base has to say."""

    def __init__(self, kb: KnowledgeBase, region: str = "") -> None:
        """Give the telephone numbers of ``region``; of the first that ``kb`` has without one.

        Raises:
            UsageError: for a region that ``kb`` has no numbers for.

        """
        self.kb = kb
        self.region = next(iter(kb.regions), "")
        self.region = self.known(region)

    def known(self, region: str) -> str:
        """The id of ``region``, in whatever letter case; without one, of this speaker's own.

        A stranger's telephone number would be worse than an error: there is no other fallback.

        Raises:
            UsageError: for a region that there are no numbers for.

        """
        id = region.lower() or self.region
        if id and id not in self.kb.regions:
            known = ", ".join(self.kb.regions) or "none"
            raise UsageError(f"no telephone numbers for region '{region}' (there are: {known})")
        return id

    def say(self, occasion: str, variant: int = 0, **values: str) -> str:
        """The words for an occasion, from the ``replies`` of the knowledge, as part of a reply.

        Beyond the last variant the last two take turns; with topics that change in them
        (``{some-topics}``) they never come out the same. Telephone numbers are left to `filled`,
        which knows the reader's region.
        """
        variants = self._variants(occasion) or ("",)
        number = variant
        if number >= len(variants):
            number = len(variants) - 1 - (number - len(variants) + 1) % min(2, len(variants))
        return self._fill(variants[number], None, variant, values)

    def tell(self, occasion: str, variant: int = 0, **values: str) -> str:
        """The words for an occasion with this speaker's numbers: what stands outside a reply."""
        text = self.say(occasion, variant, **{name: quoted(v) for name, v in values.items()})
        return printable(self._fill(text, self.region))

    def banner(self) -> list[str]:
        """The first lines of a conversation."""
        return [self.tell("banner", i) for i in range(self.variants("banner"))]

    def occasions(self, prefix: str) -> Mapping[str, tuple[str, ...]]:
        """The occasions whose names begin with ``prefix``, by the rest of their names."""
        replies = self.kb.replies.items()
        return {name.removeprefix(prefix): v for name, v in replies if name.startswith(prefix)}

    def variants(self, occasion: str) -> int:
        """How many ways there are to say it."""
        return len(self._variants(occasion))

    def show(
        self, intent: Intent, score: float = 1.0, candidates: tuple[Candidate, ...] = ()
    ) -> Reply:
        """An intent as a reply, as when a choice was picked."""
        near = [runner_up.intent for runner_up in candidates[1:2]] if score < UNSURE else []
        return Reply(
            outcome=Outcome.CHAT if intent.chat else Outcome.ANSWER,
            text=intent.answer,
            intent=intent.id,
            title=intent.title,
            score=round(score, 4),
            sources=self.kb.cited(intent.sources),
            choices=self.choices([*near, *intent.related]),
            figures=intent.figures,
            reviewed=intent.reviewed or None,
            candidates=candidates,
            more=bool(intent.more),
        )

    def choices(self, intents: Iterable[str]) -> tuple[Choice, ...]:
        """The first few of ``intents``, each once, as choices."""
        ids = list(dict.fromkeys(intents))[:MAX_CHOICES]
        return tuple(Choice(id, self.kb.intents[id].title) for id in ids)

    def offered(self, match: Match) -> tuple[Choice, ...]:
        """The choices of a match that is to be asked about; of any other none."""
        asks = match.outcome is Outcome.CLARIFY
        return self.choices(c.intent for c in match.candidates) if asks else ()

    def clarify(self, match: Match, misses: int, names: str) -> Reply:
        """Asking back which of the best few is meant; ``names`` is what none of them is about."""
        choices = self.offered(match)
        if misses >= self.variants("clarify") - 1:
            text = self.say("clarify", misses)
        elif names:
            text = self.say("clarify-name", misses, names=names)
        else:
            text = self.say("clarify-one" if len(choices) == 1 else "clarify", misses)
        return Reply(
            Outcome.CLARIFY, text, score=match.score, choices=choices, candidates=match.candidates
        )

    def told(self, match: Match, misses: int) -> Reply:
        """What is said to news that asks nothing, with what may be asked about it."""
        choices = self.offered(match)
        return Reply(
            match.outcome,
            self.say("told" if choices else "told-only", misses),
            score=match.score,
            choices=choices,
            candidates=match.candidates,
        )

    def unknown(
        self,
        match: Match,
        misses: int,
        names: str,
        *,
        outside: bool = False,
        nearest: float = NEAREST,
    ) -> Reply:
        """Saying that nothing written fits; ``names`` is what nothing is written about.

        What lies ``outside`` of AML is known by its name: there is no spelling to check. Where no
        name stands in the way, what comes nearest is on offer, from a score of ``nearest``.
        """
        near = match.candidates if match.score >= nearest and not names else ()
        occasion = "unknown-outside" if outside else "unknown-name"
        if names and misses < self.variants(occasion):
            text = self.say(occasion, misses, names=names)
        else:
            text = self.say("unknown-near" if near else "unknown", misses)
        return Reply(
            Outcome.UNKNOWN,
            text,
            score=match.score,
            choices=self.choices(candidate.intent for candidate in near),
            candidates=match.candidates,
        )

    def together(self, parts: Sequence[Reply], unheard: Sequence[str]) -> Reply:
        """Several replies as one; ``unheard`` are the questions that are left for later."""
        texts = [
            f"**{quoted(part.headline)}**\n\n{part.text}" if part.headline else part.text
            for part in parts
        ]
        if unheard:
            texts.append(self.say("left-over", asked=quoted("; ".join(unheard))))
        answers = [part for part in parts if part.outcome is Outcome.ANSWER]
        asking = [part for part in parts if part.outcome is Outcome.CLARIFY]
        said = {part.intent for part in answers}
        left = (c for part in asking or parts for c in part.choices if c.intent not in said)
        first = (answers or list(parts))[0]
        return Reply(
            outcome=first.outcome,
            text="\n\n".join(texts),
            intent=first.intent,
            score=min(part.score for part in answers or parts),
            sources=_each_once(source for part in parts for source in part.sources),
            choices=_each_once(left)[:MAX_CHOICES],
            figures=_each_once(figure for part in parts for figure in part.figures),
            candidates=first.candidates,
            reviewed=min((part.reviewed for part in answers if part.reviewed), default=None),
            more=bool(answers) and answers[-1].more,  # "tell me more" is of the last one
            parts=tuple(parts),
        )

    def filled(self, reply: Reply, region: str = "") -> Reply:
        """``reply`` with the reader's own telephone numbers and current facts in its text.

        Raises:
            UsageError: for a ``region`` that there are no numbers for.

        """
        region = self.known(region)
        parts = tuple(self.filled(part, region) for part in reply.parts)
        text, lead = (self._fill(t, region) for t in (reply.text, reply.lead))
        return replace(reply, text=text, lead=lead, parts=parts)

    def cited(self, sources: Iterable[Source]) -> str:
        """Who published ``sources``, and when, as words in a sentence."""
        named = (
            f"{s.publisher or s.title} ({s.date})" if s.date else s.publisher or s.title
            for s in sources
        )
        return "; ".join(dict.fromkeys(named))

    def _variants(self, occasion: str) -> tuple[str, ...]:
        return self.kb.replies.get(occasion, ())

    def _fill(
        self, text: str, region: str | None, turn: int = 0, values: Mapping[str, str] | None = None
    ) -> str:
        """``text`` with its {placeholders} filled; one that nothing is known for stays.

        So do telephone numbers, and what was `quoted`, where there is no ``region`` yet.
        """

        def value(match: re.Match[str]) -> str:
            if match[2] is None:
                return match[0] if region is None else "{"
            opening, name = match[1], str(match[2])
            given = (values or {}).get(name)
            found = given or self._value(name, region, turn)
            if found and opening is not None and not given:
                found = found[:1].upper() + found[1:]
            return f"{opening or ''}{found}" if found else str(match[0])

        return _PLACEHOLDER.sub(value, text)

    def _value(self, name: str, region: str | None, turn: int) -> str:
        facts = self.kb.facts
        if name in REGIONAL:
            where = self.kb.regions.get(region or "")
            return str(getattr(where, name)) if where else ""
        if name == "topics":
            return ", ".join(self.kb.topics)
        if name == "some-topics":
            return ", ".join(self._some_topics(turn))
        return facts[name].text if name in facts else ""

    def _some_topics(self, turn: int) -> Sequence[str]:
        """A few topics, others at every ``turn``."""
        topics = self.kb.topics
        start = turn * (SOME_TOPICS + 2)
        return [topics[(start + i) % len(topics)] for i in range(min(SOME_TOPICS, len(topics)))]


def _each_once(things: Iterable[_Thing]) -> tuple[_Thing, ...]:
    return tuple(dict.fromkeys(things))
