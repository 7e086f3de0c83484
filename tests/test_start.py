"""The first words of all: said at once on an ordinary terminal, left to the chat elsewhere."""

from __future__ import annotations

import io
import os
import sys
from typing import Any

import pytest

from amlbot import ready, start

ORDINARY = {
    "argv": ["amlbot"],
    "environ": {"TERM": "xterm"},
    "in": True,
    "out": True,
    "columns": 80,
    "ready": b"key\nfirst\nsecond\n\n{}",
}


class Stream(io.StringIO):
    """A stream that may be a terminal."""

    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


def welcome(monkeypatch: pytest.MonkeyPatch, world: dict[str, Any]) -> tuple[bool, str]:
    streams = [None if world[name] is None else Stream(world[name]) for name in ("in", "out")]
    with monkeypatch.context() as patch:
        patch.setattr(os, "environ", world["environ"])
        patch.setattr(os, "get_terminal_size", lambda: os.terminal_size((world["columns"], 24)))
        patch.setattr(ready, "begun", lambda: world["ready"])
        patch.setattr(sys, "argv", world["argv"])
        patch.setattr(sys, "stdin", streams[0])
        patch.setattr(sys, "stdout", streams[1])
        said = start._welcome()
    return said, streams[1].getvalue() if streams[1] else ""


def test_on_an_ordinary_terminal_they_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert welcome(monkeypatch, ORDINARY) == (True, "\x1b[1mfirst\x1b[0m\nsecond\n\n")


@pytest.mark.parametrize(
    "other",
    [
        {"argv": ["amlbot", "--plain"]},
        {"environ": {}},
        {"environ": {"TERM": "dumb"}},
        {"environ": {"TERM": "xterm", "NO_COLOR": "1"}},
        {"environ": {"TERM": "xterm", "AMLBOT_KNOWLEDGE": "mine"}},
        {"in": False},
        {"out": False},
        {"in": None},
        {"out": None},
        {"columns": 6},
        {"columns": 0},
        {"ready": b""},
    ],
    ids=str,
)
def test_elsewhere_they_are_left_to_the_chat(
    monkeypatch: pytest.MonkeyPatch, other: dict[str, Any]
) -> None:
    assert welcome(monkeypatch, ORDINARY | other) == (False, "")
