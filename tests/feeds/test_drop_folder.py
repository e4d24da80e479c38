"""A drop folder: a complete file is read once and put away."""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta

import pytest
from feeds_cast import GOOD, HEAD, Drop, rows
from sqlalchemy import select

from fenghuo.alarms.ages import feed_ages
from fenghuo.feeds import archive, drop_folder, storing
from fenghuo.store.engine import reading
from fenghuo.store.tables import (
    event,
    event_revision,
    fetch,
    observation,
    quarantine,
)
from fenghuo.words import EventStatus


@pytest.fixture
def drop(puller, configured, engine):
    return Drop(puller, configured("gauges", url="drop:water"), engine)


def test_a_file_is_read_when_two_pulls_found_it_the_same_then_put_away(engine, drop):
    drop.put("gauges.csv")
    assert drop.pull(1).counts == {"nothing_new": 1} and not rows(engine, observation)
    report = drop.pull(1)
    assert (report.did, report.counts["changed"]) == (2, 1)
    assert (drop.names(), drop.names("done"), drop.names("refused")) == ([], ["gauges.csv"], [])
    digest = hashlib.sha256(GOOD.encode()).hexdigest()
    assert archive.read(drop.puller.home / "var/archive", digest) == GOOD.encode()
    (row,) = rows(engine, fetch)
    assert (row.url, row.outcome, row.payload, row.detail) == (
        "drop:water", "changed", digest, "gauges.csv")
    (path,) = (drop.folder / "done").iterdir()
    assert path.name.startswith(f"20260608T120200-{digest[:8]}-")  # by the city's clock


def test_a_file_that_grows_is_left_until_it_is_whole(engine, drop):
    for end in (len(HEAD) + 5, len(HEAD) + 12, len(GOOD)):
        drop.put("gauges.csv", GOOD[:end])
        drop.pull(1)
    assert not rows(engine, observation) and not rows(engine, quarantine)
    drop.pull(1)
    assert drop.values == {7.35}


def test_a_file_of_one_size_that_is_still_written_is_left(engine, drop):
    for nanosecond in (1, 2):
        drop.put("gauges.csv")
        os.utime(drop.folder / "gauges.csv", ns=(nanosecond, nanosecond))
        drop.pull(1)
    assert not rows(engine, observation)


@pytest.mark.parametrize("name", [
    ".gauges.csv", "gauges.csv.part", "gauges.csv.filepart", "gauges.TMP", "~$gauges.xlsx"])
def test_a_name_under_which_programs_write_is_never_looked_at(engine, drop, name):
    drop.put(name)
    assert drop.pull(3).counts == {"nothing_new": 1} and (drop.folder / name).exists()


def test_files_are_read_oldest_first_and_each_is_an_answer_of_its_own(engine, drop):
    for second, (name, value) in enumerate([("b.csv", 1), ("a.csv", 2), ("c.CSV", 3)], 1):
        drop.put(name, HEAD + f"a,2026-06-08 11:5{value},{value},\n")
        os.utime(drop.folder / name, (second, second))
    drop.pull()
    assert [row.detail for row in rows(engine, fetch)] == ["b.csv", "a.csv", "c.CSV"]
    assert drop.values == {1.0, 2.0, 3.0} and drop.state.as_of.minute == 53


def test_more_files_than_one_pull_reads_are_due_at_once(engine, puller, configured):
    drop = Drop(puller, configured("gauges", url="drop:water", documents=2), engine)
    for number in range(3):
        drop.put(f"{number}.csv", HEAD + f"a,2026-06-08 11:5{number},{number},\n")
    drop.pull()
    assert drop.state.due_at == drop.puller.clock.at and len(drop.names()) == 1
    drop.pull(1)
    assert drop.names() == [] and drop.values == {0.0, 1.0, 2.0}


def test_a_pull_that_has_used_its_budget_leaves_the_rest_to_the_next(engine, puller, configured):
    drop = Drop(puller, configured("gauges", url="drop:water", budget=-1.0), engine)
    for number in range(3):
        drop.put(f"{number}.csv", HEAD + f"a,2026-06-08 11:5{number},{number},\n")
    drop.pull()
    assert drop.state.due_at == drop.puller.clock.at and len(drop.names()) == 2
    drop.pull(2)
    assert drop.names() == [] and drop.values == {0.0, 1.0, 2.0}


