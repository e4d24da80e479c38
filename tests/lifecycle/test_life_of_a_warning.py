from __future__ import annotations

from datetime import timedelta

from warning_cast import MIN, T0, Town, gauge, over, quake, signal

from fenghuo import lifecycle
from fenghuo.store import tables as t
from fenghuo.store.engine import reading
from fenghuo.words import Change, Ended, Hazard, Holds, Level

ENPING = "440785000000"


def tiers(revision: lifecycle.RevisionWritten) -> dict[str, int]:
    return dict(zip(revision.sites["site"], revision.sites["tier"], strict=True))


def test_a_signal_opens_one_warning_for_its_county_and_names_its_sites(town: Town) -> None:
    [revision] = town.apply(signal(Level.orange))
    assert (revision.change, revision.tier, revision.number) == (Change.issue, Level.orange, 1)
    assert tiers(revision) == {"pond": 4, "tanks": 4, "wharf": 4}
    assert town.states() == [("rainstorm", ENPING, "in_force")]


def test_a_higher_level_upgrades_the_same_warning(town: Town) -> None:
    town.apply(signal(Level.yellow))
    [revision] = town.apply(signal(Level.red, T0 + MIN), at=T0 + MIN)
    assert (revision.change, revision.number) == (Change.upgrade, 2)
    assert set(revision.sites["previous"]) == {Level.yellow.rank}
    assert len(town.rows(t.warning)) == 1


def test_the_same_level_again_writes_no_revision_and_says_why(town: Town) -> None:
    town.apply(signal(Level.yellow))
    assert town.apply(signal(Level.yellow, T0 + MIN), at=T0 + MIN) == []
    assert town.reasons() == ["same_level"]
    assert [row["ended"] for row in town.rows(t.finding)] == ["superseded", None]


def test_the_newest_signal_of_an_issuer_counts_not_the_highest(town: Town) -> None:
    town.apply(signal(Level.red, chain="a"))
    [revision] = town.apply(signal(Level.yellow, T0 + MIN, chain="b"), at=T0 + MIN)
    assert (revision.change, revision.tier) == (Change.downgrade, Level.yellow)


def test_an_ended_newest_signal_does_not_let_an_older_one_rise_again(town: Town) -> None:
    town.apply(signal(Level.yellow, chain="a"))
    orange = signal(Level.orange, T0 + MIN, chain="b")
    town.apply(orange, at=T0 + MIN)
    [revision] = town.apply(over(orange, Ended.cancelled, T0 + 2 * MIN), at=T0 + 2 * MIN)
    assert revision.change == Change.cancel
    assert town.states() == [("rainstorm", ENPING, "cancelled")]


def test_another_issuers_signal_counts_by_the_maximum(town: Town) -> None:
    town.apply(signal(Level.orange))
    city = signal(Level.yellow, T0 + MIN, chain="c", facts={"issuer": "江门市气象台"})
    assert town.apply(city, at=T0 + MIN) == []


def test_a_newer_area_brings_sites_in_and_lets_sites_go(town: Town) -> None:
    town.apply(signal(Level.yellow, districts=("440785104000",)))
    moved = signal(Level.yellow, T0 + MIN, districts=("440785112000",))
    [revision] = town.apply(moved, at=T0 + MIN)
    assert revision.change == Change.area
    by_site = revision.sites.set_index("site")
    assert by_site.loc["pond", ["change", "ended"]].tolist() == ["left", "superseded"]
    assert by_site.loc["tanks", "change"] == "entered"


def test_a_part_of_a_county_may_be_red(town: Town) -> None:
    [revision] = town.apply(signal(Level.yellow), signal(
        Level.red, chain="b", districts=("440785104000",), facts={"issuer": "江门市气象台"}))
    assert tiers(revision) == {"pond": 5, "tanks": 3, "wharf": 3}


