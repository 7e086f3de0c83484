"""Frozen plain data: what ``dataclass(frozen=True, slots=True)`` makes, without the wait.

A start makes some thirty such classes. `dataclasses` writes and compiles the methods of each, and
loads `inspect` to do so, which took a quarter of the time of one question; here they share one set.
To everyone else a record is a dataclass: ``fields``, ``asdict`` and ``replace`` take it for one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from dataclasses import Field

R = TypeVar("R", bound="Record")


class _Kind(type):
    """Makes fields of a class's annotated names, and defaults of the values given to them."""

    _setters: tuple[Callable[[object, object], None], ...]

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> _Kind:
        fields = tuple(body.get("__annotations__", ()))
        body["_defaults"] = {field: body.pop(field) for field in fields if field in body}
        body["__match_args__"] = fields
        body["__slots__"] = (*fields, *body.get("__slots__", ()))
        kind = super().__new__(cls, name, bases, body)
        kind._setters = tuple(getattr(kind, field).__set__ for field in fields)
        return kind


class _Described:
    """What `dataclasses` knows its own by; worked out if that ever asks."""

    def __get__(self, record: object, kind: type[Record]) -> dict[str, Field[Any]]:
        return _described(kind)


@dataclass_transform(frozen_default=True)
class Record(metaclass=_Kind):
    """Base of frozen plain data. A default is shared, so it must be one that nobody can change."""

    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
        __match_args__: tuple[str, ...]
        _defaults: ClassVar[dict[str, Any]]
    else:
        __dataclass_fields__ = _Described()

    def __init__(self, *values: Any, **named: Any) -> None:
        if named or len(values) != len(self.__match_args__):
            values = self._complete(values, named)
        for put, value in zip(type(self)._setters, values, strict=True):
            put(self, value)

    def _complete(self, values: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
        """The value of every field; takes them out of ``named``."""
        names, defaults = self.__match_args__, self._defaults
        rest = [n for n in names[len(values) :] if n in named or n in defaults]
        values += tuple([named.pop(name) if name in named else defaults[name] for name in rest])
        if named or len(values) != len(names):
            raise TypeError(f"{type(self).__name__} takes {', '.join(names)}, each at most once")
        return values

    if not TYPE_CHECKING:  # a checker would take it that any name may be set

        def __setattr__(self, name: str, value: object) -> None:
            if name in self.__match_args__:
                from dataclasses import FrozenInstanceError

                raise FrozenInstanceError(f"cannot assign to field {name!r}")
            object.__setattr__(self, name, value)  # a slot of the class's own

        def __delattr__(self, name: str) -> None:
            from dataclasses import FrozenInstanceError

            raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        return values(self) == values(other) if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash(values(self))

    def __repr__(self) -> str:
        told = (f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{type(self).__qualname__}({', '.join(told)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), values(self)

    def __replace__(self: R, /, **changes: Any) -> R:
        names = self.__match_args__
        if not changes.keys() <= set(names):
            raise TypeError(f"{type(self).__name__} has no field {', '.join(changes)}")
        return type(self)(*[changes[n] if n in changes else getattr(self, n) for n in names])


def replace(record: R, /, **changes: Any) -> R:
    """A copy of ``record`` with some fields changed.

    Raises:
        TypeError: for a name that is no field.

    """
    return record.__replace__(**changes)


def asdict(record: Record) -> dict[str, Any]:
    """``record`` as plain data, and so what it holds; for JSON."""
    return {name: _plain(getattr(record, name)) for name in record.__match_args__}


def values(record: Record) -> tuple[Any, ...]:
    """The values of the fields, in order."""
    return tuple([getattr(record, name) for name in record.__match_args__])


def _plain(value: object) -> object:
    if isinstance(value, Record):
        return asdict(value)
    if isinstance(value, tuple | list):
        return type(value)(map(_plain, value))
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value


@cache
def _described(kind: type[Record]) -> dict[str, Field[Any]]:
    from dataclasses import field, make_dataclass

    fields = []
    for name, of in kind.__annotations__.items():
        default = partial(kind._defaults.get, name)
        given = name in kind._defaults
        fields.append((name, of, field(default_factory=default) if given else field()))
    twin: Any = make_dataclass(kind.__name__, fields)
    described: dict[str, Field[Any]] = twin.__dataclass_fields__
    return described
