"""The chat on a terminal, driven through prompt_toolkit's own pipe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from amlbot.cli import main


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[PipeInput]:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("amlbot.repl.on_terminal", lambda: True)
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        yield pipe


def chat(small_file: Path) -> int:
    return main(["--knowledge", str(small_file)], environ={"NO_COLOR": "1"})


@pytest.mark.parametrize("word", ["quit", "exit", "bye", "q", "/quit", " QUIT "])
def test_words_that_leave(
    keys: PipeInput, small_file: Path, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    keys.send_text(f"what is idh1\n{word}\n")
    assert chat(small_file) == 0
    assert "IDH1 is a gene." in capsys.readouterr().out


def test_ctrl_d_leaves(keys: PipeInput, small_file: Path) -> None:
    keys.send_text("\x04")
    assert chat(small_file) == 0


def test_ctrl_c_clears_then_leaves(
    keys: PipeInput, small_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys.send_text("half a quest\x03\x03")
    assert chat(small_file) == 130
    assert "To leave, type quit" in capsys.readouterr().out


def test_a_pasted_text_is_one_question(
    keys: PipeInput, small_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys.send_text("\x1b[200~what is\nidh1\x1b[201~\nquit\n")
    assert chat(small_file) == 0
    assert capsys.readouterr().out.count("IDH1 is a gene.") == 1


def test_a_digit_picks(
    keys: PipeInput, small_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys.send_text("what is idh1\n1\nquit\n")
    assert chat(small_file) == 0
    assert "IDH2 is another gene." in capsys.readouterr().out
