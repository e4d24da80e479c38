"""A drop folder: a complete file is read once and put away, anything else is refused by name."""

from __future__ import annotations

import hashlib
import os
import socket
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from fenghuo.alarms import outages
from fenghuo.alarms.ages import feed_ages
from fenghuo.feeds import archive, drop_folder, storing
from fenghuo.store.engine import reading
from fenghuo.store.tables import (
    event,
    event_revision,
    feed_state,
    fetch,
    observation,
    quarantine,
)
from fenghuo.words import EventStatus

HEAD = "station,time,stage_m,rain_mm\n"
GOOD = HEAD + "a,2026-06-08 11:55,7.35,1.5\n"


def rows(engine, table):
    with reading(engine) as connection:
        return connection.execute(select(table)).all()


class Drop:
    """The gauges' drop folder, and pulls of it a minute apart."""

    def __init__(self, puller, feed, engine):
        self.puller, self.engine = puller(feed), engine
        self.folder = self.puller.home / "var/drop/water"
        self.folder.mkdir(parents=True)

    def put(self, name, content=GOOD):
        (self.folder / name).write_bytes(
            content.encode() if isinstance(content, str) else content)

    def pull(self, times=2):
        for _ in range(times):
            report = self.puller.pull()
        return report

    def names(self, beside=""):
        """What lies there, without the stamp that a file was put away under."""
        found = (self.folder / beside).iterdir()
        return sorted(one.name.split("-", 2)[-1] for one in found if not one.is_dir())

    def said(self, beside, name):
        (path,) = (self.folder / beside).glob(f"*{name}")
        return path.read_text(encoding="utf-8")

    @property
    def state(self):
        (row,) = rows(self.engine, feed_state)
        return row

    @property
    def ailing(self):
        """What the watch would say of it."""
        with reading(self.engine) as connection:
            (age,) = feed_ages(connection, [self.puller.feed], self.puller.clock.at)
        return outages.ailment(replace(age, waiting=False))

    @property
    def values(self):
        return {row.value for row in rows(self.engine, observation) if row.metric == "stage"}


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


@pytest.mark.parametrize(("name", "content", "place", "found", "expected"), [
    ("gauges.csv", b"", "gauges.csv 1:1", "an empty body", "a payload"),
    ("gauges.txt", GOOD, "gauges.txt", "the name of another format", "ends with .csv"),
    ("gauges.csv", GOOD.replace(",", ";"), "gauges.csv row 1", "parted by ';'", "by commas"),
    ("gauges.csv", GOOD.encode()[:40] + b"\xff\xfe\x00", "gauges.csv 2:12", "bytes that are not",
     "text in"),
    ("gauges.csv", "station,time\n", "gauges.csv row 1", "station, time",
     "each once: stage_m, rain_mm"),
    ("gauges.csv", b"PK\x03\x04" * 9, "gauges.csv row 1", "", "each once: station"),
])
def test_what_is_no_such_table_is_refused_by_name_and_the_reason_laid_beside(
        engine, drop, name, content, place, found, expected):
    drop.put(name, content)
    drop.pull()
    assert (drop.names(), drop.names("done")) == ([], [])
    assert drop.names("refused") == [name, f"{name}.txt"]
    kept = rows(engine, quarantine)[0]
    assert kept.place == place and found in kept.found and expected in kept.expected
    assert f"gauges:{place}: found" in drop.said("refused", f"{name}.txt")
    assert drop.ailing[0] == "feed_stale" and place in drop.ailing[1], "nothing good ever came"


def test_a_good_file_ends_the_alarm_of_a_refused_one(engine, drop):
    drop.put("first.csv")
    drop.pull()
    drop.put("gauges.csv", "nothing of the kind")
    drop.pull()
    drop.pull(3)
    assert drop.ailing[0] == "feed_unreadable" and drop.state.failures == 1
    drop.put("gauges.csv")
    drop.pull()
    assert drop.ailing is None and drop.state.failures == 0


def test_a_faulty_row_is_named_beside_the_file_whose_other_rows_were_read(engine, drop):
    drop.put("gauges.csv", GOOD + "b,soon,7,1\n")
    drop.pull()
    assert drop.values == {7.35} and drop.names("done") == ["gauges.csv", "gauges.csv.txt"]
    assert "gauges.csv row 3.time: found 'soon'" in drop.said("done", "gauges.csv.txt")


@pytest.mark.parametrize("kind", ["link", "pipe", "socket"])
def test_a_link_a_pipe_or_a_socket_is_refused_and_never_opened(engine, drop, kind, tmp_path):
    path = drop.folder / "gauges.csv"
    if kind == "link":
        (tmp_path / "secret.csv").write_text(GOOD)
        path.symlink_to(tmp_path / "secret.csv")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        here = os.getcwd()
        os.chdir(drop.folder)  # the path of a socket may have 107 bytes
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind("gauges.csv")
        os.chdir(here)
    drop.pull()
    assert not rows(engine, observation) and (drop.names(), drop.names("refused")) == (
        [], ["gauges.csv", "gauges.csv.txt"])
    assert rows(engine, quarantine)[0].found == "a link, pipe or device"
    assert kind != "link" or (tmp_path / "secret.csv").read_text() == GOOD


def test_a_file_larger_than_the_cap_is_refused_unread(engine, puller, configured):
    drop = Drop(puller, configured("gauges", url="drop:water", max_bytes=1024), engine)
    drop.put("gauges.csv", GOOD * 100)
    drop.pull()
    (kept,) = rows(engine, quarantine)
    assert (kept.found, kept.expected, kept.payload) == (
        f"{len(GOOD) * 100} bytes", "at most 1024 bytes", None)


def test_a_folder_that_is_a_link_or_not_there_is_an_outage_of_its_own(engine, drop, tmp_path):
    drop.put("gauges.csv")
    drop.pull()
    drop.folder.rename(tmp_path / "elsewhere")
    drop.pull(3)
    assert drop.ailing[0] == "feed_unreachable" and drop.state.failures == 3
    drop.folder.symlink_to(tmp_path / "elsewhere")
    drop.pull(1)
    assert drop.ailing[0] == "feed_unreachable"
    drop.folder.unlink()
    drop.folder.mkdir()
    drop.pull(1)
    assert drop.ailing is None and drop.state.failures == 0


def test_a_folder_whose_done_leads_elsewhere_is_refused(engine, drop, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (drop.folder / "done").symlink_to(tmp_path / "elsewhere")
    drop.put("gauges.csv")
    drop.pull()
    assert drop.ailing[0] == "feed_stale"
    assert not list((tmp_path / "elsewhere").iterdir()) and drop.names() == ["gauges.csv"]


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


def test_a_file_that_is_not_as_it_was_seen_is_not_read(drop):
    drop.put("gauges.csv")
    with drop_folder.opened(drop.folder) as folder:
        (file,) = folder.files()
        assert folder.read(file, 1000) == GOOD.encode()
        for other in (replace(file, size=file.size - 1), replace(file, changed=1),
                      replace(file, name="gone.csv")):
            assert folder.read(other, 1000) is None


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


def test_a_name_of_any_bytes_is_put_away_and_told_in_letters(engine, drop):
    raw = os.fsencode(drop.folder) + b"/\xff\n" + b"x" * 240 + b".csv"
    with open(raw, "wb") as file:
        file.write(b"nothing")
    drop.pull()
    assert len(os.listdir(drop.folder / "refused")) == 2 and drop.names() == []
    assert rows(engine, quarantine)[0].place.startswith("\\xff?xxx")
