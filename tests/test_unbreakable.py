"""Whatever happens around it, it ends in words, leaves all in order, and loses nothing saved."""

from __future__ import annotations

import io
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from amlbot import start
from amlbot.chat.recall import MAX_BYTES, Recall
from amlbot.chat.repl import leaving_tidily
from amlbot.cli import main
from amlbot.conversation.dialogue import MAX_READ
from amlbot.knowledge.disk import MAX_TOTAL
from amlbot.saving import create, replace

if sys.platform == "win32":
    pytest.skip("terminals, signals and limits of another kind", allow_module_level=True)

import pty
import resource
import termios

KNOWLEDGE = Path(__file__).parent / "terminal" / "knowledge.yaml"
SOURCE = Path(__file__).parents[1] / "src"
BASE = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE), "TERM": "xterm-256color"}
SECONDS = 30
SIZE = (24, 80)
Environ = Mapping[str, str]
NONE: Environ = {}
PROMPT = "You: "


@pytest.fixture(autouse=True)
def interruptible() -> Iterator[None]:
    """As from a keyboard: what runs in the background is started with interrupts ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Terminal:
    """The command on a terminal of its own, as a person sees it."""

    def __init__(self, *args: str, size: tuple[int, int] = SIZE, environ: Environ = NONE) -> None:
        self.far, self.near = pty.openpty()
        self.resize(*size)
        self.before = termios.tcgetattr(self.near)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "amlbot", *args],
            stdin=self.near,
            stdout=self.near,
            stderr=self.near,
            start_new_session=True,
            env={**BASE, "HOME": os.environ["HOME"], **environ},
        )
        self.shown = ""

    def resize(self, rows: int, columns: int) -> None:
        termios.tcsetwinsize(self.near, (rows, columns))

    def wait_for(self, sign: str, times: int = 1) -> None:
        """Read until ``sign`` was shown so often, and answer where the cursor is when asked."""
        end = time.monotonic() + SECONDS
        while len(re.findall(sign, self.shown)) < times:
            assert time.monotonic() < end, self.shown
            self._read(0.1)

    def _read(self, patience: float) -> None:
        if select.select([self.far], [], [], patience)[0]:
            new = os.read(self.far, 65536).decode("utf-8", "replace")
            self.shown += new
            for _ in range(new.count("\x1b[6n")):
                os.write(self.far, b"\x1b[1;1R")

    def type(self, text: str) -> None:
        os.write(self.far, text.encode())

    def end(self) -> int:
        """Wait until it has ended; its exit status."""
        end = time.monotonic() + SECONDS
        while self.process.poll() is None:
            assert time.monotonic() < end, self.shown
            self._read(0.05)
        self._read(0.0)
        assert "Traceback" not in self.shown
        assert "Exception ignored" not in self.shown
        return self.process.returncode

    @property
    def in_order(self) -> bool:
        """Whether the terminal echoes and edits lines as it did before."""
        return termios.tcgetattr(self.near) == self.before

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.near)
        os.close(self.far)


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    """Makes terminals, and closes them in the end."""
    with ExitStack() as made:

        def make(*args: str, **options: Any) -> Terminal:
            screen = Terminal(*args, **options)
            made.callback(screen.close)
            return screen

        yield make


CHAT = ["--knowledge", str(KNOWLEDGE)]
ENTER = "\r"


class TestTerminals:
    @pytest.mark.parametrize("size", [(0, 0), (1, 1), (3, 5), (2, 300), (100, 300)], ids=str)
    @pytest.mark.parametrize("plain", [(), ("--plain",)], ids=["drawn", "plain"])
    def test_of_any_size(
        self, terminal: Callable[..., Terminal], size: tuple[int, int], plain: tuple[str, ...]
    ) -> None:
        screen = terminal(*CHAT, *plain, size=size)
        screen.wait_for("press")
        screen.type(f"what is idh2{ENTER}quit{ENTER}")
        assert screen.end() == 0
        assert "another" in screen.shown
        assert screen.in_order

    def test_that_are_resized_all_the_time(self, terminal: Callable[..., Terminal]) -> None:
        screen = terminal(*CHAT)
        screen.wait_for(PROMPT)
        for n, size in enumerate([(1, 1), (50, 200), (3, 4), (24, 80)]):
            screen.resize(*size)
            screen.process.send_signal(signal.SIGWINCH)
            screen.type(f"what is idh{1 + n % 2}{ENTER}")
            screen.resize(*size[::-1])
            screen.process.send_signal(signal.SIGWINCH)
        screen.type(f"quit{ENTER}")
        assert screen.end() == 0
        assert screen.in_order

    @pytest.mark.parametrize(
        "environ",
        [
            {"TERM": "nonsense"},
            {"TERM": ""},
            {"LANG": "C", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
            {"PYTHONIOENCODING": "ascii"},
            {"COLUMNS": "1", "LINES": "1"},
            {"COLUMNS": "x", "LINES": "-3"},
            {"HOME": "/nonexistent", "INPUTRC": "/dev/full"},
            {"NO_COLOR": "1", "FORCE_HYPERLINK": "1"},
            {"VTE_VERSION": "٣", "TERM_PROGRAM": "\x1b"},
        ],
        ids=str,
    )
    def test_in_any_environment(
        self, terminal: Callable[..., Terminal], environ: dict[str, str]
    ) -> None:
        screen = terminal(*CHAT, environ=environ)
        screen.wait_for("press")
        screen.type(f"what is idh2{ENTER}quit{ENTER}")
        assert screen.end() == 0
        assert "another" in screen.shown


class TestSignals:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=str)
    @pytest.mark.parametrize("plain", [(), ("--plain",)], ids=["drawn", "plain"])
    def test_ended_from_outside_the_terminal_is_left_in_order(
        self, terminal: Callable[..., Terminal], number: signal.Signals, plain: tuple[str, ...]
    ) -> None:
        screen = terminal(*CHAT, *plain)
        screen.wait_for(PROMPT)
        time.sleep(0.3)  # readline takes a signal between its prompt and its wait at the next key
        screen.process.send_signal(number)
        assert screen.end() == 128 + number
        assert screen.in_order

    def test_interrupted_twice_it_leaves(self, terminal: Callable[..., Terminal]) -> None:
        screen = terminal(*CHAT)
        screen.wait_for(PROMPT)
        screen.type("\x03")
        screen.wait_for("To leave, type quit", 2)
        time.sleep(0.5)  # for the next prompt
        screen.type("\x03")
        assert screen.end() == 130
        assert screen.in_order

    def test_a_terminal_that_is_gone(self, terminal: Callable[..., Terminal]) -> None:
        screen = terminal(*CHAT)
        screen.wait_for(PROMPT)
        os.close(screen.far)
        screen.far = os.open(os.devnull, os.O_RDWR)
        screen.process.send_signal(signal.SIGHUP)
        assert screen.process.wait(SECONDS) != 0

    def test_told_to_end_while_unwinding_takes_for_ever(self) -> None:
        script = (
            "import signal, time\n"
            "from amlbot.chat.repl import leaving_tidily\n"
            "with leaving_tidily():\n"
            "    try:\n"
            "        signal.raise_signal(signal.SIGTERM)\n"
            "    finally:\n"
            "        time.sleep(600)\n"
        )
        python = [sys.executable, "-c", script]
        process = subprocess.run(python, env=BASE, timeout=SECONDS, check=False)
        assert process.returncode == 128 + signal.SIGTERM

    def test_interrupted_while_it_is_loading(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupted() -> bool:
            raise KeyboardInterrupt

        monkeypatch.setattr(start, "_welcome", interrupted)
        assert start.main() == 130

    def test_interrupted_while_it_reads_questions(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupted(*_: object) -> str:
            raise KeyboardInterrupt

        stdin = SimpleNamespace(readline=interrupted, isatty=lambda: False)
        monkeypatch.setattr(sys, "stdin", stdin)
        assert main([*CHAT, "ask"], environ={}) == 130

    @pytest.mark.parametrize("args", [["ask"], []], ids=["ask", "chat"])
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=str)
    def test_while_a_pipe_is_waited_for(self, args: list[str], number: signal.Signals) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", "amlbot", *CHAT, "--json", *args],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=BASE,
        )
        assert process.stdin
        assert process.stdout
        process.stdin.write(b"what is idh1\n" * 2000)
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(number)
        _, err = process.communicate(timeout=SECONDS)
        assert process.returncode in (130, 128 + number, -number)
        assert b"Traceback" not in err


class TestSaving:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=str)
    def test_a_signal_leaves_the_old_file_or_the_new_one(
        self, number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "notes.md"
        path.write_text("old", encoding="utf-8")
        monkeypatch.setattr("os.fsync", lambda file: signal.raise_signal(number))
        with pytest.raises((SystemExit, KeyboardInterrupt)), leaving_tidily():
            replace(path, "new")
        assert [(p.name, p.read_text(encoding="utf-8")) for p in tmp_path.iterdir()] == [
            ("notes.md", "old")
        ]

    def test_what_is_there_is_not_written_over_unasked(self, tmp_path: Path) -> None:
        path = tmp_path / "notes.md"
        create(path, "old")
        with pytest.raises(FileExistsError):
            create(path, "new")
        replace(path, "new")
        assert path.read_text(encoding="utf-8") == "new"

    def test_a_disk_with_room_for_half_of_it(self, tmp_path: Path) -> None:
        def small_disk() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

        done = subprocess.run(
            [sys.executable, "-m", "amlbot", *CHAT, "--history", "lines"],
            input=b"what is idh1\n" + b"/search idh2 idh1\n" * 99 + b"/save notes.html\nidh2\n",
            capture_output=True,
            cwd=tmp_path,
            env={**BASE, "PYTHONDONTWRITEBYTECODE": "1"},  # else half of that is written, too
            preexec_fn=small_disk,
            timeout=SECONDS,
            check=True,
        )
        assert b"Nothing was saved" in done.stdout
        assert b"IDH2 is another gene." in done.stdout
        assert [path.name for path in tmp_path.iterdir()] == ["lines"]

    def test_a_baseline_that_cannot_be_written_is_said(
        self, small_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        where = tmp_path / "no" / "such" / "folder"
        args = ["test", "--record", str(where), "--knowledge", str(small_file)]
        assert main(args, environ={}) == 1
        said = capsys.readouterr().err
        assert said == f"amlbot: {where}: No such file or directory\n"

    def test_a_place_that_stands_for_nobody(
        self, small_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("what is idh1\n/save ~nobody-77/notes.md\n"))
        assert main(["--knowledge", str(small_file)], environ={}) == 0
        assert "Nothing was saved" in capsys.readouterr().out


def in_shell(line: str, typed: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """What comes of a shell's ``line``, with ``typed`` on standard input."""
    return subprocess.run(
        ["bash", "-c", line],
        input=typed,
        capture_output=True,
        env=BASE,
        timeout=SECONDS,
        check=False,
    )


