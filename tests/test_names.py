"""Names: every written form is found, look-alikes are never blurred."""

from __future__ import annotations

import pytest

from amlbot import KnowledgeBase
from amlbot.matching.names import Names
from amlbot.matching.reading import Reader
from amlbot.text import tokenise


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("IDH1", ["idh1"]),
        ("idh-1 and IDH 2", ["idh1", "idh2"]),
        ("FLT-3 ITD", ["flt3-itd"]),
        ("flt3itd", ["flt3-itd"]),
        ("internal tandem duplication", ["flt3-itd"]),
        ("FLT3", ["flt3"]),
        ("t(8;21)", ["t-8-21"]),
        ("t 8 21", ["t-8-21"]),
        ("t(8,21)", ["t-8-21"]),
        ("the 8;21 translocation", ["t-8-21"]),
        ("7+3", ["seven-three"]),
        ("7 + 3", ["seven-three"]),
        ("seven plus three", ["seven-three"]),
        ("hemoglobin 7.3", []),
        ("is it ALL", ["all"]),
        ("is it all", []),
        ("Venclexta", ["venetoclax"]),
        ("t(8;14)", []),
    ],
)
def test_written_forms(small: KnowledgeBase, typed: str, expected: list[str]) -> None:
    found = Names.build(small.entities).find(tokenise(typed))
    assert [stretch.entity for stretch in found if stretch.entity] == expected


def test_a_part_speaks_of_its_whole(small: KnowledgeBase) -> None:
    names = Names.build(small.entities)
    assert names.covers(["flt3-itd"]) == {"flt3-itd", "flt3"}
    assert names.covers(["flt3"]) == {"flt3"}


@pytest.mark.parametrize(
    ("typed", "entities", "unknown"),
    [
        ("what is FLIP3", ["flt3"], []),
        ("what is ihd1", ["idh1"], []),
        ("what is venetaclax", ["venetoclax"], []),
        ("what is vencelxta", ["venetoclax"], []),
        ("what is IDH3", [], ["idh3"]),
        ("what is FLT1", [], ["flt1"]),
        ("what is JAK2", [], ["jak2"]),
        ("what is TKIX", [], ["tkix"]),
    ],
)
def test_misspelt_and_unknown_names(
    small: KnowledgeBase, typed: str, entities: list[str], unknown: list[str]
) -> None:
    reading = Reader(small).read(typed)
    assert (list(reading.entities), list(reading.unknown_names)) == (entities, unknown)


def test_a_repaired_name_is_said(small: KnowledgeBase) -> None:
    assert Reader(small).read("what is venetaclax").corrections == (("venetaclax", "venetoclax"),)


def test_an_everyday_word_in_capitals_is_no_name(small: KnowledgeBase) -> None:
    assert Reader(small).read("is it NICE today").unknown_names == ()