def test_the_same_file_again_and_a_new_one_under_an_old_name_do_what_they_say(engine, drop):
    drop.put("gauges.csv")
    drop.pull()
    drop.put("gauges.csv")
    assert drop.pull().counts == {"unchanged": 1, "revisions": 0}
    assert drop.values == {7.35} and drop.names("done") == ["gauges.csv"] * 2
    drop.put("gauges.csv", HEAD + "a,2026-06-08 12:00,8.1,\n")
    drop.pull()
    assert drop.values == {7.35, 8.1}


def test_an_older_table_never_makes_what_is_known_look_older(engine, drop):
    drop.put("gauges.csv")
    drop.pull()
    drop.put("late.csv", HEAD + "a,2026-06-08 10:00,6,\n")
    drop.pull()
    assert drop.state.as_of.hour == 3 and drop.values == {7.35, 6.0}


def test_killed_after_storing_the_next_pull_moves_the_file_and_stores_nothing_anew(
        engine, drop, monkeypatch):
    class Killed(BaseException):
        pass

    def killed(*_):
        raise Killed

    drop.put("gauges.csv")
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(drop_folder.Folder, "put_away", killed)
        drop.pull()
    assert drop.values == {7.35} and drop.names() == ["gauges.csv"]
    assert drop.pull(1).counts["unchanged"] == 1
    assert drop.names() == [] and len(rows(engine, observation)) == 2


def test_killed_before_storing_the_next_pull_reads_the_file(engine, drop, monkeypatch):
    class Killed(BaseException):
        pass

    def killed(*_, **__):
        raise Killed

    drop.put("gauges.csv")
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(storing, "save_parsed", killed)
        drop.pull()
    assert not rows(engine, observation) and drop.names() == ["gauges.csv"]
    drop.pull(1)
    assert drop.values == {7.35} and drop.names() == []


def test_a_folder_without_a_new_file_says_nothing_and_its_data_grows_old(engine, drop):
    drop.put("gauges.csv")
    drop.pull()
    before = drop.state
    drop.pull(30)
    assert (drop.state.as_of, drop.state.fetched_at) == (before.as_of, before.fetched_at)
    (age,) = _ages(engine, drop)
    assert age.stale and age.since == before.as_of


def _ages(engine, drop):
    with reading(engine) as connection:
        return feed_ages(connection, [drop.puller.feed], drop.puller.clock.at)


def test_a_warning_that_leaves_the_bureaus_list_has_lapsed(engine, puller, configured):
    feed = configured("county_warnings", url="drop:water", window=timedelta(hours=48),
                      missing_polls=1)
    table = feed.signal_table.model_copy(update={"kind": "csv", "head": 1})
    drop = Drop(puller, feed.model_copy(update={"signal_table": table}), engine)
    head = "文号,类别,等级,发布时间,失效时间,区域,标题,状态\n"
    row = "{},洪水预警,二级,2026-06-08 11:00,2026-06-09 11:00,恩平市,锦江洪水,发布\n"
    drop.put("a.csv", head + row.format("7") + row.format("8"))
    drop.pull()
    drop.put("b.csv", head + row.format("8"))
    drop.pull(3)
    with reading(engine) as connection:
        last = {one.external_id: one.status for one in connection.execute(
            select(event.c.external_id, event_revision.c.status).join(
                event, event.c.id == event_revision.c.event_id).order_by(event_revision.c.id))}
    assert last == {"7": EventStatus.lapsed, "8": EventStatus.actual}


def test_done_keeps_the_newest_files_and_the_archive_all(engine, drop, monkeypatch):
    monkeypatch.setattr(drop_folder, "KEPT", 2)
    for number in range(4):
        drop.put(f"{number}.csv", HEAD + f"a,2026-06-08 11:5{number},{number},\nb,soon,1,\n")
        drop.pull()
    assert drop.names("done") == ["2.csv", "2.csv.txt", "3.csv", "3.csv.txt"]
    assert len([row for row in rows(engine, fetch) if row.payload]) == 4
