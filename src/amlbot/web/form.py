"""What the page's form sent: the talk so far, and what is new. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

from ..conversation.dialogue import clipped, latest
from ..record import Record, replace
from .limits import MAX_TEXT, Refused
from .messages import encodable

MAX_KEPT = 40
"""Questions that a page keeps for the doctor."""
MAX_FIELDS = 200
_KEEPING = ("kept", "keep", "note")
"""Fields with questions for the doctor: those kept before, and new ones."""
_ACTIONS = frozenset({"pick", "keep", "add", "drop", "set"})
"""Buttons other than the one that asks."""


class Talk(Record):
    """What a form sent."""

    said: tuple[str, ...] = ()
    """What the person said, oldest first; the last is new if ``asked``."""
    asked: bool = False
    turn: int = 0
    """How many messages there were, those that are no longer carried along included."""
    kept: tuple[str, ...] = ()
    """Questions for the doctor."""
    region: str = ""
    draft: str = ""
    """What stands in the question box."""
    error: str = ""
    """The occasion of a message about the draft."""
    only_new: bool = False
    """Whether the page already shows what was said before."""

    @classmethod
    def of(cls, body: bytes) -> Talk:
        """What the ``body`` of a request says. Anything odd in it is passed over.

        Raises:
            Refused: if it has too many fields.

        """
        fields = [(name, encodable(value).replace("\r\n", "\n")) for name, value in _fields(body)]
        last = {name: value.strip() for name, value in fields}
        said = [clipped(v, MAX_TEXT) for name, v in fields if name == "said" and v.strip()]
        draft, acting = last.get("text", ""), not _ACTIONS.isdisjoint(last)
        talk = cls(
            said=tuple(latest(said)),
            turn=max(_number(last.get("turn", "")) or 0, len(said)),
            kept=_kept(fields, _number(last.get("drop", ""))),
            region=last.get("region", ""),
            draft=draft,
            only_new="only-new" in last,
        )
        if acting and not last.get("pick"):
            return talk
        return talk._with(last.get("pick") or draft)

    def _with(self, new: str) -> Talk:
        """The talk after a new message."""
        if not new or len(new) > MAX_TEXT:
            return replace(self, error="page-too-long" if new else "empty")
        draft = "" if new == self.draft else self.draft
        said, turn = (*self.said, new), self.turn + 1
        return replace(self, said=said, asked=True, turn=turn, draft=draft)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else None


def _kept(fields: Sequence[tuple[str, str]], dropped: int | None) -> tuple[str, ...]:
    found = [value.strip()[:MAX_TEXT] for name, value in fields if name in _KEEPING]
    kept = [question for question in dict.fromkeys(found) if question]
    if dropped is not None:
        kept[dropped : dropped + 1] = []
    return tuple(kept[:MAX_KEPT])


def _fields(body: bytes) -> list[tuple[str, str]]:
    try:
        text = body.decode("utf-8", "replace")
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        raise Refused(f"The form has more than {MAX_FIELDS} fields.") from None
