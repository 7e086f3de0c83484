"""Requests a second, against a bare starlette echo on the same machine.

    python benchmarks/server.py [--seconds 5] [--clients 16] [--workers 1]

Client and server share the machine, so the figures are a floor, and what counts is their ratio.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles

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
    """What is asked, by how many at once, for how long."""

    bodies: Sequence[bytes]
    clients: int
    seconds: float


def bodies(history: Sequence[object]) -> list[bytes]:
    return [json.dumps({"text": text, "history": history}).encode() for text in QUESTIONS]


@contextmanager
def serving(command: Sequence[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.1)
        time.sleep(SETTLING)
        yield
    finally:
        process.terminate()
        process.wait(30)


async def drive(port: int, load: Load) -> list[float]:
    """Seconds that each answer took."""
    asked, took = cycle(load.bodies), list[float]()
    end = time.perf_counter() + load.seconds

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < end:
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


def measure(name: str, command: Sequence[str], port: int, load: Load) -> float:
    with serving(command, port):
        took = asyncio.run(drive(port, load))
    rate, slowest = len(took) / load.seconds, quantiles(took, n=100)[98]
    print(f"{name:<34}{rate:8.0f} /s   median {median(took) * 1000:6.1f} ms", end="")
    print(f"   99 of 100 within {slowest * 1000:6.1f} ms")
    return rate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--port", type=int, default=8899)
    args = parser.parse_args()
    workers = str(args.workers)
    bare = [sys.executable, "-m", "uvicorn", "--factory", "server:echo", "--workers", workers]
    bare += ["--app-dir", str(Path(__file__).parent), "--http", "amlbot.web.server:_Impatient"]
    bare += ["--no-access-log", "--log-level", "warning"]
    ours = [sys.executable, "-m", "amlbot", "serve", "--workers", workers]
    for number, (name, command, history) in enumerate(
        (
            ("bare echo", bare, []),
            ("amlbot, first question", ours, []),
            ("amlbot, after two questions", ours, HISTORY),
        )
    ):
        port = args.port + number
        load = Load(bodies(history), args.clients, args.seconds)
        measure(name, [*command, "--port", str(port)], port, load)


if __name__ == "__main__":
    main()
