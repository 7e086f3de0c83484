"""Knowledge from disk: the bundled one, ready-made or as written, and folders of YAML files."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from .. import ready
from ..errors import KnowledgeError, Problem
from ..model import Cues
from .base import KnowledgeBase
from .packing import unpacked_front
from .store import Store

if TYPE_CHECKING:
    from .yamlfile import Document

MAX_TOTAL = 20_000_000
"""Bytes of all files together: a folder cannot keep one waiting."""


def load(path: str | os.PathLike[str] | None = None) -> KnowledgeBase:
    """The knowledge in a file or a folder (read with its subfolders); the bundled one by default.

    Raises:
        KnowledgeError: with every problem of every file. Nothing is ever half-loaded.

    """
    store = _ready() if path is None else None
    if store:
        return KnowledgeBase.from_store(store)
    documents = read(ready.bundled() if path is None else path)
    return KnowledgeBase.from_documents(documents, defaults().replies)


def _ready() -> Store | None:
    """The ready-made bundled knowledge, unless it is stale, broken or not there."""
    raw = ready.read()
    try:
        return Store(raw) if raw else None
    except ValueError:
        return None


@cache
def defaults() -> KnowledgeBase:
    """The bundled ``replies``, ``cues``, ``regions`` and everyday synonyms alone.

    For knowledge that brings none of its own, and for first words that need not wait for the rest.
    """
    store = _ready()
    if store:
        return KnowledgeBase(**unpacked_front(store))
    from .schema import Draft

    draft = Draft()
    for name in ("replies.yaml", "regions.yaml", "everyday.yaml"):
        for document in read(os.path.join(ready.bundled(), name)):
            draft.read(document)
    regions, said = draft.tables["regions"], draft.replies
    return KnowledgeBase({}, regions=regions, replies=said, cues=draft.cues, lexicon=draft.lexicon)


def cues(kb: KnowledgeBase) -> Cues:
    """How people refer to what was said, as ``kb`` has it or else the bundled knowledge."""
    return kb.cues or defaults().cues or Cues()


def synonyms(kb: KnowledgeBase) -> tuple[tuple[str, ...], ...]:
    """Groups of words that people use for one another: those of ``kb``, or else everyday ones."""
    return kb.lexicon.synonyms or defaults().lexicon.default_synonyms


def check(path: str | os.PathLike[str] | None = None) -> list[Problem]:
    """Everything that keeps the knowledge at ``path`` from loading; empty when all is well."""
    try:
        load(ready.bundled() if path is None else path)
    except KnowledgeError as error:
        return list(error.problems)
    return []


def read(path: str | os.PathLike[str]) -> Iterable[Document]:
    """Every YAML document in a file or a folder, faults noted in each.

    Raises:
        KnowledgeError: if there is nothing to read, or too much.

    """
    from .yamlfile import MAX_BYTES, Document, parse

    root = os.fspath(path)
    left = MAX_TOTAL
    for file in _files(root):
        name = os.path.relpath(file, root) if file != root else os.path.basename(file)
        try:
            raw = ready.contents(file, MAX_BYTES + 1)
        except OSError as error:
            yield Document(name, problems=[_unreadable(name, error)])
            continue
        left -= len(raw)
        if left < 0:
            hint = f"more than {MAX_TOTAL:,} bytes of knowledge up to here (take some out)"
            raise KnowledgeError([Problem(name, 0, hint)])
        yield parse(name, raw)


def _files(root: str) -> list[str]:
    try:
        files = ready.files(root)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise KnowledgeError([_unreadable(root, error)]) from None
    if not files:
        hint = "no .yaml files here (name a folder of knowledge files)"
        raise KnowledgeError([Problem(root, 0, hint)])
    return files


def _unreadable(path: str, error: OSError | ValueError) -> Problem:
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    return Problem(path, 0, f"cannot be read: {reason} (check the name and permissions)")
