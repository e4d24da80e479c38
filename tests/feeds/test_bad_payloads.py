"""Every bad body against every format: its place, what was found, what was expected.

And the neighbours in the same payload: the other records stay.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from fenghuo.feeds.parsed import read
from fenghuo.feeds.table_kinds import Table
from fenghuo.feeds.table_parts import Metric
from fenghuo.words import Level, Refused

NOON = datetime(2026, 6, 8, 4, 1, tzinfo=UTC)
JSON_TABLE = Table(kind="json", rows="data.items", subject="id", time="at", step="15m", metrics=(
    Metric(metric="stage", column="value", least=-20, most=300),))
HEAD = b"station,time,stage_m,rain_mm\n"

HTML = b"<!DOCTYPE html><html><body>Sign in to the guest network</body></html>"
BOMB = (b'<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + n, (b"&%c;" % (97 + n)) * 10) for n in range(9))
        + b"]><alert>&j;</alert>")
XXE = b'<!DOCTYPE alert [<!ENTITY x SYSTEM "file:///etc/passwd">]><alert>&x;</alert>'
EMPTY = ("1:1", "an empty body", "a payload")
PAGE = ("1:1", "a web page", "a payload")
DANGER = ("a document type or entity", "XML without DOCTYPE")
NO_JSON = ("1:1", "Expecting value", "JSON")


@pytest.fixture
def formats(configured):
    """A feed of each format, by the word the tests below use."""
    return {
        "quakes": configured("gd_seismic"), "index": configured("jm_signals"),
        "document": configured("jm_signals", format="cap_document"),
        "csv": configured("gauges"), "json": configured("gauges", table=JSON_TABLE)}


def refusal_of(config, body):
    with pytest.raises(Refused) as refused:
        read(config.format, body, config, NOON)
    return refused.value.refusals[0]


@pytest.mark.parametrize(("kind", "body", "said"), [
    ("quakes", b"", EMPTY), ("index", b"\n ", EMPTY), ("document", b"", EMPTY),
    ("csv", b"\r\n", EMPTY), ("json", b"", EMPTY),
    ("quakes", HTML, PAGE), ("index", HTML, PAGE), ("document", HTML, PAGE),
    ("csv", HTML, PAGE), ("json", HTML, PAGE),
    ("quakes", b'{"type":"FeatureCollection",\n"features":[{"id"',
     ("2:18", "Expecting ':' delimiter", "JSON")),
    ("index", b"<rss><channel>\n<item>",
     ("2:7", "Premature end of data in tag item line 2, line 2, column 7", "well-formed XML")),
    ("document", b"<alert>\n<identifier>x</ident",
     ("2:21", "expected '>', line 2, column 21", "well-formed XML")),
    ("csv", b"station,time,stage_m\na,2026-06-08 12:00,7",
     ("row 1", "station, time, stage_m", "each once: rain_mm")),
    ("json", b'{"data":{"items":[{"id":"a',
     ("1:25", "Unterminated string starting at", "JSON")),
    ("index", BOMB, ("2:1", *DANGER)), ("document", BOMB, ("2:1", *DANGER)),
    ("index", XXE, ("1:1", *DANGER)), ("document", XXE, ("1:1", *DANGER)),
    ("quakes", BOMB, NO_JSON), ("json", BOMB, NO_JSON),
    ("csv", XXE, ("row 1", f"columns parted by ';': {XXE.decode()}", "columns parted by commas")),
    ("quakes", b'{"type":"FeatureCollection","features":[],"metadata":{"generated":NaN}}',
     ("metadata.generated", "NaN", "a finite number")),
    ("quakes", b'{"type":"FeatureCollection","features":[],"features":[]}',
     ("features", "the key 'features' twice", "each key once")),
    ("json", b'{"data":{"items":[]},"data":{"items":[]}}',
     ("data.items", "NoneType", "a list of rows")),
    ("csv", HEAD[:-1] + b",time\n", ("row 1", "station, time, stage_m, rain_mm, time",
                                     "each once: time")),
    ("csv", HEAD + b'a,2026-06-08 12:00,7,"1\n',
     ("line 2", "unexpected end of data", "a CSV table")),
    ("csv", "站名,时间,水位\n高要,2026-06-08 12:00,7\n".encode("gbk"),
     ("row 1", "站名, 时间, 水位", "each once: station, time, stage_m, rain_mm")),
])
def test_a_body_that_cannot_be_read_is_refused_whole(formats, kind, body, said):
    began = time.process_time()
    refusal = refusal_of(formats[kind], body)
    assert refusal.source == formats[kind].name
    assert (refusal.place, refusal.found, refusal.expected) == said
    assert "root:" not in str(refusal) and time.process_time() - began < 1


def row(name, value, at="2026-06-08T04:00:00Z"):
    return f'{{"id":"{name}","at":"{at}","value":{value}}}'


@pytest.mark.parametrize(("bad", "place", "found", "expected"), [
    (row("x", "NaN"), "value", "NaN", "a finite number"),
    (row("x", "1e999"), "value", "1e999", "a finite number"),
    (row("x", '"NaN"'), "value", "'NaN'", "a plain decimal number"),
    (row("x", "7", "2026-06-08T05:00:00Z"), "at", "'2026-06-08T05:00:00Z'",
     "no time in the future"),
    (row("x", "7", "0001-01-01T00:00:00+14:00"), "at", "'0001-01-01T00:00:00+14:00'",
     "an ISO 8601 time with its offset, not before 1970"),
    (row("{{7*7}}", "7"), "id", "'{{7*7}}'", "a station's id"),
    ('{"id":"x","id":"y","at":"2026-06-08T04:00:00Z","value":7}', "id", "the key 'id' twice",
     "each key once"),
])
def test_a_bad_row_of_a_json_table_is_refused_alone(formats, bad, place, found, expected):
    body = f'{{"data":{{"items":[{row("NO", 8)},{bad},{row("11E02", 9)}]}}}}'.encode()
    parsed = read("table", body, formats["json"], NOON)
    assert parsed.observations["subject"].tolist() == ["NO", "11E02"], "ids stay as written"
    (refusal,) = parsed.refusals
    assert (refusal.place, refusal.found, refusal.expected) == (
        f"data.items[1].{place}", found, expected)


def test_of_two_json_values_for_one_time_neither_is_believed(formats):
    rows = ",".join([row("x", 7), row("x", 9), row("y", 8), row("y", 8)])
    parsed = read("table", f'{{"data":{{"items":[{rows}]}}}}'.encode(), formats["json"], NOON)
    assert parsed.observations["subject"].tolist() == ["y"]
    assert [refusal.place for refusal in parsed.refusals] == [
        "data.items[0].stage", "data.items[1].stage"]


@pytest.mark.parametrize(("line", "place", "found"), [
    (b"{{7*7}},2026-06-08 12:00,7,1", "row 3.station", "'{{7*7}}'"),
    (b"x,0001-01-01 00:00,7,1", "row 3.time", "'0001-01-01 00:00'"),
    (b"x,9999-12-31T23:59:00-14:00,7,1", "row 3.time", "'9999-12-31T23:59:00-14:00'"),
    (b"x\x00,2026-06-08 12:00,7,1", "row 3.station", "'x\\x00'"),
])
def test_a_bad_row_of_a_csv_table_is_refused_alone(formats, line, place, found):
    body = HEAD + b"NO,2026-06-08 12:00,7,1\n" + line + b"\n11E02,2026-06-08 12:00,8,2\n"
    parsed = read("table", body, formats["csv"], NOON)
    assert set(parsed.observations["subject"]) == {"NO", "11E02"}
    assert [(one.place, one.found) for one in parsed.refusals] == [(place, found)]


def test_nanoseconds_in_one_time_do_not_cost_the_table(formats):
    body = HEAD + b"a,2026-06-08 11:59:59.123456789,7,1\nb,2026-06-08 12:00,8,2\n"
    parsed = read("table", body, formats["csv"], NOON)
    assert set(parsed.observations["subject"]) == {"a", "b"} and not parsed.refusals


def test_a_row_cut_off_at_the_end_is_refused_alone(formats):
    body = HEAD + b"a,2026-06-08 12:00,7,1\nb,2026-06-08 12:"
    parsed = read("table", body, formats["csv"], NOON)
    assert set(parsed.observations["subject"]) == {"a"}
    assert [(one.place, one.found) for one in parsed.refusals] == [("row 3", "2 cells")]


@pytest.mark.parametrize(("last", "place"), [
    (b"\xe4\xbd", "4:1"), ("大坡".encode("gbk") + b",2026-06-08 12:00,8,1\n", "4:1"),
    (b"y,2026-06-08 12:00,8,\xff\n", "4:22")])
def test_a_few_bad_bytes_do_not_turn_a_utf8_table_into_other_words(formats, last, place):
    rows = "高要,2026-06-08 12:00,7,1\n马口,2026-06-08 12:00,7,1\n".encode()
    refusal = refusal_of(formats["csv"], HEAD + rows + last)
    assert refusal.place == place and refusal.found.endswith("amid UTF-8")
    assert refusal.expected == "one encoding"


@pytest.mark.parametrize("words", ["恩平市大槐镇", "锦江", "西江高要水位站", "旺", "瓊崖、潿洲"])
def test_gbk_without_declaration_is_still_gbk(formats, words):
    body = HEAD + f"{words.replace('、', '')},2026-06-08 12:00,7,1\n".encode("gbk")
    parsed = read("table", body, formats["csv"], NOON)
    assert set(parsed.observations["subject"]) == {words.replace("、", "")}


def item(link, at="Mon, 08 Jun 2026 03:50:00 +0000"):
    return f"<item><link>{link}</link><pubDate>{at}</pubDate></item>"


@pytest.mark.parametrize(("bad", "said"), [
    (item("/bad.xml", "Mon, 08 Jun 2026 05:50:00 +0000"),
     [("entries[0]", "2026-06-08T05:50:00+00:00", "no time in the future")]),
    ("<item><title>NO</title></item>", [("entries[0]", "no link", "a link to a CAP document")]),
    (item("/good.xml"), []),
    (item("/odd.xml", "9999-12-31T23:59:59-14:00"), []),
    (item("/odd.xml", "NO"), []),
])
def test_a_bad_line_of_an_index_leaves_the_others(formats, bad, said):
    body = f"<rss><channel>{bad}{item('/good.xml')}</channel></rss>".encode()
    parsed = read("cap_index", body, formats["index"], NOON)
    assert [entry.url for entry in parsed.entries].count("/good.xml") == 1
    assert [(one.place, one.found, one.expected) for one in parsed.refusals] == said


def test_an_index_in_gbk_without_declaration_is_read(formats):
    body = f"<rss><channel><title>台山市气象台</title>{item('/a')}</channel></rss>".encode("gbk")
    assert [entry.url for entry in read("cap_index", body, formats["index"], NOON).entries] == [
        "/a"]


@pytest.mark.parametrize(("fields", "place", "found", "expected"), [
    ({"area": "<polygon>1e999,112 22,113 23,113 1e999,112</polygon>"}, "area.polygon[0]",
     "'1e999,112'", "lat,lon pairs in plain decimals"),
    ({"area": "<circle>22,112 NaN</circle>"}, "area.circle[0]", "'22,112 NaN'",
     "lat,lon radius in km"),
    ({"area": "<polygon>112,22 113,22 113,23 112,22</polygon>"}, "area.polygon[0]", "112,22",
     "latitude within 90, longitude within 180 (lat first)"),
    ({"sent": "2026-06-08T12:30:00+08:00"}, "sent", "2026-06-08T04:30:00+00:00",
     "no time in the future"),
    ({"sent": "0001-01-01T00:00:00+14:00"}, "sent", "0001-01-01T00:00:00+14:00",
     "an instant of the calendar"),
    ({"expires": "9999-12-31T23:59:59+00:00"}, "expires", "9999-12-31T23:59:59+00:00",
     "a time within a year of sent"),
    ({"status": "NO"}, "status", "'NO'", "one of Actual, Exercise, Test"),
])
def test_a_bad_field_of_a_document_is_named(formats, alert, fields, place, found, expected):
    refusal = refusal_of(formats["document"], alert(**fields))
    assert (refusal.place, refusal.found, refusal.expected) == (
        f"44078141600000_20260608115500.{place}", found, expected)


@pytest.mark.parametrize("twice", ["identifier", "sender", "sent", "severity", "headline"])
def test_a_field_that_says_two_things_is_refused(formats, alert, twice):
    text = alert().decode()
    start = text.rindex(f"<{twice}>")
    said = text[start + len(twice) + 2:text.index(f"</{twice}>", start)]
    after = start + len(said) + 2 * len(twice) + 5
    for other in ("Other", said):
        body = f"{text[:after]}<{twice}>{other}</{twice}>{text[after:]}".encode()
        if other == said:
            assert read("cap_document", body, formats["document"], NOON).events
            continue
        refusal = refusal_of(formats["document"], body)
        assert (refusal.place, refusal.found, refusal.expected) == (
            f"44078141600000_20260608115500.{twice}", f"{said} and Other", "only one")


def test_words_of_a_document_are_kept_as_words(formats, alert):
    body = alert(event="NO", description="{{7*7}} 11E02")
    (event,) = read("cap_document", body, formats["document"], NOON).events
    assert (event.attributes.event_name, event.attributes.description) == ("NO", "{{7*7}} 11E02")
    assert event.attributes.event_code == "" and event.attributes.level is Level.orange


def test_words_of_a_quake_are_kept_as_words(formats, quake, quakes):
    body = quakes(quake("NO", place="{{7*7}}"), quake("11E02"))
    parsed = read("usgs_geojson", body, formats["quakes"], NOON)
    assert [event.external_id for event in parsed.events] == ["NO", "11E02"]
    assert parsed.events[0].attributes.place == "{{7*7}}"
