"""Knowledge files from strangers: what `amlbot check` takes to refuse the worst that fits in one.

    python benchmarks/hostile.py

prints processor time and memory for files of the largest size that is read. Exit status 1 if any
takes more than 2 seconds or 300 MB, or ends in anything but words.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from itertools import count
from pathlib import Path

from amlbot.knowledge.yamlfile import MAX_BYTES

SECONDS, MEGABYTES = 2.0, 300
_INTENT = "intents: [{{id: a, answer: b, {}: ["
MEASURED = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(done.returncode, len(done.stderr), used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


def filled(before: str, each: str, after: str = "") -> str:
    """``each``, its ``{n}`` counted up, as often as it fits between ``before`` and ``after``."""
    parts, room = [before], MAX_BYTES - len(before) - len(after)
    for n in count():
        part = each.replace("{n}", str(n))
        room -= len(part)
        if room < 0:
            return "".join(parts) + after
        parts.append(part)
    raise AssertionError


WORST = {
    "open brackets": filled("", "["),
    "closed brackets": "[" * (MAX_BYTES // 2) + "]" * (MAX_BYTES // 2),
    "entries in entries": filled("", "- "),
    "keys in keys": filled("", "? "),
    "brackets in mappings": "{a: " * (MAX_BYTES // 5) + "}" * (MAX_BYTES // 5),
    "an empty list": filled("", "-\n"),
    "words in a list": filled("topic: [", "a,", "]"),
    "numbers in a list": filled("topic: [", "1,", "]"),
    "mappings in a list": filled("topic: [", "{a: b},", "]"),
    "one key again and again": filled("{", "a: 1,", "}"),
    "strange fields": filled("", "k{n}: v\n"),
    "anchors": filled("", "k{n}: &a{n} 1\n"),
    "aliases": filled("a: &x [b]\nb: [", "*x,", "]"),
    "tags": filled("topic: [", "!t a,", "]"),
    "documents": filled("", "---\n"),
    "a string without end": filled('a: "', "x"),
    "escapes": filled('a: "', "\\x41", '"'),
    "loose references": filled(_INTENT.format("questions: [q], related"), "z{n},", "]}]"),
    "placeholders": filled("intents: [{id: a, questions: [q], answer: '", "{x} ", "'}]"),
    "intents with faults": filled("intents:\n", "- {id: A{n}, questions: ['?'], answer: 1}\n"),
    "intents": filled("intents:\n", "- {id: a{n}, questions: [q{n}], answer: b}\n"),
    "questions": filled(_INTENT.format("questions"), "q{n},", "]}]"),
    "a long question": filled("intents: [{id: a, answer: b, questions: ['", "word ", "']}]"),
    "spellings": filled("lexicon: {spellings: {", "w{n}: [v{n}],", "}}"),
    "entities": filled("entities: [", "{id: e{n}, name: n{n}, kind: gene, broader: [e1]},", "]"),
    "danger signs": filled("safety: {concepts: {a: [", "w{n} x,", "]}}"),
}


def main() -> int:
    over = False
    with tempfile.TemporaryDirectory() as folder:
        for name, text in WORST.items():
            path = Path(folder, "k.yaml")
            path.write_text(text, encoding="utf-8")
            command = [sys.executable, "-c", MEASURED, sys.executable, "-m", "amlbot", "check"]
            done = subprocess.run([*command, path], capture_output=True, text=True, check=True)
            status, said, seconds, megabytes = map(float, done.stdout.split())
            wrong = status not in (0, 1) or said or seconds > SECONDS or megabytes > MEGABYTES
            over |= bool(wrong)
            print(f"{name:<26}{seconds:6.2f} s{megabytes:6.0f} MB{'  too much' * bool(wrong)}")
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
