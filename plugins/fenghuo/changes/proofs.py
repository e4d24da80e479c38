"""What stands for a change of the rules: their own tests, and what it would have done so far."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Engine

from fenghuo.editions import Edition
from fenghuo.settings import Settings

NO_PAST = "no observations to judge the past by"


def tests(files: Mapping[str, bytes], edition: Edition) -> tuple[int, list[str]]:
    """Run the rules' tests among ``files`` against an edition: how many, and which are red."""
    return 0, []


def effect(engine: Engine, settings: Settings, old: Edition, new: Edition, now: datetime,
           observations: str | None) -> str:
    """Whom a change would have woken, in one sentence."""
    return NO_PAST
