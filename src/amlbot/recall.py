"""Earlier lines for the Up key: in memory, and in a file only when the person names one."""

from __future__ import annotations

import os


class Recall:
    """The lines typed so far, oldest first."""

    def __init__(self, path: str = "") -> None:
        """Begin with the lines of ``path``, which is created for its owner alone; "" keeps none.

        Raises:
            OSError: if the file cannot be read and written.

        """
        self.lines: list[str] = []
        self.path = path
        if path:
            with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), encoding="utf-8") as file:
                self.lines += file.read().splitlines()

    def add(self, line: str) -> None:
        """Remember a line, unless it repeats the last."""
        line = line.strip()
        if not line or self.lines[-1:] == [line]:
            return
        self.lines.append(line)
        if self.path:
            with open(self.path, "a", encoding="utf-8") as file:
                file.write(f"{line}\n")

    def forget(self) -> None:
        """Empty the memory, and the file."""
        self.lines.clear()
        if self.path:
            with open(self.path, "w", encoding="utf-8"):
                pass
