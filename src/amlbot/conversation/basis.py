"""What all parts of a conversation share: the knowledge, what reads by it, what speaks for it."""

from __future__ import annotations

from ..knowledge.base import KnowledgeBase
from ..matching.reading import Reader
from ..record import Record
from .glossary import Glossary
from .mentions import Mentions
from .speaking import Speaker
from .wording import Wording


class Basis(Record):
    """The knowledge, what reads messages by it, and what speaks for it."""

    kb: KnowledgeBase
    reader: Reader
    mentions: Mentions
    wording: Wording
    speaker: Speaker
    glossary: Glossary

    @classmethod
    def of(cls, kb: KnowledgeBase, region: str) -> Basis:
        """All of it for ``kb``, with the telephone numbers of ``region``."""
        speaker, reader = Speaker(kb, region), Reader(kb)
        mentions = Mentions(kb, reader)
        return cls(kb, reader, mentions, Wording(kb, reader), speaker, Glossary(kb))
