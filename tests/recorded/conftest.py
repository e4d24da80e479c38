"""Recorded payloads: read where they lie, never copied. Without the folder nothing is collected."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from fenghuo.feeds import config
from fenghuo.feeds.config import FeedConfig

ROOT = Path(__file__).parents[2]
RECORDED = Path(os.environ.get("FENGHUO_RECORDED", ROOT / ".." / "shared" / "feeds")).resolve()
MUTANTS = RECORDED.parent / "cap" / "mutants"

collect_ignore_glob = [] if RECORDED.is_dir() else ["test_*.py"]
if not MUTANTS.is_dir():
    collect_ignore_glob.append("test_cap_mutants.py")


@pytest.fixture
def recorded() -> Path:
    """The folder of recorded payloads."""
    return RECORDED


@pytest.fixture
def mutants() -> Path:
    """The folder of spoiled CAP alerts."""
    return MUTANTS


@pytest.fixture
def shipped() -> Callable[[str], FeedConfig]:
    """A feed as ``rules/feeds.yaml`` ships it, without a service area: the payloads are foreign."""
    feeds = config.read({config.PATH: (ROOT / config.PATH).read_bytes()})
    return lambda name: feeds[name].model_copy(update={"area": None})
