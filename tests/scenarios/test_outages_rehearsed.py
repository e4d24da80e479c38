"""Every source of a house goes wrong in every way, five at a time, beside a house without a fault.

Seven rounds of three hours: two that are bad, after which what a source said is too old, and one
that is good again. In each round five sources have a fault each and two have none, and the next
round all faults move on by one source: each meets each, and each is untouched beside each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from outage_cast import HOUR, SOURCES, START, Spoil, Town, good, town, word

from fenghuo import editions, pipeline
from fenghuo.editions.unheard import needing, unheard
from fenghuo.feeds.standing import Standing
from fenghuo.store.engine import reading


def unplugged(town: Town, name: str) -> None:
    town.say(name, b"", status=503)


def frozen(town: Town, name: str) -> None:
    town.say(name, word(name, town.clock.at - (town.clock.at - START) % (3 * HOUR)))


def garbled(town: Town, name: str) -> None:
    town.say(name, b"<!DOCTYPE html><html><body>Sign in</body></html>")


def empty(town: Town, name: str) -> None:
    town.say(name, b"")


def skewed(town: Town, name: str) -> None:
    """Its answers are good and their Date is ten hours ahead; three measures are a majority."""
    for _ in range(3):
        town.say(name, word(name, town.clock.at), ahead=36000)
        pipeline.pull(town.house, name)


def healed(town: Town, name: str) -> None:
    for _ in range(3):
        good(town, name)
        pipeline.pull(town.house, name)


FAULTS: tuple[Spoil, ...] = (unplugged, frozen, garbled, empty, skewed)
ROUNDS = [{SOURCES[(first + place) % len(SOURCES)]: fault for place, fault in enumerate(FAULTS)}
          for first in range(len(SOURCES))]
UNDATED = ("jma_typhoon", frozen)
"""A file of tracks that never says when it was made: nobody can see it freeze."""


@dataclass
class Round:
    """What came of one round: the alarms that it raised, worst and after it, and the texts."""

    faults: dict[str, Spoil]
    worst: list[tuple[str, str, bool]]
    after: list[tuple[str, str, bool]]
    told: list[tuple[str, str]]
    states: dict[str, Standing]


@dataclass
class Rehearsed:
    calm: Town
    hit: Town
    rounds: list[Round]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsed]:
    home = tmp_path_factory.mktemp("outages")
    with town(home / "calm") as calm, town(home / "hit", of=home / "calm") as hit:
        assert (calm.alarms(), {one.state for one in calm.states().values()}) == (
            [], {Standing.fresh})
        rounds = []
        for faults in ROUNDS:
            known, texts = len(hit.alarms()), len(hit.told())
            hit.hour(faults)
            hit.hour(faults)
            worst, states = hit.alarms()[known:], hit.states()
            told = hit.told()[texts:]
            hit.hour({name: healed for name, fault in faults.items() if fault is skewed})
            rounds.append(Round(faults, worst, hit.alarms()[known:], told,
                                {name: one.state for name, one in states.items()}))
        for _ in range(3 * len(ROUNDS)):
            calm.hour()
        yield Rehearsed(calm, hit, rounds)


def alarmed(faults: dict[str, Spoil]) -> dict[str, str]:
    """The one alarm of each source with a fault that can be seen."""
    return {name: "feed_clock" if fault is skewed else "feed_stale"
            for name, fault in faults.items() if (name, fault) != UNDATED}


def test_each_fault_of_each_source_raises_exactly_one_alarm_and_its_end_is_one(
        played: Rehearsed) -> None:
    for one in played.rounds:
        wanted = alarmed(one.faults)
        assert sorted(one.worst) == sorted((kind, name, False) for name, kind in wanted.items())
        assert sorted(one.after) == sorted((kind, name, True) for name, kind in wanted.items())


def test_the_outside_is_told_once_of_what_grew_old_and_of_nothing_else(
        played: Rehearsed) -> None:
    for one in played.rounds:
        old = list(alarmed(one.faults).values()).count("feed_stale")
        # those of one look share a text, to the desk of each city; a wrong clock rings nobody
        assert sorted(number for number, _ in one.told) == ["+8613800000047", "+8613800000048"]
        assert all(f"等{old}起数据过时" in text for _, text in one.told)


def test_a_source_without_a_fault_stands_as_in_the_house_without_any(played: Rehearsed) -> None:
    for number, one in enumerate(played.rounds):
        for hour in range(3 * number + 4, 3 * number + 7):
            calm, hit = (each.seen[START + hour * HOUR]["states"]
                         for each in (played.calm, played.hit))
            for name in set(SOURCES) - set(one.faults):
                assert hit[name] == calm[name]


def test_what_holds_holds_on_and_only_the_rules_of_a_silent_source_are_unknown(
        played: Rehearsed) -> None:
    seen = set()
    for number, one in enumerate(played.rounds):
        silent = {name for name, fault in one.faults.items() if fault is not skewed}
        for hour in range(3 * number + 4, 3 * number + 7):
            calm, hit = (each.seen[START + hour * HOUR]["findings"]
                         for each in (played.calm, played.hit))
            assert {row[:2] + row[3:] for row in hit} == {row[:2] + row[3:] for row in calm}
            unknown = {(source_of(subject), holds) for _, subject, holds, _ in hit - calm}
            assert unknown <= {(name, "unknown") for name in silent}
            assert not unknown or hour < 3 * number + 6, "they come back by themselves"
            seen |= unknown
    assert seen == {("openmeteo", "unknown"), ("gauges", "unknown")}


def test_why_not_names_the_rules_that_need_a_silent_source_and_no_other(
        played: Rehearsed) -> None:
    with reading(played.hit.house.engine) as connection:
        edition = editions.load(connection, played.hit.clock.at)
        kinds = {f"{agreement.agreement}/{rule.id}": rule.kind
                 for agreement in edition.agreements for rule in agreement.rules}
        for number, one in enumerate(played.rounds):
            old, good_again = (START + (3 * number + hour) * HOUR for hour in (5, 6))
            rows = unheard(connection, edition, old, within=0 * HOUR)
            assert {row["detail"].partition(":")[0] for row in rows} == {
                name for name, kind in alarmed(one.faults).items() if kind == "feed_stale"}
            for row in rows:
                feed = edition.feeds[row["detail"].partition(":")[0]]
                asking = needing(edition, feed)
                assert {kinds[rule] for rule in asking} == {feed.kind.brings}
                assert row["rule"].startswith(asking[0]) and row["reason"] == "unknown"
            assert unheard(connection, edition, good_again, within=0 * HOUR) == []


def source_of(subject: str) -> str:
    """Whose words a finding's subject is of: a series of a station names no feed."""
    kind, _, rest = subject.partition(":")
    return rest.partition(":")[0] if kind in ("forecast", "signal") else "gauges"


def test_nobody_is_told_more_or_less_of_any_danger(played: Rehearsed) -> None:
    for at, hit in played.hit.seen.items():
        for what in ("notices", "events", "warnings"):
            assert hit[what] == played.calm.seen[at][what], (at, what)
