"""What stands for a change of the rules: their own tests, and what it would have done so far."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from fenghuo.changes import past
from fenghuo.changes.drafts import TESTS
from fenghuo.editions import Edition
from fenghuo.settings import Settings
from fenghuo.store.engine import reading

if TYPE_CHECKING:
    from fenghuo.rule_tests import Failure

NO_PAST = {"zh": "没有可供回放的观测", "en": "no observations to judge the past by"}


def on_disk(rules: Path) -> dict[str, bytes]:
    """The tests of a folder of rules, by path."""
    from fenghuo import rule_tests

    return rule_tests.on_disk(rules)


def tests(files: Mapping[str, bytes], edition: Edition, settings: Settings,
          since: Edition | None = None) -> tuple[int, list[Failure]]:
    """Run the rules' tests among ``files`` against an edition: how many, and what is red.

    ``since``: leave out those for which that edition is the same. Raises Refused for tests that
    cannot be read.
    """
    files = {path: content for path, content in files.items() if path.startswith(TESTS)}
    if not files:
        return 0, []
    from fenghuo import rule_tests  # the minute's steps need none of it

    results = rule_tests.run(files, edition, settings=settings, since=since)
    return results.tests, list(results.failures)


def effect(engine: Engine, settings: Settings, old: Edition, new: Edition,
           observations: Path | None = None) -> dict[str, str]:
    """Whom a change would have woken, in one sentence of each language.

    From years in a file or folder where one is named, else from what this house keeps. Raises
    Refused for years that cannot be read.
    """
    from fenghuo.backtest.effect import past_effect  # processes of its own
    from fenghuo.backtest.reading import observations as read  # DuckDB

    if observations is not None:
        wanted = {metric for one in (old, new) for agreement in one.agreements
                  for rule in agreement.rules for metric in rule.metrics}
        series = list(read(
            [observations], set(old.stations["station"]) | set(new.stations["station"]), wanted,
            past.LATENCY).series)
        words = []
    else:
        with reading(engine) as connection:
            series = past.series(connection, [old, new])
            words = past.words(connection)
    if not (series or words):
        return NO_PAST
    found = past_effect(old, new, settings, series, words)
    return {language: found.sentence(language) for language in NO_PAST}


