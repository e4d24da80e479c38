"""JSON as RFC 8259 means it: what Python's reader lets pass is found and named.

A duplicate key, NaN, Infinity, a number beyond a double or of hundreds of digits becomes a
:class:`Fault` in its place, so that one bad record is refused alone (``faults``).
"""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from fenghuo.documents.decoding import text_of
from fenghuo.feeds.config import FeedConfig
from fenghuo.words import Refusal, Refused

_LONGEST = 40
_LARGE = re.compile(r"[0-9]{41}|[eE]\+?[0-9]{3}")
"""Only a text with one of these can hold a number too large or too long."""
_COLON = re.compile(rb"\\u003[aA]")
_ZEROS = bytes.maketrans(b"123456789", b"000000000")
_TRACES = {stride: b"0" * ((_LONGEST + 1) // stride) for stride in (8, 4, 1)}
"""What a number that is too long leaves in every eighth, fourth and in each byte: the fewer are
sooner looked at."""
_DECODER, _ENCODER = msgspec.json.Decoder(), msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Fault:
    """A value JSON does not have."""

    found: str
    expected: str


def read(body: bytes, config: FeedConfig) -> tuple[Any, bool]:
    """The value of a payload and whether it holds faults. Raises Refused for what is no JSON."""
    try:
        return _sound(body.removeprefix(codecs.BOM_UTF8)), False
    except (ValueError, RecursionError):
        return loads(config.name, text_of(config.name, body, config.encoding))


def loads(source: str, text: str) -> tuple[Any, bool]:
    """The value and whether it holds faults. Raises Refused for what is not JSON at all."""
    try:
        return _sound(text.encode()), False
    except (ValueError, RecursionError):
        return _faulty(source, text)


def _sound(raw: bytes) -> Any:
    """The value of a text in UTF-8 without a fault, in less time than Python's reader takes. Raises
    ValueError for any other, RecursionError for one too deep, naming nothing.

    Written again it must have as many colons as before: a key that was there twice is gone, and
    no string gains or loses one, unless it was escaped. NaN, infinity and what no double holds
    are no JSON to this reader either.
    """
    value = _DECODER.decode(raw)
    if _colons(_ENCODER.encode(value)) != _colons(raw) \
            or (b"\\" in raw and _COLON.search(raw)) \
            or all(trace in raw[::stride].translate(_ZEROS) for stride, trace in _TRACES.items()):
        raise ValueError
    return value


def _colons(raw: bytes) -> int:
    """How many there are; ``bytes.count`` looks at one byte at a time."""
    return int(np.count_nonzero(np.frombuffer(raw, np.uint8) == ord(":")))


def _faulty(source: str, text: str) -> tuple[Any, bool]:
    """The value of any other text, each of its faults in its place."""
    seen: list[Fault] = []

    def fault(found: str, expected: str) -> Fault:
        seen.append(Fault(found, expected))
        return seen[-1]

    def number(digits: str) -> Any:
        if len(digits) > _LONGEST:
            return fault(f"a number of {len(digits)} digits", "a finite number")
        value = float(digits)
        return value if math.isfinite(value) else fault(digits, "a finite number")

    def integer(digits: str) -> Any:
        if len(digits) > _LONGEST:
            return fault(f"a number of {len(digits)} digits", "a finite number")
        return int(digits)

    def pairs(items: list[tuple[str, Any]]) -> Any:
        found = dict(items)
        if len(found) < len(items):
            names = [name for name, _ in items]
            twice = next(name for name in names if names.count(name) > 1)
            found[twice] = fault(f"the key {twice!r} twice", "each key once")
        return found

    large = _LARGE.search(text) is not None
    try:
        value = json.loads(text, parse_float=number if large else None,
                           parse_int=integer if large else None, object_pairs_hook=pairs,
                           parse_constant=lambda word: fault(word, "a finite number"))
    except json.JSONDecodeError as error:
        raise Refused([Refusal(source, f"{error.lineno}:{error.colno}", error.msg,
                               "JSON")]) from None
    except RecursionError:
        raise Refused([Refusal(source, "payload", "nesting without end", "JSON")]) from None
    return value, bool(seen)


def faults(source: str, value: Any, place: str) -> Iterator[Refusal]:
    """Every fault inside a value, as refusals with dotted places."""
    if isinstance(value, Fault):
        yield Refusal(source, place, value.found, value.expected)
    elif isinstance(value, dict):
        for key, inner in value.items():
            name = key[:80] if key.isprintable() else repr(key[:80])
            yield from faults(source, inner, f"{place}.{name}" if place else name)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from faults(source, inner, f"{place}[{index}]")


def sound(source: str, rows: list[Any], place: str, suspect: bool,
          refusals: list[Refusal]) -> tuple[Sequence[int], list[dict[str, Any]]]:
    """The rows of a list that are objects without a fault, and where they stand; the others are
    refused. ``suspect``: whether the text holds any fault, as ``loads`` says."""
    if not suspect and set(map(type, rows)) <= {dict}:
        return range(len(rows)), rows
    found = []
    for index, row in enumerate(rows):
        bad = list(faults(source, row, f"{place}[{index}]"))
        if not bad and not isinstance(row, dict):
            bad = [Refusal(source, f"{place}[{index}]", repr(row)[:80], "an object")]
        refusals += bad
        if not bad:
            found.append(index)
    return found, [rows[index] for index in found]
