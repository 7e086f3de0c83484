"""Technical words, found in a text and looked up."""

from __future__ import annotations

import pytest

from amlbot import KnowledgeBase
from amlbot.conversation.glossary import Glossary

KB = KnowledgeBase.from_dicts(
    {
        "glossary": [
            {"term": "bone marrow", "also": ["marrow"], "meaning": "Where blood is made."},
            {"term": "blast", "also": ["blasts", "myeloblasts"], "meaning": "A young cell."},
            {"term": "acute lymphoblastic leukemia", "also": ["ALL"], "meaning": "Another one."},
            {"term": "remission", "meaning": "No leukemia is seen."},
        ]
    }
)
GLOSSARY = Glossary(KB)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Blasts fill the bone marrow. Blasts crowd it.", ["blast", "bone marrow"]),
        ("marrow, then MYELOBLASTS", ["bone marrow", "blast"]),
        ("This is all that we know.", []),
        ("ALL is another leukemia.", ["acute lymphoblastic leukemia"]),
        ("", []),
    ],
)
def test_terms_in_a_text(text: str, expected: list[str]) -> None:
    assert [term.term for term in GLOSSARY.in_text(text)] == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("blasts", "blast"),
        ("a Blast", "blast"),
        ("all", "acute lymphoblastic leukemia"),
        ("the bone marow", "bone marrow"),
        ("remisions", "remission"),
    ],
)
def test_a_word_is_defined(word: str, expected: str) -> None:
    term = GLOSSARY.define(word)
    assert term
    assert term.term == expected


@pytest.mark.parametrize("word", ["", "the", "aml", "bone", "house", "?"])
def test_a_word_that_is_not_there(word: str) -> None:
    assert GLOSSARY.define(word) is None
