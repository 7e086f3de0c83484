"""What Tab offers: commands and what they take, or questions whose words were begun."""

from __future__ import annotations

from difflib import get_close_matches

from ..text import printable, words
from .commands import COMMANDS, MIN_FOUND, Session

MAX_OFFERED = 8
"""Lines that a menu shows without scrolling."""
CLOSE = 0.75
"""Share of letters from which a word is taken for a slip of another: one slip in four letters."""


def complete(line: str, session: Session) -> list[str]:
    """Whole lines that ``line`` may become, best first.

    A question is offered when each typed word begins one of its words, in any order; after those
    come the questions that the matcher finds, misspelt as the words may be. Costs a few
    milliseconds, so that it has no place in the thread that reads the keyboard.
    """
    if line.startswith("/"):
        return _commands(line, session)
    typed = words(line)
    if not typed:
        return []
    titles = {intent.id: intent.title for intent in session.bot.kb.answers}
    begun = [title for title in titles.values() if _begins(typed, title)]
    found = session.bot.matcher.search(line, 2 * MAX_OFFERED)
    near = [titles[c.intent] for c in found if c.score >= MIN_FOUND and c.intent in titles]
    near.sort(key=lambda title: _strange(typed, title))
    ranked = [title for title in near if title in begun] + sorted(begun, key=len) + near
    return list(dict.fromkeys(map(printable, ranked)))[:MAX_OFFERED]


def _commands(line: str, session: Session) -> list[str]:
    name, given, argument = line[1:].partition(" ")
    if not given:
        begun = [c for c in COMMANDS.values() if c.name.startswith(name.lower())]
        return [f"/{c.name} " if c.argument else f"/{c.name}" for c in begun]
    command = COMMANDS.get(name.lower())
    options = command.options(session) if command else ()
    near = (option for option in options if argument.lower() in option.lower())
    return [f"/{name} {printable(option)}" for option in near]


def _begins(typed: tuple[str, ...], title: str) -> bool:
    has = words(title)
    return all(any(word.startswith(start) for word in has) for start in typed)


def _strange(typed: tuple[str, ...], title: str) -> int:
    """How many of the typed words neither begin nor resemble a word of ``title``."""
    has = words(title)
    known = (
        any(word.startswith(start) for word in has) or get_close_matches(start, has, 1, CLOSE)
        for start in typed
    )
    return sum(not found for found in known)
