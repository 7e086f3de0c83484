"""The chat: prompt_toolkit on a terminal, plain lines everywhere else."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable

from .bot import Bot
from .model import Reply, Turn
from .render import ANSI, Style, as_json, as_text, wrap

LEAVING = frozenset({"quit", "exit", "bye", "q", ":q", "/quit", "/exit"})


def run(bot: Bot, *, plain: bool = False, color: bool = True, as_lines: bool = False) -> int:
    """Talk until the person leaves; returns the exit status.

    ``plain`` keeps to what a screen reader follows; ``as_lines`` prints one JSON object a reply.
    """
    terminal = on_terminal()
    style = ANSI if color and sys.stdout.isatty() else Style()

    def show(reply: Reply) -> None:
        if as_lines:
            print(as_json(reply), flush=True)
        else:
            label = "amlbot:\n" if plain else ""
            print(f"\n{label}{as_text(reply, bot.say, _width(), style)}\n", flush=True)

    def hint(text: str) -> None:
        stream = sys.stdout if terminal else sys.stderr
        print(wrap(text, min(_width() - 1, 76)), file=stream, flush=True)

    if not as_lines:
        hint("\n".join(f"- {line}" for line in bot.banner()))
    if terminal and not plain:
        return _converse(bot, _prompt_session(bot, hint), show, hint)
    return _converse(bot, _plain_lines(terminal), show, hint)


def _converse(
    bot: Bot,
    read: Callable[[], str | None],
    show: Callable[[Reply], None],
    hint: Callable[[str], None],
) -> int:
    history: list[Turn] = []
    while True:
        try:
            text = read()
        except KeyboardInterrupt:
            return 130
        if text is None or text.strip().lower() in LEAVING:
            hint(bot.say("bye"))
            return 0
        if not text.strip():
            continue
        reply = bot.ask(text, history)
        show(reply)
        history += [Turn("user", text), Turn("assistant", reply.text)]


def _plain_lines(terminal: bool) -> Callable[[], str | None]:
    lines: Iterable[str] = iter(sys.stdin)

    def read() -> str | None:
        if terminal:
            print("You: ", end="", flush=True)
        return next(iter(lines), None)

    return read


def _prompt_session(bot: Bot, hint: Callable[[str], None]) -> Callable[[], str | None]:
    from prompt_toolkit import PromptSession

    session: PromptSession[str] = PromptSession()

    def read() -> str | None:
        asked_to_leave = False
        while True:
            try:
                return " ".join(session.prompt("> ").split("\n"))
            except EOFError:
                return None
            except KeyboardInterrupt:
                if asked_to_leave:
                    raise
                asked_to_leave = True
                hint(bot.say("how-to-leave"))

    return read


def _width() -> int:
    return shutil.get_terminal_size().columns


def on_terminal() -> bool:
    """Whether a person sits at both ends: otherwise prompt_toolkit would write into the pipe."""
    return sys.stdin.isatty() and sys.stdout.isatty()
