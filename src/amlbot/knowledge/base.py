"""The knowledge base: everything that the program can say, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ..model import Cues, Entity, Fact, Intent, Lexicon, Region, Safety, Source, Term
from ..record import Record, replace
from .disk import defaults
from .packing import packed, unpacked, unpacked_front

if TYPE_CHECKING:
    from .store import Store
    from .yamlfile import Document

_WORKED_OUT_FROM = ("intents", "entities", "lexicon", "safety", "messages")


class KnowledgeBase(Record):
    """Everything that the program can say, and the words by which it is found. Never changes."""

    intents: Mapping[str, Intent]
    sources: Mapping[str, Source] = {}
    entities: Mapping[str, Entity] = {}
    glossary: Mapping[str, Term] = {}
    facts: Mapping[str, Fact] = {}
    regions: Mapping[str, Region] = {}
    replies: Mapping[str, tuple[str, ...]] = {}
    """What the program itself says, by the name of the occasion: variants, tried in turn."""
    cues: Cues = Cues()
    """How people refer to what was said."""
    lexicon: Lexicon = Lexicon()
    safety: Safety = Safety()
    messages: Mapping[str, tuple[str, ...]] = {}
    """What people write of a danger, by its sign; under "calm" what only sounds like it."""
    opened: tuple[Store, KnowledgeBase] | None = None
    """The ready-made file that it was opened from, and all that was in it."""

    @property
    def ready(self) -> Store | None:
        """What was worked out beforehand from exactly these intents, names, words and signs.

        A copy with other wording or numbers has it; one with another intent has none.
        """
        store, whole = self.opened or (None, self)
        same = all(getattr(self, name) is getattr(whole, name) for name in _WORKED_OUT_FROM)
        return store if same else None

    @property
    def answers(self) -> tuple[Intent, ...]:
        """The intents that answer a question: all but small talk."""
        return tuple(intent for intent in self.intents.values() if not intent.chat)

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics in the order in which they are first written."""
        return tuple(dict.fromkeys(intent.topic for intent in self.answers))

    def cited(self, ids: Iterable[str]) -> tuple[Source, ...]:
        """The sources with these ids."""
        return tuple(self.sources[id] for id in ids)

    @classmethod
    def from_dicts(cls, *documents: Mapping[str, object]) -> KnowledgeBase:
        """Build from plain data in the format of a knowledge file.

        Raises:
            KnowledgeError: with every problem of every document.

        """
        from .yamlfile import Document

        plain = (dict(d) if isinstance(d, Mapping) else d for d in documents)
        return cls.from_documents(Document(f"data{i}", d) for i, d in enumerate(plain))

    @classmethod
    def from_documents(
        cls,
        documents: Iterable[Document],
        known: Mapping[str, tuple[str, ...]] | None = None,
    ) -> KnowledgeBase:
        """Build from YAML documents that were read; replies must be ``known`` ones.

        Raises:
            KnowledgeError: with every problem of every document. Nothing is ever half-loaded.

        """
        from .schema import drafted  # a quarter of the start-up time, and seldom needed

        return cls(**drafted(documents, known))

    @classmethod
    def from_store(cls, store: Store) -> KnowledgeBase:
        """The knowledge in a ready-made file, which holds what was worked out from it as well."""
        whole = cls(**unpacked(store))
        return replace(whole, opened=(store, whole))

    def parts(self) -> dict[str, object]:
        """The parts from which `from_store` makes this knowledge again."""
        return packed({name: getattr(self, name) for name in self.__match_args__})


def completed(kb: KnowledgeBase) -> KnowledgeBase:
    """``kb`` with the bundled words wherever it brings none of its own.

    Raises:
        TypeError: for what is no knowledge base.

    """
    if not isinstance(kb, KnowledgeBase):  # the likeliest slip: the name of a file
        kind = type(kb).__name__
        raise TypeError(f"a KnowledgeBase is needed, not {kind} (amlbot.load(path) makes one)")
    ours = KnowledgeBase(**(unpacked_front(kb.ready) if kb.ready else defaults()))
    own, lexicon = kb.replies, kb.lexicon
    replies = {**ours.replies, **own}
    if "unknown" in own and "unknown-near" not in own:  # the only words that it has for this
        replies["unknown-near"] = own["unknown"]
    cues = ours.cues if kb.cues == Cues() else kb.cues
    if not lexicon.synonyms:
        lexicon = replace(lexicon, default_synonyms=ours.lexicon.default_synonyms)
    return replace(kb, replies=replies, cues=cues, lexicon=lexicon)
