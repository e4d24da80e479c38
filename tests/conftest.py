"""The cast shared by every test: a database, a fixed instant, a home of one's own."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
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


def _postgres_programs() -> Path:
    """Where ``initdb`` and ``postgres`` are: Debian keeps them off the PATH."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    folders += [Path(found).parent] if found else []
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise FileNotFoundError("no PostgreSQL server: apt install postgresql")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL server of these tests' own on a free port; gives its URL up to the database.

    It refuses to run as root, so root lends it to an unprivileged user.
    """
    programs = _postgres_programs()
    root = os.getuid() == 0
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = ("postgres" if "postgres" in names else "nobody") if root else None
    group = pwd.getpwnam(user).pw_gid if user else None
    folder = Path(tempfile.mkdtemp(prefix="fenghuo-pg-"))
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    subprocess.run([programs / "initdb", "-D", data, "-A", "trust", "-U", "fenghuo", "-E", "UTF8",
                    "--locale=C", "--no-sync"], check=True, stdout=subprocess.DEVNULL, user=user,
                   group=group, cwd=folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-p", str(port), "-k", folder,
             "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"],
            stdout=log, stderr=log, user=user, group=group, cwd=folder)
    url = f"postgresql://fenghuo@127.0.0.1:{port}"
    try:
        while subprocess.run([programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)],
                             check=False).returncode:
            assert server.poll() is None, (folder / "log").read_text()
        yield url
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()
        shutil.rmtree(folder)


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
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """A migrated database, triggers included, once on each of the two."""
    migrate(database_url)
    made = make_engine(database_url)
    yield made
    made.dispose()
