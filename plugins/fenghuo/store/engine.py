"""Engines and transactions.

SQLite: WAL, synchronous FULL, foreign keys on, and every writer begins IMMEDIATE, because a
read that later wants to write fails under load. A missing database is an error except in
``migrate``: an empty new file must never pass for the house's memory.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, text

from fenghuo.words import FenghuoError, masked


class DatabaseMissing(FenghuoError):
    """No database where the settings say it is; ``fenghuo migrate`` makes one."""


def engine(url: str) -> Engine:
    """The process's engine for a URL, made at first use and never shared with a child process.

    Raises DatabaseMissing for an SQLite file that does not exist.
    """
    return _engine(url, os.getpid())


@lru_cache(maxsize=8)
def _engine(url: str, process: int) -> Engine:
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        raise DatabaseMissing(f"no database at {url}; type: fenghuo migrate")
    return make_engine(url)


def make_engine(url: str) -> Engine:
    """An engine with the house's settings; creates an SQLite file that is missing.

    Its errors and its logger say the statement and never the values, which are addresses too.
    """
    if not url.startswith("sqlite"):
        made = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1),
                             pool_pre_ping=True, pool_size=4, hide_parameters=True)
        event.listen(made, "handle_error", _masked)
        return made
    made = create_engine(url, connect_args={"timeout": 30}, hide_parameters=True)

    @event.listens_for(made, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON",
                       "recursive_triggers=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(made, "begin")
    def _begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get("begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")

    return made


def _masked(context: ExceptionContext) -> None:
    """PostgreSQL repeats the values of a broken key in its own words."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None:
            error.args = tuple(masked(word) if isinstance(word, str) else word
                               for word in error.args)


@contextmanager
def reading(made: Engine) -> Iterator[Connection]:
    """A consistent view for reading."""
    with made.connect() as connection:
        if made.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ",
                                                      postgresql_readonly=True)
        with connection.begin():
            yield connection


@contextmanager
def writing(made: Engine) -> Iterator[Connection]:
    """One transaction that writes; committed at the end, rolled back on any error.

    Keep it short and free of network: SQLite has one writer at a time.
    """
    with made.connect() as connection:
        connection = connection.execution_options(begin="IMMEDIATE")
        with connection.begin():
            yield connection


def alone(connection: Connection, word: str) -> None:
    """Until this transaction ends, no other that says the same word goes on beside it.

    SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:word, 0))"),
                           {"word": word})
