"""Lives of warnings through the whole house: an aftershock, a retraction, a river that falls.

All payloads are invented here, in the recorded formats.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from fenghuo.sandbox.log import Seen
from fenghuo.sandbox.rehearsal import Rehearsal, rehearsal
from fenghuo.store import tables as t
from fenghuo.store.engine import reading

ROOT = Path(__file__).parents[2]
START = datetime(2026, 6, 7, 19, 0, tzinfo=UTC)
"""03:00 in the city."""


def play(home: Path, feeds: Mapping[str, Mapping[int, str]], ends: str) -> tuple[Rehearsal, Seen]:
    """A night whose feeds give these bodies at these minutes; every phone answers promptly."""
    lines = [f"scenario: life\nstart: {START.isoformat()}\nends: {ends}\nfeeds:"]
    for feed, bodies in feeds.items():
        lines.append(f"  {feed}:")
        for minute, body in bodies.items():
            name = f"{feed}-{minute}"
            (home / name).write_text(body)
            lines.append(f"    - {{at: {minute}m, file: {name}, type: text/plain}}")
    lines.append("others: {manner: prompt, after: 40s, answers: each}\n")
    (home / "scenario.yaml").write_text("\n".join(lines))
    with rehearsal(home, home / "scenario.yaml", ROOT / "rules", ROOT / "contacts") as played:
        return played, played.play()


def quakes(made: int, *found: tuple[str, float, int, str]) -> str:
    """A USGS summary of ``minute`` with (id, magnitude, minute of origin, status)."""
    def ms(minute: int) -> int:
        return int((START + timedelta(minutes=minute)).timestamp() * 1000)

    return json.dumps({
        "type": "FeatureCollection", "metadata": {"generated": ms(made), "status": 200},
        "features": [{
            "type": "Feature", "id": name, "geometry": {
                "type": "Point", "coordinates": [112.30, 22.20, 10.0]},
            "properties": {
                "mag": magnitude, "place": "恩平（虚构）", "time": ms(origin), "updated": ms(made),
                "status": status, "ids": f",{name},", "net": "gd", "code": name, "magType": "m",
                "type": "earthquake", "sources": ",gd,"},
        } for name, magnitude, origin, status in found]})


def to(seen: Seen, word: str) -> set[str]:
    """The numbers that got a text with a word in it."""
    return {str(text["to"]) for text in seen.texts() if word in text["body"]}


def about(seen: Seen, *words: str) -> list[dict[str, Any]]:
    """The texts of one matter; the duty officer's alarms are another."""
    return [text for text in seen.texts() if "值守告警" not in text["body"]
            and any(word in text["body"] for word in words)]


def states(played: Rehearsal, hazard: str) -> list[str]:
    with reading(played.house.engine) as connection:
        return list(connection.scalars(select(t.warning.c.state).where(
            t.warning.c.hazard == hazard).order_by(t.warning.c.id)))


def test_a_second_quake_is_told_where_it_is_stronger_and_its_deletion_corrected_to_just_those(
        tmp_path: Path) -> None:
    fore, main = ("gd1", 4.9, 3, "automatic"), ("gd2", 5.6, 24, "automatic")
    played, seen = play(tmp_path, {"gd_seismic": {
        0: quakes(0), 5: quakes(5, fore), 25: quakes(25, fore, main),
        45: quakes(45, fore, ("gd2", 5.6, 24, "deleted"))}}, "1h")

    told_of_fore, told_of_main = to(seen, "4.9级"), to(seen, "5.6级") | to(seen, "M5.6")
    # M 4.9: 11.0889 - 3.6570*lg(R+15): ep-pond 3.8 km 6.43; wharf 8.3 6.09; tanks 9.3 6.02 (VI);
    # mine 20.5 5.42; fireworks 21.5 5.37 (V); kp-chem 42.1 4.67: digest. #9 is lower up to 21.5 km
    assert told_of_fore == numbers("01", "14", "05", "12", "41")
    # M 5.6 (enping/scenario.yaml): pond VII, over VI; mine and fireworks VI, over V; kp-chem,
    # ts-quarry, ts-site V, new; wharf and tanks VI as before: no second text (practice.md 5.7).
    # 01 keeps pond, mine and quarry; 02 and 04 are told at red alone; the desks 42, 43, 47 are
    # new, 41 hears of VII after VI
    assert told_of_main == numbers("01", "02", "04", "12", "18", "22", "41", "42", "43", "47")
    assert to(seen, "更正") | to(seen, "CORRECTION") == told_of_main
    assert states(played, "earthquake") == ["in_force", "retracted"]
    assert len(about(seen, "地震", "Earthquake", "CORRECTION")) == 5 + 10 + 10


def numbers(*ends: str) -> set[str]:
    return {f"+86138000000{end}" for end in ends}


def gauge(until: int, stages: Mapping[int, float]) -> str:
    """Readings of the Jinjiang gauge each 5 min up to a minute, each stage held to the next."""
    rows = ["station,time,stage_m,rain_mm"]
    for minute in range(-60, until + 1, 5):
        stage = [value for at, value in stages.items() if at <= minute][-1]
        at = START + timedelta(minutes=minute, hours=8)
        rows.append(f"jinjiang,{at:%Y-%m-%d %H:%M},{stage:.2f},")
    return "\n".join(rows) + "\n"


def test_a_river_that_falls_for_three_hours_ends_its_warning_and_says_so(tmp_path: Path) -> None:
    stages = {-60: 8.80, 10: 9.20, 30: 9.60, 60: 9.20, 120: 8.90}
    played, seen = play(tmp_path, {"gauges": {
        minute: gauge(minute, stages) for minute in range(0, 331, 15)}}, "5h35m")

    bodies = [str(text["body"]) for text in seen.texts("+8613800000014")]
    with reading(played.house.engine) as connection:
        changes = connection.execute(select(t.revision.c.change, t.revision.c.at).order_by(
            t.revision.c.id)).all()
    # up at 03:15 and 03:30 as read; 9.50 is left at 04:00 and 9.00 at 05:00, each held 3 h
    assert [(row.change, row.at) for row in changes] == [
        ("issue", START + timedelta(minutes=15)), ("upgrade", START + timedelta(minutes=30)),
        ("downgrade", START + timedelta(hours=4)), ("cancel", START + timedelta(hours=5))]
    # of orange an hour later the start of the measures was owed, and he only ever says 1
    assert [n for n, body in enumerate(bodies) if "措施催报" in body] == [2]
    assert len(bodies) == 5
    assert "不再" in bodies[4] or "解除" in bodies[4]
    assert states(played, "flood") == ["cancelled"]


def test_a_foreign_quake_wakes_the_duty_officer_once_and_waits_five_minutes(
        tmp_path: Path) -> None:
    played, seen = play(tmp_path, {"usgs": {
        0: quakes(0), 5: quakes(5, ("us1", 5.6, 3, "automatic"))}}, "20m")
    assert min(str(text["city"]) for text in about(seen, "地震安全提示")) == (
        START + timedelta(minutes=10)).isoformat()
    with reading(played.house.engine) as connection:
        alarm = connection.execute(select(t.alarm).where(t.alarm.c.kind == "foreign_quake")).one()
        waits = connection.scalars(select(t.decision.c.at).where(
            t.decision.c.reason == "foreign_waits")).all()
    assert waits == [START + timedelta(minutes=5)]
    assert (alarm.raised, alarm.recovered) == (waits[0], START + timedelta(minutes=10))
