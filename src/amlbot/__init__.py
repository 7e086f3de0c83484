"""amlbot: patient questions about AML, matched to written, sourced answers.

>>> import amlbot
>>> amlbot.Bot().ask("how comon is npm1?").intent
'npm1-frequency'
"""

from __future__ import annotations

from functools import cache

from .bot import Bot
from .dialogue import History
from .errors import AmlbotError, KnowledgeError, MissingExtraError, Problem
from .knowledge import KnowledgeBase, check, load
from .matcher import Matcher
from .model import Candidate, Choice, Intent, Match, Outcome, Reply, Source, Turn

__version__ = "0.1.0"

__all__ = [
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


def respond(message: str, history: History | None = None) -> str:
    """The reply to ``message`` as Markdown, from the bundled knowledge: what chat frontends call.

    ``history`` is the conversation so far, as ``{"role", "content"}`` messages or `Turn` objects.
    """
    from .markdown import as_markdown

    bot = _bot()
    return as_markdown(bot.ask(message, history or ()), bot.say)


@cache
def _bot() -> Bot:
    return Bot()
