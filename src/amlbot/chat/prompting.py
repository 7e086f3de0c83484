"""The line that a person types on a terminal. The only module that knows prompt_toolkit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import has_completions
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.history import History
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from ..text import printable
from .recall import Recall

PAUSE = 0.05
"""Seconds without a key before completions are looked for."""


class Prompt:
    """Reads one line at a time, with editing, history and completion."""

    def __init__(self, label: str, complete: Callable[[str], list[str]], recall: Recall) -> None:
        """Show ``label``; ``complete`` gives the whole lines that a line may become.

        Raises:
            Exception: whatever prompt_toolkit finds wrong with the terminal.

        """
        self.session: PromptSession[str] = PromptSession(
            ANSI(label),
            completer=_Completer(complete),
            complete_while_typing=False,
            history=_Recalled(recall),
            key_bindings=_keys(),
        )

    def read(self) -> str | None:
        """One message; None at the end. A pasted text keeps its lines.

        Raises:
            KeyboardInterrupt: on Ctrl-C.

        """
        try:
            return self.session.prompt()
        except EOFError:
            return None

    def forget(self) -> None:
        """Nothing: it remembers no lines of its own."""

    @property
    def empty(self) -> bool:
        """Whether nothing stood on the line when it was left."""
        return not self.session.default_buffer.text


class _Completer(Completer):
    """Waits for a pause, then looks in another thread. A fault offers nothing."""

    def __init__(self, complete: Callable[[str], list[str]]) -> None:
        self._complete = complete

    def get_completions(self, document: Document, event: CompleteEvent) -> Iterable[Completion]:
        typed = document.text_before_cursor
        try:
            lines = self._complete(typed)
        except Exception:  # whatever it is, it must not end the chat
            lines = []
        return [Completion(line, -len(typed)) for line in lines]

    async def get_completions_async(
        self, document: Document, event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        await asyncio.sleep(PAUSE)
        for completion in await asyncio.to_thread(self.get_completions, document, event):
            yield completion


class _Recalled(History):
    """Earlier lines, newest first."""

    def __init__(self, recall: Recall) -> None:
        super().__init__()
        self._recall = recall

    async def load(self) -> AsyncGenerator[str, None]:
        for line in reversed(self._recall.lines):
            yield line

    def get_strings(self) -> list[str]:
        return self._recall.lines

    def append_string(self, string: str) -> None:
        """Nothing: the chat adds each line to the memory."""

    def load_history_strings(self) -> Iterable[str]:
        return reversed(self._recall.lines)

    def store_string(self, string: str) -> None:
        """Nothing, as above."""


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add(Keys.BracketedPaste)
    def _(event: KeyPressEvent) -> None:
        """A pasted text of many lines is one message; each of them may ask something."""
        lines = (" ".join(printable(line).split()) for line in event.data.splitlines())
        event.current_buffer.insert_text("\n".join(filter(None, lines)))

    @keys.add("enter", filter=has_completions)
    def _(event: KeyPressEvent) -> None:
        """In an open menu Enter takes the line and does not send it."""
        buffer = event.current_buffer
        if buffer.complete_state and buffer.complete_state.current_completion is None:
            buffer.go_to_completion(0)
        buffer.complete_state = None

    @keys.add("escape", eager=True, filter=has_completions)
    def _(event: KeyPressEvent) -> None:
        """Back to what was typed."""
        event.current_buffer.cancel_completion()

    return keys
