"""The loop of the chat: a line is read, answered and shown, until the person leaves."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Thread
from typing import TYPE_CHECKING

from ..conversation.speaking import Speaker
from ..record import Record, replace
from ..rendering.layout import measure, wrap
from ..rendering.style import PLAIN, style_for
from ..reply import Outcome, Reply
from ..text import printable
from .keyboard import Keyboard, Piped, Typed
from .recall import Recall

if TYPE_CHECKING:
    from ..bot import Bot
    from .commands import Session

PATIENCE = 0.3
"""Seconds that a question waits before the person is told that it is being looked up."""
_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
_TIMED = hasattr(signal, "setitimer")
GRACE = 1.0
"""Seconds to unwind in when told to end from outside."""
_CLEAR = "\x1b[H\x1b[2J\x1b[3J"  # the screen, and what was scrolled off it

OpenBot = Callable[[], "Bot"]


class Manner(Record):
    """How to talk."""

    plain: bool = False
    """Only what a screen reader follows: lines, roles in words, nothing drawn or redrawn."""
    as_json: bool = False
    """One JSON object a reply, and nothing else."""
    history: str = ""
    """A file for earlier lines; "" keeps them in memory."""
    welcomed: bool = False
    """The first words were said already."""


def run(open_bot: OpenBot, speaker: Speaker, manner: Manner, environ: Mapping[str, str]) -> int:
    """Talk until the person leaves; returns the exit status.

    The first words come from ``speaker`` alone; the bot is opened while the person reads them.

    Raises:
        AmlbotError: whatever ``open_bot`` raises, at the first question.

    """
    display = Display(speaker, manner, environ)
    recall = Recall()
    try:
        recall = Recall(manner.history)
    except OSError as error:
        display.tell("no-history", file=manner.history, reason=error.strerror or str(error))
    display.welcome(recall.path)
    with leaving_tidily():
        return Chat(open_bot, display, recall).talk()


@contextmanager
def leaving_tidily() -> Iterator[None]:
    """When told to end from outside, unwind first: the terminal and the disk are left in order.

    Told so while it begins to read a line, prompt_toolkit may unwind for ever: `GRACE` ends that.
    """

    def leave(number: int, frame: object) -> None:
        status = 128 + number  # as a shell counts it
        if _TIMED:
            signal.signal(signal.SIGALRM, lambda *_: os._exit(status))
            signal.setitimer(signal.ITIMER_REAL, GRACE)
        raise SystemExit(status)

    before = {each: signal.signal(each, leave) for each in _ENDING}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
        if _TIMED:
            signal.setitimer(signal.ITIMER_REAL, 0)


def on_terminal() -> bool:
    """Whether a person sits at both ends: otherwise prompt_toolkit would write into the pipe."""
    return sys.stdin.isatty() and sys.stdout.isatty()


class Display:
    """Shows replies and the program's own words."""

    def __init__(self, speaker: Speaker, manner: Manner, environ: Mapping[str, str]) -> None:
        self.speaker = speaker
        self.manner = manner
        self.terminal = on_terminal()
        encoding = getattr(sys.stdout, "encoding", None) or "ascii"
        plain = manner.plain or manner.as_json
        self.style = style_for(environ, tty=self.terminal, encoding=encoding, plain=plain)
        if self.style.bold and os.name == "nt":
            os.system("")  # makes an older Windows console obey escapes

    def go_plain(self) -> None:
        """Talk plainly from now on."""
        self.manner = replace(self.manner, plain=True)
        self.style = PLAIN

    def welcome(self, kept: str) -> None:
        """The first lines of a conversation; ``kept`` is the file that remembers it, if any."""
        if self.manner.as_json or self.manner.welcomed:
            return
        lines = self.speaker.banner()
        if kept:
            lines[1:2] = [self.speaker.tell("banner-kept", file=kept)]
        for i, line in enumerate(lines):
            first = self.style.strong if i == 0 else str
            self._hint("\n".join(map(first, wrap(line, self._columns).split("\n"))))
        self._hint("")

    def tell(self, occasion: str, **values: str) -> None:
        """One of the program's own sentences."""
        self._hint(wrap(self.speaker.tell(occasion, 0, **values), self._columns))

    def show(self, replies: Iterable[Reply], hint: str = "") -> None:
        """What one message brought, and the occasion for a hint below it."""
        if self.manner.as_json:
            from ..rendering.render import as_json

            print(*map(as_json, replies), sep="\n", flush=True)
            return
        if self.terminal:
            print()
        for reply in replies:
            label = f"{self.speaker.tell('label-bot')}\n" if self.manner.plain else ""
            print(f"{label}{self._drawn(reply)}\n", flush=True)
        if hint:
            self.tell(hint)
            print()

    def _drawn(self, reply: Reply) -> str:
        """The reply as text. A fault in drawing it leaves its words."""
        from ..rendering.render import as_text

        try:
            return as_text(reply, self.speaker.tell, _width(), self.style, chat=self.terminal)
        except Exception:
            return printable(reply.text)

    def clear(self) -> None:
        """Empty the screen, unless it is read aloud."""
        if self.style.marks:
            print(_CLEAR, end="", flush=True)

    def _hint(self, text: str) -> None:
        """What is no answer: beside the answers when those go into a file."""
        aside = not self.terminal or self.manner.as_json
        print(text, file=sys.stderr if aside else sys.stdout, flush=True)

    @property
    def _columns(self) -> int:
        return measure(_width())


