"""The cast shared by every test: a database, a fixed instant, a home of one's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from postgres_server import Postgres, postgres_at_work
from sqlalchemy import Engine

from fenghuo.store.engine import make_engine
from fenghuo.store.migrate import migrate
from fenghuo.store.tables import metadata

NOON = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)
"""12:00 in the city."""


@pytest.fixture
def now() -> datetime:
    return NOON


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty SQLite database with every table."""
    made = make_engine(f"sqlite:///{tmp_path}/fenghuo.db")
    metadata.create_all(made)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of these tests' own."""
    with postgres_at_work() as made:
        yield made


@pytest.fixture(scope="session")
def postgresql(postgres: Postgres) -> str:
    """Its URL up to the database."""
    return postgres.url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, once on each of the two."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/var/fenghuo.db"
        return
    server = request.getfixturevalue("postgresql")
    name = f"test_{os.urandom(6).hex()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield f"{server}/{name}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """A migrated database, triggers included, once on each of the two."""
    migrate(database_url)
    made = make_engine(database_url)
    yield made
    made.dispose()
