"""Earlier lines for the Up key: in memory, and in a file only when the person names one."""

from __future__ import annotations

import os
from errno import EINVAL

from ..text import printable

MAX_BYTES = 1_000_000
"""What is read of a file, from its end: some ten thousand lines."""


class Recall:
    """The lines typed so far, oldest first."""

    def __init__(self, path: str = "") -> None:
        """Begin with the lines of ``path``, which is created for its owner alone; "" keeps none.

        Raises:
            OSError: if the file cannot be read and written, or is no ordinary file.

        """
        self.lines: list[str] = []
        self.path = path
        if path:
            self.lines += map(printable, _tail(path).splitlines())

    def add(self, line: str) -> None:
        """Remember a message, unless it repeats the last; in the file it takes one line.

        Raises:
            OSError: if it cannot be written to the file.

        """
        line = printable(line).strip()
        if not line or self.lines[-1:] == [line]:
            return
        self.lines.append(line)
        if self.path:
            with open(self.path, "a", encoding="utf-8") as file:
                file.write(" ".join(line.splitlines()) + "\n")

    def forget(self) -> None:
        """Empty the memory, and the file."""
        self.lines.clear()
        if self.path:
            with open(self.path, "w", encoding="utf-8"):
                pass


def _tail(path: str) -> str:
    """The end of a file, which is created if it is not there."""
    if os.path.exists(path) and not os.path.isfile(path):  # a device may never end
        raise OSError(EINVAL, "not an ordinary file", path)
    with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "rb") as file:
        file.seek(-min(MAX_BYTES, os.fstat(file.fileno()).st_size), os.SEEK_END)
        return file.read(MAX_BYTES).decode("utf-8", "replace")
