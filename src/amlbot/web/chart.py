"""Figures as SVG, each number with its words beside it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from ..model import DOTS, Bar, Figure
from ..rendering.figures import in_words
from ..reply import Say

_DOTS_IN_ROW = 20
_STEP = 10
"""Distance of two dots, in the drawing's own units."""
_BAR_HEIGHT = 6
_BAR_WIDTH = 200


def as_html(figure: Figure, prefix: str, say: Say) -> str:
    """The figure: its title, and for each number the words and the drawing that they name.

    ``say`` puts the numbers into words. The elements' ids start with ``prefix``, which must not be
    used twice on a page.
    """
    rows = []
    for number, words in enumerate(in_words(figure, say)):
        id = f"{prefix}-{number + 1}"
        drawn = _drawn(figure.bars[number], figure, id)
        rows.append(f'<li><span id="{id}">{escape(words)}</span>{drawn}</li>')
    note = f'<p class="note">{escape(figure.note)}</p>' if figure.note else ""
    title = f"<figcaption>{escape(figure.title)}</figcaption>"
    return f'<figure class="chart">{title}<ul>{"".join(rows)}</ul>{note}</figure>'


def _drawn(bar: Bar, figure: Figure, words: str) -> str:
    """One number out of a hundred as dots, which people count; anything else as a bar."""
    dots = figure.countable
    height = _STEP * DOTS // _DOTS_IN_ROW if dots else _BAR_HEIGHT
    shapes = "".join(_dots(round(bar.value)) if dots else _bar(bar.value / figure.of))
    return (
        f'<svg role="img" aria-labelledby="{words}" class="{"dots" if dots else "bar"}" '
        f'viewBox="0 0 {_BAR_WIDTH} {height}">{shapes}</svg>'
    )


def _dots(filled: int) -> Iterator[str]:
    for i in range(DOTS):
        x = i % _DOTS_IN_ROW * _STEP + _STEP // 2
        y = i // _DOTS_IN_ROW * _STEP + _STEP // 2
        yield f'<circle class="{"on" if i < filled else "off"}" cx="{x}" cy="{y}" r="4"/>'


def _bar(share: float) -> Iterator[str]:
    whole = f'height="{_BAR_HEIGHT}" rx="{_BAR_HEIGHT // 2}"'
    yield f'<rect class="off" width="{_BAR_WIDTH}" {whole}/>'
    yield f'<rect class="on" width="{min(1.0, share) * _BAR_WIDTH:g}" {whole}/>'
