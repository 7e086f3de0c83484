"""What a terminal can show: emphasis, links, drawing. Decided once, at the start."""

from __future__ import annotations

from collections.abc import Mapping

from ..record import Record
from ..text import printable

_LINKING = frozenset(
    {"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby", "rio", "WarpTerminal"}
)
"""``TERM_PROGRAM`` of terminals that open OSC 8 links."""
_LINKING_TERMS = ("xterm-kitty", "xterm-ghostty", "alacritty", "foot", "contour", "wezterm")
_FIRST_VTE = 5000  # VTE 0.50, the first with links


class Marks(Record):
    """Characters to draw with, one column each."""

    full: str
    empty: str
    dot: str
    ring: str


BLOCKS = Marks("█", "░", "●", "○")
LETTERS = Marks("#", ".", "o", ".")
"""For code pages without blocks."""


class Style(Record):
    """How emphasis looks. The default is plain: no escapes, no drawing, no links."""

    bold: str = ""
    accent: str = ""
    alarm: str = ""
    off: str = ""
    links: bool = False
    marks: Marks | None = None

    def strong(self, text: str) -> str:
        return self._in(self.bold, text)

    def accented(self, text: str) -> str:
        return self._in(self.accent, text)

    def alarming(self, text: str) -> str:
        return self._in(self.alarm, text)

    def _in(self, escape: str, text: str) -> str:
        return f"{escape}{text}{self.off}" if escape else text

    def linked(self, text: str, url: str) -> str:
        """Each line of ``text`` as a link, its indent left out; as it is without ``url``."""
        if not (self.links and url):
            return text
        target = printable(url).replace("\n", "").replace(" ", "%20")
        return "\n".join(
            f"{line[: len(line) - len(line.lstrip())]}"
            f"\x1b]8;;{target}\x1b\\{line.lstrip()}\x1b]8;;\x1b\\"
            for line in text.split("\n")
        )


PLAIN = Style()


def style_for(environ: Mapping[str, str], *, tty: bool, encoding: str, plain: bool) -> Style:
    """The style for a stream.

    Bold is no color, so that ``NO_COLOR`` keeps it. Magenta is the one of the 16 colors that can
    be read on black as on white (4.5:1 and 4.7:1 in xterm's palette); red comes only with bold,
    reversed, which no background can hide.
    """
    if plain or not tty:
        return PLAIN
    colors = not environ.get("NO_COLOR")
    return Style(
        bold="\x1b[1m",
        accent="\x1b[35m" if colors else "",
        alarm="\x1b[1;7;31m" if colors else "\x1b[1;7m",
        off="\x1b[0m",
        links=_opens_links(environ),
        marks=BLOCKS if _can_write("".join((BLOCKS.full, BLOCKS.dot)), encoding) else LETTERS,
    )


def _opens_links(environ: Mapping[str, str]) -> bool:
    """Whether the terminal is known to open OSC 8 links; there is no way to ask it."""
    if forced := environ.get("FORCE_HYPERLINK"):
        return forced != "0"
    if environ.get("TMUX") or environ.get("STY"):  # may swallow them
        return False
    vte = environ.get("VTE_VERSION", "")
    return (
        environ.get("TERM_PROGRAM") in _LINKING
        or environ.get("TERM", "").startswith(_LINKING_TERMS)
        or (vte.isdigit() and int(vte) >= _FIRST_VTE)
        or bool(environ.get("WT_SESSION") or environ.get("KONSOLE_VERSION"))
    )


def _can_write(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
