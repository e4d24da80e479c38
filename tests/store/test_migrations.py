"""The migrations end where the tables are, on both databases."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from threading import Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError, OperationalError

from fenghuo.store.engine import DatabaseMissing, engine, make_engine, reading, writing
from fenghuo.store.migrate import migrate, newest
from fenghuo.store.tables import metadata


def test_the_migrated_schema_is_what_the_tables_say(database: Engine) -> None:
    with database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    assert set(inspect(database).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_partial_indexes_keep_their_condition(database: Engine) -> None:
    where = f"{database.dialect.name}_where"
    options = {index["name"]: str(index["dialect_options"][where])
               for table in ("warning", "alarm", "code", "observation")
               for index in inspect(database).get_indexes(table)
               if index.get("dialect_options", {}).get(where) is not None}
    for name, condition in {"uq_warning_open": "in_force", "uq_alarm_open": "recovered",
                            "uq_code_open": "closed", "uq_code_person_open": "closed",
                            "ix_observation_doubted": "doubt"}.items():
        assert condition in options[name]


def test_migrating_makes_a_postgresql_database_that_is_missing(postgresql: str) -> None:
    url = f"{postgresql}/Not there yet"
    with pytest.raises(OperationalError, match="does not exist"):
        make_engine(url).connect()
    assert migrate(url) == migrate(url) == newest()


def test_migrating_behind_a_wrong_address_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(OperationalError):
        migrate(f"postgresql://fenghuo@/fenghuo?host={tmp_path}")


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    assert migrate(database_url) == migrate(database_url) == newest()


def test_a_failed_migration_leaves_the_database_as_it_was(database_url: str) -> None:
    if database_url.startswith("sqlite"):
        Path(database_url.removeprefix("sqlite:///")).parent.mkdir()
    made = make_engine(database_url)
    with writing(made) as connection:
        connection.execute(text("CREATE TABLE obligation (mine INTEGER)"))
    with pytest.raises(DBAPIError, match="already exists"):
        migrate(database_url)
    assert inspect(made).get_table_names() == ["obligation"]
    made.dispose()


def test_two_migrations_at_once_wait_for_each_other(database_url: str) -> None:
    ended: list[str] = []
    runs = [Thread(target=lambda: ended.append(migrate(database_url))) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert ended == [newest()] * 2


def test_migrate_needs_no_working_directory_and_makes_folders(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    migrate(f"sqlite:///{tmp_path}/deep/100%/fenghuo.db")
    path = tmp_path / "deep" / "100%" / "fenghuo.db"
    assert stat.S_ISREG(os.stat(path).st_mode)


def test_a_missing_database_is_an_error_that_says_what_to_type(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    with pytest.raises(DatabaseMissing, match="type: fenghuo migrate"):
        engine(f"sqlite:///{path}")
    assert not path.exists()


def test_sqlite_runs_as_the_house_needs_it(tmp_path: Path) -> None:
    made = make_engine(f"sqlite:///{tmp_path}/fenghuo.db")
    with reading(made) as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                 for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")}
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1,
                     "recursive_triggers": 1}
    made.dispose()
