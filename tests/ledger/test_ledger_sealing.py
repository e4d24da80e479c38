"""Appending and sealing: nothing is lost, nothing forks, whoever seals and wherever it dies."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from pymerkle import InmemoryTree
from sqlalchemy import Engine, func, select, text, update
from sqlalchemy.exc import DBAPIError

from fenghuo import ledger
from fenghuo.ledger import outside, sealing
from fenghuo.ledger.tree import leaf_hash
from fenghuo.settings import Settings
from fenghuo.store.engine import reading, writing
from fenghuo.store.tables import ledger_checkpoint, ledger_entry
from fenghuo.words import Level


@pytest.fixture
def house(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, public_url="https://fenghuo.example/fenghuo")


def _append(engine: Engine, count: int, now: datetime, start: int = 0) -> None:
    with writing(engine) as connection:
        ledger.append_many(connection, [("notice.accepted", f"notice:{number}", {"n": number})
                                        for number in range(start, start + count)], now)


def _sound(engine: Engine, house: Settings, now: datetime) -> ledger.Verdict:
    return ledger.verify_log(engine, ledger.public_key(house), house.path(house.checkpoints), now)


def test_an_entry_is_the_canonical_text_of_what_it_says(
        database: Engine, now: datetime) -> None:
    with writing(database) as connection:
        ledger.append(connection, "warning.revised", "warning:7",
                      {"tier": Level.red, "sites": ["b", "a"], "value": 50.0, "end": None}, now)
    with reading(database) as connection:
        row = connection.execute(select(ledger_entry)).one()
    assert bytes(row.canon) == (
        b'{"at":"2026-06-08T04:00:00+00:00","facts":{"end":null,"sites":["b","a"],"tier":"red",'
        b'"value":50},"kind":"warning.revised","subject":"warning:7"}')
    assert bytes(row.leaf) == leaf_hash(bytes(row.canon))
    assert row.position is None


@pytest.mark.parametrize("fact", [float("nan"), float("inf"), 2**53 + 1, "\ud800", {1, 2}, b"x"])
def test_facts_that_json_cannot_carry_are_refused(
        engine: Engine, now: datetime, fact: object) -> None:
    with pytest.raises(ledger.NotPlain, match="expected plain JSON"), writing(engine) as connection:
        ledger.append(connection, "event.revised", "event:1", {"fact": fact}, now)


def test_an_entry_vanishes_with_the_transaction_it_records(
        database: Engine, now: datetime) -> None:
    with pytest.raises(RuntimeError), writing(database) as connection:
        ledger.append(connection, "event.revised", "event:1", {}, now)
        raise RuntimeError
    with reading(database) as connection:
        assert connection.scalar(select(func.count()).select_from(ledger_entry)) == 0


def test_the_signed_root_is_that_of_another_implementation(
        database: Engine, house: Settings, now: datetime) -> None:
    oracle = InmemoryTree(algorithm="sha256")
    for start, count in ((0, 1), (1, 6), (7, 25)):
        _append(database, count, now, start)
        assert ledger.seal(database, house, now) == count
        with reading(database) as connection:
            for canon in connection.scalars(select(ledger_entry.c.canon)
                                            .where(ledger_entry.c.position >= start)
                                            .order_by(ledger_entry.c.position)):
                oracle.append_entry(bytes(canon))
        assert _sound(database, house, now).root == oracle.get_root().hex()
    assert _sound(database, house, now).sound
    assert ledger.seal(database, house, now) == 0


def test_two_sealers_at_once_never_fork(
        database: Engine, house: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 7)
    ledger.seal(database, house, now)
    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(_append, database, 20, now, 20 * lot) for lot in range(2)]
        sealers = [pool.submit(ledger.seal, database, house, now) for _ in range(4)]
        for work in (*writers, *sealers):
            work.result()
    ledger.seal(database, house, now)
    verdict = _sound(database, house, now)
    assert (verdict.faults, verdict.size, verdict.unsealed) == ((), 40, 0)


def test_a_sealer_killed_before_the_file_is_finished_by_the_next(
        database: Engine, house: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    _append(database, 3, now)
    ledger.seal(database, house, now)
    _append(database, 4, now, 3)

    def killed(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(outside, "append", killed)
        with pytest.raises(KeyboardInterrupt):
            ledger.seal(database, house, now)
    with reading(database) as connection:
        assert connection.scalar(select(func.count()).select_from(ledger_checkpoint)
                                 .where(~ledger_checkpoint.c.exported)) == 1
    _append(database, 2, now, 7)
    assert ledger.seal(database, house, now) == 2
    with reading(database) as connection:
        assert list(connection.scalars(select(ledger_checkpoint.c.exported))) == [True] * 3
    verdict = _sound(database, house, now)
    assert (verdict.faults, verdict.size) == ((), 9)


def test_a_write_cut_off_anywhere_is_repeated_whole_and_no_fault(
        engine: Engine, house: Settings, now: datetime) -> None:
    path = house.path(house.checkpoints)
    _append(engine, 2, now)
    ledger.seal(engine, house, now)
    whole = path.read_bytes()
    _append(engine, 1, now, 2)
    ledger.seal(engine, house, now)
    both = path.read_bytes()
    for cut in range(len(whole), len(both)):
        path.write_bytes(both[:cut])
        with writing(engine) as connection:
            connection.execute(update(ledger_checkpoint).where(ledger_checkpoint.c.size == 3)
                               .values(exported=False))
        assert _sound(engine, house, now).sound
        ledger.seal(engine, house, now)
        note = outside.last_note(path)
        assert note is not None and note.split("\n")[1] == "3", cut
        assert _sound(engine, house, now).sound


def test_an_older_database_put_back_is_not_grown(
        engine: Engine, house: Settings, now: datetime) -> None:
    _append(engine, 5, now)
    ledger.seal(engine, house, now)
    with writing(engine) as connection:
        connection.execute(text("DELETE FROM ledger_entry"))
        connection.execute(text("DELETE FROM ledger_checkpoint"))
    _append(engine, 1, now)
    with pytest.raises(ledger.LedgerDamaged, match="older one put back"):
        ledger.seal(engine, house, now)


def test_a_frontier_that_was_touched_is_not_signed_on(
        engine: Engine, house: Settings, now: datetime) -> None:
    _append(engine, 3, now)
    ledger.seal(engine, house, now)
    with writing(engine) as connection:
        connection.execute(update(ledger_checkpoint).values(frontier=["00" * 32, "11" * 32]))
    _append(engine, 1, now, 3)
    with pytest.raises(ledger.LedgerDamaged, match="not what was signed"):
        ledger.seal(engine, house, now)


def test_the_signing_key_is_made_once_and_for_its_owner_only(
        engine: Engine, house: Settings, now: datetime) -> None:
    _append(engine, 1, now)
    ledger.seal(engine, house, now)
    path = house.path(house.signing_key)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_text()
    secret = before.strip().rsplit("+", 1)[1]
    assert ledger.public_key(house).name == "fenghuo.example/ledger"
    _append(engine, 1, now, 1)
    ledger.seal(engine, house, now)
    assert path.read_text() == before
    assert secret not in repr(sealing.signer(house, make=False))
    path.chmod(0o640)
    with pytest.raises(ledger.KeyUnusable, match="found mode 0640, expected 0600") as refused:
        ledger.seal(engine, house, now)
    assert secret not in str(refused.value)


def test_a_lost_key_is_not_replaced_in_silence(
        engine: Engine, house: Settings, now: datetime) -> None:
    _append(engine, 1, now)
    ledger.seal(engine, house, now)
    house.path(house.signing_key).unlink()
    with pytest.raises(ledger.KeyUnusable, match="the key that signed this ledger"):
        ledger.seal(engine, house, now)
    assert not house.path(house.signing_key).exists()


@pytest.mark.parametrize("statement", [
    "UPDATE ledger_entry SET canon = leaf WHERE id = 1",
    "UPDATE ledger_entry SET leaf = canon WHERE id = 4",
    "UPDATE ledger_entry SET kind = 'x' WHERE id = 4",
    "UPDATE ledger_entry SET position = 9 WHERE id = 1",
    "UPDATE ledger_entry SET position = NULL WHERE id = 1",
    "UPDATE ledger_entry SET position = 0 WHERE id = 4",
    "DELETE FROM ledger_entry WHERE id = 4",
    "DELETE FROM ledger_entry",
    "INSERT INTO ledger_entry (id, at, kind, subject, canon, leaf, position) "
    "SELECT 9, at, kind, subject, canon, leaf, 3 FROM ledger_entry WHERE id = 1",
    "UPDATE ledger_checkpoint SET note = ''",
    "UPDATE ledger_checkpoint SET exported = (1 = 0)",
    "DELETE FROM ledger_checkpoint",
])
def test_the_database_refuses_to_rewrite_the_ledger(
        database: Engine, house: Settings, now: datetime, statement: str) -> None:
    _append(database, 3, now)
    ledger.seal(database, house, now)
    _append(database, 1, now, 3)
    with pytest.raises(DBAPIError, match=r"append-only|taken|unique"):
        with writing(database) as connection:
            connection.execute(text(statement))
    assert _sound(database, house, now).sound


@pytest.mark.parametrize("statement", [
    "INSERT OR REPLACE INTO ledger_entry (id, at, kind, subject, canon, leaf) "
    "SELECT 1, at, 'x', subject, canon, leaf FROM ledger_entry WHERE id = 2",
    "UPDATE OR REPLACE ledger_entry SET position = 0 WHERE id = 4",
    "INSERT OR REPLACE INTO ledger_checkpoint SELECT * FROM ledger_checkpoint",
])
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_sqlite_refuses_to_replace_entries(tmp_path: Path, house: Settings, now: datetime,
                                           statement: str, recursive: str) -> None:
    from fenghuo.store.engine import make_engine
    from fenghuo.store.migrate import migrate
    url = f"sqlite:///{tmp_path}/fenghuo.db"
    migrate(url)
    made = make_engine(url)
    _append(made, 3, now)
    ledger.seal(made, house, now)
    _append(made, 1, now, 3)
    with made.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql(f"PRAGMA recursive_triggers={recursive}")
        with pytest.raises(DBAPIError, match=r"append-only|taken"):
            connection.exec_driver_sql(statement)
    assert _sound(made, house, now).sound
    made.dispose()


def test_postgresql_refuses_truncate_and_a_replica_role(
        postgresql: str, request: pytest.FixtureRequest) -> None:
    import psycopg

    from fenghuo.store.migrate import migrate
    with psycopg.connect(f"{postgresql}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE refused")
        migrate(f"{postgresql}/refused")
        with psycopg.connect(f"{postgresql}/refused", autocommit=True) as own:
            own.execute("SET session_replication_role = replica")
            with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="append-only"):
                own.execute("TRUNCATE ledger_entry")
        connection.execute("DROP DATABASE refused WITH (FORCE)")
