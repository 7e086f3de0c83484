"""Figures drawn with characters, always with the same numbers in words."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import DOTS, Bar, Figure
from ..reply import Say
from .layout import lines
from .style import Marks, Style

_INDENT = "  "
LONGEST_BAR = 50
"""Columns of a whole bar: one is two of a hundred."""
TEN = 10


def in_words(figure: Figure, say: Say) -> list[str]:
    """Every number of the figure as a short text: "NPM1 mutation: 33 of 100 people"."""
    return [_bar_in_words(bar, figure, say) for bar in figure.bars]


def as_lines(figure: Figure, say: Say, columns: int, style: Style) -> Iterator[str]:
    """The figure for ``columns`` columns: drawn if the style has marks to draw with."""
    for line in lines(figure.title, columns):
        yield style.strong(line)
    marks = style.marks
    for bar in figure.bars:
        yield from lines(_bar_in_words(bar, figure, say), columns, _INDENT if marks else "- ")
        if marks:
            yield from (style.accented(row) for row in _drawn(bar, figure, columns, marks))
    if figure.note:
        yield from lines(figure.note, columns)


def _drawn(bar: Bar, figure: Figure, columns: int, marks: Marks) -> Iterator[str]:
    """One number out of a hundred as a field of dots, which people count; several as bars."""
    if figure.countable:
        yield from _field(round(bar.value), columns, marks)
        return
    width = min(columns - len(_INDENT), LONGEST_BAR)
    full = min(width, round(bar.value / figure.of * width))
    yield _INDENT + marks.full * full + marks.empty * (width - full)


def _field(count: int, columns: int, marks: Marks) -> Iterator[str]:
    """A hundred dots in tens, two in a row where there is room; in fives in a narrow window."""
    dots = [marks.dot] * count + [marks.ring] * (DOTS - count)
    wide = len(_INDENT) + 2 * TEN - 1
    size = TEN if columns >= wide else TEN // 2
    groups = [" ".join(dots[i : i + size]) for i in range(0, DOTS, size)]
    gap = "   "
    in_row = 2 if columns >= wide + len(gap) + len(groups[0]) else 1
    for i in range(0, len(groups), in_row):
        yield _INDENT + gap.join(groups[i : i + in_row])


def _bar_in_words(bar: Bar, figure: Figure, say: Say) -> str:
    scale = figure.unit.startswith("of ")  # "26.3 of every 100,000 people": `of` is only the top
    return say(
        "figure-scale" if scale else "figure-part",
        label=bar.label,
        value=f"{bar.value:g}",
        of=f"{figure.of:g}",
        unit=figure.unit,
    )
