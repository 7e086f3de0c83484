"""Writing files whole or not at all: nobody ever finds half of what was to be saved."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def create(path: Path, text: str) -> None:
    """Create ``path`` with ``text``, readable by its owner alone.

    Raises:
        FileExistsError: if it is there already; it is left as it was.
        OSError: if it cannot be written; nothing is left behind.

    """
    if path.exists():
        raise FileExistsError(str(path))
    replace(path, text)


def replace(path: Path, text: str) -> None:
    """The same, in the place of whatever is there: that stays until all of ``text`` is written.

    Raises:
        OSError: if it cannot be written; what was there is left as it was.

    """
    try:
        handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".amlbot-")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    try:
        with open(handle, "w", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(unfinished)
        raise


def named(name: str, usual: str) -> Path:
    """The file that a person names: in a folder, or without a name, a free one called ``usual``."""
    path = Path(os.path.expanduser(name))
    folder = os.path.isdir(path) or name.endswith(("/", os.sep))
    return free(path / usual) if folder else path


def free(path: Path) -> Path:
    """``path``, or the first of ``path-2``, ``path-3``… that is not there yet."""
    number, candidate = 1, path
    while os.path.exists(candidate):  # a name too long for any file is free too
        number += 1
        candidate = path.with_stem(f"{path.stem}-{number}")
    return candidate
