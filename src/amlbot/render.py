"""A reply as text for people, or as JSON for programs: the same words everywhere."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from dataclasses import dataclass

from .model import Explanation, Intent, Outcome, Reply, Source
from .text import printable

MEASURE = 76
"""Longest line, in columns: longer ones are harder to read, however wide the window is."""


@dataclass(frozen=True, slots=True)
class Style:
    """How emphasis looks; plain by default."""

    bold: str = ""
    dim: str = ""
    off: str = ""


ANSI = Style(bold="\x1b[1m", dim="\x1b[2m", off="\x1b[0m")


def as_json(reply: Reply) -> str:
    """One line of JSON."""
    return json.dumps(reply.as_dict(), ensure_ascii=False)


def as_text(
    reply: Reply, say: Callable[..., str], width: int = MEASURE, style: Style = Style()
) -> str:
    """The reply for a terminal of ``width`` columns; ``say`` supplies the program's own words."""
    columns = max(20, min(width - 1, MEASURE))
    blocks = []
    if reply.outcome is Outcome.URGENT:
        blocks.append(style.bold + say("urgent") + style.off)
    if reply.title and reply.outcome is Outcome.ANSWER:
        blocks.append("\n".join(style.bold + x + style.off for x in _lines(reply.title, columns)))
    blocks.append(wrap(reply.text, columns))
    if reply.sources:
        heading = style.dim + say("sources") + style.off
        listed = [_source(s, i, columns) for i, s in enumerate(reply.sources, 1)]
        if reply.reviewed:
            listed.append(wrap(say("reviewed", date=reply.reviewed), columns))
        blocks.append("\n".join([heading, *listed]))
    if reply.choices:
        answered = reply.outcome in (Outcome.ANSWER, Outcome.CHAT)
        heading = style.dim + say("related" if answered else "choices") + style.off
        numbered = [_item(f"{i}. ", c.title, columns) for i, c in enumerate(reply.choices, 1)]
        blocks.append("\n".join([heading, *numbered]))
    return "\n\n".join(blocks)


def explanation_as_text(explanation: Explanation) -> str:
    """How a match came about, as tables that a nurse can read."""
    best = explanation.match.best
    verdict = f"{explanation.match.outcome}: {best.intent} {best.score:.2f}" if best else "unknown"
    limits = ", ".join(f"{name} from {value:g}" for name, value in explanation.thresholds)
    lines = [f"{verdict}   ({limits})", "", "word              taken for"]
    for typed, options in explanation.words:
        meant = ", ".join(f"{o} {w:.2f}" if w < 1 else o for o, w in options)
        lines.append(f"{typed:<17} {meant or 'unknown: counts against every answer'}")
    for name in explanation.match.unknown_names:
        lines.append(f"veto: the best answer is not about {name}")
    if explanation.flipped:
        asked, known = explanation.flipped
        lines.append(f"veto: the question says {asked!r}, the nearest phrasing {known!r}")
    for rival in explanation.rivals:
        candidate = rival.candidate
        lines += ["", f"{candidate.score:.2f}  {candidate.intent}  «{candidate.phrasing}»"]
        lines.append("      " + "  ".join(f"{n} {value:.2f}" for n, value in rival.signals))
        lines += [f"      {strength:5.2f}  {feature}" for feature, strength in rival.strengths[:6]]
    return printable("\n".join(lines))


def intent_as_text(intent: Intent, width: int = MEASURE) -> str:
    """Every field of an intent, for authors."""
    columns = max(20, min(width - 1, MEASURE))
    parts = [f"{intent.title}\n{intent.id} · {intent.topic} · {intent.origin}"]
    parts.append("\n".join(_item("- ", q, columns) for q in intent.questions[1:]))
    parts += [wrap(text, columns) for text in (intent.answer, intent.more) if text]
    return "\n\n".join(parts)


def wrap(text: str, columns: int) -> str:
    """``text`` with its paragraphs and list items filled to ``columns``."""
    out: list[str] = []
    for line in _unwrapped(text):
        bullet = "- " if line.startswith("- ") else ""
        out += [_item(bullet, line.removeprefix("- "), columns)] if line else [""]
    return "\n".join(out)


def _unwrapped(text: str) -> list[str]:
    """Paragraphs and list items as one line each: authors break lines where they like."""
    joined: list[str] = []
    for line in map(str.strip, text.strip().splitlines()):
        if not line or line.startswith("- ") or not joined or not joined[-1]:
            joined.append(line)
        else:
            joined[-1] += " " + line
    return joined


def _item(bullet: str, text: str, columns: int) -> str:
    return "\n".join(_lines(text, columns, bullet))


def _lines(text: str, columns: int, bullet: str = "") -> list[str]:
    """``text`` without emphasis marks, filled to ``columns``."""
    return textwrap.wrap(
        printable(text).replace("**", ""),
        columns,
        initial_indent=bullet,
        subsequent_indent=" " * len(bullet),
        break_on_hyphens=False,
    )


def _source(source: Source, number: int, columns: int) -> str:
    where = ", ".join(part for part in (source.publisher, source.date) if part)
    head = _item(f"{number}. ", f"{source.title}. {where}" if where else source.title, columns)
    return f"{head}\n   {printable(source.url)}" if source.url else head