class TestDisks:
    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
    @pytest.mark.parametrize("args", ["ask idh1", "list", "show idh2-what", "check", "explain idh1",
                                      "", "--json"])  # fmt: skip
    @pytest.mark.parametrize("streams", [">/dev/full", ">/dev/full 2>/dev/full"])
    def test_that_are_full(self, args: str, streams: str, small_file: Path) -> None:
        line = f"{sys.executable} -m amlbot --knowledge {small_file} {args} {streams}"
        done = in_shell(line, b"what is idh1\n")
        assert done.returncode == 1
        if "2>" not in streams:
            assert done.stderr.endswith(b"amlbot: No space left on device\n")

    def test_a_mistake_with_nowhere_to_say_it(self) -> None:
        line = f"{sys.executable} -m amlbot nonsense 2>/dev/full"
        assert in_shell(line).returncode == 2

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
    def test_a_mistake_is_let_go_when_it_cannot_be_said(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with open("/dev/full", "w", buffering=1, encoding="utf-8") as full:
            monkeypatch.setattr(sys, "stderr", full)
            assert main(["ask", "idh1", "--region", "moon"], environ={}) == 2

    def test_knowledge_that_may_not_be_read(
        self,
        small_file: Path,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def forbidden(*_: object) -> bytes:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("amlbot.ready.contents", forbidden)
        assert main(["check", str(small_file)], environ={}) == 1
        hint = "small.yaml: cannot be read: permission denied (check the name and permissions)"
        assert capsys.readouterr().out == f"{hint}\n"

    def test_knowledge_without_end(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with open(tmp_path / "huge.yaml", "wb") as file:
            file.truncate(8 << 30)  # takes no room
        os.mkfifo(tmp_path / "pipe.yaml")
        assert main(["check", str(tmp_path)], environ={}) == 1
        assert "huge.yaml: the file is larger than" in capsys.readouterr().out

    def test_too_much_knowledge_is_refused(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for n in range(MAX_TOTAL // 400_000 + 1):
            (tmp_path / f"{n:03}.yaml").write_text(f"topic: a\n{'#' * 400_000}")
        assert main(["check", str(tmp_path)], environ={}) == 1
        assert "049.yaml: more than 20,000,000 bytes" in capsys.readouterr().out


class TestHistory:
    def test_of_any_bytes(self, tmp_path: Path) -> None:
        path = tmp_path / "lines"
        path.write_bytes(b"what is idh1\n\xff\xfe\0\x1b[2J\nlast")
        assert Recall(str(path)).lines[::2] == ["what is idh1", "last"]

    @pytest.mark.parametrize("name", ["/dev/full", "/dev/zero", "pipe", "."])
    def test_that_is_no_file_is_not_read(self, name: str, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(OSError, match="not an ordinary file"):
            Recall(str(tmp_path / name))

    def test_of_many_years_is_read_from_its_end(self, tmp_path: Path) -> None:
        path = tmp_path / "lines"
        path.write_text("old\n" * MAX_BYTES + "new\n", encoding="utf-8")
        recall = Recall(str(path))
        assert recall.lines[-1] == "new"
        assert len(recall.lines) < MAX_BYTES


class TestEndlessLines:
    def test_come_in_pieces(self, small_file: Path) -> None:
        line = f"yes | tr -d '\\n' | head -c {5 * MAX_READ // 2}"
        command = f"{sys.executable} -m amlbot ask --json --knowledge {small_file}"
        done = in_shell(f"{line} | {command}")
        assert (done.returncode, done.stdout.count(b"\n"), done.stderr) == (3, 3, b"")


def test_a_fault_of_its_own_is_one_line_without_the_question(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], small_file: Path
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("amlbot.bot.Bot.ask", broken)
    assert main(["ask", "my secret", "--knowledge", str(small_file)], environ={}) == 1
    said = capsys.readouterr().err
    assert re.fullmatch(r"amlbot: a fault of .*: ZeroDivisionError in \S+\.py:\d+\n", said)
    assert "secret" not in said
