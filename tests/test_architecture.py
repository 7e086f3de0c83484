"""The shape of the code: imports go one way, each library has one room, shells load late."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import defaultdict
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import amlbot
import record

PACKAGE = Path(amlbot.__file__).parent
MODULES = sorted(set(PACKAGE.rglob("*.py")) - {PACKAGE / "__init__.py"})
LAYERS = [
    layer.split()
    for layer in """
    ready record knowledge safety matching conversation rendering chat
    errors
    model text prose yamlfile store saving
    reply
    layout style recall dialogue cue fields packing names spelling vocabulary hearing numerals
    keyboard guards vitals signs schema figures directions likeness splitting asking
    disk grams index context
    base
    loading tables
    repairing
    reading screen glossary transcript
    quality mentions
    indexing query signals
    evidence comparing
    scoring
    learning deciding
    matcher wording speaking
    evaluate basis
    prepare report referring
    understanding
    smalltalk
    steering
    answering
    sentences
    bot
    render markdown tracing
    responding
    limits
    messages markup chart
    openai openapi form
    page
    app
    server
    commands prompting web
    completion
    repl
    arguments
    cli
    start
    __main__
    """.strip().splitlines()
]
"""Each imports from those above it only."""
LIBRARIES = {
    "yaml": {"yamlfile"},
    "rapidfuzz": {"spelling"},
    "prompt_toolkit": {"prompting"},
    "starlette": {"app"},
    "uvicorn": {"server"},
}
WORLD = {
    "os", "sys", "io", "time", "datetime", "random", "logging", "pathlib", "shutil", "tempfile",
    "signal", "socket", "subprocess", "threading", "asyncio", "uuid", "secrets", "locale", "select",
}  # fmt: skip
"""Modules through which code meets the world: disk, clock, environment, chance, other programs."""
MEETS = {
    # The disk: one module a reason.
    "ready": {"os"},
    "disk": {"os"},
    "loading": {"os"},
    "prepare": {"os"},
    "recall": {"os"},
    "saving": {"os", "pathlib", "tempfile"},
    # Types, and chance with a fixed seed.
    "fields": {"datetime"},
    "transcript": {"datetime"},
    "evaluate": {"random"},
    # The shells.
    "commands": {"datetime"},
    "prompting": {"asyncio"},
    "keyboard": {"sys"},
    "repl": {"os", "shutil", "signal", "sys", "threading"},
    "cli": {"os", "pathlib", "shutil", "sys"},
    "start": {"os", "sys"},
    "page": {"pathlib"},
    "openapi": {"pathlib"},
    "app": {"asyncio", "logging", "os", "time", "uuid"},
    "server": {"asyncio", "os", "socket", "sys"},
}
"""What each module meets of it. All others are pure."""
ACTS = {
    "print": {"cli", "keyboard", "repl", "start", "prepare", "server"},
    "input": {"keyboard"},
    "open": {"cli", "ready", "recall", "saving", "prepare"},
    "exec": set(),
    "eval": set(),
    "compile": set(),
    "__import__": set(),
    "breakpoint": set(),
}
"""Built-in functions that act on the world, and who may call them."""


def called(path: Path) -> str:
    """A module's name; a package's is that of its folder."""
    inner = path.stem == "__init__" and path.parent != PACKAGE
    return path.parent.name if inner else path.stem


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> set[str]:
    """The modules that a file imports, own ones with a leading dot."""
    found = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            *_, last = first, *_ = (node.module or "").split(".")
            if node.level:
                found |= {f".{last}"} if last else {f".{name.name}" for name in node.names}
            else:
                found.add(first)
    return found


@pytest.mark.parametrize("path", MODULES, ids=called)
def test_imports_never_go_up(path: Path) -> None:
    level = {name: i for i, layer in enumerate(LAYERS) for name in layer}
    own = {name[1:] for name in imports(path) if name.startswith(".")} - {"__version__"}
    above = {name for name in own if level[name] >= level[called(path)]}
    assert not above


def test_no_folder_needs_one_that_needs_it() -> None:
    """A folder is one thing here, and so is each module beside the folders."""
    needs: dict[str, set[str]] = defaultdict(set)
    for path in MODULES:
        *folder, module = path.relative_to(PACKAGE).with_suffix("").parts
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ImportFrom) and node.level > len(folder):
                needed = [node.module] if node.module else [name.name for name in node.names]
                needs[[*folder, module][0]] |= {name.split(".")[0] for name in needed}
    assert list(TopologicalSorter(needs).static_order())  # raises a CycleError


@pytest.mark.parametrize("path", MODULES, ids=called)
def test_every_library_has_one_room_and_every_room_one_library(path: Path) -> None:
    own = {"amlbot", *(name for name in imports(path) if name.startswith("."))}
    foreign = imports(path) - sys.stdlib_module_names - own - {"_typeshed"}
    assert len(foreign) <= 1
    assert all(called(path) in LIBRARIES[library] for library in foreign)


@pytest.mark.parametrize("path", MODULES, ids=called)
def test_a_module_meets_no_more_of_the_world_than_it_must(path: Path) -> None:
    assert imports(path) & WORLD == MEETS.get(called(path), set())


@pytest.mark.parametrize("path", MODULES, ids=called)
def test_what_is_said_hangs_on_no_file(path: Path) -> None:
    """Knowledge is read, and completed, where it is made: not while a message is answered."""
    if path.parent.name in {"safety", "matching", "conversation", "rendering"}:
        assert not imports(path) & {".disk", ".loading", ".ready"}


@pytest.mark.parametrize("path", MODULES, ids=called)
def test_only_the_shells_and_the_disk_act(path: Path) -> None:
    calls = [node for node in ast.walk(parsed(path)) if isinstance(node, ast.Call)]
    names = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
    assert all(called(path) in ACTS[name] for name in names & ACTS.keys())


@pytest.mark.parametrize("path", MODULES, ids=called)
def test_no_assertion_guards_what_people_send(path: Path) -> None:
    """``python -O`` drops them; where a type is told to mypy, nothing else may hang on it."""
    found = [node for node in ast.walk(parsed(path)) if isinstance(node, ast.Assert)]
    assert all("isinstance" in ast.dump(node.test) for node in found)


def test_the_readme_has_every_module_on_its_map() -> None:
    inside = {path.relative_to(PACKAGE).with_suffix("").as_posix() for path in MODULES}
    named = [row[1] for row in record.MAP_ROW.findall(record.map_in_readme())]
    assert sorted(named) == sorted(x.removesuffix("__init__") for x in inside - {"__main__"})


def test_the_map_says_what_the_modules_say_of_themselves() -> None:
    """After a change of a docstring's first line: python tests/record.py."""
    assert record.mapped(record.map_in_readme()) == record.map_in_readme()


def test_importing_the_package_is_cheap() -> None:
    code = (
        "import sys, amlbot; print({'prompt_toolkit', 'asyncio', 'starlette'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
