"""Pure functions from what was typed to words. No knowledge, no state."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple
from zlib import crc32

_LOOKALIKES = str.maketrans(
    "авекмнорстухіјѕԁԛԝАВЕКМНОРСТУХІЈЅαβεικνορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧıſ",
    "abekmhopctyxijsdqwABEKMHOPCTYXIJSabeikvoptuxABEZHIKMNOPTYXis",
)
"""Cyrillic and Greek letters that look Latin: pasted text holds them unseen."""
_SYMBOLS = str.maketrans({"µ": "u", "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "×": "x"})
_APOSTROPHES = re.compile(r"(?<=\w)['’‘ʼ`´](?=\w)|[’‘ʼ`´]")
_WOULD = re.compile(r"(?<!\w)(it)['’]d(?!\w)", re.IGNORECASE)
"""Without its apostrophe "it'd" would be ITD, the gene change."""
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+")
_NUMBER = re.compile(r"[+-]?[\d.]+(?:am|pm|yo|yrs?|st|nd|rd|th)?")
_TOKEN = re.compile(
    r"\d{1,3}(?:,\d{3})+(?!\d)"  # 10,000
    r"|\d+[.,]\d+"  # 38.6 and 38,6
    r"|(?<![\w)])[+-]\d+"  # -7 and +8, the chromosomes
    r"|\+(?=\s*\d)"  # the plus of 7+3
    r"|(?<=\d[qQ])-"  # 5q-
    r"|[^\W_]+"
)
_MARKS = frozenset({"Mn", "Me", "Cf"})
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


class Token(NamedTuple):
    """One word as it was typed."""

    text: str
    """Lower case, repaired Unicode."""
    capitals: bool = False
    """Typed in capitals in a message that is not all capitals: ALL is not "all"."""


def clean(text: str) -> str:
    """``text`` with look-alike, full-width, accented, joined and invisible characters made plain.

    Letter case is kept. Apostrophes inside words go ("what's" is "whats"); others become spaces.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).translate(_LOOKALIKES).translate(_SYMBOLS)
        text = without_marks(text)
    elif "'" not in text and "`" not in text:
        return text
    return _APOSTROPHES.sub("", _WOULD.sub(r"\1 would", text))


def without_marks(text: str) -> str:
    """``text`` without accents that stand alone, and without characters that cannot be seen."""
    return "".join(c for c in text if unicodedata.category(c) not in _MARKS)


def letter_for_letter(text: str) -> str:
    """``text`` with look-alike and accented letters made plain, each in its place."""
    if text.isascii():
        return text
    plain = (c if c.isascii() else unicodedata.normalize("NFKD", c)[0] for c in text)
    return "".join(plain).translate(_LOOKALIKES)


def tokenise(text: str) -> list[Token]:
    """The words, numbers and meaningful signs of ``text``, in order."""
    text = clean(text)
    telling = text != text.upper()  # in a message all in capitals they tell nothing
    return [Token(raw.lower(), telling and len(raw) > 1 and raw.isupper()) for raw in _split(text)]


def words(text: str) -> tuple[str, ...]:
    """``text`` as lower-case words: the form in which phrasings are compared."""
    return tuple(_split(clean(text).lower()))


def _split(text: str) -> list[str]:
    bare = text.rstrip(" ?!.")
    if bare.replace(" ", "").isalpha():  # as most questions are: found six times as fast
        return bare.split()
    found: list[str] = _TOKEN.findall(text)
    return [_plain(raw) if "," in raw else raw for raw in found] if "," in text else found


def _plain(number: str) -> str:
    """A number without commas: 10,000 is 10000, and 38,6 is 38.6."""
    return number.replace(",", "" if _THOUSANDS.fullmatch(number) else ".")


def checksum(text: str) -> int:
    """What stands for ``text`` in a ready-made file: the same in every run and on every machine."""
    return crc32(text.encode("utf-8", "surrogatepass"))


def is_number(word: str) -> bool:
    """Whether ``word`` is a number, an hour (9pm) or an age (38yo): alone they ask for nothing."""
    return _NUMBER.fullmatch(word) is not None


def printable(text: str) -> str:
    """``text`` without control, escape and direction-changing characters.

    Line ends stay, other white space becomes a space. Whatever comes from outside passes through
    here before it reaches a terminal or a page.
    """
    return text if text.isprintable() else text.translate(_Printable())


def quoted(text: str) -> str:
    """``text`` as somebody typed it, for what is still to be filled: no {name} in it is filled."""
    return printable(text).replace("{", "{{")


def escaped(json: str) -> str:
    """``json`` with what `printable` would take out written as JSON's own escapes."""
    return json if json.isprintable() else json.translate(_Escaped())


class _Printable:
    """What to write for a character, by its code; LookupError leaves it as it is."""

    def __getitem__(self, code: int) -> str:
        char = chr(code)
        if char == "\n" or unicodedata.category(char) not in _UNPRINTABLE:
            raise LookupError
        return self.instead(char)

    def instead(self, char: str) -> str:
        return " " if char.isspace() else ""


class _Escaped(_Printable):
    def instead(self, char: str) -> str:
        units = char.encode("utf-16-be", "surrogatepass").hex()
        return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))
