"""A reply as Markdown: what chat frontends show. Reads well as plain text too."""

from __future__ import annotations

import re
from collections.abc import Callable

from .model import Outcome, Reply, Source

_SOFT_BREAK = re.compile(r"(?<=\S)[ \t]*\n[ \t]*(?![ \t\n]|- )")


def unfilled(text: str) -> str:
    """``text`` with one line a paragraph or list item: authors break lines where they like."""
    return _SOFT_BREAK.sub(" ", text.strip())


def as_markdown(reply: Reply, say: Callable[..., str]) -> str:
    """The reply in paragraphs; ``say`` supplies the program's own words.

    Choices are numbered, so that a person can answer with a number in any frontend.
    """
    blocks = []
    if reply.outcome is Outcome.URGENT:
        blocks.append(f"**{say('page-urgent')}**")
    if reply.title and reply.outcome is Outcome.ANSWER:
        blocks.append(f"**{reply.title}**")
    blocks.append(unfilled(reply.text))
    if reply.sources:
        listed = [f"{i}. {_source(source)}" for i, source in enumerate(reply.sources, 1)]
        blocks += [say("sources") + ":", "\n".join(listed)]
    if reply.reviewed:
        blocks.append(say("reviewed", date=reply.reviewed))
    if reply.choices:
        answered = reply.outcome in (Outcome.ANSWER, Outcome.CHAT)
        numbered = [f"{i}. {choice.title}" for i, choice in enumerate(reply.choices, 1)]
        blocks += [say("related" if answered else "choices") + ":", "\n".join(numbered)]
    return "\n\n".join(blocks)


def _source(source: Source) -> str:
    where = ", ".join(part for part in (source.publisher, source.date) if part)
    named = f"{source.title}. {where}" if where else source.title
    return f"{named}: {source.url}" if source.url else named
