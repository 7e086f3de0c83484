"""The server under load, beside a bare starlette echo with as many workers: for ``speed.py``.

Client and server share the machine, so the figures are a floor, and what counts is their ratio.
"""

from __future__ import annotations

import asyncio
import json
import math
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import quantiles

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

QUESTIONS = (
    "how comon is npm1?",
    "what is salvage therapy",
    "what does mrd negative mean",
    "side effects of venetoclax",
    "can i eat sushi",
    "i have a fever of 39",
    "what is the best pizza",
    "hello",
)
SETTLING = 5
"""Seconds for the other workers to get ready."""
HISTORY = [{"role": "user", "content": text} for text in ("what is flt3", "and its treatment?")]


async def _echo(request: Request) -> Response:
    return JSONResponse(await request.json())


def echo() -> Starlette:
    """What any server of this kind has to do: read JSON, write JSON."""
    return Starlette(routes=[Route("/api/ask", _echo, methods=["POST"])])


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked, by how many at once, how often or for how long."""

    bodies: Sequence[bytes]
    clients: int
    seconds: float = math.inf
    requests: float = math.inf


@dataclass(frozen=True, slots=True)
class Measured:
    """How a server did under a load."""

    rate: float
    """Requests a second."""
    late: float
    """Milliseconds within which 99 of 100 were answered."""


def bodies(history: Sequence[object]) -> list[bytes]:
    return [json.dumps({"text": text, "history": history}).encode() for text in QUESTIONS]


@contextmanager
def serving(command: Sequence[str], port: int) -> Iterator[int]:
    """A server in a process of its own, whose number it yields, until the block ends."""
    process = subprocess.Popen([*command, "--port", str(port)], stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.1)
        time.sleep(SETTLING)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


async def drive(port: int, load: Load) -> list[float]:
    """Seconds that each answer took."""
    asked, took = cycle(load.bodies), list[float]()
    begun_all = time.perf_counter()
    left = load.requests

    async def client() -> None:
        nonlocal left
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while left > 0 and time.perf_counter() < begun_all + load.seconds:
            left -= 1
            body = next(asked)
            begun = time.perf_counter()
            head = f"POST /api/ask HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 200"), answer
            length = answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0]
            await reader.readexactly(int(length))
            took.append(time.perf_counter() - begun)
        writer.close()

    await asyncio.gather(*(client() for _ in range(load.clients)))
    return took


def measure(port: int, load: Load) -> Measured:
    """Put ``load`` on the server at ``port``."""
    begun = time.perf_counter()
    took = asyncio.run(drive(port, load))
    rate = len(took) / (time.perf_counter() - begun)
    return Measured(rate, quantiles(took, n=100)[98] * 1000)


def resident(process: int) -> float:
    """Megabytes of memory that a process has now (Linux)."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def commands(workers: int) -> tuple[list[str], list[str]]:
    """What starts the bare echo, and what starts the server."""
    bare = [sys.executable, "-m", "uvicorn", "--factory", "server:echo", "--workers", str(workers)]
    bare += ["--app-dir", str(Path(__file__).parent), "--http", "amlbot.web.server:Impatient"]
    bare += ["--no-access-log", "--log-level", "warning"]
    return bare, [sys.executable, "-m", "amlbot", "serve", "--workers", str(workers)]
