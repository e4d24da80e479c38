"""A PostgreSQL server of a house's own, from Debian's package, on loopback.

It refuses to run as root, so root lends its folder to an unprivileged user.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fenghuo.orchestration.run.plan import write_private
from fenghuo.orchestration.run.processes import Tree
from fenghuo.words import FenghuoError


class NoPostgres(FenghuoError):
    """No server is installed, or it cannot work in this folder."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server whose data lies in ``folder``; ``programs`` is where its programs are."""

    programs: Path
    folder: Path
    port: int

    def start(self, tree: Tree, environment: Mapping[str, str], env: dict[str, str]) -> None:
        """Make the cluster at the first start, then serve; ``environment`` is the image's."""
        self.folder.mkdir(parents=True, exist_ok=True)
        user = environment["POSTGRES_USER"]
        lent = _lend(self.folder)
        data = self.folder / "data"
        if not (data / "PG_VERSION").exists():
            shutil.rmtree(data, ignore_errors=True)  # a first start that was cut short
            word = self.folder / "password"
            write_private(word, environment["POSTGRES_PASSWORD"])
            if lent:
                shutil.chown(word, int(lent[2]))
            done = subprocess.run(
                [*lent, self.programs / "initdb", "-D", data, "-U", user, "-A", "scram-sha-256",
                 "--pwfile", word, "-E", "UTF8", "--locale=C"], cwd=self.folder,
                capture_output=True, text=True)
            word.unlink()
            if done.returncode != 0:
                hint = " (for root an unprivileged user does it, who must be able to enter " \
                       "every folder above)" if lent else ""
                raise NoPostgres(f"initdb: {done.stderr.strip()[-1000:]}{hint}")
        tree.start("postgres", [
            *lent, str(self.programs / "postgres"), "-D", str(data), "-p", str(self.port),
            "-k", str(self.folder), "-c", "listen_addresses=127.0.0.1"], env, keeper=True)

    def ready(self, environment: Mapping[str, str]) -> bool:
        """Whether it takes connections and has the database that the image would have made."""
        import psycopg
        import psycopg.sql

        made = environment["POSTGRES_DB"]
        try:
            with psycopg.connect(
                    host="127.0.0.1", port=self.port, user=environment["POSTGRES_USER"],
                    password=environment["POSTGRES_PASSWORD"], dbname="postgres",
                    autocommit=True, connect_timeout=5) as connection:
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s",
                                          [made]).fetchone():
                    connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(
                        psycopg.sql.Identifier(made)))
        except psycopg.OperationalError:
            return False
        return True


def programs(found: Callable[[str], str | None] = shutil.which,
             debian: Path = Path("/usr/lib/postgresql")) -> Path:
    """Where the newest server's programs are; Debian keeps them off the PATH. Raises NoPostgres."""
    folders = sorted(debian.glob("*/bin"), key=lambda folder: int(folder.parent.name))[::-1]
    if path := found("initdb"):
        folders.append(Path(path).parent)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoPostgres("no PostgreSQL server; type: apt install postgresql")


def _lend(folder: Path) -> list[str]:
    """For root: give the folder away; the words that make a command the new owner's."""
    if os.getuid() != 0:
        return []
    names = {entry.pw_name for entry in pwd.getpwall()}
    owner = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    shutil.chown(folder, owner.pw_uid, owner.pw_gid)
    return ["setpriv", "--reuid", str(owner.pw_uid), "--regid", str(owner.pw_gid),
            "--clear-groups"]
