"""Making the ready-made file: what building the package does, so that no start has to.

    python -m amlbot.prepare

writes it anew in a checkout, after the knowledge or the code has changed. Until then every start
works all out from the YAML, which takes half a minute.
"""

from __future__ import annotations

import os

from . import ready
from .conversation.speaking import Speaker
from .knowledge.base import KnowledgeBase
from .knowledge.disk import read
from .knowledge.store import pack
from .matching.matcher import Matcher
from .matching.reading import Reader
from .safety.screen import Screen


def prepared() -> bytes:
    """The ready-made file of the bundled knowledge.

    Raises:
        KnowledgeError: if that has any fault.

    """
    kb = KnowledgeBase.from_documents(read(ready.bundled()))
    reader = Reader(kb)
    medical, chat = (Matcher(kb, chat=chat, reader=reader, learn=True) for chat in (False, True))
    head = [ready.key(), *Speaker(kb).banner()]
    parts = kb.parts() | reader.tables.parts() | Screen(kb).parts() | medical.parts() | chat.parts()
    return pack(head, parts)


def write() -> str:
    """Write the file beside the code; returns its path."""
    content = prepared()
    unfinished = f"{ready.PATH}.{os.getpid()}"
    with open(unfinished, "wb") as file:
        file.write(content)
    os.replace(unfinished, ready.PATH)
    return ready.PATH


if __name__ == "__main__":
    print(write())
