"""Drives an ASGI app without a server, and a server without a browser."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Message

Headers = dict[str, str]


@dataclass
class Answer:
    """What came back."""

    status: int = 0
    headers: Headers = field(default_factory=dict)
    body: bytes = b""

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def send(  # noqa: PLR0913
    app: ASGIApp,
    method: str,
    path: str,
    body: bytes | Sequence[bytes] = b"",
    headers: Headers | None = None,
    *,
    pause: float = 0.0,
) -> Answer:
    """One request; a ``body`` of several parts comes in with a ``pause`` before each."""
    parts = [body] if isinstance(body, bytes) else list(body)
    answer = Answer()

    async def receive() -> Message:
        await asyncio.sleep(pause)
        if not parts:
            return {"type": "http.disconnect"}
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    async def collect(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {k.decode(): v.decode() for k, v in message["headers"]}
        else:
            answer.body += message.get("body", b"")

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(k.encode(), v.encode()) for k, v in (headers or {}).items()],
        "server": ("test", 80),
        "client": ("test", 1),
    }

    async def exchange() -> None:
        await app(scope, receive, collect)

    asyncio.run(exchange())
    return answer


def post(app: ASGIApp, path: str, data: object, **headers: str) -> Answer:
    """A JSON request."""
    return send(app, "POST", path, json.dumps(data).encode(), headers)


@contextmanager
def running(app: ASGIApp) -> Iterator[str]:
    """``app`` behind a real server on a free port of this machine; yields its address."""
    config = uvicorn.Config(app, port=0, log_level="warning", ws="none", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        for _ in range(1000):
            if server.started:
                break
            threading.Event().wait(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)
