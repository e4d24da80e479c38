"""The cast of delivery: a small city and a provider that counts at the outside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from delivery_cast import City, Provider, provider_at_work
from sqlalchemy import Engine


@pytest.fixture
def city(engine: Engine) -> City:
    return City(engine)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with provider_at_work() as made:
        yield made
