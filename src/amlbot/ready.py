"""The ready-made file of the bundled knowledge: where it is, what it must be made of, its head.

Nothing but built-in modules is imported here: this is read before the program's first words.
"""

from __future__ import annotations

import os
from zlib import crc32

TYPE_CHECKING = False  # as type checkers take it, without what importing `typing` costs
if TYPE_CHECKING:
    import mmap

FORMAT = 2
"""Raised when files of an older program can no longer be read."""
PACKAGE = os.path.dirname(os.path.abspath(__file__))
HEAD = 4096
"""Bytes within which the head ends."""
PATH = os.path.join(PACKAGE, "knowledge.ready")
"""What building the package makes of the bundled knowledge: beside the code, and as trusted."""


def bundled() -> str:
    """The knowledge that comes with the program: in the wheel, or beside a checkout's ``src/``."""
    inside = os.path.join(PACKAGE, "data")
    beside = os.path.join(PACKAGE, "..", "..", "knowledge")
    return inside if os.path.isdir(inside) else os.path.normpath(beside)


def files(root: str, endings: tuple[str, ...] = (".yaml", ".yml")) -> list[str]:
    """The files at ``root``, itself or below it, that end so, in a fixed order.

    Links are passed over: a stranger's folder may not reach outside itself.
    """
    if os.path.isfile(root):
        return [root]
    found = []
    for folder in (folders := [root]):
        for entry in os.scandir(folder):
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
            elif entry.is_file(follow_symlinks=False) and entry.name.endswith(endings):
                found.append(entry.path)
    return sorted(path for path in found if not os.path.basename(path).startswith("."))


def contents(path: str, most: int = -1) -> bytes:
    """The bytes of a file; no more than ``most``, if that is given."""
    with open(path, "rb") as file:
        return file.read(most)


def mapped(path: str) -> mmap.mmap:
    """The bytes of a file that is not empty. Each page is read when it is looked at."""
    import mmap  # no built-in module

    with open(path, "rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def key() -> str:
    """What stands for all that `PATH` is made from: the bundled files, and this package's code.

    A checksum finds an edit that was forgotten, not a forger: who can write beside the program
    can as well change the program.
    """
    check, size = FORMAT, 0
    for path in (*files(PACKAGE, (".py",)), *files(bundled())):
        raw = contents(path)
        check = crc32(raw, check)
        size += len(raw)
    return f"{check:08x}-{size}"


def read() -> mmap.mmap | None:
    """The ready-made file, unless it was made of other files or other code, or is not there."""
    return mapped(PATH) if begun() else None


def begun() -> bytes:
    """The first `HEAD` bytes of what `read` gives: enough for the first words. b"" for None."""
    try:
        raw = contents(PATH, HEAD)
    except OSError:
        return b""
    return raw if raw.startswith(f"{key()}\n".encode()) else b""


def head(raw: bytes) -> list[str]:
    """The first words of a conversation, line by line: they stand below the key."""
    lines, end, _ = raw.partition(b"\n\n")
    return lines.decode().split("\n")[1:] if end else []
