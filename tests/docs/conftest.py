"""A house in the middle of a night, and a quiet one, for the commands of the pages."""

from __future__ import annotations

from collections.abc import Iterator

import docs_house
import pytest
from docs_house import Houses


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Houses]:
    """Both houses, and the sandbox that they speak to."""
    with docs_house.houses(
            tmp_path_factory.mktemp("played"), tmp_path_factory.mktemp("kept")) as made:
        yield made
