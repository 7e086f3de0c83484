"""Many threads over one bot give the replies of one, and memory stays flat.

    python benchmarks/soak.py [--threads 32] [--seconds 60]

Every thread asks questions of the bundled knowledge, with typing mistakes and histories, and holds
each reply against the one that a single thread got. Exit status 1 on any difference.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import threading
import time

import synthetic
from amlbot import Bot
from amlbot.rendering.render import as_json

QUESTIONS = 400


def asked(bot: Bot, count: int, seed: int = 5) -> list[tuple[str, list[dict[str, str]]]]:
    """Questions as people type them, half of them after another one."""
    rng = random.Random(seed)
    phrasings = [q for intent in bot.kb.intents.values() for q in intent.questions]
    found = []
    for _ in range(count):
        words = rng.choice(phrasings).split()
        i = rng.randrange(len(words))
        words[i] = synthetic.swapped(words[i], rng)
        before = [{"role": "user", "content": rng.choice(phrasings)}]
        found.append((" ".join(words), before if rng.random() < 0.5 else []))
    return found


def memory() -> int:
    """The most memory that the process took so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    bot = Bot()
    questions = asked(bot, QUESTIONS)
    expected = [as_json(bot.ask(text, history)) for text, history in questions]
    before = memory()
    end = time.monotonic() + options.seconds
    counts = [0] * options.threads
    wrong: list[str] = []

    def ask(number: int) -> None:
        rng = random.Random(number)
        while time.monotonic() < end and not wrong:
            i = rng.randrange(QUESTIONS)
            text, history = questions[i]
            if as_json(bot.ask(text, history)) != expected[i]:
                wrong.append(text)
            counts[number] += 1

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(options.threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(
        f"{sum(counts):,} replies from {options.threads} threads, {len(wrong)} unlike one thread's"
    )
    print(f"memory at most {before} MB before, {memory()} MB after")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
