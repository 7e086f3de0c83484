"""Where the command begins: whoever types only its name sees words before anything is loaded."""

from __future__ import annotations

import gc
import os
import sys

from . import ready

PLAIN = {"AMLBOT_KNOWLEDGE", "AMLBOT_REGION", "ACCESSIBLE", "NO_COLOR"}
"""Variables that make other first words, or other looks, than the usual ones."""


def main() -> int:
    """Run the command; returns its exit status."""
    welcomed = _welcome()
    from .cli import main

    status = main(welcomed=welcomed)
    gc.freeze()  # the process ends: looking for garbage in all that was opened would delay it
    return status


def _welcome() -> bool:
    """Say the first words of a chat on an ordinary terminal; False leaves them to the chat."""
    if len(sys.argv) > 1 or not PLAIN.isdisjoint(os.environ):
        return False
    if None in (sys.stdin, sys.stdout) or os.environ.get("TERM", "dumb") == "dumb":
        return False
    if os.name == "nt" or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    raw = ready.read(ready.HEAD)
    lines = ready.head(raw) if raw else []
    if not lines or max(map(len, lines)) >= os.get_terminal_size().columns:
        return False
    print(f"\x1b[1m{lines[0]}\x1b[0m", *lines[1:], "", sep="\n", flush=True)
    return True
