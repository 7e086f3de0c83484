"""The ``amlbot`` command: arguments, streams and exit codes."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, NoReturn

from . import __version__
from .errors import AmlbotError, MissingExtraError, UsageError

if TYPE_CHECKING:
    from .bot import Bot
    from .evaluate import Baseline
    from .knowledge import KnowledgeBase
    from .model import Reply

EXIT_OK, EXIT_FAILURE, EXIT_USAGE, EXIT_UNSURE, EXIT_INTERRUPTED = 0, 1, 2, 3, 130

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
  amlbot explain "is npm1 bad"             the words, the evidence, the rivals, the vetoes""",
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


def main(
    argv: Sequence[str] | None = None,
    environ: Mapping[str, str] = os.environ,
    *,
    welcomed: bool = False,
) -> int:
    """Run the command; returns its exit status and never raises for anything expected.

    ``welcomed`` tells that a chat's first words were said already.
    """
    _mend_streams()
    unset = argparse.Namespace(knowledge=None, json=False, plain=False, region="", history="")
    args = _parser().parse_args(argv, unset)
    args.knowledge = args.knowledge or environ.get("AMLBOT_KNOWLEDGE") or None
    args.region = args.region or environ.get("AMLBOT_REGION", "")
    args.plain = args.plain or bool(environ.get("ACCESSIBLE")) or environ.get("TERM") == "dumb"
    args.environ, args.welcomed = environ, welcomed
    try:
        status = int(args.run(args))
        sys.stdout.flush()
        return status
    except AmlbotError as error:
        print(f"amlbot: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # `amlbot list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_OK


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
        print(f"amlbot: {message} (see: {self.prog} --help)", file=sys.stderr)
        raise SystemExit(EXIT_USAGE)


def _parser() -> argparse.ArgumentParser:
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
    parser.set_defaults(run=_chat)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")

    def command(name: str, run: object, help: str) -> _Parser:
        sub = commands.add_parser(name, help=help, description=_sentence(help), parents=[common])
        sub.set_defaults(run=run)
        sub.examples = _EXAMPLES[name]
        return sub

    ask = command("ask", _ask, "answer one question, or one per line of standard input")
    ask.add_argument("question", nargs="*", help="the question; - or nothing reads lines")
    listing = command("list", _list, "list the topics and the questions that can be answered")
    listing.add_argument("topic", nargs="?", default="", help="only this topic")
    show = command("show", _show, "show one answer with all its questions and sources")
    show.add_argument("id", help="the id, as in: amlbot list --json")
    explain = command("explain", _explain, "show why a question gets its answer")
    explain.add_argument("question", nargs="+")
    test = command("test", _test, "run question → intent cases, or hold out every phrasing once")
    test.add_argument("path", nargs="*", help="files of cases (default: the held-out test)")
    test.add_argument("--typos", action="store_true", help="ask with typing mistakes")
    test.add_argument("--topic", metavar="NAME", help="report what concerns one topic or file")
    test.add_argument(
        "--rows", type=int, default=20, metavar="N", help="lines of each table (default: 20)"
    )
    test.add_argument("--baseline", metavar="FILE", help="fail where it is worse than recorded")
    test.add_argument("--record", metavar="FILE", help="write the baseline")
    serve = command("serve", _serve, "serve the web page and the HTTP API (needs amlbot[web])")
    serve.add_argument("--host", default="127.0.0.1", help="address (default: this machine only)")
    serve.add_argument("--port", type=int, default=8000, help="port (default: 8000)")
    serve.add_argument("--workers", type=int, default=1, metavar="N", help="processes (default: 1)")
    serve.add_argument(
        "--cors-origin",
        action="append",
        default=[],
        metavar="URL",
        help="let pages of this origin call the API (again for more; default: none)",
    )
    check = command("check", _check, "find every mistake in knowledge files")
    check.add_argument("path", nargs="*", help="files or folders (default: the bundled knowledge)")
    check.add_argument("--quality", action="store_true", help="also judge the wording")
    check.add_argument("--stats", action="store_true", help="also count, and grade the reading")
    return parser


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _chat(args: argparse.Namespace) -> int:
    from .knowledge import defaults
    from .repl import Manner, run
    from .speaking import Speaker

    manner = Manner(args.plain, args.json, args.history, args.welcomed)
    if args.knowledge:  # its own first words are in it
        bot = open_bot(args)
        return run(lambda: bot, Speaker(bot.kb, args.region), manner, args.environ)
    kb = defaults()
    _require(args.region, kb)
    return run(lambda: open_bot(args), Speaker(kb, args.region), manner, args.environ)


def _ask(args: argparse.Namespace) -> int:
    from .layout import MEASURE
    from .render import as_json, as_text
    from .style import style_for

    bot = open_bot(args)
    tty = sys.stdout.isatty()
    style = style_for(args.environ, tty=tty, encoding=sys.stdout.encoding or "", plain=args.plain)
    width = shutil.get_terminal_size().columns if tty else MEASURE
    given = " ".join(args.question)
    unsure = False
    for question in [given] if given not in ("", "-") else _lines(sys.stdin):
        reply = bot.ask(question)
        print(as_json(reply) if args.json else as_text(reply, bot.say, width, style))
        if not args.json and given in ("", "-"):
            print()
        unsure |= _is_unsure(reply)
    return EXIT_UNSURE if unsure else EXIT_OK


def open_bot(args: argparse.Namespace) -> Bot:
    """The bot that the options ask for.

    Raises:
        UsageError: for a region that the knowledge has no numbers for.

    """
    from .bot import Bot
    from .knowledge import load

    kb = load(args.knowledge)
    _require(args.region, kb)
    return Bot(kb, region=args.region)


def _require(region: str, kb: KnowledgeBase) -> None:
    if region and region not in kb.regions:
        known = ", ".join(kb.regions) or "none"
        raise UsageError(f"no telephone numbers for region '{region}' (there are: {known})")


def _is_unsure(reply: Reply) -> bool:
    from .model import Outcome

    return reply.outcome in (Outcome.CLARIFY, Outcome.UNKNOWN)


def _list(args: argparse.Namespace) -> int:
    from .knowledge import load

    kb = load(args.knowledge)
    for topic in kb.topics:
        if args.topic.lower() not in topic.lower():
            continue
        intents = [i for i in kb.intents.values() if i.topic == topic and not i.chat]
        if args.json:
            for intent in intents:
                print(json.dumps({"id": intent.id, "title": intent.title, "topic": topic}))
        else:
            print(f"{topic or 'Questions'}\n" + "\n".join(f"  {i.title}" for i in intents) + "\n")
    return EXIT_OK


def _show(args: argparse.Namespace) -> int:
    from .render import as_json, as_text, intent_as_text

    bot = open_bot(args)
    intent = bot.kb.intents.get(args.id)
    if intent is None:
        near = bot.matcher.search(args.id.replace("-", " "), 1)
        hint = f" (did you mean {near[0].intent}?)" if near else ""
        print(f"amlbot: there is no answer '{args.id}'{hint}", file=sys.stderr)
        return EXIT_FAILURE
    reply = bot.filled(bot.show(intent))
    if args.json:
        print(as_json(reply))
    else:
        print(intent_as_text(intent), as_text(reply, bot.say), sep="\n\n")
    return EXIT_OK


def _explain(args: argparse.Namespace) -> int:
    from .knowledge import load
    from .matcher import Matcher
    from .render import explanation_as_text

    explanation = Matcher(load(args.knowledge), learn=True).explain(" ".join(args.question))
    if args.json:
        print(json.dumps(explanation.as_dict(), ensure_ascii=False))
    else:
        print(explanation_as_text(explanation))
    return EXIT_OK


def _test(args: argparse.Namespace) -> int:
    from .evaluate import Baseline, cases, concerning, held_out, mistyped, report, run
    from .knowledge import load, read
    from .matcher import Matcher

    kb = load(args.knowledge)
    baseline = _baseline(args.baseline) if args.baseline else None
    if args.path:
        asked = [case for path in args.path for document in read(path) for case in cases(document)]
        results = run(Matcher(kb, learn=True), mistyped(asked) if args.typos else asked)
    else:
        results = list(held_out(kb, typos=args.typos))
    shown = concerning(results, kb.intents, args.topic) if args.topic else results
    if args.json:
        print("\n".join(json.dumps(r.as_dict(), ensure_ascii=False) for r in shown))
    else:
        print("\n".join(report(shown, kb.intents, args.rows)))
    if args.record:
        with open(args.record, "w", encoding="utf-8") as file:
            file.write(Baseline.of(results).dump())
    if baseline:
        worse = baseline.regressions(results)
        print("\n".join(["", "worse than the baseline", *worse] if worse else []), file=sys.stderr)
        return EXIT_FAILURE if worse else EXIT_OK
    return EXIT_FAILURE if args.path and not all(r.right for r in results) else EXIT_OK


def _baseline(path: str) -> Baseline:
    from .evaluate import Baseline

    try:
        with open(path, encoding="utf-8") as file:
            return Baseline.parse(file.read())
    except (OSError, ValueError) as error:
        raise UsageError(
            f"cannot read the baseline {path}: {error} (--record writes one)"
        ) from error


def _check(args: argparse.Namespace) -> int:
    from .knowledge import check, load
    from .quality import Quality
    from .ready import bundled

    problems = []
    for path in args.path or [args.knowledge or bundled()]:
        found = check(path)
        if not found:
            quality = Quality(load(path))
            found = list(quality.problems()) if args.quality else []
            if args.stats:
                print("\n".join(quality.stats().lines()))
            elif not found and not args.json:
                print(f"{path}: {len(quality.kb.intents)} answers, no problems")
        problems += found
    for problem in problems:
        print(json.dumps(problem.as_dict()) if args.json else problem)
    return EXIT_FAILURE if problems else EXIT_OK


def _serve(args: argparse.Namespace) -> int:
    try:
        from .web import serve
    except ModuleNotFoundError as error:
        advice = "pip install 'amlbot[web]', or '.[web]' in a checkout"
        raise MissingExtraError(f"serve needs {error.name} ({advice})") from None
    settings = {"AMLBOT_REGION": args.region}
    if args.knowledge:
        settings["AMLBOT_KNOWLEDGE"] = args.knowledge
    if args.cors_origin:
        settings["AMLBOT_CORS_ORIGINS"] = " ".join(args.cors_origin)
    serve(open_bot(args), args.host, args.port, args.workers, settings)
    return EXIT_OK


def _lines(stream: Iterable[str]) -> Iterable[str]:
    return (line.strip() for line in stream if line.strip())


def _mend_streams() -> None:
    """Let a missing stream swallow what it gets, and an old code page drop a letter, not crash."""
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # started with the stream closed
            null = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(null, "r" if name == "stdin" else "w"))
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
