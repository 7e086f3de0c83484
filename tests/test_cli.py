"""The command: streams, exit codes, and what people see."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import pytest

from amlbot.cli import main

SOURCE = Path(__file__).parents[1] / "src"


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


def test_wrong_usage(run: Run) -> None:
    status, _, err = run("nonsense")
    assert status == 2
    assert "there is no command 'nonsense'" in err


def test_chat_on_a_pipe(run: Run) -> None:
    status, out, err = run(stdin="what is idh1\n1\nquit\nnever read\n")
    assert status == 0
    assert "IDH1 is a gene." in out
    assert "IDH2 is another gene." in out
    assert "Not a doctor" in err
    assert "Not a doctor" not in out


def amlbot(
    *args: str, stdin: bytes | None = None, **environ: str
) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own, with no other environment than this."""
    return subprocess.run(
        [sys.executable, "-m", "amlbot", *args],
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
        env={"PYTHONPATH": str(SOURCE), **environ},
    )


def test_version() -> None:
    assert amlbot("--version").stdout.startswith(b"amlbot 0.")


@pytest.mark.parametrize("code", ["cp1252", "cp437", "ascii"])
def test_an_old_code_page_does_not_crash(small_file: Path, code: str) -> None:
    question = ["ask", "fever number to call", "--knowledge", str(small_file)]
    done = amlbot(*question, PYTHONIOENCODING=code)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"38.0 " in done.stdout


@pytest.mark.parametrize("typed", [b"what is idh1\n\xff\xfe\n", b"\xc3\xa9" * 9, b"\0\n\n", b""])
def test_a_pipe_may_hold_anything(small_file: Path, typed: bytes) -> None:
    done = amlbot("--knowledge", str(small_file), stdin=typed)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_error(small_file: Path) -> None:
    line = f"{sys.executable} -m amlbot list --knowledge {small_file} | head -1"
    done = subprocess.run(
        ["bash", "-c", line],
        capture_output=True,
        timeout=60,
        check=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    assert done.stderr == b""


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of its own there")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_may_be_closed(small_file: Path, closed: str) -> None:
    line = f"{sys.executable} -m amlbot --knowledge {small_file} {closed}"
    done = subprocess.run(
        ["bash", "-c", line],
        input=b"what is idh1\n",
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["", "ask", "list", "show", "explain", "test", "check"])
def test_help_begins_with_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([*command.split(), "--help"], environ={})
    out = capsys.readouterr().out
    assert caught.value.code == 0
    assert out.index("examples:\n  amlbot") < out.index("usage: amlbot") < out.index("options:")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("what is flt3", 'to ask: amlbot ask "what …"'),
        ("lsit", "did you mean list?"),
        ("show", "the following arguments are required: id"),
        ("--nonsense", "unrecognized arguments: --nonsense"),
        ("ask --region moon hello", "there are: us, uk"),
        ("list nonsense", "no topic is called 'nonsense' (there are: Genes, Signs)"),
        ("test --topic nonsense", "no topic or file is called 'nonsense'"),
        ("test --rows -3", "'-3' is no whole number from 0 to"),
        ("test --baseline nowhere", "nowhere: no such file or directory (--record writes one)"),
        ("serve --port 99999", "'99999' is no whole number from 1 to 65535"),
        ("serve --workers 0", "'0' is no whole number from 1 to 1000"),
    ],
)
def test_a_mistake_is_one_line_and_says_what_to_do(
    typed: str, said: str, small_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status: object = main(typed.split(), environ={"AMLBOT_KNOWLEDGE": str(small_file)})
    except SystemExit as leaving:
        status = leaving.code
    captured = capsys.readouterr()
    assert (status, captured.out) == (2, "")
    assert captured.err.startswith("amlbot: ")
    assert captured.err.count("\n") == 1
    assert said in captured.err


def test_a_chat_of_objects_is_nothing_else(run: Run) -> None:
    status, out, _ = run("--json", stdin="what is idh1\n/topics\n1\nquit\n")
    replies = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [reply["outcome"] for reply in replies] == ["answer", "clarify", "clarify"]
