"""What a JSON request says, checked: the text, and the conversation before it. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Mapping

from ..conversation.dialogue import clipped, user_messages
from ..record import Record
from ..reply import Turn
from .limits import MAX_TEXT, Refused

_SURROGATES = re.compile("[\ud800-\udfff]")


class Question(Record):
    """One message to answer."""

    text: str
    history: tuple[Turn, ...] = ()
    region: str = ""


def parse(body: bytes) -> Mapping[str, object]:
    """The JSON object in ``body``.

    Raises:
        Refused: if there is none.

    """
    try:
        data = json.loads(body)
    except RecursionError:
        raise Refused("The JSON is nested too deeply.") from None
    except ValueError:
        raise Refused("The body is not valid JSON. Send a JSON object in UTF-8.") from None
    if not isinstance(data, dict):
        raise Refused("The body must be a JSON object.")
    return data


def ask_request(data: Mapping[str, object], regions: Container[str]) -> Question:
    """The body of ``POST /api/ask``.

    Raises:
        Refused: if a field has the wrong type or length.

    """
    text, region = data.get("text"), data.get("region", "")
    if not isinstance(text, str):
        raise Refused("'text' must be a string: the question.", param="text")
    if not isinstance(region, str) or (region and region not in regions):
        raise Refused("'region' must be one of the regions in /openapi.json.", param="region")
    history = _turns(_user_texts(data.get("history"), "history"))
    return Question(checked(text, "text"), history, region)


def chat_request(data: Mapping[str, object]) -> Question:
    """The body of ``POST /v1/chat/completions``: the last user message is the one to answer.

    Its text may be of any length, since frontends put a whole conversation into their own prompts.

    Raises:
        Refused: if there is no user message, or one of the wrong type.

    """
    texts = _user_texts(data.get("messages"), "messages")
    if not texts:
        raise Refused("'messages' must hold a message with role 'user'.", param="messages")
    return Question(texts[-1], _turns(texts[:-1]))


def checked(text: str, param: str) -> str:
    """``text`` without lone surrogates, which no encoding can carry.

    Raises:
        Refused: if it is too long.

    """
    if len(text) > MAX_TEXT:
        message = f"The message has {len(text):,} characters; at most {MAX_TEXT:,} are read."
        raise Refused(message, param=param, code="context_length_exceeded")
    return encodable(text)


def encodable(text: str) -> str:
    """``text`` with lone surrogates replaced."""
    return _SURROGATES.sub("\ufffd", text)


def _user_texts(messages: object, param: str) -> list[str]:
    if messages is None:
        return []
    if not isinstance(messages, list):
        raise Refused(f"'{param}' must be a list of messages.", param=param)
    for i, message in enumerate(messages):
        _check(message, f"{param}[{i}]")
    return [encodable(text) for text in user_messages(messages)]


def _turns(texts: Iterable[str]) -> tuple[Turn, ...]:
    """What was said before, none of it longer than a message may be."""
    return tuple(Turn("user", clipped(text, MAX_TEXT)) for text in texts)


def _check(message: object, where: str) -> None:
    if not isinstance(message, Mapping):
        raise Refused(f"'{where}' must be an object with 'role' and 'content'.", param=where)
    if not isinstance(message.get("role"), str):
        raise Refused(f"'{where}.role' must be a string.", param=f"{where}.role")
    content = message.get("content")
    if content is not None and not isinstance(content, str | list):
        problem = f"'{where}.content' must be a string or a list of parts."
        raise Refused(problem, param=f"{where}.content")
    if isinstance(content, list) and not all(isinstance(part, Mapping) for part in content):
        raise Refused(f"'{where}.content' must hold objects.", param=f"{where}.content")
