"""Empty databases of both kinds for figures that are promised on both."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from bench.bench_airflow import tree_in
from fenghuo.orchestration.run import postgres
from fenghuo.orchestration.run.plan import free_port
from fenghuo.store.migrate import migrate

_IMAGE = {"POSTGRES_USER": "fenghuo", "POSTGRES_PASSWORD": "bench", "POSTGRES_DB": "fenghuo"}
KINDS = ("SQLite", "PostgreSQL")


@contextmanager
def database(kind: str) -> Iterator[str]:
    """The URL of a migrated database that nobody else uses."""
    with tempfile.TemporaryDirectory(prefix="fenghuo-bench-") as folder:
        if kind == "SQLite":
            url = f"sqlite:///{folder}/fenghuo.db"
            migrate(url)
            yield url
            return
        Path(folder).chmod(0o755)  # for root an unprivileged user serves
        server = postgres.Server(postgres.programs(), Path(folder) / "server", free_port())
        with tree_in(Path(folder) / "tree") as tree:
            server.start(tree, _IMAGE, dict(os.environ))
            while not server.ready(_IMAGE):
                time.sleep(0.1)
            url = (f"postgresql://fenghuo:{quote(_IMAGE['POSTGRES_PASSWORD'])}"
                   f"@127.0.0.1:{server.port}/fenghuo")
            migrate(url)
            yield url
