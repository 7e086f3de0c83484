"""The shape of the code: imports go one way, each library has one room, shells load late."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import amlbot

PACKAGE = Path(amlbot.__file__).parent
MODULES = sorted(set(PACKAGE.rglob("*.py")) - {PACKAGE / "__init__.py"})
LAYERS = [
    ["ready", "record"],
    ["errors"],
    ["model", "text", "yamlfile", "store", "recall"],
    [
        "layout",
        "style",
        "dialogue",
        "cue",
        "schema",
        "names",
        "spelling",
        "vocabulary",
        "hearing",
    ],
    ["guards", "temperature", "base", "figures", "directions", "likeness", "splitting"],
    ["knowledge"],
    ["reading", "safety", "glossary", "transcript"],
    ["index", "quality"],
    ["scoring"],
    ["learning"],
    ["matcher"],
    ["evaluate", "referring", "speaking"],
    ["prepare", "steering", "understanding"],
    ["answering"],
    ["bot"],
    ["render", "markdown"],
    ["limits"],
    ["messages", "markup", "chart"],
    ["openai", "openapi", "page"],
    ["app"],
    ["server"],
    ["commands", "prompting", "web"],
    ["completion"],
    ["repl"],
    ["arguments"],
    ["cli"],
    ["start"],
    ["__main__"],
]
LIBRARIES = {
    "yaml": {"yamlfile"},
    "rapidfuzz": {"spelling"},
    "prompt_toolkit": {"prompting"},
    "starlette": {"app"},
    "uvicorn": {"server"},
}
PURE = {
    "record",
    "model",
    "store",
    "base",
    "text",
    "layout",
    "style",
    "figures",
    "render",
    "markdown",
    "messages",
    "markup",
    "chart",
    "openai",
    "completion",
    "schema",
    "names",
    "directions",
    "spelling",
    "reading",
    "index",
    "scoring",
    "learning",
    "matcher",
    "dialogue",
    "cue",
    "splitting",
    "referring",
    "speaking",
    "steering",
    "understanding",
    "answering",
    "bot",
    "glossary",
    "safety",
}


def called(path: Path) -> str:
    """A module's name; a package's is that of its folder."""
    inner = path.stem == "__init__" and path.parent != PACKAGE
    return path.parent.name if inner else path.stem


def imports(path: Path) -> set[str]:
    """The modules that a file imports, own ones with a leading dot."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = (node.module or "").split(".")[0]
            if node.level:
                found |= {f".{module}"} if module else {f".{name.name}" for name in node.names}
            else:
                found.add(module)
    return found


@pytest.mark.parametrize("path", MODULES, ids=called)
def test_imports_never_go_up(path: Path) -> None:
    level = {name: i for i, layer in enumerate(LAYERS) for name in layer}
    own = {name[1:] for name in imports(path) if name.startswith(".")} - {"__version__"}
    above = {name for name in own if level[name] >= level[called(path)]}
    assert not above


@pytest.mark.parametrize("path", MODULES, ids=called)
def test_every_library_has_one_room(path: Path) -> None:
    for library, rooms in LIBRARIES.items():
        assert library not in imports(path) or called(path) in rooms


@pytest.mark.parametrize("name", PURE)
def test_the_core_touches_neither_disk_nor_clock_nor_environment(name: str) -> None:
    for path in PACKAGE.rglob(f"{name}.py"):
        assert not imports(path) & {"os", "sys", "time", "random", "logging", "pathlib", "io"}


def test_importing_the_package_is_cheap() -> None:
    code = (
        "import sys, amlbot; print({'prompt_toolkit', 'asyncio', 'starlette'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
