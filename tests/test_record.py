"""Records: frozen plain data that everyone else takes for dataclasses."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable

import pytest

from amlbot.record import Record, asdict, replace


class Point(Record):
    """A place."""

    x: int
    y: int = 0
    names: tuple[str, ...] = ()


class Line(Record):
    """Two places."""

    start: Point
    ends: tuple[Point, ...] = ()


def test_fields_are_given_in_order_by_name_or_by_default() -> None:
    assert Point(1, 2) == Point(x=1, y=2) == Point(1, 2, ())
    assert (Point(1).y, Point(1).names) == (0, ())


@pytest.mark.parametrize(
    "make",
    [
        lambda: Point(y=1),  # type: ignore[call-arg]
        lambda: Point(1, z=2),  # type: ignore[call-arg]
        lambda: Point(1, x=1),  # type: ignore[misc]
        lambda: Point(1, 2, (), 3),  # type: ignore[call-arg]
    ],
    ids=["one missing", "one unknown", "one twice", "one too many"],
)
def test_wrong_fields_are_refused(make: Callable[[], Point]) -> None:
    with pytest.raises(TypeError, match="Point takes x, y, names"):
        make()


def test_no_unknown_field_can_be_replaced() -> None:
    with pytest.raises(TypeError, match="Point has no field z"):
        replace(Point(1), z=2)


def test_nothing_can_be_changed() -> None:
    point = Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del point.x
    with pytest.raises(AttributeError):
        point.z = 2  # type: ignore[attr-defined]


def test_equal_values_of_one_class_are_equal() -> None:
    assert len({Point(1), Point(1), Point(2)}) == 2
    assert Point(1) != (1, 0, ())
    assert Point(1) != Line(Point(1))


def test_copies_are_equal() -> None:
    line = Line(Point(1), (Point(2),))
    assert pickle.loads(pickle.dumps(line)) == copy.deepcopy(line) == line
    assert replace(line, ends=()) == Line(Point(1))


def test_it_shows_what_it_holds() -> None:
    assert repr(Line(Point(1))) == "Line(start=Point(x=1, y=0, names=()), ends=())"


def test_dataclasses_takes_it_for_one_of_its_own() -> None:
    line = Line(Point(1), (Point(2),))
    plain = {
        "start": {"x": 1, "y": 0, "names": ()},
        "ends": ({"x": 2, "y": 0, "names": ()},),
    }
    assert dataclasses.is_dataclass(line)
    assert [field.name for field in dataclasses.fields(Line)] == ["start", "ends"]
    assert dataclasses.asdict(line) == asdict(line) == plain
    assert dataclasses.replace(line, ends=()) == Line(Point(1))
