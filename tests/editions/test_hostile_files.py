"""Whatever stands in a file, only a refusal comes of it, and never endless work."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fenghuo import contacts
from fenghuo.agreements import read_stations
from fenghuo.agreements.reading import read_one
from fenghuo.agreements.schema import Agreement
from fenghuo.editions import files_on_disk
from fenghuo.feeds import config
from fenghuo.notices import filings, measures, texts
from fenghuo.words import Refused, masked

ROOT = Path(__file__).parents[2]
SHIPPED = files_on_disk(ROOT / "rules", ROOT / "contacts")
PATHS = sorted(SHIPPED)
SHARED = {path: body.decode() for path, body in SHIPPED.items() if "messages/alarm" in path}
"""Texts that others are made of."""
PIECES = ["\t", "'", '"', "[", "{", "- ", "? ", "!!", "&a ", "*a", "|2", "%YAML 1.1\n---\n", "<<",
          "\\U", '"\\UFFFFFFFF"', '"\\uD800"', '"\\u202e"', "---\n", "...\n", "{{", "%}", "{{1/0}}",
          "{% for i in range(9) %}", "{{ 9**9**9 }}", "NaN", "1e999", "010", "1:30", "５０", "50%",
          "\n", ",", "\x00", "\ufeff", "\u2028", "9" * 400]


def read(path: str, content: bytes) -> object:
    """The one reader of a file, with the other files that it needs beside it."""
    if path.startswith("rules/agreements/"):
        return read_one(path, content)
    if path.endswith(".j2"):
        found = texts.check(SHARED | {path: content.decode()})
        if any(one.source == path for one in found):
            raise Refused(found)
        return found
    files = SHIPPED | {path: content}
    readers: dict[str, Callable[[dict[str, bytes]], object]] = {
        config.PATH: config.read, measures.FILE: measures.read, filings.FILE: filings.read,
        "rules/stations.csv": read_stations}
    return readers.get(path, contacts.read)(files)


def outcome(path: str, content: bytes) -> str:
    """``refused`` or ``good``; anything else is raised."""
    try:
        read(path, content)
    except (Refused, UnicodeDecodeError) as error:
        assert isinstance(error, Refused) or path.endswith(".j2")  # texts are decoded before
        if isinstance(error, Refused):
            assert error.refusals
            assert all(re.match(r"[0-9]+:[0-9]+( |$)", one.place) for one in error.refusals), error
            assert all(len(str(one)) < 2000 for one in error.refusals), "an error is short"
        return "refused"
    return "good"


@settings(max_examples=60, deadline=None)
@given(path=st.sampled_from(PATHS), content=st.binary(max_size=300))
def test_any_bytes_as_any_file_are_refused_or_read(path: str, content: bytes) -> None:
    outcome(path, content)


@settings(max_examples=150, deadline=None)
@given(path=st.sampled_from(PATHS), where=st.floats(0, 1), much=st.integers(0, 40),
       piece=st.one_of(st.sampled_from(PIECES), st.text(max_size=3)))
def test_any_change_of_a_shipped_file_is_refused_or_read(
        path: str, where: float, much: int, piece: str) -> None:
    text = SHIPPED[path].decode()
    at = int(where * len(text))
    outcome(path, (text[:at] + piece + text[at + much:]).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("path", PATHS)
def test_every_shipped_file_is_read_by_its_reader(path: str) -> None:
    assert outcome(path, SHIPPED[path]) == "good"


@pytest.mark.parametrize("text", [
    "{{ 9 ** 9 ** 9 }}", "{{ 'a' * 999999999 }}", "{% for i in range(99999) %}x{% endfor %}",
    "{{ 1 / 0 }}", "{{ [] | first | upper }}", "{{ -'a' }}", "{% include 'risk.j2' %}",
    "{{ ''.__class__.__mro__ }}", "{{ nobody }}", "{% if %}", "{{ lipsum(99999) }}"])
def test_a_text_that_asks_for_endless_work_or_fails_is_refused_by_name(text: str) -> None:
    found = [one for one in texts.check({"rules/messages/risk.j2": text})
             if one.source == "rules/messages/risk.j2"]
    assert found and found[0].expected


LONG = 100_000
HANG = """
import importlib, pkgutil, re, sys
import fenghuo
from fenghuo.documents.csv import Kind
ROOMS = ("words", "documents", "agreements", "contacts", "notices", "editions", "feeds")
def patterns(value):
    if isinstance(value, dict):
        for each in value.values():
            yield from patterns(each)
    elif isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, Kind):
        yield re.compile(value.pattern)
found = {}
for module in pkgutil.walk_packages(fenghuo.__path__, "fenghuo."):
    room = module.name.split(".")[1]
    if room in ROOMS:
        for value in vars(importlib.import_module(module.name)).values():
            found |= {one.pattern: (room, one) for one in patterns(value)}
for room, pattern in found.values():
    for unit in %r:
        text = (unit * %d)[:%d] + "!"
        pattern.fullmatch(text)
        if room == "words":  # what masks looks anywhere in a text
            pattern.search(text)
print(len(found))
"""
UNITS = ["a", "9", "-", " ", "a-", "a ", "1.", "a.", "//:", "@", "a@", "a@a.", "暴", "预警"]


def test_no_pattern_works_longer_on_a_long_value_than_its_length() -> None:
    """A pattern whose work grows with the square needs hours for this; all others need seconds."""
    done = subprocess.run([sys.executable, "-c", HANG % (UNITS, LONG, LONG)], timeout=120,
                          capture_output=True, text=True, cwd=ROOT / "plugins", check=True)
    assert int(done.stdout) > 60


def test_patterns_of_models_are_matched_by_an_engine_without_backtracking() -> None:
    assert Agreement.model_config.get("regex_engine", "rust-regex") == "rust-regex"
    long = "a-" * 50_000
    for old, new in ((b"id: stage-marks", b"id: " + long.encode() + b"!"),
                     (b"event_code: 11A01", b"event_code: " + long.encode()),
                     (b"{radius: 5 km}", b"{radius: " + b"5" * LONG + b" km}"),
                     (b"{at_least: station.warning}", b"{at_least: station." + b"a" * LONG + b"}")):
        path = "rules/agreements/flood.yaml"
        assert old in SHIPPED[path]
        assert outcome(path, SHIPPED[path].replace(old, new, 1)) == "refused"


def test_masking_still_finds_addresses_anywhere() -> None:
    assert masked("from liu.an+x@example.org, or <b@c.example.cn>") == (
        "from l***@example.org, or <b***@c.example.cn>")
    assert masked("x" * LONG + "@example.org") == "x***@example.org"


