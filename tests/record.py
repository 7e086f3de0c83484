"""Whole conversations as a person sees them, played again from their own transcripts.

A transcript begins with the command ("$ COLUMNS=30 amlbot --plain") and holds, behind "You: ",
what was typed. ``python tests/record.py`` writes all of them anew, after a change of wording.
"""

from __future__ import annotations

import io
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from amlbot.cli import main

HERE = Path(__file__).parent
README = HERE.parent / "README.md"
TRANSCRIPTS = sorted((HERE / "terminal").glob("*.txt"))
_IN_README = re.compile(r"(?<=```\n)\$ amlbot.*?\n(?=```)", re.DOTALL)
_ESCAPE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|\x1b\]8;;.*?\x1b\\")
_YOU = "You: "


class Scripted:
    """A keyboard on which a transcript is typed; the screen shows what was typed."""

    empty = True

    def __init__(self, lines: list[str]) -> None:
        self._lines = iter(lines)

    def read(self) -> str | None:
        line = next(self._lines, None)
        print(_YOU.rstrip() if line is None else f"{_YOU}{line}")
        return line

    def forget(self) -> None:
        pass


def play(transcript: str, knowledge: Path | None = None) -> str:
    """The transcript as it comes out today, without its colors."""
    command = transcript.split("\n", maxsplit=1)[0]
    words = shlex.split(command.removeprefix("$ "))
    environ = dict(word.split("=", 1) for word in words if "=" in word)
    args = words[words.index("amlbot") + 1 :]
    if knowledge:
        args = ["--knowledge", str(knowledge), *args]
    typed = [line.removeprefix(_YOU) for line in transcript.split("\n") if line.startswith(_YOU)]
    screen = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with on_terminal(environ.get("COLUMNS", "80"), typed), redirect_stdout(screen):
        status = main(args, environ=environ)
    assert status in (0, 130), f"{command}: {status}"
    screen.seek(0)
    shown = _ESCAPE.sub("", screen.read())
    return "\n".join(map(str.rstrip, f"{command}\n{shown}".split("\n")))


@contextmanager
def on_terminal(columns: str, typed: list[str]) -> Iterator[None]:
    """As if a person typed those lines in a window of so many columns."""
    with ExitStack() as stack:
        stack.enter_context(patch("amlbot.chat.repl.on_terminal", lambda: True))
        stack.enter_context(patch("amlbot.chat.repl._keyboard", lambda *_: Scripted(typed)))
        stack.enter_context(patch("amlbot.chat.repl.PATIENCE", 60.0))
        stack.enter_context(patch.dict("os.environ", {"COLUMNS": columns}))
        yield


def in_readme(renew: Callable[[str], str] = play) -> tuple[str, str]:
    """The README as it is, and with every recorded conversation renewed."""
    text = README.read_text(encoding="utf-8")
    return text, _IN_README.sub(lambda match: renew(match[0]), text)


if __name__ == "__main__":
    for path in TRANSCRIPTS:
        old = path.read_text(encoding="utf-8")
        path.write_text(play(old, HERE / "terminal" / "knowledge.yaml"), encoding="utf-8")
    README.write_text(in_readme()[1], encoding="utf-8")
    sys.stdout.write(f"{len(TRANSCRIPTS)} transcripts and the README\n")
