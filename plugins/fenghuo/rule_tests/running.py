"""Running rule tests: each by itself, in any order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

from fenghuo.editions import Edition
from fenghuo.rule_tests import checking, playing, reading
from fenghuo.rule_tests.checking import Failure
from fenghuo.rule_tests.reading import Case, asked
from fenghuo.settings import Settings


@dataclass(frozen=True, slots=True)
class Results:
    """How many tests were run, what failed, and how long it took (seconds)."""

    tests: int
    failures: tuple[Failure, ...]
    seconds: float

    @property
    def good(self) -> bool:
        """Whether every test held."""
        return not self.failures


def run(files: Mapping[str, bytes], edition: Edition, only: str = "", texts: bool = True,
        settings: Settings | None = None, since: Edition | None = None) -> Results:
    """Run the tests of files under ``rules/tests/`` against an edition.

    ``only``: those whose file, name or rule has this in it. ``texts``: whether to check who is told
    what too, which plays the whole city and takes most of the time. ``since``: leave out the
    tests for which that edition is the same. Raises Refused with every fault of the files.
    """
    began = perf_counter()
    cases = [case for case in reading.read(files, edition)
             if any(only in text for text in (case.document.source, case.test.name,
                                              case.test.rule or ""))
             and not (since is not None and _same(case, since))]
    memory, house = playing.Memory(), settings or Settings()
    try:
        failures = [failure for case in cases
                    for failure in _failed(case, memory, texts, house)]
    finally:
        memory.close()
    return Results(len(cases), tuple(failures), perf_counter() - began)


def _failed(case: Case, memory: playing.Memory, texts: bool,
            settings: Settings) -> list[Failure]:
    played = playing.play(case, case.agreements, memory)
    return [*checking.tiers(case, played),
            *(checking.texts(case, played, settings) if texts else ())]


def _same(case: Case, since: Edition) -> bool:
    """Whether nothing that a test asks or speaks of is otherwise in an earlier edition."""
    now = case.edition
    return (asked(case.test, since.agreements) == case.agreements and since.feeds == now.feeds
            and since.stations.equals(now.stations)
            and (since.contacts is now.contacts
                 or since.contacts.sites.equals(now.contacts.sites))
            and (not (case.test.texts or case.test.people)
                 or (since.messages, since.measures) == (now.messages, now.measures)))
