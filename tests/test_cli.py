"""The command: streams, exit codes, and what people see."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import pytest

from amlbot.cli import main


class Run(Protocol):
    def __call__(self, *args: str, stdin: str = "") -> tuple[int, str, str]: ...


@pytest.fixture
def run(
    small_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    def call(*args: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        status = main(["--knowledge", str(small_file), *args], environ={})
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def test_ask(run: Run) -> None:
    status, out, err = run("ask", "what", "is", "idh1?")
    assert (status, err) == (0, "")
    assert out == (
        "What is IDH1?\n\nIDH1 is a gene.\n\n"
        "Where this comes from\n1. A book. A house, 2025\n   https://example.org/book\n"
        "Held against its sources on 2026-11-24. Not reviewed by a clinician.\n\n"
        "You can also ask\n1. What is IDH2?\n"
    )


def test_ask_without_a_confident_answer(run: Run) -> None:
    status, out, _ = run("ask", "nice weather")
    assert status == 3
    assert "I don't have a written answer" in out


def test_ask_reads_one_question_a_line(run: Run) -> None:
    status, out, _ = run("ask", stdin="what is idh1\n\nwhat is idh2\n")
    assert status == 0
    assert "IDH1 is a gene." in out
    assert "IDH2 is another gene." in out


def test_json_is_one_object_a_line_and_nothing_else(run: Run) -> None:
    status, out, err = run("ask", "--json", "-", stdin="what is idh1\nweather\n")
    assert (status, err) == (3, "")
    assert [json.loads(line)["outcome"] for line in out.splitlines()] == ["answer", "unknown"]


def test_options_may_stand_before_or_after_the_command(small_file: Path) -> None:
    assert main(["ask", "what is idh1", "--knowledge", str(small_file)], environ={}) == 0


def test_list_and_show(run: Run) -> None:
    assert "Genes\n  What is IDH1?\n" in run("list")[1]
    assert "IDH1" not in run("list", "signs")[1]
    status, out, _ = run("show", "idh1-what")
    assert status == 0
    assert "tell me about the idh1 gene" in out
    assert "It has a longer story." in out


def test_show_suggests_the_nearest(run: Run) -> None:
    status, _, err = run("show", "idh1-waht")
    assert status == 1
    assert "did you mean idh1-what" in err


def test_check(run: Run, tmp_path: Path, small_file: Path) -> None:
    assert run("check", str(small_file))[0] == 0
    (tmp_path / "k.yaml").write_text("intents: [{id: a}]")
    status, out, _ = run("check", str(tmp_path))
    assert status == 1
    assert out.splitlines() == [
        "k.yaml:1: an intent without answer (write 'answer:')",
        "k.yaml:1: an intent without questions (write 'questions:')",
    ]


def test_wrong_knowledge_is_an_error_in_words(tmp_path: Path, run: Run) -> None:
    (tmp_path / "k.yaml").write_text("x: y")
    assert main(["ask", "hi", "--knowledge", str(tmp_path)], environ={}) == 1


def test_knowledge_from_the_environment(small_file: Path) -> None:
    assert main(["ask", "what is idh1"], environ={"AMLBOT_KNOWLEDGE": str(small_file)}) == 0


def test_the_region_may_come_from_the_environment(
    small_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    question = ["ask", "fever number to call", "--knowledge", str(small_file)]
    assert main(question, environ={"AMLBOT_REGION": "uk"}) == 0
    assert "Call 999" in capsys.readouterr().out
    assert main([*question, "--region", "us"], environ={"AMLBOT_REGION": "uk"}) == 0
    assert "Call 911" in capsys.readouterr().out


def test_an_unknown_region_is_wrong_usage(run: Run) -> None:
    status, _, err = run("ask", "hi", "--region", "moon")
    assert status == 2
    assert "there are: us, uk" in err


def test_wrong_usage() -> None:
    with pytest.raises(SystemExit) as caught:
        main(["nonsense"])
    assert caught.value.code == 2


def test_chat_on_a_pipe(run: Run) -> None:
    status, out, err = run(stdin="what is idh1\n1\nquit\nnever read\n")
    assert status == 0
    assert "IDH1 is a gene." in out
    assert "IDH2 is another gene." in out
    assert "It is not a doctor" in err
    assert "It is not a doctor" not in out


def amlbot(*args: str, **kwargs: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "amlbot", *args]
    return subprocess.run(command, capture_output=True, timeout=60, check=False, **kwargs)  # type: ignore[call-overload, no-any-return]


def test_version() -> None:
    assert amlbot("--version").stdout.startswith(b"amlbot 0.")


def test_an_old_code_page_does_not_crash(small_file: Path) -> None:
    env = {"PYTHONIOENCODING": "cp1252", "PATH": ""}
    done = amlbot("ask", "fever number to call", "--knowledge", str(small_file), env=env)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_reader_that_goes_away_is_no_error(small_file: Path) -> None:
    line = f"{sys.executable} -m amlbot list --knowledge {small_file} | head -1"
    done = subprocess.run(["bash", "-c", line], capture_output=True, timeout=60, check=True)
    assert done.stderr == b""
