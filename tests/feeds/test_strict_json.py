"""JSON is read twice as fast where it has no fault, and to the same value."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenghuo.feeds import strict_json
from fenghuo.words import Refused

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
    | st.sampled_from((10**45, -10**39, "a:b", ":", "\\u003a", "\\", '"', 0.1 + 0.2)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(("a", "b:", ":", "\\", "b", "\u4e2d")), inner, max_size=3), max_leaves=8)


@given(value=VALUES, escaped=st.booleans(), loose=st.booleans(), cut=st.none() | st.integers(0, 40))
def test_both_readers_agree_on_every_text(value, escaped, loose, cut):
    text = json.dumps(value, ensure_ascii=escaped,
                      separators=(" , ", " : ") if loose else (",", ":"))[:cut]
    try:
        sound = strict_json._sound(text.encode())
    except (ValueError, RecursionError):
        return
    assert strict_json._faulty("feed", text) == (sound, False)


@pytest.mark.parametrize(("text", "place", "found"), [
    ('{"a": 1, "a": 2}', "a", "the key 'a' twice"),
    ('[{"a":1 ,"b":{"c":":","c":"::"}}]', "[0].b.c", "the key 'c' twice"),
    ('{"a":1,"a":"\\u003a"}', "a", "the key 'a' twice"),
    ('{"a":1,"a":"\\u003A"}', "a", "the key 'a' twice"),
    ('{"a":"\\":","a":"x"}', "a", "the key 'a' twice"),
    ('{"\\u0061":1,"a":2}', "a", "the key 'a' twice"),
    ('[NaN]', "[0]", "NaN"), ('[-Infinity]', "[0]", "-Infinity"), ("[1e999]", "[0]", "1e999"),
    ("[" + "9" * 41 + "]", "[0]", "a number of 41 digits"),
    ("[0." + "0" * 41 + "]", "[0]", "a number of 43 digits")])
def test_what_json_does_not_have_is_named_in_its_place(text, place, found):
    value, suspect = strict_json.loads("feed", text)
    (refusal,) = strict_json.faults("feed", value, "")
    assert suspect and (refusal.place, refusal.found) == (place, found)


@pytest.mark.parametrize("text", ["", "[1,]", "{'a': 1}", "[" * 5000 + "]" * 5000, "01", '"\t"'])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(Refused, match="JSON"):
        strict_json.loads("feed", text)


def test_rows_that_are_no_objects_or_faulty_are_refused_alone():
    text = '[{"a": 1}, 5, {"a": NaN}, {"a": 2}]'
    value, suspect = strict_json.loads("feed", text)
    refusals = []
    assert strict_json.sound("feed", value, "rows", suspect, refusals) == (
        [0, 3], [{"a": 1}, {"a": 2}])
    assert [one.place for one in refusals] == ["rows[1]", "rows[2].a"]
