"""Knowledge loaded and checked: the bundled one, ready-made or as written, or a folder of YAML."""

from __future__ import annotations

import os

from .. import ready
from ..errors import KnowledgeError, Problem
from .base import KnowledgeBase
from .disk import defaults, read, stored


def load(path: str | os.PathLike[str] | None = None) -> KnowledgeBase:
    """The knowledge in a file or a folder (read with its subfolders); the bundled one by default.

    Raises:
        KnowledgeError: with every problem of every file. Nothing is ever half-loaded.

    """
    store = stored() if path is None else None
    if store:
        return KnowledgeBase.from_store(store)
    documents = read(ready.bundled() if path is None else path)
    return KnowledgeBase.from_documents(documents, defaults()["replies"])


def check(path: str | os.PathLike[str] | None = None) -> list[Problem]:
    """Everything that keeps the knowledge at ``path`` from loading; empty when all is well."""
    try:
        load(ready.bundled() if path is None else path)
    except KnowledgeError as error:
        return list(error.problems)
    return []
