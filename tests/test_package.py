"""The wheel: exactly what belongs in it, the same bytes each time, and it works alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

import amlbot
from amlbot import ready
from amlbot.prepare import prepared

pytest.importorskip("build", reason="needs the extra dev")
pytest.importorskip("hatchling", reason="needs the extra dev")

ROOT = Path(__file__).parents[1]
MADE = {"knowledge.ready"}
"""What the build makes of the rest."""
ABOUT = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}


def below(folder: Path) -> set[str]:
    """The files of a folder that somebody wrote."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.match("knowledge.ready*")
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy that holds what a fresh checkout holds."""
    target = tmp_path_factory.mktemp("build")
    for folder in ("src", "knowledge"):
        leftovers = shutil.ignore_patterns("__pycache__", "knowledge.ready*")
        shutil.copytree(ROOT / folder, target / folder, ignore=leftovers)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, target)
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", str(target)],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": "1"},
    )
    [wheel] = (target / "dist").glob("*.whl")
    return wheel


def test_it_holds_the_code_the_knowledge_and_the_license_and_nothing_else(wheel: Path) -> None:
    about = f"amlbot-{amlbot.__version__}.dist-info"
    expected = {f"amlbot/{name}" for name in below(ROOT / "src" / "amlbot") | MADE}
    expected |= {f"amlbot/data/{name}" for name in below(ROOT / "knowledge")}
    expected |= {f"{about}/{name}" for name in ABOUT}
    names = zipfile.ZipFile(wheel).namelist()
    assert sorted(names) == sorted(expected)


def test_it_asks_for_three_packages(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as files:
        [name] = [name for name in files.namelist() if name.endswith("METADATA")]
        about = message_from_bytes(files.read(name))
    needed = [line for line in about.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert [line.split("<")[0].split(">")[0] for line in sorted(needed)] == [
        "prompt-toolkit",
        "pyyaml",
        "rapidfuzz",
    ]
    assert about["Requires-Python"] == ">=3.11"


def test_what_it_makes_ready_is_the_same_each_time(wheel: Path) -> None:
    """The checkout's own was made with another hash seed; where there is none, it is now."""
    made = ready.read()
    again = made[:] if made else prepared()
    with zipfile.ZipFile(wheel) as files:
        assert files.read("amlbot/knowledge.ready") == again


def test_it_answers_alone_and_from_what_was_made_ready(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = (
        "import amlbot; bot = amlbot.Bot(); reply = bot.ask('how comon is npm1?');"
        "print(amlbot.__file__, bot.kb.ready is not None, reply.intent)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    place, found, intent = done.stdout.split()
    assert Path(place).is_relative_to(tmp_path)
    assert (found, intent) == ("True", "npm1-frequency")
    asked = subprocess.run(
        [sys.executable, "-m", "amlbot", "ask", "--json", "how comon is npm1?"],
        capture_output=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert json.loads(asked.stdout)["intent"] == intent
