"""Recorded payloads through the whole way: real bytes in, texts counted at the outside.

The week of USGS (1,707 quakes, a foreign source: it waits five minutes and reaches sites from
intensity VI only) with sites beside two of its strongest quakes, and CMA's red heat signal with
a site in its county.
"""

from __future__ import annotations

import json
import math
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from fenghuo.sandbox.log import Seen
from fenghuo.sandbox.rehearsal import Rehearsal, rehearsal
from fenghuo.store import tables as t
from fenghuo.store.engine import reading

ROOT = Path(__file__).parents[2]

AREA = "south,west,north,east\n-90,-180,90,180\n"
DISTRICTS = """code,name,name_en,kind,parent,status
999900000000,试城,Test City,city,,unverified
999901000000,试县,Test County,county,999900000000,unverified
370600000000,烟台市,Yantai,city,,unverified
370614000000,蓬莱区,Penglai,county,370600000000,unverified
"""
SITE_COLUMNS = ("site,name,name_en,industry,tags,district,latitude,longitude,station,stage,people")
SITES = {  # latitude, longitude: 5.6 km north of M 6.4 Hualien, 11 km north of M 6.1 Jarm
    "hualien": ("花莲厂", 24.2237, 121.6530, "+8613800000001"),
    "jarm": ("贾姆厂", 36.6432, 70.8155, "+8613800000002"),
    "penglai": ("蓬莱厂", 37.8100, 120.7600, "+8613800000003"),
    "quiet": ("静地厂", -30.0000, -15.0000, "+8613800000004"),
}


STARTS = datetime(2018, 2, 7, 1, 50, tzinfo=UTC)
ALARM = "值守告警"
"""What the duty desks are told of the watch itself: here of feeds that are silent."""


def write_contacts(folder: Path) -> Path:
    """Four sites, each with a safety officer of its own, and the duty desks."""
    folder.mkdir()
    district = {"penglai": "370614000000"}
    sites = [f"{site},{name},{site} works,quarry,,{district.get(site, '999901000000')},"
             f"{latitude:.4f},{longitude:.4f},,,10"
             for site, (name, latitude, longitude, _) in SITES.items()]
    people = [f"officer-{site},安全员,{phone},,zh" for site, (_, _, _, phone) in SITES.items()]
    desks = {"county:999901": "+8613800000011", "city:999900": "+8613800000012",
             "county:370614": "+8613800000013", "city:370600": "+8613800000014"}
    people += [f"desk-{place[-6:]},值班室,{phone},,zh" for place, phone in desks.items()]
    posts = [f"{site},safety_officer,officer-{site}" for site in SITES]
    posts += [f"{place},duty,desk-{place[-6:]}" for place in desks]
    for name, header, rows in (("sites", SITE_COLUMNS, sites),
                               ("people", "person,name,phone,email,language", people),
                               ("posts", "place,post,person", posts)):
        (folder / f"{name}.csv").write_text("\n".join([header, *rows]) + "\n")
    (folder / "area.csv").write_text(AREA)
    (folder / "districts.csv").write_text(DISTRICTS)
    return folder


def play(home: Path, start: str, feeds: str) -> tuple[Rehearsal, Seen]:
    """Ten minutes of a city whose feeds are those of a recording."""
    shutil.copytree(ROOT / "rules", home / "rules")
    scenario = home / "scenario.yaml"
    scenario.write_text(f"scenario: recorded\nstart: {start}\nends: 10m\nfeeds:\n{feeds}"
                        "others: {manner: prompt, after: 40s}\n")
    with rehearsal(home, scenario, home / "rules", write_contacts(home / "contacts")) as played:
        return played, played.play()


def intensity(magnitude: float, depth: float, kilometres: float) -> float:
    """The larger of relations #4 and #9, written here once more and by hand."""
    moderate = 5.8410 + 1.0710 * magnitude - 3.6570 * math.log10(kilometres + 15)
    slant = math.sqrt(kilometres ** 2 + depth ** 2 + 17 ** 2)
    lg = math.log10(slant)
    stable = (11.72 + 2.36 * (magnitude - 6) + 0.1155 * (magnitude - 6) ** 2 - 0.44 * lg
              - 0.002044 * slant + 2.31 * max(0.0, math.log10(slant / 80)) - 0.479 * magnitude * lg)
    return max(moderate, stable)


def kilometres(a: float, b: float, c: float, d: float) -> float:
    cosine = (math.sin(math.radians(a)) * math.sin(math.radians(c)) + math.cos(math.radians(a))
              * math.cos(math.radians(c)) * math.cos(math.radians(b - d)))
    return 6371.0 * math.acos(max(-1.0, min(1.0, cosine)))