class Chat:
    """The turns between a keyboard and a display."""

    def __init__(self, open_bot: OpenBot, display: Display, recall: Recall) -> None:
        self._open_bot = open_bot
        self._display = display
        self._recall = recall
        self._keyboard = _keyboard(display, recall, self._complete)
        self._session = Later(self._open)  # after the keyboard: the prompt comes first
        self._hinted = False

    def talk(self) -> int:
        """Turn after turn; the exit status.

        On a terminal Ctrl-C has to be pressed twice, and who would lose a list leaves twice.
        """
        warned = False
        while True:
            try:
                line = self._keyboard.read()
                if line is not None and not self._turn(line):
                    warned = warned and not line.strip()
                    continue
                status, sure = 0, warned or not self._unsaved
            except KeyboardInterrupt:
                status, sure = 130, warned and self._keyboard.empty
            if sure or not self._display.terminal:
                self._display.tell("bye")
                return status
            warned = True
            self._display.tell("unsaved" if self._unsaved else "how-to-leave")

    @property
    def _unsaved(self) -> bool:
        session = self._session.opened
        return session is not None and session.unsaved

    def _turn(self, line: str) -> bool:
        """Answer one line; True when the person leaves."""
        if not line.strip():
            return False
        with suppress(OSError):  # a full disk is no reason to stop
            self._recall.add(line)
        session = self._session.get(on_wait=lambda: self._display.tell("one-moment"))
        try:
            replies = session.send(line)
        except Exception:  # a fault of ours must not leave a frightened person with a traceback
            replies = [session.told("fault")]
        if session.over:
            return True
        first = not self._hinted and any(reply.outcome is Outcome.ANSWER for reply in replies)
        self._hinted |= first
        self._display.show(replies, "hint" if first and self._display.terminal else "")
        return False

    def _open(self) -> Session:
        from .commands import Session

        bot = self._open_bot()
        return Session(bot, self._display.speaker, self._forget)

    def _forget(self) -> None:
        self._recall.forget()
        self._keyboard.forget()
        self._display.clear()

    def _complete(self, line: str) -> list[str]:
        """Whole lines that ``line`` may become; for another thread, since it may wait."""
        from .completion import complete

        return complete(line, self._session.get())


class Later:
    """A session that a thread is opening meanwhile."""

    def __init__(self, open: Callable[[], Session]) -> None:
        self._open = open
        self.opened: Session | None = None
        """The session once it is there."""
        self._fault: BaseException | None = None
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.opened = self._open()
        except BaseException as fault:  # raised again where it is waited for
            self._fault = fault

    def get(self, on_wait: Callable[[], None] = lambda: None) -> Session:
        """The session; ``on_wait`` is called when it takes a moment.

        Raises:
            AmlbotError: whatever went wrong in opening it.

        """
        self._thread.join(PATIENCE)
        if self._thread.is_alive():
            on_wait()
            self._thread.join()
        if self.opened is None:
            raise self._fault or RuntimeError("no session")
        return self.opened


def _keyboard(display: Display, recall: Recall, complete: Callable[[str], list[str]]) -> Keyboard:
    if not display.terminal:
        return Piped()
    label = f"{display.speaker.tell('label-you')} "
    if not display.manner.plain:
        from . import prompting

        try:
            return prompting.Prompt(display.style.accented(label), complete, recall)
        except Exception:  # a console that it cannot drive, such as git-bash without winpty
            display.go_plain()
    return Typed(label, recall)


def _width() -> int:
    return shutil.get_terminal_size().columns
