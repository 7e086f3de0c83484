"""A conversation in one call: the bundled knowledge, read once, and the reply as Markdown."""

from __future__ import annotations

from functools import cache

from .bot import Bot
from .conversation.dialogue import History
from .rendering.markdown import as_markdown


def respond(message: str, history: History | None = None) -> str:
    """The reply to ``message`` as Markdown, from the bundled knowledge: what chat frontends call.

    ``history`` is the conversation so far, as ``{"role", "content"}`` messages or `Turn` objects.
    """
    bot = _bundled()
    return as_markdown(bot.ask(message, history or ()), bot.say)


@cache
def _bundled() -> Bot:
    return Bot()