def news(felt: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Of quakes that came in together, oldest first: those felt a degree more than all before."""
    told: list[tuple[float, float]] = []
    for one in felt:
        if all(int(one[1]) > int(value) for _, value in told):
            told.append(one)
    return told


def test_the_people_beside_the_weeks_strongest_quakes_are_told_and_nobody_else(
        tmp_path: Path, recorded: Path) -> None:
    week = recorded / "seismic" / "usgs-all_week-20180207.geojson"
    felt: dict[str, list[tuple[float, float]]] = {}
    fresh: dict[str, list[tuple[float, float]]] = {}
    quakes = sorted(json.loads(week.read_text())["features"],
                    key=lambda quake: quake["properties"]["time"])
    assert len(quakes) == 1707
    for quake in quakes:
        longitude, latitude, depth = quake["geometry"]["coordinates"]
        magnitude = quake["properties"]["mag"]
        if magnitude is None or quake["properties"]["type"] != "earthquake":
            continue
        for site, (_, north, east, _) in SITES.items():
            distance = kilometres(latitude, longitude, north, east)
            value = intensity(magnitude, max(depth, 0), distance)
            if value >= 6.0:
                felt.setdefault(site, []).append((magnitude, value))
                if STARTS.timestamp() - quake["properties"]["time"] / 1000 <= 86_400:
                    fresh.setdefault(site, []).append((magnitude, value))
    # by hand, M 6.4 at 5.56 km, 10.64 km deep: #4 7.89; #9 with R = sqrt(30.9+113.2+289) = 20.81:
    # 12.6825 - (0.44 + 0.479*6.4)*1.3183 - 0.0425 = 12.6825 - 4.6215 - 0.0425 = 8.02
    assert abs(max(felt["hualien"])[1] - 8.02) < 0.01
    assert len(felt["hualien"]) > len(news(felt["hualien"])) > 1  # aftershocks say nothing new
    # M 6.1 at 11.1 km: 5.8410 + 6.5331 - 3.6570*lg(26.12) = 12.3741 - 5.1819 = 7.19
    assert abs(max(felt["jarm"])[1] - 7.19) < 0.01
    assert set(felt) == {"hualien", "jarm"}
    assert set(fresh) == {"hualien"}  # what is first heard of a day later wakes nobody

    played, seen = play(tmp_path, STARTS.isoformat(),
                        f"  usgs:\n    - {{at: 0s, file: {week}, type: application/json}}\n")

    for site, (_, _, _, phone) in SITES.items():
        bodies = [str(text["body"]) for text in seen.texts(phone)]
        expected = sorted(f"{size:g}级 {int(value)}度" for size, value in news(fresh.get(site, [])))
        assert sorted(_said(body) for body in bodies) == expected, site
        assert all("美国地质调查局" in body for body in bodies)
    desks = [len([text for text in seen.texts(f"+86138000000{n}") if ALARM not in text["body"]])
             for n in (11, 12, 13, 14)]
    assert desks[2:] == [0, 0] and all(desks[:2])
    first = min(text["city"] for text in seen.texts() if ALARM not in text["body"])
    assert first == "2018-02-07T01:55:00+00:00"  # a foreign word waits five minutes
    with reading(played.house.engine) as connection:
        stored = connection.scalar(select(func.count()).select_from(t.event))
        refused = connection.scalar(select(func.count()).select_from(t.quarantine))
    assert stored + refused == 1707


def test_the_recorded_heat_signal_is_relayed_in_its_county_and_nowhere_else(
        tmp_path: Path, recorded: Path) -> None:
    document = recorded / "cap" / "cma-update-37061441600000_20260801133303.xml"
    (tmp_path / "index.xml").write_text(
        '<rss version="2.0"><channel><title>made after the index</title>'
        "<link>{{base}}</link><item><title>高温</title>"
        "<link>{{base}}/feeds/cma/heat.xml</link>"
        "<guid>37061441600000_20260801133303</guid></item></channel></rss>")
    played, seen = play(
        tmp_path, "2026-08-01T13:40:00+08:00",
        "  cma:\n    - {at: 0s, file: index.xml, type: application/xml}\n"
        f"  cma/heat.xml:\n    - {{at: 0s, file: {document}, type: application/xml}}\n")

    # the other feeds are silent here, which the duty desks are told
    told = {str(text["to"]): str(text["body"]) for text in seen.texts()
            if ALARM not in text["body"]}
    assert set(told) == {SITES["penglai"][3], "+8613800000013", "+8613800000014"}
    text = told[SITES["penglai"][3]]
    assert "转发蓬莱区气象台08月01日13:31高温红色预警信号：影响蓬莱区，即时生效。" in text
    assert "最高气温已超过39℃" in text
    with reading(played.house.engine) as connection:
        event = connection.execute(select(t.event)).one()
    assert event.external_id == "37061441600000_20260801133303"


def _said(body: str) -> str:
    """Magnitude and intensity as a text states them: ``6.4级 7度``."""
    magnitude = re.split("[^0-9.]", body.split("级地震")[0])[-1]
    degree = body.split("烈度约")[1].split("度")[0]
    return f"{magnitude}级 {degree}度"
