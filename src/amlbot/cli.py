"""The ``amlbot`` command: what it does, streams and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, TextIO

from .errors import AmlbotError, KnowledgeError, MissingExtraError, Problem, UsageError, place_of
from .text import printable

if TYPE_CHECKING:
    from .bot import Bot
    from .evaluate import Baseline, Result
    from .knowledge.base import KnowledgeBase
    from .reply import Reply

EXIT_OK, EXIT_FAILURE, EXIT_UNSURE, EXIT_INTERRUPTED = 0, 1, 3, 130


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
    try:
        return _run(sys.argv[1:] if argv is None else argv, environ, welcomed)
    except AmlbotError as error:
        return _failed(str(error), status=error.exit_code)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # `amlbot list | head`
        _let_go(sys.stdout)
        return EXIT_OK
    except OSError as error:  # a full disk, a file that may not be written
        _let_go(sys.stdout)
        return _failed(error.filename, error.strerror or str(error))
    except Exception as fault:
        return _failed(f"a fault of the program's own, please report it: {place_of(fault)}")


def _run(argv: Sequence[str], environ: Mapping[str, str], welcomed: bool) -> int:
    """Run the command, its output written whole; returns its exit status."""
    args = _settled(_given(argv), environ)
    args.welcomed = welcomed
    status = _COMMANDS[args.command](args)
    sys.stdout.flush()
    return status


def _failed(*words: object, status: int = EXIT_FAILURE) -> int:
    """Say in one line what went wrong; a full disk may have no room even for that."""
    text = ": ".join(str(word) for word in ("amlbot", *words) if word)
    try:
        print(printable(text), file=sys.stderr)
    except OSError:
        _let_go(sys.stderr)
    return status


def _let_go(stream: TextIO) -> None:
    """Give up on what still waits to be written: it would fail again at the very end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _given(argv: Sequence[str]) -> SimpleNamespace:
    """What the command line says.

    A question without options says so itself; the parser is a tenth of the time that it takes.
    """
    args = SimpleNamespace(knowledge=None, json=False, plain=False, region="", history="")
    command, *words = argv or [""]
    if command == "ask" and not any(word.startswith("-") for word in words):
        args.command, args.question = command, words
        return args
    from .arguments import parser

    return parser().parse_args(argv, args)


def _settled(args: SimpleNamespace, environ: Mapping[str, str]) -> SimpleNamespace:
    """``args``, and where they are silent what the environment says."""
    args.knowledge = args.knowledge or environ.get("AMLBOT_KNOWLEDGE") or None
    args.region = args.region or environ.get("AMLBOT_REGION", "")
    args.plain = args.plain or bool(environ.get("ACCESSIBLE")) or environ.get("TERM") == "dumb"
    args.environ = environ
    return args


def _chat(args: SimpleNamespace) -> int:
    from .chat.repl import Manner, run
    from .conversation.speaking import Speaker
    from .knowledge.base import KnowledgeBase
    from .knowledge.disk import defaults

    manner = Manner(args.plain, args.json, args.history, args.welcomed)
    if args.knowledge:  # its own first words are in it
        bot = open_bot(args)
        return run(lambda: bot, Speaker(bot.kb, args.region), manner, args.environ)
    front = Speaker(KnowledgeBase(**defaults()), args.region)
    return run(lambda: open_bot(args), front, manner, args.environ)


def _ask(args: SimpleNamespace) -> int:
    from .reply import Outcome

    bot = open_bot(args)
    given = " ".join(args.question)
    many = given in ("", "-")
    unsure = False
    for question in _lines(sys.stdin) if many else [given]:
        reply = bot.ask(question)
        print(_shown(reply, bot, args), end="\n\n" if many and not args.json else "\n")
        unsure |= reply.outcome in (Outcome.CLARIFY, Outcome.UNKNOWN)
    return EXIT_UNSURE if unsure else EXIT_OK


def _shown(reply: Reply, bot: Bot, args: SimpleNamespace) -> str:
    """The reply as the options and standard output ask for it."""
    from .rendering.render import as_json, as_text
    from .rendering.style import style_for

    if args.json:
        return as_json(reply)
    tty, encoding = sys.stdout.isatty(), sys.stdout.encoding or ""
    style = style_for(args.environ, tty=tty, encoding=encoding, plain=args.plain)
    return as_text(reply, bot.say, _width(), style)


def _width() -> int:
    """Columns of the window; those of a page where there is none."""
    import shutil

    from .rendering.layout import MEASURE

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else MEASURE


def open_bot(args: SimpleNamespace) -> Bot:
    """The bot that the options ask for.

    Raises:
        AmlbotError: for knowledge that cannot be used, or a region that it has no numbers for.

    """
    from .bot import Bot
    from .knowledge.loading import load

    return Bot(load(args.knowledge) if args.knowledge else None, region=args.region)


