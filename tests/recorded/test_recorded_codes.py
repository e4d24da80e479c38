"""Every event code of the recorded payloads is in the table of event codes, or is named here."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

from fenghuo.feeds.event_codes import event_of, find, known
from fenghuo.words import Hazard, Level

NAMELESS = {"海上雷雨大风"}
"""Kinds of the Chinese lists that have no code and no hazard here: kept, told by no rule."""
UNCODED = {"NWS"}
"""The SAME field of a message that SAME has no code for."""
_VTEC = re.compile(r"/[OTEX]\.[A-Z]{3}\.[A-Z]{4}\.([A-Z]{2})\.([A-Z])\.")
_CODE = re.compile(r"<valueName>(?:SAME|NationalWeatherService)</valueName>\s*"
                   r"<value>([A-Z]{3})</value>")


def strings(value: object, key: str) -> Iterator[str]:
    """Every text under a key of a JSON document."""
    if isinstance(value, dict):
        for name, part in value.items():
            parts = part if isinstance(part, list) else [part]
            yield from (one for one in parts if name == key and isinstance(one, str))
            yield from strings(part, key)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part, key)


def test_every_code_of_the_us_weather_service_is_known(recorded: Path) -> None:
    texts = [path.read_text(errors="replace") for path in sorted((recorded / "cap").iterdir())
             if path.suffix in (".xml", ".txt")]
    vtec = {"".join(found) for text in texts for found in _VTEC.findall(text)}
    assert vtec >= {"FFW", "FFA", "TSA"}
    said = vtec | {code for text in texts for code in _CODE.findall(text)}
    for path in sorted((recorded / "cap").glob("nws-*.json")):
        document = json.loads(path.read_bytes())
        said |= {*strings(document, "SAME"), *strings(document, "NationalWeatherService")}
    said = {code for code in said if not code.isdigit()}  # SAME is also a place's number
    assert {code for code in said if not known("nws", code)} <= UNCODED


def test_every_awareness_type_of_meteoalarm_is_known(recorded: Path) -> None:
    document = json.loads((recorded / "cap" / "meteoalarm-germany.json").read_bytes())
    said = {value for value in strings(document, "value") if re.match(r"[0-9]+; [A-Za-z]", value)}
    kinds = {value.partition(";")[0] for value in said if value.count(";") == 1}
    assert kinds == {"1", "6", "7"} and all(known("cap", kind) for kind in kinds)


def test_every_warning_of_the_hong_kong_observatory_is_known_by_its_name(recorded: Path) -> None:
    codes: set[str] = set()
    for path in sorted((recorded / "weather").glob("hko-warnsum-*.json")):
        for family, warning in json.loads(path.read_bytes()).items():
            codes |= {family, warning["code"]}
    assert {"WRAINR", "TC3", "WTMW", "WFIREY", "WFIRER"} <= codes
    assert all(known("hko", code) for code in codes)


def test_the_vendors_and_the_short_codes_agree_with_the_names_beside_them(recorded: Path) -> None:
    weather = recorded / "weather"
    old = json.loads((weather / "qweather-warning-now-zh.json").read_bytes())["warning"][0]
    new = json.loads((weather / "qweather-weatheralert-current-zh.json").read_bytes())["alerts"][0]
    for code, name in ((old["type"], old["typeName"]),
                       (new["eventType"]["code"], new["eventType"]["name"])):
        row = find("qweather", code)
        assert row is not None and (row.zh, row.gb) == (name, event_of(name)[0])
    short = (weather / "weathercn-alarm-detail-zhaosu.js").read_text()
    kind, level = (re.search(rf'"{field}":"([0-9]+)"', short) for field in
                   ("TYPECODE", "LEVELCODE"))
    assert kind and level
    row = find("weathercn", kind[1] + level[1])
    assert row is not None and (row.zh, row.level) == ("雷电", Level.yellow)
    assert '"SIGNALTYPE":"雷电","SIGNALLEVEL":"黄色"' in short


def test_every_kind_of_the_chinese_lists_is_known_or_named_as_unknown(recorded: Path) -> None:
    weather = recorded / "weather"
    with (weather / "nmc-alarm-titles-20261006.tsv").open(encoding="utf-8", newline="") as table:
        kinds = {row["kind"] for row in csv.DictReader(table, delimiter="\t")}
    lines = (weather / "replay-nmc-guangdong-alarm-states-20260821.ndjson").read_text()
    for line in lines.splitlines():
        kinds |= set(json.loads(line)["national_counts"])
    assert {"大雾", "大风", "暴雨", "森林火险", "雷电", "雷雨大风", "霜冻"} <= kinds
    assert {kind for kind in kinds if event_of(kind)[1] is Hazard.other} == NAMELESS
