"""The same input gives the same bytes, whatever the hash seed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

ASKED = """\
how comon is npm1
what are the side effects of venetoclax and azacitidin
my husband is tierd after chemo and wont eat, what can i do
idh1 or idh2
i have a fever of 38.4
qwrtz zxcvb
"""


def told(seed: str) -> bytes:
    done = subprocess.run(
        [sys.executable, "-m", "amlbot", "--json"],
        input=ASKED.encode(),
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": seed},
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("seed", ["1", "2026"])
def test_the_hash_seed_changes_nothing(seed: str) -> None:
    assert told(seed) == told("0")
