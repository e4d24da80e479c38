"""Who a finding reaches, and at which tier."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from fenghuo.agreements.findings import Epicentre, Finding, Reach, Step, WindCircle
from fenghuo.agreements.intensity import site_intensity
from fenghuo.contacts import Contacts
from fenghuo.exposure import expose
from fenghuo.words import Ended, Hazard, Holds, Level, RuleKind

Made = Callable[..., Finding]


def reached(frame: pd.DataFrame) -> dict[str, str]:
    return {row.site: Level.of_rank(row.tier).value  # type: ignore[union-attr]
            for row in frame.itertuples()}


def test_a_county_code_reaches_its_sites_whole(contacts: Contacts, finding: Made) -> None:
    found = expose([finding(Reach(districts=("440785000000",)))], contacts)
    assert set(found["site"]) == {"E-near", "E-pond", "E-notown"}
    assert set(found["scope"]) == {"440785000000"}


def test_a_town_code_reaches_its_own_sites_and_those_that_name_no_town(
    contacts: Contacts, finding: Made,
) -> None:
    found = expose([finding(Reach(districts=("440785103000",)))], contacts)
    assert set(found["site"]) == {"E-pond", "E-notown"}


@pytest.mark.parametrize(("code", "count"), [
    ("440700000000", 4), ("440000000000", 6), ("440781", 1), ("449999000000", 0), ("x", 0)])
def test_city_and_province_codes_reach_everything_below_them(
    contacts: Contacts, finding: Made, code: str, count: int,
) -> None:
    assert len(expose([finding(Reach(districts=(code,)))], contacts)) == count


def test_a_radius_reaches_by_distance(contacts: Contacts, finding: Made) -> None:
    found = expose([finding(Reach(radius_km=10.0, centre=(22.23, 112.27)))], contacts)
    assert set(found["site"]) == {"E-near", "E-pond"}


def test_an_area_reaches_what_lies_in_it_and_two_findings_keep_apart(
    contacts: Contacts, finding: Made,
) -> None:
    square = {"type": "Polygon", "coordinates": [[
        [112.5, 21.7], [112.6, 21.7], [112.6, 21.9], [112.5, 21.9], [112.5, 21.7]]]}
    found = expose([finding(Reach(radius_km=1.0, centre=(23.05, 112.47))),
                    finding(Reach(area=square), hazard=Hazard.typhoon)], contacts)
    assert found[["finding", "site", "hazard"]].to_numpy().tolist() == [
        [0, "Z-far", "rainstorm"], [1, "T-coast", "typhoon"]]


def test_a_station_reaches_the_sites_it_controls_and_never_by_distance(
    contacts: Contacts, finding: Made,
) -> None:
    found = expose([finding(Reach(station="haiyan"), metric="stage")], contacts)
    assert reached(found) == {"T-coast": "orange"}


def test_each_site_stands_at_its_own_action_stage(contacts: Contacts, finding: Made) -> None:
    own = finding(Reach(station="jinjiang"), tier=None, value=9.0,
                  steps=(Step(Level.orange, None),))
    assert reached(expose([own], contacts)) == {"E-near": "orange"}
    at = finding(Reach(station="jinjiang"), tier=None, value=9.5,
                 steps=(Step(Level.orange, None),))
    assert reached(expose([at], contacts)) == {"E-near": "orange", "E-pond": "orange"}
    above = finding(Reach(station="jinjiang"), tier=None, value=9.5,
                    steps=(Step(Level.orange, None, inclusive=False),))
    assert reached(expose([above], contacts)) == {"E-near": "orange"}


def test_a_finding_for_one_site_reaches_only_it(contacts: Contacts, finding: Made) -> None:
    assert reached(expose([finding(Reach(site="E-pond"))], contacts)) == {"E-pond": "orange"}
    assert expose([finding(Reach(site="nobody"))], contacts).empty


def quake(finding: Made, *steps: Step, magnitude: float = 5.6) -> Finding:
    return finding(Reach(epicentre=Epicentre(magnitude, 22.18, 112.30, 10.0)), tier=None,
                   kind=RuleKind.event, hazard=Hazard.earthquake, subject="incident:7",
                   metric="intensity", steps=steps)


STEPS = (Step(Level.yellow, 5.0), Step(Level.orange, 6.0), Step(Level.red, 7.0))


def test_every_site_has_its_own_intensity_and_the_incident_is_the_scope(
    contacts: Contacts, finding: Made,
) -> None:
    found = expose([quake(finding, *STEPS)], contacts)
    places = contacts.sites.set_index("site").loc[found["site"]]
    expected = site_intensity(Epicentre(5.6, 22.18, 112.30, 10.0), places["latitude"],
                              places["longitude"])
    np.testing.assert_allclose(found["value"].to_numpy(float), expected)
    assert set(found["scope"]) == {"incident:7"}
    assert "lost" not in set(found["site"])
    cut = np.floor(expected).clip(max=7) - 2
    np.testing.assert_array_equal(found["tier"].to_numpy(int), cut.astype(int))


def test_intensity_is_not_rounded_before_it_is_compared(contacts: Contacts, finding: Made) -> None:
    value = float(site_intensity(Epicentre(5.6, 22.18, 112.30, 10.0), [22.20], [112.30])[0])
    just = quake(finding, Step(Level.red, value))
    over = quake(finding, Step(Level.red, float(np.nextafter(value, 99))))
    assert "E-near" in reached(expose([just], contacts))
    assert "E-near" not in reached(expose([over], contacts))


def test_each_site_has_the_strongest_wind_whose_circle_holds_it(
    contacts: Contacts, finding: Made,
) -> None:
    # E-near lies 51 km from T-coast, E-pond 59, Z-far 139
    winds = (WindCircle(30, 21.80, 112.55, 60.0), WindCircle(50, 21.80, 112.55, 10.0),
             WindCircle(30, 21.80, 112.55, 5.0))
    made = finding(Reach(winds=winds), tier=None, value=None, hazard=Hazard.typhoon, steps=(
        Step(Level.yellow, 30), Step(Level.orange, 50)))
    exposed = expose([made], contacts).set_index("site")
    assert exposed["value"].to_dict() == {
        "E-near": 30, "E-pond": 30, "E-notown": 30, "T-coast": 50}
    assert exposed.loc["T-coast", ["tier", "scope"]].tolist() == [
        Level.orange.rank, "440781000000"]


def test_towns_left_out_keep_what_is_surely_in_them_out(
    contacts: Contacts, finding: Made,
) -> None:
    reach = Reach(districts=("440785000000",), but=("440785103000",))
    assert set(expose([finding(reach)], contacts)["site"]) == {"E-near", "E-notown"}


def test_a_stricter_industry_or_tag_raises_the_tier_and_never_beyond_red(
    contacts: Contacts, finding: Made,
) -> None:
    county = Reach(districts=("440785000000",))
    found = expose([finding(county, tier=Level.yellow, official_level=Level.yellow,
                            stricter={"tailings-pond": 1, "mine": 2, "quarry": 1})], contacts)
    assert reached(found) == {"E-near": "yellow", "E-pond": "red", "E-notown": "orange"}
    assert set(found["official_level"]) == {"yellow"}
    top = expose([finding(county, tier=Level.red, stricter={"mine": 3})], contacts)
    assert set(top["tier"]) == {Level.red.rank}


def test_a_stricter_site_below_every_step_stays_untold(contacts: Contacts, finding: Made) -> None:
    low = expose([finding(Reach(station="jinjiang"), tier=None, value=7.0, stricter={"mine": 1},
                          steps=(Step(Level.orange, None),))], contacts)
    assert low.empty


def test_only_findings_that_hold_reach_anybody(contacts: Contacts, finding: Made) -> None:
    county = Reach(districts=("440785000000",))
    found = expose([finding(county, holds=Holds.unknown), finding(county, holds=Holds.false),
                    finding(county, ended=Ended.cleared), finding(Reach())], contacts)
    assert found.empty and "tier" in found.columns
