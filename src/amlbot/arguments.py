"""What the command is given: its arguments, its help, and mistakes in one line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from difflib import get_close_matches
from typing import NoReturn

from . import __version__
from .errors import UsageError

_ABOUT = (
    "Answers questions about acute myeloid leukemia (AML) from written, sourced answers.\n"
    "Not a doctor, not for emergencies: in an emergency call your emergency number."
)
_EXAMPLES = {
    "": """\
  amlbot                                   talk with it
  amlbot --plain                           talk with it, for a screen reader
  amlbot ask "how common is npm1"          one answer
  amlbot list                              what it can answer
  amlbot serve                             a page for your browser""",
    "ask": """\
  amlbot ask "what is salvage therapy"     one answer
  amlbot ask --json < questions.txt        one reply a line, for programs
  amlbot ask --region uk "i have a fever"  with British telephone numbers""",
    "list": """\
  amlbot list                              every topic and its questions
  amlbot list medicines                    one topic
  amlbot list --json                       with the ids, for programs""",
    "show": """\
  amlbot show npm1-frequency               one answer, and every way to ask for it
  amlbot show npm1-frequency --json""",
    "explain": """\
  amlbot explain "is npm1 bad"             the words, the evidence, the rivals, the vetoes
  amlbot explain "chest pain"              the danger sign that comes before all that""",
    "test": """\
  amlbot test                              hold out every way to ask once
  amlbot test cases.yaml                   run question and intent pairs of your own""",
    "serve": """\
  amlbot serve                             the page at http://127.0.0.1:8000/, for this machine only
  amlbot serve --port 9000 --workers 4     elsewhere, in four processes
  AMLBOT_API_KEY=secret amlbot serve       programs must send the key""",
    "check": """\
  amlbot check                             the bundled knowledge
  amlbot check my-knowledge/               find mistakes before others do
  amlbot check --quality --stats           judge the wording too, and count""",
}
_STATUS = """\
exit status:
  0 answered · 1 failure · 2 wrong usage · 3 no confident answer (ask) · 130 interrupted

environment:
  AMLBOT_KNOWLEDGE  as --knowledge         AMLBOT_REGION  as --region
  ACCESSIBLE        as --plain             NO_COLOR       no colors
  TERM=dumb         as --plain             AMLBOT_API_KEY, AMLBOT_CORS_ORIGINS  for serve

In the chat, /help lists its commands."""


class _Parser(argparse.ArgumentParser):
    """Help that begins with examples; mistakes in one line."""

    examples = ""

    def format_help(self) -> str:
        about, self.description = self.description, None
        try:
            return f"{about}\n\nexamples:\n{self.examples}\n\n{super().format_help()}"
        finally:
            self.description = about

    def _check_value(self, action: argparse.Action, value: str) -> None:
        """A question without ``ask`` is the likeliest mistake: later commands need the words."""
        known = list(action.choices or ())
        if action.dest != "command" or value in known:
            super()._check_value(action, value)
            return
        near = get_close_matches(value, known, 1)
        hint = f"did you mean {near[0]}?" if near else f'to ask: amlbot ask "{value} …"'
        self.error(f"there is no command '{value}'; {hint}")

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see: {self.prog} --help)")


def _whole(least: int, most: int) -> Callable[[str], int]:
    """Reads a whole number from ``least`` to ``most``."""

    def read(text: str) -> int:
        if text.isascii() and text.isdigit() and least <= int(text[:9]) <= most:
            return int(text)
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number from {least} to {most}")

    return read


def parser() -> argparse.ArgumentParser:
    """What reads a command line; the name of the command, or None, ends up in ``command``."""
    common = _common()
    parser = _Parser(
        prog="amlbot",
        description=_ABOUT,
        epilog=_STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[common],
    )
    parser.examples = _EXAMPLES[""]
    parser.add_argument("-V", "--version", action="version", version=f"amlbot {__version__}")
    parser.add_argument(
        "--history",
        metavar="FILE",
        help="keep earlier questions of the chat in FILE (otherwise nothing is kept)",
    )
    _add_commands(parser, common)
    return parser


def _common() -> _Parser:
    """The options of every command; one that is not given sets nothing."""
    common = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    add = common.add_argument
    add("--knowledge", metavar="PATH", help="answer from this file or folder instead")
    add("--json", action="store_true", help="one JSON object a reply, and nothing else")
    add(
        "--plain",
        "--screen-reader",
        action="store_true",
        help="plain lines for a screen reader: no colors, menus, drawing or redrawing",
    )
    add("--region", metavar="ID", help="whose telephone numbers to give: us, uk, ie, eu, ca or au")
    return common


def _add_commands(parser: _Parser, common: _Parser) -> None:
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")

    def command(name: str, help: str) -> _Parser:
        about = f"{help[0].upper()}{help[1:]}."
        sub = commands.add_parser(name, help=help, description=about, parents=[common])
        sub.examples = _EXAMPLES[name]
        return sub

    ask = command("ask", "answer one question, or one per line of standard input")
    ask.add_argument("question", nargs="*", help="the question; - or nothing reads lines")
    listing = command("list", "list the topics and the questions that can be answered")
    listing.add_argument("topic", nargs="?", default="", help="only this topic")
    show = command("show", "show one answer with all its questions and sources")
    show.add_argument("id", help="the id, as in: amlbot list --json")
    explain = command("explain", "show why a message gets its reply")
    explain.add_argument("question", nargs="+")
    _add_test(command("test", "run question → intent cases, or hold out every phrasing once"))
    _add_serve(command("serve", "serve the web page and the HTTP API (needs amlbot[web])"))
    check = command("check", "find every mistake in knowledge files")
    check.add_argument("path", nargs="*", help="files or folders (default: the bundled knowledge)")
    check.add_argument("--quality", action="store_true", help="also judge the wording")
    check.add_argument("--stats", action="store_true", help="also count, and grade the reading")


def _add_test(test: _Parser) -> None:
    test.add_argument("path", nargs="*", help="files of cases (default: the held-out test)")
    test.add_argument("--typos", action="store_true", help="ask with typing mistakes")
    test.add_argument("--topic", metavar="NAME", help="report what concerns one topic or file")
    test.add_argument(
        "--rows",
        type=_whole(0, 10**6),
        default=20,
        metavar="N",
        help="lines of each table (default: 20)",
    )
    test.add_argument("--baseline", metavar="FILE", help="fail where it is worse than recorded")
    test.add_argument("--record", metavar="FILE", help="write the baseline")


def _add_serve(serve: _Parser) -> None:
    serve.add_argument("--host", default="127.0.0.1", help="address (default: this machine only)")
    serve.add_argument(
        "--port", type=_whole(1, 65535), default=8000, metavar="N", help="port (default: 8000)"
    )
    serve.add_argument(
        "--workers", type=_whole(1, 1000), default=1, metavar="N", help="processes (default: 1)"
    )
    serve.add_argument(
        "--cors-origin",
        action="append",
        default=[],
        metavar="URL",
        help="let pages of this origin call the API (again for more; default: none)",
    )
