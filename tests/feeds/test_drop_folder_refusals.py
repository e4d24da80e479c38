"""A drop folder: whatever is no complete, plain file of its own is refused by name."""

from __future__ import annotations

import os
import socket
from dataclasses import replace

import pytest
from feeds_cast import GOOD, Drop, rows

from fenghuo.feeds import drop_folder
from fenghuo.store.tables import (
    observation,
    quarantine,
)


@pytest.fixture
def drop(puller, configured, engine):
    return Drop(puller, configured("gauges", url="drop:water"), engine)


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


def test_a_file_that_is_not_as_it_was_seen_is_not_read(drop):
    drop.put("gauges.csv")
    with drop_folder.opened(drop.folder) as folder:
        (file,) = folder.files()
        assert folder.read(file, 1000) == GOOD.encode()
        for other in (replace(file, size=file.size - 1), replace(file, changed=1),
                      replace(file, name="gone.csv")):
            assert folder.read(other, 1000) is None


def test_a_name_of_any_bytes_is_put_away_and_told_in_letters(engine, drop):
    raw = os.fsencode(drop.folder) + b"/\xff\n" + b"x" * 240 + b".csv"
    with open(raw, "wb") as file:
        file.write(b"nothing")
    drop.pull()
    assert len(os.listdir(drop.folder / "refused")) == 2 and drop.names() == []
    assert rows(engine, quarantine)[0].place.startswith("\\xff?xxx")
