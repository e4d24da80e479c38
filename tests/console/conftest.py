"""The cast of the console: a house on a bad night and a browser in front of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from console_cast import NOW, Client, app_of, came_by, house_at, settings_at
from fastapi import FastAPI
from sqlalchemy import Engine

from fenghuo.clock import FixedClock
from fenghuo.console import door
from fenghuo.settings import Settings
from fenghuo.store.engine import make_engine


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house with its tables and its edition, to be copied: making one takes a second."""
    home = tmp_path_factory.mktemp("house")
    house_at(home).dispose()
    return home


@pytest.fixture(autouse=True)
def _time_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "clock_of", lambda setting: FixedClock(NOW))


@pytest.fixture
def settings(prepared: Path, tmp_path: Path) -> Settings:
    shutil.copytree(prepared, tmp_path / "house")
    made = settings_at(tmp_path / "house")
    came_by(made)
    return made


@pytest.fixture
def house(settings: Settings) -> Iterator[Engine]:
    made = make_engine(settings.url)
    yield made
    made.dispose()


@pytest.fixture
def client(settings: Settings) -> Client:
    public = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @public.get("/healthz")
    def healthz() -> str:
        return "good"

    return Client(app_of(settings, public))
