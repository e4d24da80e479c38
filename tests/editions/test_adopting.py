"""Editions: read whole or refused whole; the last good one stays; the database remembers."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from fenghuo import alarms, changes, editions
from fenghuo.settings import Settings
from fenghuo.store.engine import reading, writing
from fenghuo.store.tables import ledger_entry
from fenghuo.words import Refused

ROOT = Path(__file__).parents[2]
AGREEMENTS = len(list((ROOT / "rules" / "agreements").glob("*.yaml")))
NOON = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    for folder in ("rules", "contacts"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return Settings(home=tmp_path)


def swap(home: Settings, path: str, old: str, new: str) -> None:
    file = home.home / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def kinds(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return list(connection.scalars(select(ledger_entry.c.kind).order_by(ledger_entry.c.id)))


def in_force(engine: Engine) -> editions.Edition:
    with reading(engine) as connection:
        return editions.load(connection, NOON)


def opened(engine: Engine) -> list[alarms.Alarm]:
    with reading(engine) as connection:
        return alarms.open_alarms(connection)


def test_before_the_first_adoption_there_is_no_edition(engine: Engine) -> None:
    with pytest.raises(editions.NoEdition):
        in_force(engine)


def test_what_is_on_disk_comes_into_force_once(engine: Engine, home: Settings,
                                               now: datetime) -> None:
    assert changes.adopt(engine, home, now).did == 1
    first = in_force(engine)
    assert len(first.contacts.sites) == 16 and len(first.agreements) == AGREEMENTS
    assert changes.adopt(engine, home, now).did == 0
    assert in_force(engine) is first
    assert kinds(engine) == ["edition.adopted"]


def test_the_database_holds_the_edition_when_the_disk_is_gone(
        engine: Engine, home: Settings, now: datetime) -> None:
    changes.adopt(engine, home, now)
    shutil.rmtree(home.home / "rules")
    with pytest.raises(Refused, match="no agreement"):
        changes.adopt(engine, home, now)
    assert len(in_force(engine).agreements) == AGREEMENTS


def test_a_bad_file_is_refused_whole_and_the_last_good_edition_stays(
        engine: Engine, home: Settings, now: datetime) -> None:
    changes.adopt(engine, home, now)
    good = in_force(engine).digest
    swap(home, "rules/agreements/flood.yaml", "at_least: 30", "at_least: 1e999")
    swap(home, "contacts/people.csv", "+8613800000001", "1.38E+10")
    swap(home, "rules/feeds.yaml", "cadence: 60s", "cadence: soon")
    with pytest.raises(Refused) as caught:
        changes.adopt(engine, home, now)
    assert {refusal.source for refusal in caught.value.refusals} == {
        "rules/agreements/flood.yaml", "contacts/people.csv", "rules/feeds.yaml"}
    assert in_force(engine).digest == good
    alarm, = opened(engine)
    assert alarm.kind == "edition_refused" and alarm.detail.startswith("3 faults; ")
    with pytest.raises(Refused):
        changes.adopt(engine, home, now)
    assert [one.count for one in opened(engine)] == [2]


def test_a_mended_file_recovers_the_alarm(engine: Engine, home: Settings, now: datetime) -> None:
    changes.adopt(engine, home, now)
    swap(home, "contacts/sites.csv", "烽安化工罐区", "烽安化工\u202e罐区")
    with pytest.raises(Refused):
        changes.adopt(engine, home, now)
    swap(home, "contacts/sites.csv", "烽安化工\u202e罐区", "烽安化工罐区")
    assert changes.adopt(engine, home, now).did == 0
    assert opened(engine) == []
    swap(home, "contacts/sites.csv", "烽安化工罐区", "{{7*7}}")
    assert changes.adopt(engine, home, now).did == 1
    assert in_force(engine).contacts.site("ep-tanks")["name"] == "{{7*7}}"


def test_no_phone_of_a_refused_file_reaches_alarm_or_ledger(
        engine: Engine, home: Settings, now: datetime) -> None:
    swap(home, "contacts/people.csv", "+8613800000002", "+8613800000001")
    with pytest.raises(Refused) as caught:
        changes.adopt(engine, home, now)
    with reading(engine) as connection:
        written = b"".join(connection.scalars(select(ledger_entry.c.canon)))
    for text in (str(caught.value), opened(engine)[0].detail, written.decode()):
        assert "13800000001" not in text.replace("mobile number as +8613800000001", "")
    assert json.loads(written)["kind"] == "alarm.raised"


def refusals(home: Settings) -> list[str]:
    files = editions.files_on_disk(home.home / "rules", home.home / "contacts")
    with pytest.raises(Refused) as caught:
        editions.read(files, "digest")
    return [str(refusal) for refusal in caught.value.refusals]


def test_a_site_at_an_unknown_station_or_industry_is_refused_with_its_line(home: Settings) -> None:
    swap(home, "contacts/sites.csv", "jinjiang,9.50", "jinjang,9.50")
    swap(home, "contacts/sites.csv", ",chemicals,", ",chemcals,")
    found = refusals(home)
    assert found[0] == ("contacts/sites.csv:6:9 station: found 'jinjang', "
                        "expected a station of rules/stations.csv; did you mean `jinjiang`?")
    assert found[1].startswith("contacts/sites.csv:3:4 industry: found 'chemcals', expected one of")


def test_a_window_that_no_whole_number_of_steps_fills_is_refused(home: Settings) -> None:
    swap(home, "rules/agreements/flood.yaml", "{window: 1h, at_least: 30}",
         "{window: 61m, at_least: 30}")
    assert " rules.2.tiers.yellow.window: found 61m, expected a multiple" in refusals(home)[0]


def test_a_file_nobody_reads_is_refused_but_backups_are_left_out(home: Settings) -> None:
    (home.home / "rules" / "agreements" / "storm.yml").write_text("a: 1")
    (home.home / "rules" / "agreements" / ".flood.yaml").write_text("a: [")
    (home.home / "rules" / "agreements" / "flood.yaml~").write_text("a: [")
    found = refusals(home)
    assert len(found) == 1 and found[0].startswith("rules/agreements/storm.yml:1:1: ")


def test_a_template_that_does_not_render_is_refused(home: Settings) -> None:
    path = next((home.home / "rules" / "messages").glob("relay.j2"))
    path.write_text("{{ nobody_knows_this }}", encoding="utf-8")
    assert any("rules/messages/relay.j2" in line for line in refusals(home))


def test_a_file_that_cannot_be_decoded_is_refused_with_the_others(home: Settings) -> None:
    (home.home / "rules" / "stations.csv").write_bytes("站,名\n".encode("gbk"))
    (home.home / "rules" / "messages" / "relay.j2").write_bytes("转发".encode("gbk"))
    assert {line.split(":")[0] for line in refusals(home)} == {
        "rules/stations.csv", "rules/messages/relay.j2"}


def test_who_is_on_duty_changes_with_the_hour_not_with_the_edition(
        engine: Engine, home: Settings, now: datetime) -> None:
    roster = home.home / "contacts" / "roster.csv"
    roster.write_text("place,post,person,starts,ends\n"
                      "city:440700,duty,duty-zhaoqing,2026-06-08T12:00Z,2026-06-09T00:00Z\n")
    changes.adopt(engine, home, now)
    evening = datetime(2026, 6, 8, 12, 0, tzinfo=UTC)
    with reading(engine) as connection:
        before, after = (editions.load(connection, at) for at in (now, evening))
        assert editions.load(connection, evening) is after
    assert before.digest == after.digest
    assert [one.contacts.posts["city:440700", "duty"] for one in (before, after)] == [
        "duty-jiangmen", "duty-zhaoqing"]


def test_a_wrong_contact_is_over_once_it_was_changed(
        engine: Engine, home: Settings, now: datetime) -> None:
    changes.adopt(engine, home, now)
    with writing(engine) as connection:
        for person in ("li-an", "chen-jing"):
            alarms.raise_alarm(connection, "contact_wrong", person, "", now)
    swap(home, "contacts/people.csv", "+8613800000001", "+8613800000099")
    changes.adopt(engine, home, now)
    assert [alarm.subject for alarm in opened(engine)] == ["chen-jing"]
