"""The knowledge base: finding it on disk, reading it, holding it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from .errors import KnowledgeError, Problem
from .model import Cues, Entity, Fact, Intent, Lexicon, Region, Safety, Source, Term
from .schema import Draft
from .yamlfile import Document, parse

_PACKAGE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class KnowledgeBase:
    """Everything that the program can say, and the words by which it is found. Never changes."""

    intents: Mapping[str, Intent]
    sources: Mapping[str, Source] = field(default_factory=dict)
    entities: Mapping[str, Entity] = field(default_factory=dict)
    glossary: Mapping[str, Term] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    regions: Mapping[str, Region] = field(default_factory=dict)
    replies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What the program itself says, by the name of the occasion: variants, tried in turn."""
    cues: Cues | None = None
    """How people refer to what was said; None for the bundled ones."""
    lexicon: Lexicon = field(default_factory=Lexicon)
    safety: Safety = field(default_factory=Safety)

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics in the order in which they are first written."""
        return tuple(dict.fromkeys(i.topic for i in self.intents.values() if not i.chat))

    @classmethod
    def from_dicts(cls, *documents: Mapping[str, object]) -> KnowledgeBase:
        """Build from plain data in the format of a knowledge file.

        Raises:
            KnowledgeError: with every problem of every document.

        """
        return _assemble(Document(f"data{i}", dict(d)) for i, d in enumerate(documents))


def bundled() -> Path:
    """The knowledge that comes with the program: in the wheel, or beside a checkout's ``src/``."""
    inside = _PACKAGE / "knowledge"
    return inside if inside.is_dir() else _PACKAGE.parents[1] / "knowledge"


def load(path: str | os.PathLike[str] | None = None) -> KnowledgeBase:
    """The knowledge in a file or a folder (read with its subfolders); the bundled one by default.

    Raises:
        KnowledgeError: with every problem of every file. Nothing is ever half-loaded.

    """
    return _assemble(read(bundled() if path is None else path))


@cache
def defaults() -> KnowledgeBase:
    """The bundled ``replies`` and ``cues``, for knowledge that brings none of its own."""
    return load(bundled() / "replies.yaml")


def cues(kb: KnowledgeBase) -> Cues:
    """How people refer to what was said, as ``kb`` has it or else the bundled knowledge."""
    return kb.cues or defaults().cues or Cues()


def check(path: str | os.PathLike[str] | None = None) -> list[Problem]:
    """Everything that keeps the knowledge at ``path`` from loading; empty when all is well."""
    try:
        load(path)
    except KnowledgeError as error:
        return list(error.problems)
    return []


def _assemble(documents: Iterable[Document]) -> KnowledgeBase:
    draft = Draft()
    for document in documents:
        draft.read(document)
    draft.finish()
    if draft.problems:
        raise KnowledgeError(draft.problems)
    return KnowledgeBase(
        draft.intents,
        draft.sources,
        draft.entities,
        draft.glossary,
        draft.facts,
        draft.regions,
        draft.replies,
        draft.cues,
        draft.lexicon,
        draft.safety,
    )


def read(path: str | os.PathLike[str]) -> Iterable[Document]:
    """Every YAML document in a file or a folder, faults noted in each.

    Raises:
        KnowledgeError: if there is nothing to read.

    """
    root = Path(path)
    try:
        files = _files(root)
    except OSError as error:
        raise KnowledgeError([_unreadable(root, error)]) from None
    if not files:
        hint = "no .yaml files here (name a folder of knowledge files)"
        raise KnowledgeError([Problem(str(root), 0, hint)])
    for file in files:
        name = str(file.relative_to(root)) if file != root else file.name
        try:
            yield parse(name, file.read_bytes())
        except OSError as error:
            yield Document(name, problems=[_unreadable(Path(name), error)])


def _files(root: Path) -> list[Path]:
    if root.is_file():
        return [root]
    if not root.exists():
        raise FileNotFoundError(2, "No such file or folder")
    found = [*root.rglob("*.yaml"), *root.rglob("*.yml")]
    return sorted(f for f in found if f.is_file() and not f.name.startswith("."))


def _unreadable(path: Path, error: OSError) -> Problem:
    reason = (error.strerror or str(error)).lower()
    return Problem(str(path), 0, f"cannot be read: {reason} (check the name and permissions)")
