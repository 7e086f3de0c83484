"""What was said and the questions for the doctor, as a text to print or to take along. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from html import escape

from ..model import Source
from ..prose import paragraphs, parted
from ..record import Record
from ..rendering.figures import in_words
from ..reply import Outcome, Reply, Say
from ..text import printable

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|])")
_STRONG = re.compile(r"\*\*(.+?)\*\*")
_STRONG_ESCAPED = re.compile(r"\\\*\\\*(.+?)\\\*\\\*")
_CSS = (
    "body{font:1.1rem/1.5 Georgia,serif;max-width:40rem;margin:2rem auto;padding:0 1rem;"
    "color:#111;background:#fff}h1,h2,h3{line-height:1.2}ol.kept li{margin-bottom:2.5rem}"
    "small,figure{color:#444}article{border-top:1px solid #999}"
    "@media print{body{margin:0;max-width:none}article{break-inside:avoid}"
    "a::after{content:' ('attr(href)')';font-size:.8em}}"
)


class Exchange(Record):
    """What was typed and what was said to it."""

    typed: str
    reply: Reply

    @property
    def questions(self) -> list[str]:
        """What was asked, one by one: as the answers put it, or as it was typed without one."""
        asked = (part for part in self.reply.each if part.outcome is not Outcome.CHAT)
        return [part.title or " ".join(self.typed.split()) for part in asked]


class Notes(Record):
    """What is saved."""

    day: date
    exchanges: tuple[Exchange, ...]
    kept: tuple[str, ...]
    """Questions for the doctor."""


def as_markdown(notes: Notes, say: Say) -> str:
    """The notes as Markdown; what was typed becomes none, but for emphasis where a reply has it."""
    return "\n\n".join(_markdown(notes, say)) + "\n"


def _markdown(notes: Notes, say: Say) -> Iterator[str]:
    yield f"# {say('notes-title')}"
    yield say("notes-about", date=notes.day.isoformat())
    if notes.kept:
        yield f"## {say('notes-kept')}"
        yield "\n".join(f"{i}. {_marked(q)}" for i, q in enumerate(notes.kept, 1))
    if notes.exchanges:
        yield f"## {say('notes-talk')}"
    for exchange in notes.exchanges:
        yield f"### {_marked(exchange.typed)}"
        for reply in exchange.reply.each:
            if reply.lead:
                yield _paragraphs(reply.lead)
            if heading := _heading(reply, say):
                yield f"**{_marked(heading)}**"
            yield _paragraphs(reply.body)
            for figure in reply.figures:
                listed = "\n".join(f"- {_marked(words)}" for words in in_words(figure, say))
                yield f"{_marked(figure.title)}\n\n{listed}\n\n{_marked(figure.note)}".rstrip()
        if sources := exchange.reply.sources:
            listed = "\n".join(f"{i}. {_cited(s)}" for i, s in enumerate(sources, 1))
            yield f"{say('sources')}:\n\n{listed}"


def _heading(reply: Reply, say: Say) -> str:
    """What stood above the reply on the screen."""
    return say(f"urgent-{reply.level}") if reply.level else reply.headline


def _cited(source: Source) -> str:
    return f"{_marked(source.named)} <{source.link}>" if source.link else _marked(source.named)


def _paragraphs(text: str) -> str:
    lines = map(parted, paragraphs(text))
    return "\n".join(bullet + _marked(said, emphasis=True) for bullet, said in lines)


def _marked(text: str, *, emphasis: bool = False) -> str:
    """``text`` so that Markdown shows it as it is, but for the ``emphasis`` of an answer."""
    shown = _MARKDOWN.sub(r"\\\1", " ".join(printable(text).split()))
    return _STRONG_ESCAPED.sub(r"**\1**", shown) if emphasis else shown


def as_html(notes: Notes, say: Say) -> str:
    """The notes as one page that needs nothing else and prints well."""
    title = _html(say("notes-title"))
    head = f'<meta charset="utf-8"><title>{title}</title><style>{_CSS}</style>'
    body = "\n".join(_body(notes, say))
    return f'<!doctype html>\n<html lang="en">\n{head}\n<h1>{title}</h1>\n{body}\n</html>\n'


def _body(notes: Notes, say: Say) -> Iterator[str]:
    yield f"<p>{_html(say('notes-about', date=notes.day.isoformat()))}</p>"
    if notes.kept:
        items = "".join(f"<li>{_html(question)}</li>" for question in notes.kept)
        yield f'<h2>{_html(say("notes-kept"))}</h2>\n<ol class="kept">{items}</ol>'
    if notes.exchanges:
        yield f"<h2>{_html(say('notes-talk'))}</h2>"
    for exchange in notes.exchanges:
        yield f"<article><h3>{_html(exchange.typed)}</h3>"
        for reply in exchange.reply.each:
            if reply.lead:
                yield _html_paragraphs(reply.lead)
            if heading := _heading(reply, say):
                yield f"<p><strong>{_html(heading)}</strong></p>"
            yield _html_paragraphs(reply.body)
            for figure in reply.figures:
                items = "".join(f"<li>{_html(words)}</li>" for words in in_words(figure, say))
                yield f"<figure>{_html(figure.title)}<ul>{items}</ul>{_html(figure.note)}</figure>"
        if sources := exchange.reply.sources:
            items = "".join(f"<li>{_link(source)}</li>" for source in sources)
            yield f"<small>{_html(say('sources'))}<ol>{items}</ol></small>"
        yield "</article>"


FORMATS: dict[str, Callable[[Notes, Say], str]] = {
    ".html": as_html,
    ".htm": as_html,
    ".md": as_markdown,
    ".txt": as_markdown,
}
"""By the ending of the file's name."""


def _link(source: Source) -> str:
    text = _html(source.named)
    return f'<a href="{_html(source.link)}">{text}</a>' if source.link else text


def _html_paragraphs(text: str) -> str:
    lines = filter(None, paragraphs(text))
    return "\n".join(f"<p>{_html(line, emphasis=True)}</p>" for line in lines)


def _html(text: str, *, emphasis: bool = False) -> str:
    shown = escape(" ".join(printable(text).split()))
    return _STRONG.sub(r"<strong>\1</strong>", shown) if emphasis else shown
