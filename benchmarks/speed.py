"""How fast it is: starting, one question, one turn, many requests; each beside its yardstick.

    python benchmarks/speed.py [start] [questions] [turns] [server] [--most PHRASINGS]
                               [--requests N] [--workers N]

prints a table for people, and after it one line of JSON for machines. A figure is a ratio to what
its row names as its yardstick, measured moments before or after it; the time beside it is only for
information. ``--most`` bounds the size of the made-up knowledge (default 100,000; a million needs
some 1 GB and a few minutes), ``--requests`` says after how many the server's memory is looked at
(default 10,000, half a minute).
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import pty
import resource
import select
import statistics
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial

from rapidfuzz import fuzz, process

import server
import synthetic
from amlbot import Bot, KnowledgeBase, Matcher, load
from amlbot.safety.screen import Screen

ROUNDS = 15
"""Starts of a process; the median counts."""
COMMAND = "from amlbot.start import run; run()"
"""What the installed command ``amlbot`` runs."""
QUESTIONS = 300
SIZES = (1_000, 5_000, 10_000, 100_000, 1_000_000)
SCANS = 10_000
"""Phrasings up to which every question is also put to the scorers that scan all; beyond, a few."""
LENGTHS = (5, 100, 1_000, 10_000, 100_000, 1_000_000)
CLIENTS = (1, 8, 64)
SECONDS = 5.0
"""Of load on a server, for each figure."""
PORT = 8899
"""Of the bare echo; the one after it is the bot's."""


@dataclass(frozen=True)
class Row:
    """One figure."""

    what: str
    value: float
    """Milliseconds, or another unit that ``what`` names."""
    yardstick: str = ""
    ratio: float = 0.0
    """The value over the yardstick's; below 1 is faster."""
    goal: float = 0.0
    """The ratio that is aimed at, or 0."""

    def __str__(self) -> str:
        ratio = f"{self.ratio:9.4f} × {self.yardstick}" if self.yardstick else ""
        goal = f"  (goal {self.goal:g})" if self.goal else ""
        return f"{self.what:<52}{self.value:12.3f}  {ratio}{goal}"


def timed(command: list[str]) -> float:
    """Milliseconds that a process takes from start to end."""
    begin = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return (time.perf_counter() - begin) * 1e3


def until(command: list[str], sign: bytes) -> tuple[float, float]:
    """Milliseconds until a process on a terminal prints anything, and until it prints ``sign``."""
    begin = time.perf_counter()
    child, terminal = pty.fork()
    if not child:
        termios.tcsetwinsize(0, (24, 80))
        os.execvpe(command[0], command, {**os.environ, "TERM": "xterm-256color"})
    seen, first = b"", 0.0
    while sign not in seen and select.select([terminal], [], [], 20)[0]:
        try:
            seen += os.read(terminal, 65536)
        except OSError:
            break
        first = first or time.perf_counter() - begin
        if b"\x1b[6n" in seen:  # prompt_toolkit asks a terminal where its cursor is
            os.write(terminal, b"\x1b[1;1R")
            seen = seen.replace(b"\x1b[6n", b"")
    ready = time.perf_counter() - begin
    os.close(terminal)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return first * 1e3, ready * 1e3


