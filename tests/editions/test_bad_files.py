"""One bad file of an edition: named with its line, the other files' faults beside it, and the
last good edition stays in force."""

from __future__ import annotations

import shutil
import time
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from fenghuo import alarms, changes, editions
from fenghuo.settings import Settings
from fenghuo.store.engine import reading
from fenghuo.store.tables import edition
from fenghuo.words import Refused

ROOT = Path(__file__).parents[2]
FLOOD, SITES, PEOPLE = "rules/agreements/flood.yaml", "contacts/sites.csv", "contacts/people.csv"
POSTS, FEEDS, MEASURES = "contacts/posts.csv", "rules/feeds.yaml", "rules/measures.yaml"
STATIONS = "rules/stations.csv"

HTML = b"<!DOCTYPE html>\n<html><body>Sign in: to the guest network</body></html>\n"
ANCHORS = b"a: &a [x, x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (98 + n, 98 + n, b", ".join([b"*%c" % (97 + n)] * 9)) for n in range(9))
BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaa">]><a>&a;</a>\n'


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    for folder in ("rules", "contacts"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return Settings(home=tmp_path)


def spoiled(content: bytes, how: object) -> bytes:
    """A file's bytes, spoiled: wholly replaced, cut in the middle, in GBK, or one swap."""
    if isinstance(how, bytes):
        return how
    if how == "gbk":
        return content.decode().encode("gbk", "ignore")
    if isinstance(how, int):
        return content[:-how]
    assert isinstance(how, tuple)
    old, new = (word.encode() for word in how)
    assert old in content
    return content.replace(old, new, 1)


@pytest.mark.parametrize(("path", "how", "place", "found"), [
    (FLOOD, b"", "1:1", "an empty file"), (FEEDS, b"# NO\n", "1:1", "an empty file"),
    (FLOOD, HTML, "2:20", "mapping values"), (FEEDS, HTML, "2:20", "mapping values"),
    (MEASURES, HTML, "2:20", "mapping values"), (MEASURES, ANCHORS, "1:4", "the anchor &a"),
    (FLOOD, BOMB, "1:1", "<?xml"), (FLOOD, 700, "", ""),
    (FLOOD, ANCHORS, "1:4", "the anchor &a"), (FEEDS, ANCHORS, "1:4", "the anchor &a"),
    (FLOOD, ("signed: no", "signed: no\nsigned: no"), "", "the key 'signed' again"),
    (FEEDS, ("bureau: flood", "bureau: flood\n    bureau: flood"), "", "the key 'bureau' again"),
    (FEEDS, ("authority: foreign", "authority: NO"), "", "'NO'"),
    (FEEDS, ("cadence: 60s", "cadence: 11E02"), "", "'11E02'"),
    (FEEDS, ("least: -20", "least: NaN"), "", "'NaN'"),
    (FEEDS, ("most: 300", "most: 1e999"), "", "'1e999'"),
    (FEEDS, ("south: 15, west: 105", "south: 105, west: 15"), "", "'105'"),
    (FLOOD, "gbk", "", "not UTF-8 (it reads as GBK/GB18030)"),
    (SITES, b"", "1:1", "an empty file"), (SITES, HTML, "1:1", "the column '<!DOCTYPE html>'"),
    (PEOPLE, HTML, "1:1", "the column '<!DOCTYPE html>'"), (POSTS, BOMB, "1:1", "the column"),
    (SITES, 12, "", " cells"), (PEOPLE, "gbk", "2:", "not UTF-8 (it reads as GBK/GB18030)"),
    (SITES, ("22.2250", "NaN"), "2:7 latitude", "'NaN'"),
    (SITES, ("22.2250", "1e999"), "2:7 latitude", "'1e999'"),
    (SITES, ("22.2250,112.2750", "112.2750,22.2250"), "2:7 latitude", "112.275"),
    (SITES, ("ep-tanks,", "ep-pond,"), "3:1 site", "'ep-pond'"),
    (STATIONS, ("9.00,10.00", "NaN,10.00"), "2:7 warning", "'NaN'"),
    (STATIONS, b"", "1:1", "an empty file"),
])
def test_a_bad_file_is_named_and_the_last_good_edition_stays(
        engine: Engine, home: Settings, now: datetime, path: str, how: object, place: str,
        found: str) -> None:
    assert changes.adopt(engine, home, now).did == 1
    file = home.home / path
    file.write_bytes(spoiled(file.read_bytes(), how))
    neighbour = FEEDS if path != FEEDS else PEOPLE
    other = home.home / neighbour
    text = other.read_text()
    old, new = ("cadence: 60s", "cadence: soon") if neighbour == FEEDS else ("+8613800000001", "1")
    other.write_text(text.replace(old, new, 1))
    began = time.process_time()
    with pytest.raises(Refused) as caught:
        changes.adopt(engine, home, now)
    assert time.process_time() - began < 5
    named = {one.source: one for one in reversed(caught.value.refusals)}
    assert named[path].place.startswith(place) and named[path].place[0].isdigit()
    assert found in named[path].found and named[path].expected
    assert neighbour in named, "the faults of the other files are named beside it"
    with reading(engine) as connection:
        assert len(connection.execute(select(edition)).all()) == 1
        assert len(editions.load(connection, now).contacts.sites) == 16
        (alarm,) = alarms.open_alarms(connection)
    assert alarm.kind == "edition_refused"
    shutil.copy(ROOT / path, file)
    other.write_text(text)
    assert changes.adopt(engine, home, now).did == 0
    with reading(engine) as connection:
        assert alarms.open_alarms(connection) == []


def test_words_that_other_readers_would_turn_are_kept(
        engine: Engine, home: Settings, now: datetime) -> None:
    people, sites = home.home / PEOPLE, home.home / SITES
    people.write_text(people.read_text().replace("李安", "NO", 1))
    sites.write_text(sites.read_text().replace("烽安化工罐区", "{{7*7}}", 1)
                     .replace("烽江码头", "11E02", 1))
    assert changes.adopt(engine, home, now).did == 1
    with reading(engine) as connection:
        book = editions.load(connection, now).contacts
    assert (book.site("ep-tanks")["name"], book.site("ep-wharf")["name"]) == ("{{7*7}}", "11E02")
    holder = book.holder("ep-pond", "safety_officer")
    assert holder is not None and holder.name == "NO"
