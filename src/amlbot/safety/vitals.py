"""Vital signs: the numbers of a message that are a temperature, pulse, pressure, oxygen or count.

Only those that may be a danger sign by their size; from which size on is data (`Limits`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..model import Limits
from .hearing import Heard, Span, overlap
from .numerals import NUMBER_WORDS, read_number

CELSIUS = (33.0, 43.0)
FAHRENHEIT = (92.0, 110.0)
"""What a thermometer can show of a living person, in degrees."""
CONTEXT = 10
"""Words between a number and the word that tells what it measures (docs/safety.md#reach)."""
PULSES, OXYGEN = (20, 250), 50
"""Beats a minute outside which, and percent below which, a number is another figure."""
SYSTOLIC, DIASTOLIC = 40, 20
"""mmHg below which an upper or a lower number is no blood pressure."""
FAR = 2 * CONTEXT + 2
"""Farther than any such word."""
MAX_BELOW = 3
"""Words of the longest "not higher than"."""
REACHED = 3
"""Words between "hit" or "she is at" and a number (docs/safety.md#reach)."""

_LETTERS = {"c": "celsius", "f": "fahrenheit"}


def measure(heard: Heard, limits: Limits) -> Iterator[tuple[str, Span]]:
    """Each number in ``heard`` that may be a danger sign: the name of its concept, and its place.

    The names are those of `MEASURED`. A number that is told to be something else is none.
    """
    spoken = [next((w for w in word if w in NUMBER_WORDS), word[0]) for word in heard.words]
    end = 0
    for start in range(len(spoken)):
        number = read_number(spoken, start) if start >= end and spoken[start] else None
        if not number:
            continue
        value, stop = number
        span = (start, stop)
        pressure = _pressure(heard, spoken, span, value)
        end = max(stop, pressure)
        if pressure and SYSTOLIC <= value <= limits.systolic:
            name = "low-pressure"
        else:
            name = (
                _white_count(heard, span, value, limits)
                or _temperature(heard, span, value, limits)
                or _oxygen(value, limits)
                or _pulse(heard, spoken, span, value, limits)
            )
        if name:
            yield name, span


def in_celsius(value: float, unit: str) -> float | None:
    """``value`` in degrees Celsius, or None if no body has that temperature.

    ``unit`` is "c", "f", or empty when it was not said: then the size of the number tells.
    """
    if unit != "f" and CELSIUS[0] <= value <= CELSIUS[1]:
        return value
    if unit != "c" and FAHRENHEIT[0] <= value <= FAHRENHEIT[1]:
        return round((value - 32) / 1.8, 2)
    return None


def _pressure(heard: Heard, spoken: Sequence[str], span: Span, value: float) -> int:
    """Where a blood pressure ends whose upper number is at ``span``, or 0 if it is another figure.

    It has a lower number after "over", or a word for it before: "70 over 40", "bp 70/40", "bp 70".
    """
    start, end = span
    over = heard.any("upon", end, end + 1)
    if not over and not heard.any("cuff", start - CONTEXT, start):
        return 0
    follows = end + over < len(spoken) and spoken[end + over]
    lower = read_number(spoken, end + over) if follows else None
    if lower and DIASTOLIC <= lower[0] < value:
        return lower[1]
    alone = not over and not heard.any("other-unit", end, end + 1)
    return end if alone and heard.any("cuff", start - REACHED, start) else 0


def _white_count(heard: Heard, span: Span, value: float, limits: Limits) -> str:
    thousand = heard.any("thousand", span[1], span[1] + 1)
    return "huge-count" if value * (1000 if thousand else 1) >= limits.white_count else ""


def _oxygen(value: float, limits: Limits) -> str:
    return "low-oxygen" if OXYGEN <= value <= limits.oxygen else ""


def _pulse(heard: Heard, spoken: Sequence[str], span: Span, value: float, limits: Limits) -> str:
    """Which pulse ``value`` is: a slow one only where it is said to be one, for 38 may be anything.

    A fast one is told apart by its sign, which wants a word for the heart beside it.
    """
    if limits.pulse <= value <= PULSES[1]:
        return "fast-pulse"
    slow = PULSES[0] <= value <= limits.slow_pulse
    return "slow-pulse" if slow and _is_pulse(heard, spoken, span) else ""


def _is_pulse(heard: Heard, spoken: Sequence[str], span: Span) -> bool:
    """Whether the number at ``span`` is said to be a pulse: "pulse was 38", "38 bpm"."""
    start, end = span
    said = (stop for _, stop in heard.near("pulse", start - CONTEXT, start))
    before = any(
        start - stop < REACHED and not any(word.isdecimal() for word in spoken[stop:start])
        for stop in said
    )
    return before or heard.any("beats", end, end + 1)


def _temperature(heard: Heard, span: Span, value: float, limits: Limits) -> str:
    """Which temperature ``value`` is, if it is one that matters."""
    start, end = span
    degrees = _degrees(heard, span, value)
    if degrees is None:
        return ""
    below = any(stop == start for _, stop in heard.near("below", start - MAX_BELOW, start))
    if degrees < limits.low or (below and degrees <= limits.low):
        told = _distance(heard, "thermometer", span, (start - CONTEXT, end + CONTEXT)) < FAR
        return "low-temperature" if told else ""
    if below or degrees < limits.warm:
        return ""
    return "high-temperature" if degrees >= limits.high else "warm-temperature"


def _degrees(heard: Heard, span: Span, value: float) -> float | None:
    """The number at ``span`` as a body temperature in °C, or None if it is another figure."""
    start, end = span
    letter = end + heard.any("degrees", end, end + 1)
    unit = "".join(u for u in "cf" if heard.any(_LETTERS[u], letter, letter + 1))
    degrees = in_celsius(value, unit)
    if degrees is None or _counts_something(heard, end):
        return None
    thermometer = _distance(heard, "thermometer", span, (start - CONTEXT, end + CONTEXT))
    other = _distance(heard, "other-figure", span, heard.clause(start).span)
    told = unit or letter > end or value != int(value) or thermometer < FAR
    told = told or heard.any("reached", start - REACHED, start)
    told = told or (degrees != value and _bare(heard, span))
    return degrees if told and thermometer <= other else None


def _counts_something(heard: Heard, end: int) -> bool:
    """Whether the number before ``end`` is so many of something: "38 days", not "38.4 day 60"."""
    after = heard.words[end + 1][0] if end + 1 < len(heard.words) else ""
    return heard.any("other-unit", end, end + 1) and not after.isdecimal()


def _bare(heard: Heard, span: Span) -> bool:
    """Whether somebody simply "has" the number at ``span``, and of nothing: "he has 101 again".

    In °F that is a fever; 38 may as well be a count.
    """
    start, end = span
    ends = end >= heard.clause(start).span[1] or heard.any("moment", end, end + 1)
    return heard.any("holds", start - 1, start) and ends


def _distance(heard: Heard, name: str, span: Span, within: Span) -> int:
    """How far from ``span`` the nearest ``name`` is; one before is nearer than one after."""
    start, end = max(within[0], span[0] - CONTEXT), min(within[1], span[1] + CONTEXT)
    found = (spot for spot in heard.near(name, start, end) if not overlap(spot, [span]))
    return min((2 * max(s - span[1], span[0] - e) + (s > span[0]) for s, e in found), default=FAR)
