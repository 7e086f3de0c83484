"""Numbers in a text, in digits and in words, and what they may measure in a body."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..model import Limits
from .hearing import Heard, Span, overlap

CELSIUS = (33.0, 43.0)
FAHRENHEIT = (92.0, 110.0)
"""What a thermometer can show of a living person, in degrees."""
CONTEXT = 10
"""Words between a number and the word that tells what it measures."""
PULSES, OXYGEN = (20, 250), 50
"""Beats a minute outside which, and percent below which, a number is another figure."""
SYSTOLIC, DIASTOLIC = 40, 20
"""mmHg below which an upper or a lower number is no blood pressure."""
FAR = 2 * CONTEXT + 2
"""Farther than any such word."""
MAX_BELOW = 3
"""Words of the longest "not higher than"."""
REACHED = 3
"""Words between "hit" or "she is at" and a number."""

_LETTERS = {"c": "celsius", "f": "fahrenheit"}
_UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_DIGIT = {word: n for n, word in enumerate(_UNITS)} | {"oh": 0, "o": 0}
_DIGIT |= {str(n): n for n in range(10)}
_TEEN = {word: n for n, word in enumerate(_TEENS, 10)}
_TEN = {word: 10 * n for n, word in enumerate(_TENS, 2)}
_AND_A_HALF = ("and", "a", "half")

NUMBER_WORDS = frozenset([*_UNITS, *_TEEN, *_TEN, "hundred", "point", "half"])


def read_number(words: Sequence[str], start: int) -> tuple[float, int] | None:
    """The number that begins at ``start`` ("38.6", "one oh one point two") and where it ends."""
    if words[start][0].isdecimal() and len(words[start]) > 1:  # ❺ is a digit, but no number
        value, end = float(words[start]), start + 1
    else:
        spoken = _hundreds(words, start) or _tens(words, start)
        if spoken is None:
            return None
        value, end = spoken
    return _decimals(words, value, end) if value == int(value) else (value, end)


def in_celsius(value: float, unit: str) -> float | None:
    """``value`` in degrees Celsius, or None if no body has that temperature.

    ``unit`` is "c", "f", or empty when it was not said: then the size of the number tells.
    """
    if unit != "f" and CELSIUS[0] <= value <= CELSIUS[1]:
        return value
    if unit != "c" and FAHRENHEIT[0] <= value <= FAHRENHEIT[1]:
        return round((value - 32) / 1.8, 2)
    return None


def _hundreds(words: Sequence[str], start: int) -> tuple[float, int] | None:
    """A number from 100 to 199: "a hundred and two", "hundred one", "one oh one"."""
    one = words[start] in ("a", "one", "1")
    following = words[start + one : start + one + 3]
    if following[:1] == ["hundred"]:
        end = start + one + 1
        rest = _tens(words, end + (following[1:2] == ["and"]))
        return (100 + rest[0], rest[1]) if rest else (100, end)
    if one and len(following) > 1 and _DIGIT.get(following[0]) == 0 and following[1] in _DIGIT:
        return 100 + _DIGIT[following[1]], start + 3
    return None


def _tens(words: Sequence[str], start: int) -> tuple[float, int] | None:
    """A number from 0 to 99: "thirty nine", "twelve", "4"."""
    if start >= len(words):
        return None
    word, following = words[start], words[start + 1] if start + 1 < len(words) else ""
    if word in _TEN:
        unit = _DIGIT.get(following, 0)
        return _TEN[word] + unit, start + 1 + (unit > 0)
    if word in _TEEN:
        return _TEEN[word], start + 1
    return (_DIGIT[word], start + 1) if word in _DIGIT else None


def _decimals(words: Sequence[str], value: float, end: int) -> tuple[float, int]:
    """``value`` with what follows: "point six", "and a half", the last of "thirty eight five"."""
    if tuple(words[end : end + 3]) == _AND_A_HALF:
        return value + 0.5, end + 3
    pointed = words[end : end + 1] == ["point"]
    spoken = words[end - 1] in _DIGIT and words[end - 1].isalpha()
    digit = _DIGIT.get(words[end + pointed]) if end + pointed < len(words) else None
    if digit is None or not (pointed or spoken):
        return value, end
    return round(value + digit / 10, 1), end + pointed + 1


def measure(heard: Heard, limits: Limits) -> Iterator[tuple[str, Span]]:
    """The numbers that may be a sign by size: temperature, pulse, pressure, counts, oxygen."""
    spoken = [next((w for w in word if w in NUMBER_WORDS), word[0]) for word in heard.words]
    end = 0
    for start in range(len(spoken)):
        number = read_number(spoken, start) if start >= end and spoken[start] else None
        if number:
            value, end = number
            pressure = _pressure(heard, spoken, (start, end), value)
            low = bool(pressure) and SYSTOLIC <= value <= limits.systolic
            name = "low-pressure" if low else _measured(heard, (start, end), value, limits)
            if not name and PULSES[0] <= value <= limits.slow_pulse:
                name = "slow-pulse" if _is_pulse(heard, spoken, (start, end)) else ""
            end = max(end, pressure)
            if name:
                yield name, (start, end)


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


def _measured(heard: Heard, span: Span, value: float, limits: Limits) -> str:
    """The concept that the number at ``span`` stands for, or nothing."""
    if value * (1000 if heard.any("thousand", span[1], span[1] + 1) else 1) >= limits.white_count:
        return "huge-count"
    if limits.pulse <= value <= PULSES[1]:
        return "fast-pulse"
    return _temperature(heard, span, value, limits) or (
        "low-oxygen" if OXYGEN <= value <= limits.oxygen else ""
    )


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
    if degrees is None or heard.any("other-unit", end, end + 1):
        return None
    thermometer = _distance(heard, "thermometer", span, (start - CONTEXT, end + CONTEXT))
    other = _distance(heard, "other-figure", span, heard.clause(start).span)
    told = unit or letter > end or value != int(value) or thermometer < FAR
    told = told or heard.any("reached", start - REACHED, start)
    return degrees if told and thermometer <= other else None


def _distance(heard: Heard, name: str, span: Span, within: Span) -> int:
    """How far from ``span`` the nearest ``name`` is; one before is nearer than one after."""
    start, end = max(within[0], span[0] - CONTEXT), min(within[1], span[1] + CONTEXT)
    found = (spot for spot in heard.near(name, start, end) if not overlap(spot, [span]))
    return min((2 * max(s - span[1], span[0] - e) + (s > span[0]) for s, e in found), default=FAR)