def test_our_gauge_cleared_cancels_and_a_signal_run_out_lapses(town: Town) -> None:
    rain = gauge(Level.orange, 52, 50)
    town.apply(rain)
    [cleared] = town.apply(over(rain, Ended.cleared, T0 + 90 * MIN), at=T0 + 90 * MIN)
    assert cleared.change == Change.cancel
    town.apply(signal(Level.yellow, T0 + 91 * MIN), at=T0 + 91 * MIN)
    end = T0 + 91 * MIN + timedelta(hours=6)
    with reading(town.engine) as connection:
        assert lifecycle.next_due(connection) == end
    assert town.apply(at=end - MIN) == []
    [lapsed] = town.apply(at=end)
    assert lapsed.change == Change.lapse
    assert [state for *_, state in town.states()] == ["cancelled", "lapsed"]


def test_a_deleted_quake_is_retracted(town: Town) -> None:
    shock = quake(5.6)
    [issued] = town.apply(shock)
    assert issued.scope == "incident:1"
    [gone] = town.apply(over(shock, Ended.retracted, T0 + 20 * MIN), at=T0 + 20 * MIN)
    assert gone.change == Change.retract
    assert town.states() == [("earthquake", "incident:1", "retracted")]


def test_an_aftershock_is_a_new_warning_beside_the_first(town: Town) -> None:
    town.apply(quake(5.6))
    [second] = town.apply(quake(5.0, T0 + MIN, incident=2), at=T0 + MIN)
    assert (second.change, second.number) == (Change.issue, 1)
    assert len(town.rows(t.warning, state="in_force")) == 2


def test_our_finding_under_an_official_signal_is_covered_until_two_tiers_above(town: Town) -> None:
    town.apply(signal(Level.yellow))
    assert town.apply(gauge(Level.orange, 52, 50, T0 + MIN), at=T0 + MIN) == []
    assert town.reasons() == ["official_in_force"]
    [revision] = town.apply(gauge(Level.red, 101, 100, T0 + 2 * MIN), at=T0 + 2 * MIN)
    assert revision.change == Change.upgrade
    assert tiers(revision) == {"pond": 5, "tanks": 3, "wharf": 3}
    assert revision.sites.set_index("site").loc["pond", "official"] == Level.yellow.rank


def test_a_signal_over_our_own_finding_is_news_and_keeps_our_higher_tier(town: Town) -> None:
    town.apply(gauge(Level.orange, 52, 50))
    [revision] = town.apply(signal(Level.yellow, T0 + MIN), at=T0 + MIN)
    pond = revision.sites.set_index("site").loc["pond"]
    assert (pond["change"], pond["tier"], pond["official"]) == ("raised", 4, 3)


def test_a_covered_finding_is_heard_again_when_the_signal_ends(town: Town) -> None:
    official = signal(Level.orange)
    town.apply(official)
    town.apply(gauge(Level.orange, 52, 50, T0 + MIN), at=T0 + MIN)
    [revision] = town.apply(over(official, Ended.cancelled, T0 + 9 * MIN), at=T0 + 9 * MIN)
    by_site = revision.sites.set_index("site")
    assert by_site.loc["pond", ["tier", "official", "change"]].tolist() == [4, 0, "lowered"]
    assert by_site.loc["tanks", ["change", "ended"]].tolist() == ["left", "cancelled"]
    assert town.states() == [("rainstorm", ENPING, "in_force")]


def test_unknown_neither_raises_nor_cancels_and_is_kept_as_unknown(town: Town) -> None:
    town.apply(gauge(Level.orange, 52, 50))
    blind = gauge(Level.orange, 52, 50, T0 + MIN, holds=Holds.unknown)
    assert town.apply(blind, at=T0 + MIN) == []
    assert town.reasons() == ["unknown"]
    assert [row["holds"] for row in town.rows(t.finding, ended_at=None)] == ["true", "unknown"]


def test_a_finding_that_reaches_no_site_is_stored_with_its_reason(town: Town) -> None:
    assert town.apply(signal(Level.red, districts=("441204000000",))) == []
    assert town.reasons() == ["no_site"]
    assert town.rows(t.finding)[0]["hazard"] == Hazard.rainstorm


def test_every_step_leaves_its_entry_in_the_ledger(town: Town) -> None:
    rain = gauge(Level.orange, 52, 50)
    town.apply(rain)
    town.apply(over(rain, Ended.cleared, T0 + MIN), at=T0 + MIN)
    assert [row["kind"] for row in town.rows(t.ledger_entry)] == [
        "finding.held", "warning.revised", "finding.ended", "warning.revised"]
