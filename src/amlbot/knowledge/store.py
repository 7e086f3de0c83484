"""A file of named parts, each read only when it is asked for: what the wheel carries ready-made.

First come lines that can be read without any of this, then an empty line, a JSON directory, and
the parts. A part is JSON, words line by line, or an array of numbers, so opening one cannot run
code, whoever wrote it, and every Python version reads the same file.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard, TypeVar

from ..record import R, Record

if TYPE_CHECKING:
    from mmap import mmap

T = TypeVar("T")
Buffer: TypeAlias = bytes | memoryview
Ints: TypeAlias = "array[int] | memoryview[int]"
Floats: TypeAlias = "array[float] | memoryview[float]"
"""Numbers, worked out or in an opened file."""

_JSON, _WORDS, _BYTES = "json", "words", "bytes"
_LITTLE_ENDIAN = array("H", [1]).tobytes() == b"\1\0"


class Records(Mapping[str, T]):
    """Objects by their id, each made from its JSON when it is first asked for."""

    def __init__(
        self, ids: Iterable[str], text: Buffer, ends: Sequence[int], make: Callable[[Any], T]
    ) -> None:
        """Take the JSON of all, where that of each ends, and what makes the object of its data."""
        self._numbers = {id: number for number, id in enumerate(ids)}
        self._text, self._ends, self._make = memoryview(text), ends, make
        self._made: dict[str, T] = {}

    def __getitem__(self, id: str) -> T:
        made = self._made.get(id)
        if made is None:
            number = self._numbers[id]
            start = self._ends[number - 1] if number else 0
            data = json.loads(bytes(self._text[start : self._ends[number]]))
            made = self._made[id] = self._make(data)
        return made

    def __contains__(self, id: object) -> bool:
        return id in self._numbers

    def get(self, id: str, default: Any = None) -> Any:
        """As of any mapping; a word that is not there costs no exception."""
        return self[id] if id in self._numbers else default

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


def pack(head: Sequence[str], parts: Mapping[str, object]) -> bytes:
    """The file that begins with the lines of ``head`` and holds ``parts``.

    The same parts give the same bytes.

    A part is an array, bytes, a list of words, or anything that JSON can hold.
    """
    directory: dict[str, tuple[str, int, int]] = {}
    body = bytearray()
    for name, part in parts.items():
        kind: str
        if isinstance(part, (array, memoryview)):
            numbers = part if isinstance(part, array) else array(part.format, part)
            kind, raw = numbers.typecode, _little(numbers).tobytes()
        elif isinstance(part, bytes):
            kind, raw = _BYTES, part
        elif _are_words(part):
            kind, raw = _WORDS, "\n".join(part).encode()
        else:
            kind, raw = _JSON, _json(part)
        directory[name] = kind, len(body), len(raw)
        body += raw
    return b"\n".join(["\n".join(head).encode(), b"", _json(directory), bytes(body)])


class Store:
    """An opened file of parts."""

    def __init__(self, raw: bytes | mmap) -> None:
        """Take the bytes of a file that `pack` made.

        Raises:
            ValueError: if they are not.

        """
        begin = raw.find(b"\n\n") + 2
        self._start = raw.find(b"\n", begin) + 1
        self._raw = memoryview(raw)
        try:
            self._parts: dict[str, tuple[str, int, int]] = dict(
                json.loads(raw[begin : self._start])
            )
            size = max(offset + size for _, offset, size in self._parts.values())
        except (ValueError, TypeError) as error:
            raise ValueError("not a file of parts") from error
        if self._start + size != len(raw):
            raise ValueError("not all of a file of parts")

    def __getitem__(self, name: str) -> Any:
        """The part called ``name``, as it was packed."""
        kind, offset, size = self._parts[name]
        raw = self._raw[self._start + offset : self._start + offset + size]
        if kind == _BYTES:
            return raw
        if kind == _JSON:
            return json.loads(str(raw, "utf-8"))
        if kind == _WORDS:
            return str(raw, "utf-8").split("\n")
        numbers: Any = raw
        return numbers.cast(kind) if _LITTLE_ENDIAN else _little(array(kind, bytes(raw)))

    def records(self, name: str, make: Callable[[Any], T]) -> Records[T]:
        """The table whose `records_of` were packed under ``name``, each entry to be made later."""
        return Records(self[name], self[f"{name} json"], self[f"{name} ends"], make)

    def table(self, name: str) -> dict[str, Any]:
        """The table whose `columns_of` were packed under ``name``."""
        return dict(zip(self[name], self[f"{name} values"], strict=True))


def records_of(name: str, table: Mapping[str, object]) -> dict[str, object]:
    """A table as parts, for `Store.records`."""
    texts = list(map(_json, table.values()))
    ends = array("I", accumulate(map(len, texts)))
    return {name: list(table), f"{name} json": b"".join(texts), f"{name} ends": ends}


def columns_of(name: str, table: Mapping[str, Any]) -> dict[str, object]:
    """A table of texts or of whole numbers from 0 as parts, for `Store.table`."""
    values = list(table.values())
    column = values if _are_words(values) else array("I", values)
    return {name: list(table), f"{name} values": column}


def parts_of(name: str, record: Record) -> dict[str, object]:
    """The fields of a record of arrays and JSON data as parts, for `opened`."""
    return {f"{name} {field}": getattr(record, field) for field in record.__match_args__}


def opened(kind: type[R], store: Store, name: str) -> R:
    """The record of type ``kind`` whose `parts_of` were packed under ``name``."""
    return kind(**{field: store[f"{name} {field}"] for field in kind.__match_args__})


def _are_words(part: object) -> TypeGuard[list[str]]:
    return (
        isinstance(part, list)
        and bool(part)
        and all(isinstance(word, str) and "\n" not in word for word in part)
    )


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _little(numbers: array[Any]) -> array[Any]:
    """``numbers`` with their bytes in little-endian order, as files have them; or back again."""
    if not _LITTLE_ENDIAN:
        numbers = numbers[:]
        numbers.byteswap()
    return numbers
