"""Knowledge on disk: YAML documents, the ready-made file, and words for knowledge without any."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from .. import ready
from ..errors import KnowledgeError, Problem
from .packing import unpacked_front
from .store import Store

if TYPE_CHECKING:
    from .yamlfile import Document

MAX_TOTAL = 20_000_000
"""Bytes of all files together: a folder cannot keep one waiting."""


def stored() -> Store | None:
    """The ready-made bundled knowledge, unless it is stale, broken or not there."""
    raw = ready.read()
    try:
        return Store(raw) if raw else None
    except ValueError:
        return None


@cache
def defaults() -> dict[str, Any]:
    """The bundled ``replies``, ``cues``, ``regions`` and everyday synonyms, and no intents.

    They are the fields of a knowledge base for first words, which need not wait for the rest.
    """
    store = stored()
    if store:
        return unpacked_front(store)
    from .schema import Draft

    draft = Draft()
    for name in ("replies.yaml", "regions.yaml", "everyday.yaml"):
        for document in read(os.path.join(ready.bundled(), name)):
            draft.read(document)
    names = ("replies", "cues", "lexicon")
    fields = {name: getattr(draft, name) for name in names}
    return fields | {"intents": {}, "regions": draft.tables["regions"]}


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
