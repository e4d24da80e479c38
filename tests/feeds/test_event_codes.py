"""One table of the event codes of all issuers: what each means, and what is not in it."""

from __future__ import annotations

import re

import pytest

from fenghuo.agreements.reading import read_one
from fenghuo.feeds.code_table import GB
from fenghuo.feeds.event_codes import (
    CODES,
    SCHEMES,
    event_of,
    find,
    gb_of,
    issuers_code,
    known,
)
from fenghuo.words import Hazard, Level, Refused

RULE = """agreement: a
title: {zh: 协议, en: Agreement}
signed: no
parties: {bureau: {now: 市应急管理局}, partner: {now: 市气象局}}
rules:
  - id: one
    hazard: rainstorm
    kind: signal
    match: {event_code: "11B03"}
    levels: [red]
    source: {article: Art. 1, confidence: proposed}
release: {red: {tell: [site.head], by: [sms]}}
feedback: {red: {answer: 10m, ladder: [{after: 8m, to: county.duty, by: call_list}]}}
"""


def test_no_issuer_has_a_code_twice_and_every_scheme_has_rows() -> None:
    assert SCHEMES == ("gb", "weathercn", "qweather", "hko", "cap", "nws", "dwd",
                       "gdacs")
    assert {scheme: sum(one == scheme for one, _ in CODES) for scheme in SCHEMES} == {
        "gb": 29, "weathercn": 20, "qweather": 12, "hko": 25, "cap": 12, "nws": 61,
        "dwd": 51, "gdacs": 7}


def test_every_equivalent_is_a_national_code_of_the_same_hazard() -> None:
    national = {row.code: row for row in GB}
    for row in CODES.values():
        assert not row.gb or national[row.gb].hazard is row.hazard, row
        assert re.search("[\u4e00-\u9fff]", row.zh) and row.en.isascii() and row.source


@pytest.mark.parametrize(("scheme", "code", "hazard", "gb", "level"), [
    ("gb", "11B03", Hazard.rainstorm, "11B03", None),
    ("gb", "11E02", Hazard.storm_surge, "11E02", None),
    ("weathercn", "05", Hazard.gale, "11B06", None),
    ("weathercn", "0502", Hazard.gale, "11B06", Level.yellow),
    ("weathercn", "0191", Hazard.typhoon, "11B01", Level.white),
    ("weathercn", "9104", Hazard.cold, "", Level.red),
    ("qweather", "1006", Hazard.gale, "11B06", None),
    ("hko", "WRAINR", Hazard.rainstorm, "11B03", Level.red),
    ("hko", "WRAINB", Hazard.rainstorm, "11B03", None),
    ("hko", "TC8NE", Hazard.typhoon, "11B01", None),
    ("hko", "WTCPRE8", Hazard.typhoon, "11B01", None),
    ("hko", "WTMW", Hazard.tsunami, "", None),
    ("cap", "10", Hazard.rainstorm, "11B03", None),
    ("cap", "1; 3", Hazard.gale, "11B06", Level.orange),
    ("nws", "FFW", Hazard.flash_flood, "11A51", None),
    ("nws", "TOR", Hazard.tornado, "11B02", None),
])
def test_a_code_says_its_hazard_its_level_and_its_national_equivalent(
        scheme: str, code: str, hazard: Hazard, gb: str, level: Level | None) -> None:
    row = find(scheme, code)
    assert row is not None and (row.hazard, row.gb, row.level) == (hazard, gb, level)
    assert known(scheme, code) and gb_of(scheme, code) == gb


@pytest.mark.parametrize(("scheme", "code"), [
    *(("gb", f"11B{number}") for number in range(73, 100)), ("gb", "11E99"), ("gb", "11b03"),
    ("gb", "03"), ("weathercn", "0505"), ("weathercn", "11B03"), ("weathercn", "9702"),
    ("cap", "11"), ("cap", "1; 1"), ("qweather", "1099"), ("nws", "CAE"), ("cma", "11B03"),
])
def test_what_the_table_does_not_have_is_unknown_and_maps_to_nothing(
        scheme: str, code: str) -> None:
    assert not known(scheme, code) and gb_of(scheme, code) == ""


@pytest.mark.parametrize(("old", "new", "said"), [
    ('"11B03"', '"11B30"', "such as 11B"),
    ('"11B03"', '"11B73"', "a plug-in's own and maps to nothing"),
    ('"11B03"', '"WRAINX", scheme: hko', "WRAIN (暴雨警告信号, rainstorm warning signal)"),
    ('"11B03"', '"11B03", scheme: cma', "a scheme of the table of event codes: gb, weathercn"),
    ('"11B03"', '"11B06"', "a code of the rule's hazard (rainstorm)"),
])
def test_a_rule_by_an_unknown_code_is_refused_with_what_may_be_meant(
        old: str, new: str, said: str) -> None:
    read_one("a.yaml", RULE.encode())
    with pytest.raises(Refused) as caught:
        read_one("a.yaml", RULE.replace(old, new).encode())
    refusal, = caught.value.refusals
    assert refusal.place.startswith("9:") and said in refusal.expected


def test_a_documents_own_code_is_found_by_the_name_that_goes_with_it() -> None:
    assert issuers_code({"SAME": "FFA"}) == ("nws", "FFA", Hazard.flash_flood)
    assert issuers_code({"SAME": "NWS", "NationalWeatherService": "HTY"}) == (
        "nws", "HTY", Hazard.heat)
    assert issuers_code({"awareness_type": "10; Rain", "awareness_level": "3; orange; Severe"}) \
        == ("cap", "10", Hazard.rainstorm)
    assert issuers_code({"SAME": "CAE"}) == ("nws", "CAE", Hazard.other)
    for odd in ("", " ; x", "A" * 41, "FF\u0000", "暴雨", "${x}"):
        assert issuers_code({"SAME": odd}) == ("gb", "", Hazard.other)
    assert issuers_code({"HMCEVE": "216"}) == ("gb", "", Hazard.other)


@pytest.mark.parametrize(("name", "found"), [
    ("寒冷橙色预警信号", ("", Hazard.cold)), ("海啸红色警报", ("", Hazard.tsunami)),
    ("灰霾", ("11B19", Hazard.haze)), ("森林（草原）火险", ("11B25", Hazard.forest_fire)),
    ("海嘯警告", ("", Hazard.tsunami)), ("龙卷", ("11B02", Hazard.tornado)),
    ("强对流", ("", Hazard.other)),
])
def test_a_chinese_name_gives_the_national_code_or_none(
        name: str, found: tuple[str, Hazard]) -> None:
    assert event_of(name) == found
