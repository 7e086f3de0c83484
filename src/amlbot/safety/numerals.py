"""Numbers as they are typed and as they are spoken: "38.6", "thirty eight five", "one oh one"."""

from __future__ import annotations

from collections.abc import Sequence

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
"""All words of spoken numbers but those that are common beside them ("a", "and", "oh")."""


def read_number(words: Sequence[str], start: int) -> tuple[float, int] | None:
    """The number from 0 that begins at ``words[start]``, and the position after it; None for none.

    In words it is below 200 and has at most one decimal: what people read off a thermometer.
    """
    if words[start][0].isdecimal() and len(words[start]) > 1:  # ❺ is a digit, but no number
        value, end = float(words[start]), start + 1
    else:
        spoken = _hundreds(words, start) or _tens(words, start)
        if spoken is None:
            return None
        value, end = spoken
    return _decimals(words, value, end) if value == int(value) else (value, end)


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
