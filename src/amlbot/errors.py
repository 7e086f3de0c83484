"""One family of errors; each knows the exit code of a command that ends with it."""

from __future__ import annotations

from collections.abc import Sequence

from .record import Record, asdict, values


class AmlbotError(Exception):
    """Anything the program can say in one line instead of a traceback."""

    exit_code = 1


def place_of(fault: Exception) -> str:
    """What went wrong and where, but not the question: that may be in the words of the fault."""
    from traceback import extract_tb

    last = extract_tb(fault.__traceback__)[-1]
    file = last.filename.replace("\\", "/").rpartition("/")[2]
    return f"{type(fault).__name__} in {file}:{last.lineno}"


class Problem(Record):
    """One fault in a knowledge file, written so that its author can mend it."""

    path: str
    """The file, or a name for data that did not come from one."""
    line: int
    """Line in the file, from 1; 0 when the data has no lines."""
    message: str
    """What is wrong, and in brackets what to do."""
    advice: bool = False
    """True for a matter of quality that does not stop the knowledge from loading."""

    def as_dict(self) -> dict[str, object]:
        """The problem as plain data for JSON."""
        return asdict(self)

    def __lt__(self, other: Problem) -> bool:
        """By file and line."""
        return values(self) < values(other)

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {'advice: ' if self.advice else ''}{self.message}"


class KnowledgeError(AmlbotError):
    """Knowledge that cannot be used. Holds every problem found, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


class UsageError(AmlbotError):
    """An option that makes no sense."""

    exit_code = 2


class MissingExtraError(AmlbotError):
    """A command that needs an optional package which is not installed."""
