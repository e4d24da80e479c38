"""Bad input that every format meets, each sentence over every sample.

Every row of bad input and its tests stand in ../faults/README.md.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from fenghuo.feeds.catalogue import FORMATS
from fenghuo.feeds.parsed import FUTURE, FeedError, read
from fenghuo.observations.revisions import plain

from .samples import every

SAMPLES = every()
OF_EVERY_FORMAT = pytest.mark.parametrize("format", SAMPLES)
JSON = [name for name, one in SAMPLES.items() if one.SAMPLE[:1] in b"{["]
HERE = Path(__file__)


def answer(format, body, later=timedelta(0)):
    """What a body gives, as of the sample's receipt or ``later``."""
    sample = SAMPLES[format]
    try:
        return read(format, body, sample.CONFIG, sample.RECEIVED + later)
    except FeedError as error:
        assert error.__cause__ is None, f"not foreseen: {error.__cause__!r}"
        return error


def told(parsed):
    """What a payload says, comparable."""
    return repr((parsed.events, parsed.observations.to_dict("list"), parsed.entries, parsed.as_of,
                 parsed.withdrawn, [(one.metric, one.subject, one.t0, one.values.tolist())
                                    for one in parsed.forecasts]))


def test_every_format_has_a_sample_and_a_test_of_its_own():
    assert set(SAMPLES) == set(FORMATS)
    texts = [path.read_text(encoding="utf-8") for path in HERE.parent.glob("test_*.py")
             if path not in (HERE, HERE.with_name("test_feeds_yaml.py"))]
    for format in FORMATS:
        named = rf"\b({format}|{FORMATS[format].module})\b"
        assert any(re.search(named, text) for text in texts), format
    for format, sample in SAMPLES.items():
        assert sample.CONFIG.format == format


@OF_EVERY_FORMAT
@pytest.mark.parametrize("bomb", [
    b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, (b"&%c;" % (97 + n)) * 10) for n in range(9))
    + b"]><a>&j;</a>",
    b'<!DOCTYPE a [<!ENTITY b "' + b"x" * 50_000 + b'">]><a>' + b"&b;" * 50_000 + b"</a>",
], ids=["nested", "quadratic"])
def test_entity_bombs_are_refused_and_never_unfolded(format, bomb):
    assert isinstance(answer(format, bomb), FeedError)


@OF_EVERY_FORMAT
def test_external_entities_are_refused_and_nobody_is_asked(format, server, tmp_path):
    (tmp_path / "secret").write_text("a word nobody may read")
    for address in (f"{server.url}/x.dtd", (tmp_path / "secret").as_uri()):
        for body in (f'<!DOCTYPE a [<!ENTITY x SYSTEM "{address}">]><a>&x;</a>',
                     f'<!DOCTYPE a SYSTEM "{address}"><a/>'):
            error = answer(format, body.encode())
            assert isinstance(error, FeedError) and "a word nobody" not in str(error)
    assert server.requests == []


@OF_EVERY_FORMAT
@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b"<a>" * 100_000])
def test_nesting_without_end_is_refused(format, body):
    assert isinstance(answer(format, body), FeedError)


@OF_EVERY_FORMAT
@pytest.mark.parametrize("body", [
    b"<!DOCTYPE html><html><body>Sign in</body></html>", b"\n<HTML><HEAD></HEAD></HTML>",
    b'{"error":true,"reason":"limit"}', b'{"status":"error","code":"403"}', b"Not found"])
def test_a_page_or_an_error_sent_with_200_is_no_quiet_answer(format, body):
    assert isinstance(answer(format, body), FeedError)


@OF_EVERY_FORMAT
@pytest.mark.parametrize("body", [b"", b" \r\n", b"\xef\xbb\xbf", b"\x00" * 1000])
def test_an_empty_body_is_no_quiet_answer(format, body):
    assert isinstance(answer(format, body), FeedError)


@pytest.mark.parametrize("format", JSON)
@pytest.mark.parametrize("word", ["NaN", "-Infinity", "1e999", "9" * 5000, '"7,1"', '"M7.1"'])
def test_a_number_that_is_none_never_comes_out_as_one(format, word):
    text = SAMPLES[format].SAMPLE.decode()
    for found in list(re.finditer(r"[:\[,] ?(-?\d+(?:\.\d+)?)(?=[,\]}])", text))[:40]:
        parsed = answer(format, (text[:found.start(1)] + word + text[found.end(1):]).encode())
        assert isinstance(parsed, FeedError) or word not in told(parsed)


@OF_EVERY_FORMAT
def test_what_is_of_the_future_is_not_believed(format):
    early = timedelta(days=-400)
    parsed, latest = answer(format, SAMPLES[format].SAMPLE, early), \
        SAMPLES[format].RECEIVED + early + FUTURE
    if isinstance(parsed, FeedError):
        return
    assert not [one for one in parsed.events if max(one.issued, one.onset) > latest]
    assert not (parsed.observations["end"] > latest).any() or \
        set(parsed.observations["basis"]) == {"forecast"}
    assert not [one for one in parsed.entries if one.at is not None and one.at > latest]
    assert not [one for one in parsed.forecasts if one.issued > latest]


@OF_EVERY_FORMAT
def test_no_place_is_moved_between_grids_that_no_source_declares(format):
    """GCJ-02 and BD-09 lie some 500 m off: a degree comes out as it was written."""
    body = SAMPLES[format].SAMPLE
    written = {abs(float(number)) / unit for number in re.findall(rb"\d+(?:\.\d+)?", body)
               for unit in (1, 10)}  # a best track is written in tenths
    for degrees in (found for event in getattr(answer(format, body), "events", ())
                    for found in places(plain(event.attributes))):
        assert any(abs(abs(degrees) - number) < 1e-9 for number in written), degrees


def places(told):
    """Every latitude and longitude in what an event says."""
    for key, value in told.items() if isinstance(told, dict) else enumerate(told):
        if key in ("latitude", "longitude"):
            yield value
        elif isinstance(value, dict | list | tuple):
            yield from places(value)


@OF_EVERY_FORMAT
def test_chinese_bytes_without_a_declaration_are_read_as_they_were_meant(format):
    body = SAMPLES[format].SAMPLE
    try:
        text = re.sub(r"^<\?xml[^>]*>", "", body.decode().removeprefix("\ufeff"))
    except UnicodeDecodeError:  # a container, which names its own encoding
        return
    assert told(answer(format, text.encode("gb18030"))) == told(answer(format, body))
