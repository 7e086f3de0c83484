"""Coverage-guided fuzzing of everything that takes text from outside (needs `atheris`).

    python benchmarks/fuzz.py loader|matcher|screen|history|http [-max_total_time=300] [CORPUS…]

Options go to libFuzzer. A finding is an exception that a user would see, or a broken promise; each
one that was ever found is a test (``tests/test_hostile.py``).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import atheris  # type: ignore[import-untyped]

with atheris.instrument_imports(include=["amlbot"]):
    from amlbot import Bot, load
    from amlbot.errors import KnowledgeError
    from amlbot.knowledge import KnowledgeBase
    from amlbot.render import as_json
    from amlbot.safety import Screen
    from amlbot.yamlfile import parse

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
    client = _client()
    for path in ("/api/ask", "/v1/chat/completions", "/"):
        headers = {"content-type": "application/json" if path != "/" else _FORM}
        assert client.post(path, content=raw, headers=headers).status_code < 500


@cache
def _client() -> Any:
    from starlette.testclient import TestClient

    from amlbot.web import create_app

    return TestClient(create_app(_BOT))


def _invented(data: atheris.FuzzedDataProvider) -> object:
    role = data.PickValueInList(["user", "assistant", "system", None, 7])
    content: object = data.ConsumeUnicode(80)
    if data.ConsumeBool():
        content = data.PickValueInList([None, 3, [], {}, [{"text": content}], [{"text": 1}]])
    return data.PickValueInList([{"role": role, "content": content}, {}, content])


def _text(raw: bytes) -> str:
    return str(atheris.FuzzedDataProvider(raw).ConsumeUnicode(len(raw)))


_FORM = "application/x-www-form-urlencoded"
_BOT = Bot(load())
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
