"""Text as HTML: paragraphs, lists, emphasis, technical words explained on tap. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import count, groupby

from ..model import Term
from ..prose import paragraphs, parted


def as_html(text: str, terms: Sequence[Term] = (), prefix: str = "term") -> str:
    """``text`` as paragraphs and lists.

    The first use of each of ``terms`` becomes a button that shows the meaning; the elements'
    ids start with ``prefix``, which must not be used twice on a page.
    """
    mark = _Marker(terms, prefix)
    blocks = []
    for tag, group in groupby(map(parted, paragraphs(text)), lambda line: _list(line[0])):
        lines = list(group)
        shown = [mark.line(said) for _, said in lines if said]
        if tag:
            first = lines[0][0].rstrip(". ")
            start = f' start="{first}"' if tag == "ol" and first != "1" else ""
            items = "".join(f"<li>{line}</li>" for line in shown)
            blocks.append(f"<{tag}{start}>{items}</{tag}>")
        else:
            blocks += [f"<p>{line}</p>" for line in shown]
    return "\n".join(blocks)


def _list(bullet: str) -> str:
    """The element of the list that an item with ``bullet`` stands in; empty for a paragraph."""
    return "" if not bullet else "ul" if bullet == "- " else "ol"


class _Marker:
    """Marks up lines; remembers which terms were already explained."""

    def __init__(self, terms: Sequence[Term], prefix: str) -> None:
        self._left = {form: term for term in terms for form in (term.term, *term.also)}
        self._ids = (f"{prefix}-{number}" for number in count(1))

    def line(self, text: str) -> str:
        """``text`` with emphasis where it stands between pairs of asterisks."""
        pieces = text.strip().split("**")
        shown = ["".join(self._explained(piece)) for piece in pieces]
        if len(pieces) % 2 == 0:  # a pair that is not closed is no pair
            shown[-2:] = [f"{shown[-2]}**{shown[-1]}"]
        return "".join(f"<strong>{s}</strong>" if i % 2 else s for i, s in enumerate(shown))

    def _explained(self, text: str) -> Iterator[str]:
        while self._left and (found := self._pattern().search(text)):
            term = next(t for form, t in self._left.items() if _same(form, found[0]))
            self._left = {form: t for form, t in self._left.items() if t is not term}
            id = next(self._ids)
            yield escape(text[: found.start()])
            meaning = f"<strong>{escape(term.term)}:</strong> {escape(term.meaning)}"
            yield (
                f'<button type="button" class="term" popovertarget="{id}">'
                f"{escape(found[0])}</button>"
                f'<span class="meaning" id="{id}" popover> {meaning} </span>'
            )
            text = text[found.end() :]
        yield escape(text)

    def _pattern(self) -> re.Pattern[str]:
        forms = sorted(self._left, key=len, reverse=True)
        ways = (re.escape(f) if f.isupper() else f"(?i:{re.escape(f)})" for f in forms)
        return re.compile(rf"(?<![\w-])(?:{'|'.join(ways)})(?![\w-])")


def _same(form: str, typed: str) -> bool:
    return form == typed or (not form.isupper() and form.lower() == typed.lower())
