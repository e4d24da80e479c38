"""A PostgreSQL server of the tests' own, on a free port of this machine."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Postgres:
    """``url`` goes up to the database. It refuses to run as root, so root lends it to an
    unprivileged user."""

    programs: Path
    folder: Path
    port: int
    user: str | None
    group: int | None
    running: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://fenghuo@127.0.0.1:{self.port}"

    def make(self) -> None:
        """An empty cluster."""
        subprocess.run(
            [self.programs / "initdb", "-D", self.folder / "data", "-A", "trust", "-U", "fenghuo",
             "-E", "UTF8", "--locale=C", "--no-sync"], check=True, stdout=subprocess.DEVNULL,
            user=self.user, group=self.group, cwd=self.folder)

    def start(self) -> None:
        """Run it and wait until it takes connections."""
        with (self.folder / "log").open("ab") as log:
            self.running = subprocess.Popen(
                [self.programs / "postgres", "-D", self.folder / "data", "-p", str(self.port),
                 "-k", self.folder, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"],
                stdout=log, stderr=log, user=self.user, group=self.group, cwd=self.folder)
        ready = [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ready, check=False).returncode:
            assert self.running.poll() is None, (self.folder / "log").read_text()

    def crash(self) -> None:
        """An immediate shutdown: every connection is cut, the next start recovers from the log."""
        self.stop(signal.SIGQUIT)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        assert self.running
        self.running.send_signal(how)
        self.running.wait()


@contextmanager
def postgres_at_work() -> Iterator[Postgres]:
    """One that runs, and is gone afterwards with all it kept."""
    root = os.getuid() == 0
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = ("postgres" if "postgres" in names else "nobody") if root else None
    folder = Path(tempfile.mkdtemp(prefix="fenghuo-pg-"))
    if user:
        shutil.chown(folder, user)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Postgres(_programs(), folder, port, user, pwd.getpwnam(user).pw_gid if user else None)
    made.make()
    made.start()
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder)


def _programs() -> Path:
    """Where ``initdb`` and ``postgres`` are: Debian keeps them off the PATH."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    folders += [Path(found).parent] if found else []
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise FileNotFoundError("no PostgreSQL server: apt install postgresql")
