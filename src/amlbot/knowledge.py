"""Knowledge on disk: the bundled one, ready-made or as written, and folders of YAML files."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from .base import KnowledgeBase
from .errors import KnowledgeError, Problem
from .model import Cues
from .store import Store, key_of

if TYPE_CHECKING:
    from .yamlfile import Document

__all__ = ["KnowledgeBase", "bundled", "check", "cues", "defaults", "key", "load", "read"]

_PACKAGE = os.path.dirname(os.path.abspath(__file__))
READY = os.path.join(_PACKAGE, "knowledge.ready")
"""What building the package makes of the bundled knowledge: beside the code, and as trusted."""


def bundled() -> str:
    """The knowledge that comes with the program: in the wheel, or beside a checkout's ``src/``."""
    inside = os.path.join(_PACKAGE, "knowledge")
    beside = os.path.join(_PACKAGE, "..", "..", "knowledge")
    return inside if os.path.isdir(inside) else os.path.normpath(beside)


def load(path: str | os.PathLike[str] | None = None) -> KnowledgeBase:
    """The knowledge in a file or a folder (read with its subfolders); the bundled one by default.

    Raises:
        KnowledgeError: with every problem of every file. Nothing is ever half-loaded.

    """
    ready = _ready() if path is None else None
    if ready:
        return KnowledgeBase.from_store(ready)
    return KnowledgeBase.from_documents(read(bundled() if path is None else path))


def _ready() -> Store | None:
    """The ready-made bundled knowledge, unless it was made of other files or other code."""
    try:
        with open(READY, "rb") as file:
            store = Store(file.read())
        return store if store.key == key() else None
    except (OSError, ValueError):
        return None


def key() -> str:
    """What stands for all that `READY` is made from: the bundled files, and this package's code."""
    code = (entry.path for entry in os.scandir(_PACKAGE) if entry.name.endswith(".py"))
    return key_of(map(_bytes, [*sorted(code), *_files(bundled())]))


@cache
def defaults() -> KnowledgeBase:
    """The bundled ``replies``, ``cues`` and ``regions`` alone.

    For knowledge that brings none of its own, and for first words that need not wait for the rest.
    """
    ready = _ready()
    if ready:
        return KnowledgeBase.front_of(ready)
    from .schema import Draft

    draft = Draft()
    for name in ("replies.yaml", "regions.yaml"):
        for document in read(os.path.join(bundled(), name)):
            draft.read(document)
    return KnowledgeBase({}, regions=draft.regions, replies=draft.replies, cues=draft.cues)


def cues(kb: KnowledgeBase) -> Cues:
    """How people refer to what was said, as ``kb`` has it or else the bundled knowledge."""
    return kb.cues or defaults().cues or Cues()


def check(path: str | os.PathLike[str] | None = None) -> list[Problem]:
    """Everything that keeps the knowledge at ``path`` from loading; empty when all is well."""
    try:
        load(bundled() if path is None else path)
    except KnowledgeError as error:
        return list(error.problems)
    return []


def read(path: str | os.PathLike[str]) -> Iterable[Document]:
    """Every YAML document in a file or a folder, faults noted in each.

    Raises:
        KnowledgeError: if there is nothing to read.

    """
    from .yamlfile import Document, parse

    root = os.fspath(path)
    try:
        files = _files(root)
    except OSError as error:
        raise KnowledgeError([_unreadable(root, error)]) from None
    if not files:
        hint = "no .yaml files here (name a folder of knowledge files)"
        raise KnowledgeError([Problem(root, 0, hint)])
    for file in files:
        name = os.path.relpath(file, root) if file != root else os.path.basename(file)
        try:
            yield parse(name, _bytes(file))
        except OSError as error:
            yield Document(name, problems=[_unreadable(name, error)])


def _bytes(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _files(root: str) -> list[str]:
    """The knowledge files at ``root``, itself or below it, in a fixed order.

    Links are passed over: a stranger's folder may not reach outside itself.
    """
    if os.path.isfile(root):
        return [root]
    found = []
    for folder in (folders := [root]):
        for entry in os.scandir(folder):
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
            elif entry.is_file(follow_symlinks=False) and _is_knowledge(entry.name):
                found.append(entry.path)
    return sorted(found)


def _is_knowledge(name: str) -> bool:
    return name.endswith((".yaml", ".yml")) and not name.startswith(".")


def _unreadable(path: str, error: OSError) -> Problem:
    reason = (error.strerror or str(error)).lower()
    return Problem(path, 0, f"cannot be read: {reason} (check the name and permissions)")
