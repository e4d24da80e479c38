"""The cast of delivery: a small city and a provider that counts at the outside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from acts_cast import Desk
from delivery_cast import City, Provider, provider_at_work
from outside_cast import Outside
from sqlalchemy import Engine


@pytest.fixture
def city(database: Engine) -> City:
    """Once on each database: a transaction that was cut off is undone by each in its own way."""
    return City(database)


@pytest.fixture
def desk(database: Engine, tmp_path: Path) -> Desk:
    return Desk.open(database, tmp_path)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with provider_at_work() as made:
        yield made


@pytest.fixture
def outside(tmp_path: Path, database_url: str, provider: Provider) -> Outside:
    plugins = str(Path(__file__).parents[2] / "plugins")
    return Outside({
        **os.environ, "PYTHONPATH": os.pathsep.join([plugins, os.environ.get("PYTHONPATH", "")]),
        "FENGHUO_DATABASE_URL": database_url, "FENGHUO_HOME": str(tmp_path),
        "FENGHUO_SANDBOX_URL": provider.url, "FENGHUO_GATEWAY_TIMEOUT": "0.5",
        "FENGHUO_LEASE_SECONDS": "120", "FENGHUO_LEASE_MARGIN": "0.2",
        "FENGHUO_LOOKUP_DELAYS": "[0.05, 0.1, 0.15]", "FENGHUO_DISPATCH_BUDGET": "8",
        "AT": "2026-06-08T04:00:00+00:00"})
