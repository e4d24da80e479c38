"""Leases and writers of several processes at once, the same on both databases."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, select, update

import fenghuo
from fenghuo.clock import machine_now
from fenghuo.store.engine import reading, writing
from fenghuo.store.leases import leased
from fenghuo.store.tables import alarm, step_lease

HOUSE = str(Path(fenghuo.__file__).parents[1])

COUNT = """
import sys
from datetime import UTC, datetime
from sqlalchemy import select, update
from fenghuo.store.engine import engine, writing
from fenghuo.store.tables import alarm
made = engine(sys.argv[1])
for _ in range(25):
    with writing(made) as connection:
        seen = connection.scalar(select(alarm.c.count).where(alarm.c.id == 1).with_for_update())
        connection.execute(update(alarm).where(alarm.c.id == 1).values(count=seen + 1))
"""

LEASE = """
import sys
from datetime import UTC, datetime
from fenghuo.store.engine import engine
from fenghuo.store.leases import leased
now = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)
print("ready", flush=True)
sys.stdin.readline()
with leased(engine(sys.argv[1]), "assess", 60, now) as lease:
    print("got" if lease else "none", flush=True)
    sys.stdin.readline()
"""


def _start(program: str, url: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", program, url], stdin=subprocess.PIPE, text=True,
                            stdout=subprocess.PIPE, env={"PYTHONPATH": HOUSE})


def test_of_two_processes_one_holds_the_step(database: Engine, database_url: str) -> None:
    with _start(LEASE, database_url) as one, _start(LEASE, database_url) as two:
        both = (one, two)
        assert [process.stdout.readline() for process in both if process.stdout] == ["ready\n"] * 2
        for process in both:
            assert process.stdin
            process.stdin.write("go\n")
            process.stdin.flush()
        heard = sorted(process.stdout.readline() for process in both if process.stdout)
        assert heard == ["got\n", "none\n"]
    assert (one.returncode, two.returncode) == (0, 0)


def test_writers_of_several_processes_lose_no_update(
        database: Engine, database_url: str, now: datetime) -> None:
    with writing(database) as connection:
        connection.execute(insert(alarm).values(id=1, kind="database", subject="x", detail="",
                                                raised=now, last=now, count=0))
    writers = [_start(COUNT, database_url) for _ in range(4)]
    for writer in writers:
        with writer:
            pass
    assert [writer.returncode for writer in writers] == [0] * 4
    with reading(database) as connection:
        assert connection.scalar(select(alarm.c.count)) == 100


def test_a_lease_that_ended_well_records_both_instants(database: Engine, now: datetime) -> None:
    with leased(database, "assess", 60, now) as lease:
        assert lease is not None and lease.held()
    with reading(database) as connection:
        row = connection.execute(select(step_lease)).one()
    assert (row.finished_at, row.outcome, row.until) == (now, "done", 0.0)
    assert row.finished > 0


def test_the_lease_of_a_process_that_was_killed_is_free_at_once(
        database: Engine, database_url: str, now: datetime) -> None:
    holder = _start(LEASE, database_url)
    assert holder.stdin and holder.stdout
    holder.stdin.write("go\n")
    holder.stdin.flush()
    assert [holder.stdout.readline() for _ in range(2)] == ["ready\n", "got\n"]
    with leased(database, "assess", 60, now) as lease:
        assert lease is None, "it lives"
    holder.kill()
    with holder:
        pass
    with leased(database, "assess", 60, now) as lease:
        assert lease is not None and lease.token == 2


def test_a_lease_an_hour_ahead_was_taken_before_the_clock_was_put_back(
        database: Engine, now: datetime) -> None:
    with leased(database, "assess", 60, now):
        with writing(database) as connection:
            connection.execute(update(step_lease).values(until=step_lease.c.until + 3600))
        with leased(database, "assess", 60, now) as other:
            assert other is None
        with reading(database) as connection:
            assert connection.scalar(select(step_lease.c.until)) <= machine_now() + 60


def test_a_lease_that_ran_out_is_taken_and_its_old_holder_knows(
        database: Engine, now: datetime) -> None:
    with leased(database, "dispatch", 60, now) as old:
        assert old is not None
        with writing(database) as connection:
            connection.execute(update(step_lease).values(until=0.0))
        with leased(database, "dispatch", 60, now) as new:
            assert new is not None and new.token == old.token + 1
            assert not old.held()
            assert new.held()


def test_an_error_frees_the_step_but_is_no_good_end(database: Engine, now: datetime) -> None:
    with pytest.raises(RuntimeError, match="boom"), leased(database, "assess", 60, now):
        raise RuntimeError("boom")
    with reading(database) as connection:
        row = connection.execute(select(step_lease)).one()
    assert (row.outcome, row.finished) == ("failed", None)
    with leased(database, "assess", 60, now) as lease:
        assert lease is not None


def test_a_reader_sees_one_moment(database: Engine, now: datetime) -> None:
    row = {"kind": "database", "detail": "", "raised": now, "last": now}
    with reading(database) as connection:
        before = connection.scalar(select(func.count()).select_from(alarm))
        with writing(database) as other:
            other.execute(insert(alarm).values(subject="x", **row))
        assert connection.scalar(select(func.count()).select_from(alarm)) == before == 0
