"""A record that is not of its shape is refused with its place, as one read field by field."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from msgspec import Meta, Struct

from fenghuo.feeds.fields import Faulty
from fenghuo.feeds.shapes import Point, position, shaped


class Inner(Struct, rename={"kind": "theKind"}):
    number: Annotated[float, Meta(ge=-5, le=10.5)]
    kind: Literal["a", "b"] = "a"


class Outer(Struct):
    inner: Inner
    rows: list[Inner] = []


def fault(value, place=""):
    with pytest.raises(Faulty) as faulty:
        shaped(value, Outer, place)
    return faulty.value


@pytest.mark.parametrize(("value", "place", "found", "expected"), [
    (None, "", "nothing", "object"),
    ([], "", "[]", "object"),
    ({}, "inner", "nothing", "something"),
    ({"inner": {"number": "7.1"}}, "inner.number", "'7.1'", "float"),
    ({"inner": {"number": True}}, "inner.number", "True", "float"),
    ({"inner": {"number": 11}}, "inner.number", "11", "float <= 10.5"),
    ({"inner": {"number": 1, "theKind": "c"}}, "inner.theKind", "'c'", "a word that is known"),
    ({"inner": {"number": 1}, "rows": [{"number": 1}, {"number": None}]}, "rows[1].number",
     "nothing", "float"),
])
def test_a_fault_is_named_by_its_place(value, place, found, expected):
    said = fault(value)
    assert (said.place, said.found) == (place, found) and expected in said.expected
    assert fault(value, "there").place == ".".join(filter(None, ("there", place)))


def test_what_the_shape_does_not_name_is_left_out():
    assert shaped({"inner": {"number": 3, "more": "x"}, "other": None}, Outer).inner.number == 3


@pytest.mark.parametrize(("point", "place"), [
    ([112.3], "coordinates"), ({}, "coordinates"), ([22.2, 112.3], "coordinates[1]"),
    ([0, 0, 5], "coordinates"), (["1", 2], "coordinates[0]"), ([1, 2, True], "coordinates[2]"),
    ([1, 2, 3, 4], "coordinates"), ([20.0, 80.0], "coordinates")])
def test_a_point_that_is_no_place_of_the_feed_is_refused(configured, point, place):
    with pytest.raises(Faulty) as faulty:
        position(shaped({"coordinates": point}, Point, "geometry"), configured("gd_seismic"))
    assert faulty.value.place == f"geometry.{place}"
