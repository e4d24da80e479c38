"""Whatever bytes come, of every format: a Parsed of sound values or a FeedError, soon.

The samples are spoiled as the world spoils payloads: bytes flipped, the end cut off, a word
replaced, a field dropped or of another type. What a parser did not foresee is caught by
``parsed.read``, and its refusal has the exception as its cause: none of that may be seen here.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct, structs

from fenghuo.feeds.parsed import FeedError, read

from .samples import every

SAMPLES = every()

WORDS = ("", "NaN", "-9", "0", "1e999", "9" * 400, "7,1", "M7.1", "null", "{}", "]", "<x>", "&x;",
         "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2026-06-08T24:00:00Z",
         "2026-06-08T04:00:60Z", "1780891200", "181", "-91", "²", "٣", "２２", "\x00", "\u202e",
         "NO", "true", "'", '"', "|", "-", ".", "+8", "1_000", "Infinity", "0x10", "\ufeff")

VALUES = (*WORDS, None, True, -9, 0, 91, 181, 1e308, -1e308, float("nan"), float("inf"), 10**30,
          10**18, [], {}, [[]], [None], {"a": 1}, "\ud800", "x" * 2000, [0, 0], 0.1)


def outcome(format, body):
    """What a body gives: Parsed, or the FeedError. Fails for what was not foreseen."""
    sample = SAMPLES[format]
    try:
        parsed = read(format, body, sample.CONFIG, sample.RECEIVED)
    except FeedError as error:
        assert error.__cause__ is None, f"not foreseen: {error.__cause__!r}"
        assert error.refusals and {one.source for one in error.refusals} == {sample.CONFIG.name}
        return error
    for one in parsed.refusals:
        assert one.source == sample.CONFIG.name and one.place and one.expected
    _sound(parsed)
    return parsed


def _sound(value):
    """Fails for a number that is not finite, an instant without a zone, a text no store takes."""
    if isinstance(value, float):
        assert math.isfinite(value)
    elif isinstance(value, str):
        value.encode()
    elif isinstance(value, datetime):
        assert value.utcoffset() == timedelta(0)
    elif isinstance(value, pd.DataFrame):
        _sound(value.to_dict("list"))
    elif isinstance(value, Struct):
        _sound(structs.asdict(value))
    elif is_dataclass(value):
        for field in fields(value):
            _sound(getattr(value, field.name))
    elif isinstance(value, dict):
        _sound(list(value.items()))
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            _sound(one)


def tokens(body):
    """The words of a payload and what stands between them, [between, word, between, …]."""
    return re.split(rb"([^\s<>\"{}\[\],:|=&;]+)", body)


def paths(value, here=()):
    """Every place in a JSON value, its own first."""
    yield here
    inner = value.items() if isinstance(value, dict) else (
        enumerate(value) if isinstance(value, list) else ())
    for key, one in inner:
        yield from paths(one, (*here, key))


def put(value, path, new):
    """A JSON value with one place replaced; DROPPED takes it out."""
    if not path:
        return new
    key, *rest = path
    pairs = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    kept = [(name, put(one, rest, new) if name == key else one) for name, one in pairs
            if not (name == key and not rest and new is DROPPED)]
    return dict(kept) if isinstance(value, dict) else [one for _, one in kept]


DROPPED = object()
SLOW = settings(max_examples=20, deadline=None, database=None, derandomize=True,
                suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("format", SAMPLES)
def test_a_sample_is_read_without_a_fault(format):
    parsed = outcome(format, SAMPLES[format].SAMPLE)
    assert not isinstance(parsed, FeedError) and not parsed.refusals
    assert (parsed.events or parsed.entries or parsed.forecasts or parsed.passed
            or len(parsed.observations))


@pytest.mark.parametrize("format", SAMPLES)
@SLOW
@given(data=st.data())
def test_flipped_and_cut_bytes_give_a_payload_or_a_feed_error(format, data):
    body = bytearray(SAMPLES[format].SAMPLE)
    for at in data.draw(st.lists(st.integers(0, len(body) - 1), max_size=4)):
        body[at] = data.draw(st.integers(0, 255))
    outcome(format, bytes(body[:data.draw(st.integers(0, len(body)) | st.just(len(body)))]))


@pytest.mark.parametrize("format", SAMPLES)
@SLOW
@given(data=st.data())
def test_hostile_words_give_a_payload_or_a_feed_error(format, data):
    parts = tokens(SAMPLES[format].SAMPLE)
    for at in data.draw(st.lists(st.integers(0, len(parts) // 2 - 1), min_size=1, max_size=3)):
        parts[2 * at + 1] = data.draw(st.sampled_from(WORDS)).encode()
    outcome(format, b"".join(parts))


@pytest.mark.parametrize("format", [name for name, one in SAMPLES.items()
                                    if one.SAMPLE[:1] in b"{["])
@SLOW
@given(data=st.data())
def test_json_of_other_shapes_gives_a_payload_or_a_feed_error(format, data):
    value = json.loads(SAMPLES[format].SAMPLE)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(paths(value))))
        new = data.draw(st.sampled_from(VALUES) | st.just(DROPPED))
        value = put(value, path, None if not path and new is DROPPED else new)
    outcome(format, json.dumps(value).encode())


@pytest.mark.parametrize("format", SAMPLES)
@SLOW
@given(body=st.binary(max_size=300) | st.text(max_size=100).map(lambda text: text.encode()))
def test_bytes_of_no_format_are_refused_or_hold_nothing_unsound(format, body):
    outcome(format, body)
