"""A reply as Markdown: what chat frontends show. Reads well as plain text too."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Source
from ..prose import paragraphs
from ..reply import Outcome, Reply, Say
from ..text import printable
from .figures import in_words


def as_markdown(reply: Reply, say: Say) -> str:
    """The reply in paragraphs; ``say`` supplies the program's own words.

    Choices are numbered, so that a person can answer with a number in any frontend.
    """
    return printable("\n\n".join(_blocks(reply, say)))


def _blocks(reply: Reply, say: Say) -> Iterator[str]:
    for part in reply.each:
        yield from _said(part, say)
    if reply.sources:
        yield say("sources") + ":"
        yield "\n".join(f"{i}. {_source(source)}" for i, source in enumerate(reply.sources, 1))
    if reply.reviewed:
        yield say("reviewed", date=reply.reviewed)
    if reply.more:
        yield say("more-hint")
    if reply.choices:
        yield say(reply.heading) + ":"
        yield "\n".join(f"{i}. {choice.title}" for i, choice in enumerate(reply.choices, 1))


def _said(reply: Reply, say: Say) -> Iterator[str]:
    """What the reply to one question says, and its figures in words."""
    if reply.outcome is Outcome.URGENT:
        yield f"**{say(f'urgent-{reply.level}')}**"
    elif reply.headline:
        yield f"**{reply.headline}**"
    yield "\n".join(paragraphs(reply.text))
    for figure in reply.figures:
        yield figure.title + ":"
        yield "\n".join(f"- {words}" for words in in_words(figure, say))
        if figure.note:
            yield figure.note


def _source(source: Source) -> str:
    return f"{source.named}: {source.url}" if source.url else source.named
