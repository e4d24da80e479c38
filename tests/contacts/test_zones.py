"""Functional zones (a high-tech zone, say): own codes, found with the county they lie in."""

from __future__ import annotations

import pytest
from contacts_cast import GOOD

from fenghuo import contacts
from fenghuo.contacts import Contacts
from fenghuo.exposure.index import SiteIndex
from fenghuo.words import Refused

DISTRICTS, SITES, POSTS = (f"contacts/{name}.csv" for name in ("districts", "sites", "posts"))
OWN = "990000000001,江门高新区,Jiangmen High-tech Zone,zone,440785000000,unverified\n"
ALIKE = "441299000000,肇庆高新区,Zhaoqing High-tech Zone,zone,441200000000,unverified\n"


def book(districts: str = "", district: str = "440785104000", posts: str = "") -> Contacts:
    """The shipped contacts with more districts and posts; ``ep-pond`` lies in ``district``."""
    return contacts.read(GOOD | {
        DISTRICTS: GOOD[DISTRICTS] + districts.encode(), POSTS: GOOD[POSTS] + posts.encode(),
        SITES: GOOD[SITES].replace(b"440785104000", district.encode(), 1)})


def refused(districts: str) -> list[str]:
    with pytest.raises(Refused) as caught:
        book(districts)
    return [str(refusal).partition("districts.csv:")[2] for refusal in caught.value.refusals]


def named(of: Contacts, *codes: str) -> set[str]:
    index = SiteIndex(of)
    return {str(index.names[row]) for row in index.in_districts(codes)}


def test_a_zones_site_belongs_to_the_county_it_lies_in() -> None:
    made = book(OWN, "990000000001")
    assert made.site("ep-pond")["county"] == "440785000000"
    assert made.office_of("ep-pond", "county") == "county:440785"
    assert made.office_of("ep-pond", "city") == "city:440700"


def test_a_signal_of_the_county_or_city_finds_the_zones_site_and_no_other_county_does() -> None:
    made = book(OWN, "990000000001")
    for code in ("440785000000", "440700000000", "990000000001"):
        assert "ep-pond" in named(made, code)
    assert "ep-pond" not in named(made, "440781000000")
    assert "ep-pond" not in named(made, "990000000000")


def test_a_signal_for_some_towns_finds_the_zones_site_for_nobody_can_say_it_is_not_there() -> None:
    made = book(OWN, "990000000001")
    assert "ep-pond" in named(made, "440785112000")
    index = SiteIndex(made)
    sure = {str(index.names[row]) for row in index.surely_in(["440785112000"])}
    assert "ep-tanks" in sure and "ep-pond" not in sure


def test_a_signal_for_the_zone_finds_its_sites_and_leaves_the_towns_in_peace() -> None:
    made = book(OWN, "990000000001")
    assert named(made, "990000000001") == {"ep-pond"}
    index = SiteIndex(made)
    assert [index.names[row] for row in index.surely_in(["990000000001"])] == ["ep-pond"]


def test_a_text_that_names_the_zone_is_read_as_one_that_names_a_town() -> None:
    made = book(OWN)
    assert made.towns_in("影响江门高新区和大田镇", "440785000000") == (
        "440785109000", "990000000001")


def test_a_zone_below_a_city_has_a_desk_of_its_own() -> None:
    desk = "county:441299,duty,duty-zhaoqing\n"
    made = book(ALIKE, "441299000000", desk)
    assert made.office_of("ep-pond", "county") == "county:441299"
    assert "ep-pond" in named(made, "441299000000") and "ep-pond" in named(made, "441200000000")
    with pytest.raises(Refused, match="nobody at county:441299 duty"):
        book(ALIKE, "441299000000")


@pytest.mark.parametrize(("row", "fault"), [
    (OWN.replace("440785000000", "440785104000"), "5 parent: found '440785104000', expected the "
     "code of a county or city of this list"),
    (OWN.replace("440785000000", ""), "5 parent: found '', expected the code of a county or city "
     "of this list"),
    (OWN.replace("990000000001", "449900000000"), "1 code: found '449900000000', expected a code "
     "of its own that does not end in six zeros"),
    (ALIKE.replace("441299", "440799"), "1 code: found '440799000000', expected a code inside "
     "441200000000"),
    (ALIKE.replace("441299000000", "441299100000"), "1 code: found '441299100000', expected a code "
     "that ends in six zeros, as a county's")])
def test_a_zone_in_a_wrong_place_of_the_tree_is_refused(row: str, fault: str) -> None:
    (found,) = refused(row)
    assert found.partition(":")[2] == fault
