"""Whole conversations, as people see them."""

from __future__ import annotations

from pathlib import Path

import pytest

import record


@pytest.mark.parametrize("path", record.TRANSCRIPTS, ids=lambda path: path.stem)
def test_a_conversation_comes_out_as_it_was_recorded(path: Path) -> None:
    """After a change of wording: python tests/record.py, and read what changed."""
    recorded = path.read_text(encoding="utf-8")
    assert record.play(recorded, record.HERE / "terminal" / "knowledge.yaml") == recorded


@pytest.mark.parametrize("name", ["narrow", "plain", "commands"])
def test_no_line_is_wider_than_its_window(name: str) -> None:
    path = record.HERE / "terminal" / f"{name}.txt"
    width = 30 if name == "narrow" else 80
    shown = [x for x in path.read_text(encoding="utf-8").split("\n")[1:] if x[:4] != "You:"]
    assert max(map(len, shown)) < width


def test_the_readme_shows_what_happens() -> None:
    text, renewed = record.in_readme()
    assert renewed == text
