"""Cutting a message into what is asked and what is told."""

from __future__ import annotations

import pytest

from amlbot import KnowledgeBase
from amlbot.conversation.splitting import MAX_PIECES, Splitter
from amlbot.knowledge.base import completed
from amlbot.matching.asking import asked_in
from amlbot.model import Cues

NOTHING = KnowledgeBase({})


@pytest.fixture(scope="module")
def splitter() -> Splitter:
    return Splitter(completed(NOTHING).cues)


@pytest.mark.parametrize(
    ("text", "asked", "told"),
    [
        ("What is NPM1?", ["What is NPM1?"], []),
        ("what is npm1 and how common is it", ["what is npm1", "how common is it"], []),
        ("What is NPM1? And FLT3?", ["What is NPM1?", "And FLT3?"], []),
        ("He has AML and is on venetoclax.", [], ["He has AML and is on venetoclax."]),
        ("He is 67. Can he drive?", ["Can he drive?"], ["He is 67."]),
        ("1. blasts 2. t(8;21)\n3) the cost", ["blasts", "t(8;21)", "the cost"], []),
        ("side effects, costs and pain", [], ["side effects, costs and pain"]),
        ("nausea and vomiting", [], ["nausea and vomiting"]),
        ("It was 38.5 at noon", [], ["It was 38.5 at noon"]),
        ("so, is npm1 bad", ["so, is npm1 bad"], []),
        ("We're at home, how long?", ["how long?"], ["We're at home"]),
        ("They cut it, so it failed, did it?", ["They cut it, so it failed, did it?"], []),
        (" ?! ...\n\n", [], []),
        ("can i take st. john's wort", ["can i take st. john's wort"], []),
        ("is t(8;21) good - or bad", ["is t(8;21) good - or bad"], []),
        ("Is it AML vs. MDS? Ask Prof. Lee.", ["Is it AML vs. MDS?"], ["Ask Prof. Lee."]),
        ("Is it, e.g. FLT3, bad", ["Is it, e.g. FLT3, bad"], []),
    ],
)
def test_pieces(splitter: Splitter, text: str, asked: list[str], told: list[str]) -> None:
    pieces = splitter.pieces(text)
    assert [piece.text for piece in pieces if piece.asks] == asked
    assert [piece.text for piece in pieces if not piece.asks] == told


def test_halves_of_a_sentence_are_no_sentences(splitter: Splitter) -> None:
    assert [
        piece.own for piece in splitter.pieces("What is a blast? what is npm1 and is it bad")
    ] == [
        True,
        False,
        False,
    ]


def test_a_book_is_not_read_to_the_end(splitter: Splitter) -> None:
    assert len(splitter.pieces("Why? " * 5000)) == MAX_PIECES


def test_without_cues_only_question_marks_ask() -> None:
    assert [p.asks for p in Splitter(Cues()).pieces("What is it\nReally?")] == [False, True]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Why did Dr. Patel stop venetoclax?", "Why did Dr. Patel stop venetoclax?"),
        ("He saw Dr. Patel. Why did it stop?", "Why did it stop?"),
        ("can i take st. john's wort", "can i take st. john's wort"),
        ("Mrs. Lee has MDS vs. AML. What now?", "What now?"),
        ("It is c. diff. What helps?", "What helps?"),
    ],
)
def test_what_a_text_asks_is_cut_where_sentences_end(text: str, asked: str) -> None:
    assert asked_in(text) == asked
