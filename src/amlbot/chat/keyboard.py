"""Where lines come from: a file or a pipe, or a terminal that nothing is drawn on.

The keyboard that completes and recalls is `prompting`.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Protocol

from ..conversation.dialogue import MAX_READ
from .recall import Recall


class Keyboard(Protocol):
    """Where lines come from."""

    @property
    def empty(self) -> bool:
        """Whether nothing stood on the line when it was interrupted."""

    def read(self) -> str | None:
        """The next line; None at the end."""

    def forget(self) -> None:
        """Empty what it remembers by itself."""


class Piped:
    """The lines of a file or a pipe."""

    empty = True

    def read(self) -> str | None:
        return sys.stdin.readline(MAX_READ) or None

    def forget(self) -> None:
        pass


class Typed:
    """Lines typed on a terminal that nothing is drawn on."""

    def __init__(self, label: str, recall: Recall) -> None:
        self._label = label
        with suppress(ImportError):  # not on Windows, whose console edits lines by itself
            import readline

            for line in recall.lines:
                readline.add_history(line)

    @property
    def empty(self) -> bool:
        with suppress(ImportError):
            import readline

            return not readline.get_line_buffer()
        return True

    def read(self) -> str | None:
        try:
            return input(self._label)
        except EOFError:
            print()
            return None
        except KeyboardInterrupt:
            print()
            raise

    def forget(self) -> None:
        with suppress(ImportError):
            import readline

            readline.clear_history()
