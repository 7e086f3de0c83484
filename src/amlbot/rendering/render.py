"""A reply as text for people, or as JSON for programs: the same words everywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import accumulate

from ..model import Intent, Source
from ..prose import key_sentence
from ..reply import Outcome, Reply, Say
from ..text import escaped, printable
from . import figures
from .layout import MEASURE, item, lines, measure, shortened, wrap
from .style import PLAIN, Style

BRIEF = MEASURE - 4
"""Letters of a source in a chat: one line of a wide window."""
MAX_BRIEF = 3
"""Sources that a chat lists unasked: with more, they would push the answer out of the window."""


def as_json(reply: Reply) -> str:
    """One line of JSON."""
    return json_line(reply.as_dict())


def json_line(data: Mapping[str, object]) -> str:
    """``data`` as one line of JSON that a terminal may show."""
    return escaped(json.dumps(data, ensure_ascii=False))


def as_text(
    reply: Reply,
    say: Say,
    width: int = MEASURE,
    style: Style = PLAIN,
    *,
    chat: bool = False,
) -> str:
    """The reply for a terminal of ``width`` columns; ``say`` supplies the program's own words.

    In a ``chat`` an answer should fit the window and more can be asked for: its sources take one
    line each, the first few of them, and a longer answer is pointed to.
    """
    return "\n\n".join(_blocks(reply, say, measure(width), style, chat))


def _blocks(reply: Reply, say: Say, columns: int, style: Style, chat: bool) -> Iterator[str]:
    """The parts of the reply that a blank line sets apart."""
    for part in reply.each:
        yield from _said(part, say, columns, style)
    if reply.sources:
        brief = chat and reply.outcome in (Outcome.ANSWER, Outcome.URGENT)
        shown = reply.sources[:MAX_BRIEF] if brief else reply.sources
        listed = [_source(s, i, columns, style, brief) for i, s in enumerate(shown, 1)]
        if left := len(reply.sources) - len(shown):
            listed.append(wrap(say("sources-left", left=str(left)), columns))
        if reply.reviewed:
            listed.append(wrap(say("reviewed", date=reply.reviewed), columns))
        yield "\n".join([_heading(say("sources"), columns, style), *listed])
    if chat and reply.more:
        yield wrap(say("more-hint"), columns)
    if reply.choices:
        heading = _heading(say(reply.heading), columns, style)
        numbered = [item(f"{i}. ", c.title, columns) for i, c in enumerate(reply.choices, 1)]
        yield "\n".join([heading, *numbered])


def _said(reply: Reply, say: Say, columns: int, style: Style) -> Iterator[str]:
    """What the reply to one question says, and its figures."""
    urgent = reply.outcome is Outcome.URGENT
    if reply.lead:
        yield wrap(reply.lead, columns)
    if urgent:
        yield _alarm(say(f"urgent-{reply.level}"), columns, style)
    elif reply.headline:
        yield "\n".join(lines(reply.headline, columns))
    answered = urgent or reply.outcome is Outcome.ANSWER
    yield _key_first(reply.body, columns, style) if answered else wrap(reply.body, columns)
    if urgent and style.marks:
        yield _rule(columns)
    for figure in reply.figures:
        yield "\n".join(figures.as_lines(figure, say, columns, style))


def _alarm(heading: str, columns: int, style: Style) -> str:
    """A heading that nobody overlooks, with or without color."""
    if not style.marks:
        return heading
    rows = (style.alarming(row.ljust(columns)) for row in lines(heading, columns, "  "))
    return "\n".join([_rule(columns), *rows, _rule(columns)])


def _heading(text: str, columns: int, style: Style) -> str:
    return "\n".join(map(style.accented, lines(text, columns)))


def _rule(columns: int) -> str:
    return "=" * columns


def _key_first(text: str, columns: int, style: Style) -> str:
    """``text`` filled to ``columns``, its first sentence strong."""
    filled = wrap(text, columns)
    if not style.bold:
        return filled
    left = len("".join(printable(key_sentence(text)).replace("**", "").split()))
    out = []
    for line in filled.split("\n"):
        letters = accumulate(letter != " " for letter in line)
        key = line[: sum(count <= left for count in letters)].rstrip()
        out.append((key and style.strong(key)) + line[len(key) :])
        left -= len(key.replace(" ", ""))
    return "\n".join(out)


def intent_as_text(intent: Intent, width: int) -> str:
    """Every field of an intent, for authors, for a terminal of ``width`` columns."""
    columns = measure(width)
    parts = [printable(f"{intent.title}\n{intent.id} · {intent.topic} · {intent.origin}")]
    parts.append("\n".join(item("- ", q, columns) for q in intent.questions[1:]))
    parts += [wrap(text, columns) for text in (intent.answer, intent.more) if text]
    return "\n\n".join(parts)


def _source(source: Source, number: int, columns: int, style: Style, brief: bool) -> str:
    """One source: a link where the terminal opens links, otherwise with its address below."""
    name = shortened(source.named, BRIEF) if brief else source.named
    text = item(f"{number}. ", name, columns)
    if style.links:
        return style.linked(text, source.link)
    return text if brief or not source.url else f"{text}\n   {printable(source.url)}"
