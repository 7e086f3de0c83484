"""Coverage-guided fuzzing of everything that takes text from outside.

Needs `atheris`, and the extra `web`.

    python benchmarks/fuzz.py loader|matcher|screen|history|http [-max_total_time=300] [CORPUS…]

Options go to libFuzzer. A finding is an exception that a user would see, or a broken promise; each
one that was ever found is a test (``tests/test_hostile.py``).
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import atheris  # type: ignore[import-untyped]

with atheris.instrument_imports(include=["amlbot"]):
    import amlbot.knowledge.schema  # noqa: F401  # else first imported, unwatched, by what needs it
    from amlbot import Bot, load
    from amlbot.errors import KnowledgeError
    from amlbot.knowledge.base import KnowledgeBase
    from amlbot.knowledge.yamlfile import parse
    from amlbot.rendering.render import as_json
    from amlbot.safety.screen import Screen
    from amlbot.web import create_app

MAX_ITEMS = 6
"""Messages of an invented history."""


def loader(raw: bytes) -> None:
    """Any file either loads or is refused with problems that name their place."""
    try:
        KnowledgeBase.from_documents([parse("fuzz.yaml", raw)])
    except KnowledgeError as refused:
        problems = refused.problems
    else:
        return
    assert problems
    assert all(problem.path == "fuzz.yaml" for problem in problems)


def matcher(raw: bytes) -> None:
    """Any text gets an outcome, and candidates with falling scores in [0, 1]."""
    match = _BOT.matcher.match(_text(raw))
    scores = [candidate.score for candidate in match.candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(0.0 <= score <= 1.0 for score in scores)


def screen(raw: bytes) -> None:
    """Nothing typed after or before a clear alarm silences it, beyond a new sentence."""
    _SCREEN.check(_text(raw))
    alarm = _SCREEN.check(f"{_text(raw)}\n\nI have a fever of 39.5 right now")
    assert alarm is not None


def history(raw: bytes) -> None:
    """Whatever a frontend passes as history, there is a reply, and JSON can hold it."""
    data = atheris.FuzzedDataProvider(raw)
    messages: list[Any] = [_invented(data) for _ in range(data.ConsumeIntInRange(0, MAX_ITEMS))]
    reply = _BOT.ask(data.ConsumeUnicode(200), messages)
    assert reply.text or reply.choices
    as_json(reply).encode("utf-8", "surrogatepass")


def http(raw: bytes) -> None:
    """Any body gets an answer or a refusal, never a fault of the server."""
    data = atheris.FuzzedDataProvider(raw)
    path = data.PickValueInList(["/api/ask", "/v1/chat/completions", "/"])
    structured = data.ConsumeBool()
    body = data.ConsumeBytes(len(raw))
    if structured:
        invented = atheris.FuzzedDataProvider(body)
        messages = [_invented(invented) for _ in range(invented.ConsumeIntInRange(0, MAX_ITEMS))]
        fields = {"text": invented.ConsumeUnicode(80), "history": messages, "messages": messages}
        body = (
            json.dumps(fields).encode()
            if path != "/"
            else urlencode(fields, errors="surrogatepass").encode()
        )
    assert 200 <= asyncio.run(_status(path, body)) < 500


async def _status(path: str, body: bytes) -> int:
    """The status that the app answers a POST with."""
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        statuses.extend([message["status"]] if "status" in message else [])

    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": []}
    await _APP(scope, receive, send)
    return statuses[0]


class _Strict(logging.Handler):
    """What the server logs is a fault that it kept from whoever asked."""

    def emit(self, record: logging.LogRecord) -> None:
        raise AssertionError(record.getMessage())


def _invented(data: atheris.FuzzedDataProvider) -> object:
    role = data.PickValueInList(["user", "assistant", "system", None, 7])
    content: object = data.ConsumeUnicode(80)
    if data.ConsumeBool():
        content = data.PickValueInList([None, 3, [], {}, [{"text": content}], [{"text": 1}]])
    return data.PickValueInList([{"role": role, "content": content}, {}, content])


def _text(raw: bytes) -> str:
    return str(atheris.FuzzedDataProvider(raw).ConsumeUnicode(len(raw)))


_BOT = Bot(load())
_APP = create_app(_BOT)
logging.getLogger("amlbot.web").addHandler(_Strict())
_SCREEN = Screen(_BOT.kb)
TARGETS: dict[str, Callable[[bytes], None]] = {
    "loader": loader,
    "matcher": matcher,
    "screen": screen,
    "history": history,
    "http": http,
}


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(__doc__)
    target = TARGETS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
