"""The ``amlbot`` command: arguments, streams and exit codes."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from . import __version__
from .bot import Bot
from .errors import AmlbotError, UsageError
from .model import Outcome, Reply

if TYPE_CHECKING:
    from .evaluate import Baseline

EXIT_OK, EXIT_FAILURE, EXIT_USAGE, EXIT_UNSURE, EXIT_INTERRUPTED = 0, 1, 2, 3, 130

_EXAMPLES = """\
examples:
  amlbot                                   talk with it
  amlbot ask "how common is npm1"          one answer
  amlbot ask --json < questions.txt        one answer a line, for programs
  amlbot list                              what it can answer
  amlbot show npm1-frequency               one answer with its questions and sources
  amlbot explain "is npm1 bad"             why this answer
  amlbot check my-knowledge/               find mistakes in knowledge files

exit status:
  0 answered · 1 failure · 2 wrong usage · 3 no confident answer (ask) · 130 interrupted

In an emergency call your emergency number. amlbot is not a doctor."""


def main(argv: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run the command; returns its exit status and never raises for anything expected."""
    unset = argparse.Namespace(knowledge=None, json=False, plain=False, region="")
    args = _parser().parse_args(argv, unset)
    args.knowledge = args.knowledge or environ.get("AMLBOT_KNOWLEDGE") or None
    args.region = args.region or environ.get("AMLBOT_REGION", "")
    args.plain = args.plain or bool(environ.get("ACCESSIBLE")) or environ.get("TERM") == "dumb"
    args.color = not environ.get("NO_COLOR") and not args.plain
    _tolerate_old_code_pages()
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


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    add = common.add_argument
    add("--knowledge", metavar="PATH", help="answer from this file or folder instead")
    add("--json", action="store_true", help="one JSON object a reply, and nothing else")
    add(
        "--plain",
        "--screen-reader",
        action="store_true",
        help="plain lines: no colors, no menus, no redrawing (also: ACCESSIBLE=1)",
    )
    add("--region", metavar="ID", help="whose numbers to give: us, uk, eu, ca or au")
    parser = argparse.ArgumentParser(
        prog="amlbot",
        description="Answers questions about acute myeloid leukemia (AML) from written, "
        "sourced answers. Not a doctor, not for emergencies.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[common],
    )
    parser.add_argument("-V", "--version", action="version", version=f"amlbot {__version__}")
    parser.set_defaults(run=_chat)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def command(name: str, run: object, help: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help, parents=[common])
        sub.set_defaults(run=run)
        return sub

    ask = command("ask", _ask, "answer one question, or one per line of standard input")
    ask.add_argument("question", nargs="*", help="the question; - or nothing reads lines")
    listing = command("list", _list, "list the topics and the questions that can be answered")
    listing.add_argument("topic", nargs="?", default="", help="only this topic")
    show = command("show", _show, "show one answer with all its questions and sources")
    show.add_argument("id", help="the id, as in: amlbot list --json")
    test = command("test", _test, "run question → intent cases, or hold out every phrasing once")
    test.add_argument("path", nargs="*", help="files of cases (default: the held-out test)")
    test.add_argument("--typos", action="store_true", help="ask with typing mistakes")
    test.add_argument("--topic", metavar="NAME", help="report what concerns one topic or file")
    test.add_argument(
        "--rows", type=int, default=20, metavar="N", help="lines of each table (default: 20)"
    )
    test.add_argument("--baseline", metavar="FILE", help="fail where it is worse than recorded")
    test.add_argument("--record", metavar="FILE", help="write the baseline")
    explain = command("explain", _explain, "show why a question gets its answer")
    explain.add_argument("question", nargs="+")
    check = command("check", _check, "find every mistake in knowledge files")
    check.add_argument("path", nargs="*", help="files or folders (default: the bundled knowledge)")
    check.add_argument("--quality", action="store_true", help="also judge the wording")
    check.add_argument("--stats", action="store_true", help="also count, and grade the reading")
    return parser


def _chat(args: argparse.Namespace) -> int:
    from . import repl

    return repl.run(open_bot(args), plain=args.plain, color=args.color, as_lines=args.json)


def _ask(args: argparse.Namespace) -> int:
    from .render import as_json, as_text

    bot = open_bot(args)
    given = " ".join(args.question)
    unsure = False
    for question in [given] if given not in ("", "-") else _lines(sys.stdin):
        reply = bot.ask(question)
        print(as_json(reply) if args.json else as_text(reply, bot.say))
        if not args.json and given in ("", "-"):
            print()
        unsure |= _is_unsure(reply)
    return EXIT_UNSURE if unsure else EXIT_OK


def open_bot(args: argparse.Namespace) -> Bot:
    """The bot that the options ask for.

    Raises:
        UsageError: for a region that the knowledge has no numbers for.

    """
    from .knowledge import load

    kb = load(args.knowledge)
    if args.region and args.region not in kb.regions:
        known = ", ".join(kb.regions) or "none"
        raise UsageError(f"no telephone numbers for region '{args.region}' (there are: {known})")
    return Bot(kb, region=args.region)


def _is_unsure(reply: Reply) -> bool:
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

    explanation = Matcher(load(args.knowledge)).explain(" ".join(args.question))
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
        results = run(Matcher(kb), mistyped(asked) if args.typos else asked)
    else:
        results = list(held_out(kb, typos=args.typos))
    shown = concerning(results, kb.intents, args.topic) if args.topic else results
    if args.json:
        print("\n".join(json.dumps(r.as_dict(), ensure_ascii=False) for r in shown))
    else:
        print("\n".join(report(shown, kb.intents, args.rows)))
    if args.record:
        Path(args.record).write_text(Baseline.of(results).dump(), encoding="utf-8")
    if baseline:
        worse = baseline.regressions(results)
        print("\n".join(["", "worse than the baseline", *worse] if worse else []), file=sys.stderr)
        return EXIT_FAILURE if worse else EXIT_OK
    return EXIT_FAILURE if args.path and not all(r.right for r in results) else EXIT_OK


def _baseline(path: str) -> Baseline:
    from .evaluate import Baseline

    try:
        return Baseline.parse(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            f"cannot read the baseline {path}: {error} (--record writes one)"
        ) from error


def _check(args: argparse.Namespace) -> int:
    from .knowledge import bundled, check, load
    from .quality import Quality

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


def _lines(stream: Iterable[str]) -> Iterable[str]:
    return (line.strip() for line in stream if line.strip())


def _tolerate_old_code_pages() -> None:
    """Let a redirected Windows console drop a character that it lacks rather than crash."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