def start() -> Iterator[Row]:
    """Cold starts, interleaved with their yardsticks."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # installing a program compiles it
    python = sys.executable
    program = [python, "-c", COMMAND]
    commands = {
        "bare Python": [python, "-c", "pass"],
        "importing rapidfuzz and yaml": [python, "-c", "import rapidfuzz, yaml"],
        "importing prompt_toolkit": [python, "-c", "import prompt_toolkit"],
        "amlbot --version": [*program, "--version"],
        'amlbot ask "what is npm1"': [*program, "ask", "what is npm1"],
        'amlbot ask "how comon is npm1?"': [*program, "ask", "how comon is npm1?"],
    }
    for command in commands.values():
        timed(command)
    times: dict[str, list[float]] = {name: [] for name in [*commands, "first words", "prompt"]}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            times[name].append(timed(command))
        first, ready = until(program, b"You: ")
        times["first words"].append(first)
        times["prompt"].append(ready)
    median = {name: statistics.median(values) for name, values in times.items()}
    for name in list(commands)[:3]:
        yield Row(name, median[name])
    for name, yardstick, goal in (
        ("first words", "bare Python", 2.0),
        ("prompt", "importing prompt_toolkit", 1.3),
        ("amlbot --version", "bare Python", 0.0),
        ('amlbot ask "what is npm1"', "importing rapidfuzz and yaml", 2.0),
        ('amlbot ask "how comon is npm1?"', "importing rapidfuzz and yaml", 2.0),
    ):
        yield Row(name, median[name], yardstick, median[name] / median[yardstick], goal)
    yield Row("peak memory of ask, MB", peak([*program, "ask", "what is npm1"]))


def peak(command: list[str]) -> float:
    """Megabytes that a process takes at most."""
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, check=True)
    return int(done.stdout) / 1024


def spread(call: Callable[[str], object], texts: Sequence[str]) -> tuple[float, float]:
    """The median and the 99th percentile of a call, after some to warm up.

    In milliseconds of processor time: what else the machine does is not counted.
    """
    for text in texts[:20]:
        call(text)
    times = []
    for text in texts:
        begin = time.thread_time()
        call(text)
        times.append((time.thread_time() - begin) * 1e3)
    times.sort()
    return statistics.median(times), times[int(len(times) * 0.99)]


def questions(most: int) -> Iterator[Row]:
    """One question, on the bundled knowledge and on made-up ones."""
    bundled = load()
    asked = [q for i in bundled.intents.values() for q in i.questions[1:2]][:QUESTIONS]
    yield from _questions("bundled", bundled, [f"please tell me {q}" for q in asked])
    for size in SIZES:
        if size <= most:
            kb = synthetic.knowledge(size)
            yield from _questions(f"{size:,}", kb, synthetic.questions(kb, QUESTIONS))
            gc.collect()


def _questions(name: str, kb: KnowledgeBase, asked: Sequence[str]) -> Iterator[Row]:
    phrasings = [q for i in kb.intents.values() for q in i.questions]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.thread_time()
    matcher = Matcher(kb, learn=False)
    built = time.thread_time() - begin
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 / len(phrasings)
    yield Row(f"{name}: build, s", built)
    if len(phrasings) >= SCANS:
        yield Row(f"{name}: memory, bytes a phrasing (at most)", grown)
    hit, late = spread(matcher.match, asked)
    refusal, _ = spread(matcher.match, synthetic.strange(QUESTIONS))
    few = asked if len(phrasings) <= SCANS else asked[:10]
    for scorer, goal in ((fuzz.token_set_ratio, 1 / 9), (fuzz.WRatio, 1 / 13)):
        lowered = [phrasing.lower() for phrasing in phrasings]

        slow, _ = spread(partial(process.extractOne, choices=lowered, scorer=scorer), few)
        yield Row(f"{name}: one question, median", hit, scorer.__name__, hit / slow, goal)
    yield Row(f"{name}: one question, p99", late, "its median", late / hit)
    yield Row(f"{name}: a refusal, median", refusal, "a hit", refusal / hit, 1.0)


def turns() -> Iterator[Row]:
    """The screen alone and a whole turn, for messages of every length."""
    bot = Bot()
    screen_only = Screen(bot.kb)
    words = "my husband has been at home since the second course and we wonder how it goes on "
    for what, call in (("screen", screen_only.check), ("whole turn", bot.ask)):
        before = 0.0
        for length in LENGTHS:
            text = (words * (length // len(words) + 1))[:length]
            _, late = spread(call, [text] * 100)
            yardstick = "the length before" if before else ""
            yield Row(
                f"{what}, {length:,} characters, p99", late, yardstick, late / (before or late)
            )
            before = late


def load_on_servers(workers: int, requests: int) -> Iterator[Row]:
    """Requests a second beside a bare echo, and what a long time of them does to the memory."""
    first, third = (server.bodies(history) for history in ([], server.HISTORY))
    bare, ours = server.commands(workers)
    with server.serving(bare, PORT), server.serving(ours, PORT + 1) as process:
        for clients in CLIENTS:
            echo = server.measure(PORT, server.Load(first, clients, SECONDS))
            yield Row(f"bare echo, {clients} clients: requests/s", echo.rate)
            yield Row(f"bare echo, {clients} clients: p99", echo.late)
            for what, bodies in (("first question", first), ("after two questions", third)):
                found = server.measure(PORT + 1, server.Load(bodies, clients, SECONDS))
                name = f"{what}, {clients} clients"
                share = found.rate / echo.rate
                yield Row(f"{name}: requests/s", found.rate, "bare echo", share)
                yield Row(f"{name}: p99", found.late, "bare echo", found.late / echo.late)
        before = server.resident(process)
        server.measure(PORT + 1, server.Load(first + third, CLIENTS[1], requests=requests))
        after = server.resident(process)
        yield Row(f"memory after {requests:,} more requests, MB", after, "before", after / before)


def main() -> None:
    parts: dict[str, Callable[[], Iterator[Row]]] = {
        "start": start,
        "questions": lambda: questions(options.most),
        "turns": turns,
        "server": lambda: load_on_servers(options.workers, options.requests),
    }
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", nargs="*", help=f"{', '.join(parts)} (default: all)")
    parser.add_argument("--most", type=int, default=100_000, metavar="PHRASINGS")
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    print(f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}")
    rows = []
    for name in options.part or parts:
        print(f"\n{name}: milliseconds, unless another unit is named")
        for row in parts[name]():
            print(row, flush=True)
            rows.append(row)
    print(json.dumps([asdict(row) for row in rows]))


if __name__ == "__main__":
    main()
