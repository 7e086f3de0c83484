"""What a conversation has come to: plain data, replayed from what the user said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..record import Record
from ..reply import Choice, Reply, Turn

MAX_HISTORY = 120
"""User messages that are looked back on at most; older ones no longer shape a reply."""
MAX_HISTORY_TEXT, COUNTED = 6_000, 200
"""Characters of them, where a message counts as no fewer than that many, and one that was said
before as none: a frontend without memory has all of them played through again with every message.
That takes time for each new one (docs/speed.md), and next to none for the tenth "1" or "more",
which leans on all that came before it."""
MAX_MATCHED = 2000
"""Characters of a message that are matched, half from its start and half from its end."""
MAX_READ = 100_000
"""Characters of a message that the safety screen reads, in the same way: forty pages, in
some 150 ms. A pipe hands over longer lines in pieces of this size, and each is read whole."""
FADES = 3
"""Messages after which "it" no longer means what was last answered."""

History = Sequence[Turn | Mapping[str, object]]


class State(Record):
    """As much of a conversation as shapes the next reply."""

    choices: tuple[Choice, ...] = ()
    """What a number picks."""
    asked: bool = False
    """The choices are a question to the user ("which of these?"), not just next questions."""
    picked_from: tuple[Choice, ...] = ()
    """The choices of which the last message picked one."""
    misses: int = 0
    """Replies since the last answer that did not answer."""
    opening: str = ""
    """The first question or news since all began: what the rest is said in the light of."""
    question: str = ""
    """The last question, as it was understood."""
    subjects: tuple[str, ...] = ()
    """Entity ids that "it" may mean, likeliest first."""
    age: int = 0
    """Messages since the subjects were spoken of."""
    trail: tuple[str, ...] = ()
    """The intents that were answered."""
    told: int = 0
    """How often more was asked for since the last answer."""
    reply: Reply | None = None
    """The last answer or alarm."""
    others: tuple[str, ...] = ()
    """The intents that came next after the last answer: for "not that"."""

    @property
    def live(self) -> tuple[str, ...]:
        """The subjects that are fresh enough to be meant."""
        return self.subjects if self.age < FADES else ()


def user_messages(history: Iterable[object]) -> list[str]:
    """What the user said in a transcript of any usual shape; anything odd is passed over."""
    found = []
    for message in history:
        if isinstance(message, Turn):
            role: object = message.role
            content: object = message.content
        elif isinstance(message, Mapping):
            role, content = message.get("role"), message.get("content")
        else:
            continue
        if role == "user":
            found.append(_plain(content))
    return found


def latest(texts: Sequence[str]) -> list[str]:
    """The last of ``texts``, each whole: as many as are looked back on."""
    recent = texts[-MAX_HISTORY:]
    heard = set[str]()
    room = MAX_HISTORY_TEXT
    for i, text in enumerate(reversed(recent)):
        room -= 0 if text in heard else max(COUNTED, min(len(text), MAX_MATCHED))
        if room < 0:
            return list(recent[len(recent) - i :])
        heard.add(text)
    return list(recent)


def clipped(text: str, most: int = MAX_MATCHED) -> str:
    """``text``, or the start and the end of one that has more than ``most`` characters."""
    return text if len(text) <= most else f"{text[: most // 2]}\n{text[-most // 2 :]}"


def _plain(content: object) -> str:
    """The text of a message's content: a string, or a list of parts as chat protocols send."""
    if isinstance(content, str):
        return content
    if isinstance(content, Sequence):
        texts = [part.get("text") for part in content if isinstance(part, Mapping)]
        return " ".join(text for text in texts if isinstance(text, str))
    return ""
