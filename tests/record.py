"""Whole conversations as a person sees them, played again from their own transcripts.

A transcript begins with the command ("$ COLUMNS=30 amlbot --plain") and holds, behind "You: ",
what was typed. ``python tests/record.py`` writes all of them anew, after a change of wording.
"""

from __future__ import annotations

import ast
import io
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import amlbot
from amlbot.cli import main

HERE = Path(__file__).parent
README = HERE.parent / "README.md"
TRANSCRIPTS = sorted((HERE / "terminal").glob("*.txt"))
MAP_ROW = re.compile(r"^\| (\**`([\w/]+)`\**) \| .*?( \(\[docs\].*\))? \|$", re.MULTILINE)
"""A module's row on the map of the README, or a folder's: its name, and links to its docs."""
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


def map_in_readme() -> str:
    """The part of the README that has the map of the modules."""
    return README.read_text(encoding="utf-8").partition("\n## The code\n")[2]


def mapped(text: str) -> str:
    """The map with the first line of each module's docstring in its row."""
    return MAP_ROW.sub(lambda row: f"| {row[1]} | {_first_line(row[2])}{row[3] or ''} |", text)


def _first_line(name: str) -> str:
    """That of the docstring of a module, or of a folder, whose name ends in "/"."""
    path = Path(amlbot.__file__).parent / f"{name}{'__init__' if name[-1] == '/' else ''}.py"
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.split("\n", maxsplit=1)[0].replace("``", "`")


if __name__ == "__main__":
    for path in TRANSCRIPTS:
        old = path.read_text(encoding="utf-8")
        path.write_text(play(old, HERE / "terminal" / "knowledge.yaml"), encoding="utf-8")
    of_modules = map_in_readme()
    README.write_text(in_readme()[1].replace(of_modules, mapped(of_modules)), encoding="utf-8")
    sys.stdout.write(f"{len(TRANSCRIPTS)} transcripts and the README\n")
