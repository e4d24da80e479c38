"""The disk beside the drafts: what changed there counts, under change control contacts alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from change_cast import RAIN, City
from sqlalchemy import Engine, func, select

from fenghuo import alarms, changes, pipeline
from fenghuo.store import tables as t
from fenghuo.store.engine import reading
from fenghuo.words import Refused

LOWER = ("at_least: 50", "at_least: 45")
HIGHER = ("at_least: 100", "at_least: 110")


@pytest.fixture
def chained(engine: Engine, tmp_path: Path) -> City:
    return City.open(engine, tmp_path, change_control=True)


def write(city: City, old: str, new: str, path: str = RAIN) -> None:
    file = city.home / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def adopt(city: City) -> int:
    return changes.adopt(city.engine, city.settings, city.clock.at).did


def limits(city: City) -> list[float | str]:
    rule = next(one for one in city.edition.agreements[0].rules if one.id == "rain-gauge")
    return [spec.limit for spec in rule.tiers.values()]


def opened(city: City) -> list[tuple[str, int]]:
    with reading(city.engine) as connection:
        return [(one.kind, one.count) for one in alarms.open_alarms(connection)]


def test_files_that_nobody_touched_do_not_undo_a_draft(city: City) -> None:
    city.change(LOWER)
    assert adopt(city) == 0
    write(city, "+8613800000002", "+8613800000098", "contacts/people.csv")
    assert adopt(city) == 1
    assert limits(city) == [45, 100]
    person = city.edition.contacts.person("wu")
    assert person and person.phone == "+8613800000098"


def test_a_change_of_the_older_text_is_refused_until_the_file_is_brought_up(city: City) -> None:
    key = city.change(LOWER)
    write(city, *HIGHER)
    with pytest.raises(Refused, match=f"a change of an older text.*draft write {key}"):
        adopt(city)
    assert limits(city) == [45, 100] and opened(city) == [("edition_refused", 1)]
    (city.home / RAIN).write_bytes(city.text(LOWER)[RAIN])
    assert adopt(city) == 0 and opened(city) == []
    write(city, *HIGHER)
    assert adopt(city) == 1
    assert limits(city) == [45, 110]


def test_another_file_can_change_while_a_draft_is_ahead_of_the_disk(city: City) -> None:
    city.change(LOWER)
    write(city, "Liangxi gauge", "Liangxi rain gauge", "rules/stations.csv")
    assert adopt(city) == 1
    assert limits(city) == [45, 100]
    assert "Liangxi rain gauge" in set(city.edition.stations["name_en"])


def test_an_edition_from_before_this_memory_is_taken_as_what_lay_on_disk(city: City) -> None:
    with city.engine.begin() as connection:
        connection.execute(t.on_disk.delete())
    assert adopt(city) == 0
    write(city, *LOWER)
    assert adopt(city) == 1 and limits(city) == [45, 100]


def test_the_way_back_by_the_old_file_stays_open(city: City) -> None:
    kept = (city.home / RAIN).read_text()
    write(city, *LOWER)
    adopt(city)
    (city.home / RAIN).write_text(kept)
    assert adopt(city) == 1 and limits(city) == [50, 100]


def test_under_change_control_rules_on_disk_are_refused_and_alarmed_once(chained: City) -> None:
    write(chained, *LOWER)
    for _ in range(3):
        with pytest.raises(Refused, match="change control is on"):
            adopt(chained)
        pipeline.watch(chained.house)
    assert limits(chained) == [50, 100]
    assert [kind for kind, _ in opened(chained) if kind.startswith(("rules", "edition"))] == [
        "rules_unapproved"]
    assert chained.ledger("alarm.raised").count("alarm.raised") == 1
    write(chained, LOWER[1], LOWER[0])
    assert adopt(chained) == 0
    assert "rules_unapproved" not in dict(opened(chained))


def test_under_change_control_contacts_are_taken_beside_refused_rules(chained: City) -> None:
    write(chained, *LOWER)
    write(chained, "+8613800000002", "+8613800000098", "contacts/people.csv")
    with pytest.raises(Refused):
        adopt(chained)
    person = chained.edition.contacts.person("wu")
    assert person and person.phone == "+8613800000098"
    assert limits(chained) == [50, 100]
    with pytest.raises(Refused):
        adopt(chained)


def test_under_change_control_rules_that_vanish_are_refused_too(chained: City) -> None:
    shutil.rmtree(chained.home / "rules")
    with pytest.raises(Refused, match=RAIN):
        adopt(chained)
    assert limits(chained) == [50, 100]


def test_an_approved_draft_brought_up_on_disk_is_no_alarm(chained: City) -> None:
    chained.change(LOWER)
    (chained.home / RAIN).write_bytes(chained.text(LOWER)[RAIN])
    assert adopt(chained) == 0
    assert opened(chained) == [] and limits(chained) == [45, 100]


def test_a_house_that_adopts_twice_at_once_has_one_edition_more(city: City) -> None:
    write(city, *LOWER)
    assert [adopt(city), adopt(city)] == [1, 0]
    with reading(city.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(t.edition)) == 2
