"""The page: a conversation rendered whole on the server, from nothing but what its form sent. Pure.

Everything that the page knows stands in hidden fields of its one form: what was said, the
questions kept for the doctor, the region. Scripts only swap in what the same request returns.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import count
from pathlib import Path
from string import Template

from ..bot import Bot
from ..model import Source, Term
from ..reply import Outcome, Reply
from ..text import printable
from . import chart
from .form import Talk
from .markup import as_html

MAX_TERMS = 6
"""Words explained in one answer: more of them, and it looks like a puzzle."""
EXAMPLES = 4
_ASSETS = Path(__file__).parent / "assets"


class Page:
    """Renders the page for one bot."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        implied = (entity for entity in bot.kb.entities.values() if entity.implied)
        forms = [form for entity in implied for form in (entity.name, *entity.forms)]
        self._subject: set[str] = set[str]().union(*map(self._named, forms))
        assets = {name: _asset(f"page.{name}") for name in ("css", "js", "html")}
        self._frame = Template(Template(assets["html"]).safe_substitute(assets))
        slots = self._frame.get_identifiers()
        self._worded = [name for name in slots if name.startswith("page_")]
        self.policy = "; ".join(
            (
                "default-src 'none'",
                f"style-src {_hash(assets['css'])}",
                f"script-src {_hash(assets['js'])}",
                "img-src data:",
                "connect-src 'self'",
                "form-action 'self'",
                "base-uri 'none'",
                "frame-ancestors 'none'",
            )
        )
        """The Content-Security-Policy that the page is served with."""

    def html(self, talk: Talk) -> str:
        """The whole page, or what of it is new."""
        region = talk.region if talk.region in self._bot.kb.regions else self._bot.region
        replies = list(self._replies(talk, region))
        turns = replies if talk.asked or not talk.only_new else []
        last = replies[-1][2] if replies else None
        number = self._emergency_number(region)
        slots = {
            "title": self._say("page-title"),
            "emergency": _tappable(self._say("page-emergency", emergency=number), number),
            "turns": "\n".join(self._turn(*turn, number) for turn in turns),
            "next": str(talk.turn + 1),
            "carried": _hidden("said", talk.said) + _hidden("turn", [str(talk.turn)]),
            "choices": self._choices(talk, last),
            "draft": escape(talk.draft),
            "error": self._say(talk.error) if talk.error else "",
            "invalid": "true" if talk.error else "false",
            "kept": self._questions(talk.kept),
            "regions": self._regions(region),
        }
        words = {name: self._say(name.replace("_", "-")) for name in self._worded}
        return printable(self._frame.substitute(slots | words))

    def _replies(self, talk: Talk, region: str) -> Iterator[tuple[int, str, Reply]]:
        """The messages to show, each with its number and reply; only the last if that is enough."""
        numbers = count(talk.turn - len(talk.said) + 1)
        turns = list(zip(numbers, talk.said, self._bot.replies(talk.said), strict=False))
        for number, said, reply in turns[-1:] if talk.only_new else turns:
            yield number, said, self._bot.filled(reply, region)

    def _turn(self, number: int, said: str, reply: Reply, emergency: str) -> str:
        """A message and its reply: the only thing that the log ever holds."""
        parts = enumerate(reply.each, 1)
        shown = "\n".join(self._part(part, f"turn-{number}-{i}") for i, part in parts)
        if reply.outcome is Outcome.URGENT:
            heading = self._say(f"urgent-{reply.level}", emergency=emergency)
            shown = _tappable(f"<h3>{heading}</h3>\n{shown}", emergency)
        return (
            f'<article id="turn-{number}" class="turn">\n'
            f'<div class="said"><b>{self._say("page-you")}:</b> <p>{escape(said)}</p></div>\n'
            f'<div class="reply {reply.outcome}"><b>{self._say("page-bot")}:</b>\n{shown}\n</div>\n'
            "</article>"
        )

    def _part(self, reply: Reply, id: str) -> str:
        shown = [as_html(reply.lead)] if reply.lead else []
        if reply.headline:
            shown.append(f"<h3>{escape(reply.headline)}</h3>")
        shown.append(as_html(reply.body, self._terms(reply), f"{id}-term"))
        say = self._bot.say
        shown += [chart.as_html(f, f"{id}-chart-{i}", say) for i, f in enumerate(reply.figures, 1)]
        if reply.sources:
            shown.append(self._sources(reply))
        return "\n".join(shown)

    def _terms(self, reply: Reply) -> list[Term]:
        """The technical words worth explaining: none that the answer or everything is about.

        None at all in an urgent reply, where nothing must stand between a person and the phone.
        """
        if reply.outcome is Outcome.URGENT:
            return []
        about = self._subject | self._named(reply.title or "")
        found = self._bot.glossary.in_text(reply.text)
        return [term for term in found if term.term not in about][:MAX_TERMS]

    def _named(self, text: str) -> set[str]:
        return {term.term for term in self._bot.glossary.in_text(text)}

    def _sources(self, reply: Reply) -> str:
        listed = "".join(f"<li>{_source(source)}</li>" for source in reply.sources)
        heading = self._say("page-sources", count=str(len(reply.sources)))
        note = self._say("page-new-tab")
        if reply.reviewed:
            note = f"{self._say('reviewed', date=reply.reviewed)} {note}"
        return (
            f'<details class="sources"><summary>{heading}</summary>\n'
            f"<ol>{listed}</ol>\n<p>{note}</p></details>"
        )

    def _choices(self, talk: Talk, last: Reply | None) -> str:
        """What to do next, as buttons; beside the log, so that they are not read out with it."""
        if last is None:
            return self._group("page-start", self._examples())
        offered = [choice.title for choice in last.choices]
        if last.outcome is Outcome.URGENT:
            return self._group("later", offered)
        if offered and not last.settled:
            offered.append(self._bot.say("page-none"))
        more = [self._bot.say("page-more")] if last.more else []
        heading = "related" if last.settled else "page-choices"
        keep = _button("keep", talk.said[-1], self._say("page-keep"), "quiet")
        return _buttons(more) + self._group(heading, offered) + f"<p>{keep}</p>"

    def _group(self, heading: str, offered: Sequence[str]) -> str:
        if not offered:
            return ""
        return f'<h2 id="choices-title">{self._say(heading)}</h2>\n{_buttons(offered)}'

    def _examples(self) -> list[str]:
        """Questions to begin with: those that the wording names, or this knowledge's first."""
        kb = self._bot.kb
        ids = self._bot.say("page-examples").split()
        named = [kb.intents[id].title for id in ids if id in kb.intents]
        return named or [intent.title for intent in kb.answers[:EXAMPLES]]

    def _questions(self, kept: Sequence[str]) -> str:
        """The questions for the doctor."""
        if not kept:
            return f"<p>{self._say('page-kept-none')}</p>"
        remove = self._say("page-drop")
        items = (
            f"<li><span>{escape(question)}</span> "
            + _button("drop", str(i), f'{remove}<span class="unseen">: {escape(question)}</span>')
            + "</li>"
            for i, question in enumerate(kept)
        )
        return f"<ol>{''.join(items)}</ol>{_hidden('kept', kept)}"

    def _regions(self, chosen: str) -> str:
        regions = self._bot.kb.regions
        options = (
            f'<option value="{escape(r.id)}"{" selected" if r.id == chosen else ""}>'
            f"{escape(r.name)}</option>"
            for r in regions.values()
        )
        if len(regions) < 2:
            return ""
        return (
            f'<label for="region">{self._say("page-region")}</label>\n'
            f'<select id="region" name="region">{"".join(options)}</select>\n'
            + _button("set", "region", self._say("page-region-set"), "quiet")
        )

    def _emergency_number(self, region: str) -> str:
        where = self._bot.kb.regions.get(region)
        return where.emergency if where else self._bot.say("page-emergency-number")

    def _say(self, occasion: str, **values: str) -> str:
        return escape(self._bot.say(occasion, 0, **values))


def _tappable(html: str, number: str) -> str:
    """``html`` with a telephone number as a link, if it is nothing but digits."""
    if not number.isdigit():
        return html
    return re.sub(rf"(?<!\d){number}(?!\d)", f'<a href="tel:{number}">{number}</a>', html)


def _hidden(name: str, values: Sequence[str]) -> str:
    return "".join(f'<input type="hidden" name="{name}" value="{escape(v)}">\n' for v in values)


def _buttons(labels: Sequence[str]) -> str:
    """Buttons that say their label."""
    if not labels:
        return ""
    items = (f"<li>{_button('pick', label, escape(label))}</li>" for label in labels)
    return f"<ul>{''.join(items)}</ul>\n"


def _button(name: str, value: str, label: str, look: str = "") -> str:
    css = f' class="{look}"' if look else ""
    return f'<button name="{name}" value="{escape(value)}"{css}>{label}</button>'


def _source(source: Source) -> str:
    title = escape(source.title)
    if source.link:
        url = escape(source.link)
        title = f'<a href="{url}" target="_blank" rel="noopener noreferrer">{title}</a>'
    return f"{title}{source.stop} {escape(source.where)}" if source.where else title


def _asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