def _list(args: SimpleNamespace) -> int:
    from .knowledge.loading import load
    from .rendering.render import json_line

    kb = load(args.knowledge)
    topics = [topic for topic in kb.topics if args.topic.lower() in topic.lower()]
    if args.topic and not topics:
        known = ", ".join(kb.topics)
        raise UsageError(f"no topic is called '{args.topic}' (there are: {known})")
    for topic in topics:
        intents = [intent for intent in kb.answers if intent.topic == topic]
        if args.json:
            for intent in intents:
                print(json_line(intent.listed()))
        else:
            titles = "\n".join(f"  {i.title}" for i in intents)
            print(printable(f"{topic or 'Questions'}\n{titles}\n"))
    return EXIT_OK


def _show(args: SimpleNamespace) -> int:
    from .rendering.render import intent_as_text

    bot = open_bot(args)
    intent = bot.kb.intents.get(args.id)
    if intent is None:
        near = bot.matcher.search(args.id.replace("-", " "), 1)
        hint = f" (did you mean {near[0].intent}?)" if near else ""
        return _failed(f"there is no answer '{args.id}'{hint}")
    reply = _shown(bot.filled(bot.show(intent)), bot, args)
    print(reply if args.json else f"{intent_as_text(intent, _width())}\n\n{reply}")
    return EXIT_OK


def _explain(args: SimpleNamespace) -> int:
    from .knowledge.loading import load
    from .rendering.render import json_line
    from .tracing import as_text, trace

    found = trace(load(args.knowledge), " ".join(args.question))
    print(json_line(found.as_dict()) if args.json else as_text(found))
    return EXIT_OK


def _test(args: SimpleNamespace) -> int:
    from .evaluate import Baseline
    from .knowledge.loading import load
    from .rendering.render import json_line
    from .report import concerning, report
    from .saving import replace

    kb = load(args.knowledge)
    baseline = _baseline(args.baseline) if args.baseline else None
    results = _results(kb, args)
    shown = concerning(results, kb.intents, args.topic) if args.topic else results
    if args.json:
        print("\n".join(json_line(r.as_dict()) for r in shown))
    else:
        print(printable("\n".join(report(shown, kb.intents, args.rows))))
    if args.record:
        from pathlib import Path

        replace(Path(args.record), Baseline.of(results).dump())
    if baseline:
        worse = baseline.regressions(results)
        if worse:
            print(printable("\n".join(["", "worse than the baseline", *worse])), file=sys.stderr)
        return EXIT_FAILURE if worse else EXIT_OK
    return EXIT_FAILURE if args.path and not all(r.right for r in results) else EXIT_OK


def _results(kb: KnowledgeBase, args: SimpleNamespace) -> list[Result]:
    """What became of the cases in files, or of every phrasing held out."""
    from .evaluate import cases, held_out, mistyped, run
    from .knowledge.disk import read
    from .matching.matcher import Matcher

    if not args.path:
        return list(held_out(kb, typos=args.typos))
    asked = [case for path in args.path for document in read(path) for case in cases(document)]
    return run(Matcher(kb, learn=True), mistyped(asked) if args.typos else asked)


def _baseline(path: str) -> Baseline:
    from .evaluate import Baseline

    try:
        with open(path, encoding="utf-8") as file:
            return Baseline.parse(file.read())
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is none"
        hint = "(--record writes one)"
        raise UsageError(f"cannot read the baseline {path}: {reason.lower()} {hint}") from None


def _check(args: SimpleNamespace) -> int:
    from .knowledge.loading import load
    from .quality import Quality
    from .ready import bundled
    from .rendering.render import json_line

    problems: list[Problem] = []
    for path in args.path or [args.knowledge or bundled()]:
        try:
            quality = Quality(load(path))
        except KnowledgeError as error:
            problems += error.problems
            continue
        found = list(quality.problems()) if args.quality else []
        if args.stats:
            print("\n".join(quality.stats().lines()))
        elif not found and not args.json:
            print(printable(f"{path}: no problems; answers: {len(quality.kb.answers)}"))
        problems += found
    for problem in problems:
        print(json_line(problem.as_dict()) if args.json else printable(str(problem)))
    return EXIT_FAILURE if problems else EXIT_OK


def _serve(args: SimpleNamespace) -> int:
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


def _lines(stream: TextIO) -> Iterator[str]:
    """The lines of ``stream`` that say something; an endless one comes in pieces."""
    from .conversation.dialogue import MAX_READ

    return filter(None, map(str.strip, iter(partial(stream.readline, MAX_READ), "")))


def _mend_streams() -> None:
    """Let a missing stream swallow what it gets, and an old code page drop a letter, not crash."""
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # started with the stream closed
            null = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(null, "r" if name == "stdin" else "w"))
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


_COMMANDS: Mapping[str | None, Callable[[SimpleNamespace], int]] = {
    None: _chat,
    "ask": _ask,
    "list": _list,
    "show": _show,
    "explain": _explain,
    "test": _test,
    "serve": _serve,
    "check": _check,
}
