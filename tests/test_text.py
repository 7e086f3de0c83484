"""From what was typed to words."""

from __future__ import annotations

import pytest

from amlbot.text import printable, tokenise, words


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("What’s FLT3-ITD?", "whats flt3 itd"),
        ("don't", "dont"),
        ("t(8;21)", "t 8 21"),
        ("inv(16)(p13q22)/t(16;16)", "inv 16 p13q22 t 16 16"),
        ("7+3 or 7 + 3", "7 + 3 or 7 + 3"),
        ("VEN-AZA, ven/aza", "ven aza ven aza"),
        ("-7 and +8 and 5q-", "-7 and +8 and 5q -"),
        ("ages 5-7", "ages 5 7"),
        ("38,6 and 38.6 and 10,000", "38.6 and 38.6 and 10000"),
        ("１０１．３ Ｆ", "101.3 f"),
        ("fеver", "fever"),  # a Cyrillic е
        ("fe\u200bver\u00ad", "fever"),
        ("café naïve", "cafe naive"),
        ("", ""),
        ("?!… 🙂", ""),
    ],
)
def test_words(typed: str, expected: str) -> None:
    assert " ".join(words(typed)) == expected


def test_capitals_tell_a_name_from_a_word() -> None:
    assert [t.capitals for t in tokenise("Is it ALL or all")] == [False, False, True, False, False]


@pytest.mark.parametrize("typed", ["del(5Q-)", "What is MRD?", "Is it 10,000 or 7+3", "no", "a_b"])
def test_tokens_are_words(typed: str) -> None:
    assert tuple(t.text for t in tokenise(typed)) == words(typed)


def test_shouting_tells_nothing() -> None:
    assert not any(t.capitals for t in tokenise("IS IT ALL OVER"))


def test_printable_removes_what_could_drive_a_terminal() -> None:
    hostile = "a\x1b[31mb\x07\u202ec\u2028d\ne"
    assert printable(hostile) == "a[31mbc d\ne"
