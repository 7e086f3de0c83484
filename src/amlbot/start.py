"""Where the command begins: whoever types only its name sees words before anything is loaded."""

from __future__ import annotations

import os
import sys

from . import ready

PLAIN = {"AMLBOT_KNOWLEDGE", "AMLBOT_REGION", "ACCESSIBLE", "NO_COLOR"}
"""Variables that make other first words, or other looks, than the usual ones."""


def run() -> None:
    """Run the command, and end the process with its exit status.

    At once: taking apart all that was opened would take as long as an answer, and when the
    terminal is closed while the knowledge is being opened, could wait for that thread for ever.
    """
    try:
        status = main()
    except SystemExit as told:
        status = int(told.code or 0)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except (OSError, ValueError):  # a terminal that is gone, a full disk
            continue
    os._exit(status)


def main() -> int:
    """Run the command; returns its exit status."""
    try:
        welcomed = _welcome()
        from .cli import main

        return main(welcomed=welcomed)
    except KeyboardInterrupt:  # while all that is being loaded
        return 130


def _welcome() -> bool:
    """Say the first words of a chat on an ordinary terminal; False leaves them to the chat."""
    if len(sys.argv) > 1 or not PLAIN.isdisjoint(os.environ):
        return False
    if None in (sys.stdin, sys.stdout) or os.environ.get("TERM", "dumb") == "dumb":
        return False
    if os.name == "nt" or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    lines = ready.head(ready.begun())
    if not lines or max(map(len, lines)) >= os.get_terminal_size().columns:
        return False
    print(f"\x1b[1m{lines[0]}\x1b[0m", *lines[1:], "", sep="\n", flush=True)
    return True
