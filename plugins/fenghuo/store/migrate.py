"""Bringing a database to the newest schema; the only place that may create one.

Alembic from Python: the scripts travel with the library and no ``alembic.ini`` is needed.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from fenghuo.store.engine import make_engine, reading, writing

_LOCK = 0x66656E67
"""One migration at a time on PostgreSQL."""


def migrate(url: str) -> str:
    """Create a missing database (SQLite: its folders too) and upgrade; returns the revision.

    All in one transaction: a failed migration leaves the database as it was. Two at once wait
    for each other. Running it again does nothing.
    """
    if not url.startswith("sqlite:///"):
        return _upgraded(url)
    folder = Path(url.removeprefix("sqlite:///")).parent
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        return _upgraded(url)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One at a time in a folder: of two that turn a new file of SQLite to WAL at once the second
    is told ``database is locked`` without waiting, whatever its time-out."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _upgraded(url: str) -> str:
    made = make_engine(url)
    try:
        if made.dialect.name == "postgresql":
            _create_missing(made)
        with writing(made) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            command.upgrade(_config(connection), "head")
        with reading(made) as connection:
            return str(MigrationContext.configure(connection).get_current_revision())
    finally:
        made.dispose()


def _create_missing(made: Engine) -> None:
    """On PostgreSQL: make the database if its server says that there is none."""
    try:
        made.connect().close()
    except OperationalError:
        name = made.url.database or ""
        server = make_engine(made.url.set(database="postgres").render_as_string(False))
        try:
            with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                known = connection.scalar(
                    text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name})
                if known:
                    raise  # it is there and cannot be used
                quoted = connection.dialect.identifier_preparer.quote(name)
                connection.execute(text(f"CREATE DATABASE {quoted}"))
        finally:
            server.dispose()


def newest() -> str:
    """The revision this library expects a database to be at."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def autogenerate(revision: str, message: str, tables: Collection[str] = ()) -> None:
    """Write the migration that leads from the last one to the tables as they are defined now.

    For whoever changes a table, to be read by hand afterwards; never run by the house.
    ``tables`` names the tables to look at, none means all.
    """
    made = make_engine("sqlite://")
    with writing(made) as connection:
        config = _config(connection)
        config.attributes["tables"] = tables
        command.upgrade(config, "head")
        command.revision(config, message, autogenerate=True, rev_id=revision)
    made.dispose()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    scripts = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", scripts.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
