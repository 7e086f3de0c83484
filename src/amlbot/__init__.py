"""amlbot: patient questions about AML, matched to written, sourced answers.

>>> import amlbot
>>> amlbot.Bot().ask("how comon is npm1?").intent
'npm1-frequency'

Names are imported when they are first used, so that the command's first words need not wait.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, without importing typing
if TYPE_CHECKING:
    from .bot import Bot
    from .errors import AmlbotError, KnowledgeError, MissingExtraError, Problem
    from .knowledge.base import KnowledgeBase
    from .knowledge.loading import check, load
    from .matching.matcher import Matcher
    from .model import Intent, Source
    from .reply import Candidate, Choice, Match, Outcome, Reply, Turn
    from .responding import respond
    from .safety.screen import Alarm

__version__ = "0.1.0"

__all__ = [
    "Alarm",
    "AmlbotError",
    "Bot",
    "Candidate",
    "Choice",
    "Intent",
    "KnowledgeBase",
    "KnowledgeError",
    "Match",
    "Matcher",
    "MissingExtraError",
    "Outcome",
    "Problem",
    "Reply",
    "Source",
    "Turn",
    "check",
    "load",
    "respond",
]

_HOMES = {
    "bot": ("Bot",),
    "errors": ("AmlbotError", "KnowledgeError", "MissingExtraError", "Problem"),
    "knowledge.base": ("KnowledgeBase",),
    "knowledge.loading": ("check", "load"),
    "responding": ("respond",),
    "matching.matcher": ("Matcher",),
    "safety.screen": ("Alarm",),
    "model": ("Intent", "Source"),
    "reply": ("Candidate", "Choice", "Match", "Outcome", "Reply", "Turn"),
}


def __getattr__(name: str) -> object:
    from importlib import import_module

    for home, names in _HOMES.items():
        if name in names:
            found = globals()[name] = getattr(import_module(f".{home}", __name__), name)
            return found
    if name == "web":  # amlbot.web.create_app, where the extra is installed
        return import_module(".web", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
