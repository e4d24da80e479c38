"""The shipped contacts, and what is refused in anybody's."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from fenghuo import contacts
from fenghuo.contacts import Contacts, Person
from fenghuo.words import Refused

ROOT = Path(__file__).parents[2]
SITES, PEOPLE, POSTS, DISTRICTS, AREA = (
    f"contacts/{name}.csv" for name in ("sites", "people", "posts", "districts", "area"))
GOOD = {path: (ROOT / path).read_bytes() for path in (SITES, PEOPLE, POSTS, DISTRICTS, AREA)}


def changed(path: str, old: str, new: str) -> dict[str, bytes]:
    text = GOOD[path].decode()
    assert old in text
    return GOOD | {path: text.replace(old, new, 1).encode()}


def refusals(files: dict[str, bytes]) -> list[str]:
    with pytest.raises(Refused) as caught:
        contacts.read(files)
    return [str(refusal) for refusal in caught.value.refusals]


@pytest.fixture(scope="module")
def shipped() -> Contacts:
    return contacts.read(GOOD)


def test_the_shipped_contacts_are_good(shipped: Contacts) -> None:
    assert len(shipped.sites) == 16
    assert set(shipped.districts["status"]) == {"unverified"}
    assert shipped.sites["latitude"].dtype == "float64"


def test_every_county_of_both_cities_is_known(shipped: Contacts) -> None:
    counties = shipped.districts[shipped.districts["kind"] == "county"]
    assert (counties["parent"] == "440700000000").sum() == 7
    assert (counties["parent"] == "441200000000").sum() == 8


def test_a_site_knows_its_county_offices_and_people(shipped: Contacts) -> None:
    site = shipped.site("ep-wharf")
    assert (site["county"], site["station"], site["stage"]) == ("440785000000", "jinjiang", 9.5)
    assert math.isnan(shipped.site("ep-pond")["stage"])
    assert shipped.office_of("ep-wharf", "county") == "county:440785"
    assert shipped.office_of("gy-wharf", "city") == "city:441200"
    assert shipped.holder("ep-pond", "safety_officer") == Person(
        "li-an", "李安", "+8613800000001", "li-an@example.org", "zh")
    assert shipped.sites["site"].iloc[shipped.site_index["ts-site"]] == "ts-site"


def test_a_vacant_post_has_no_holder(shipped: Contacts) -> None:
    assert shipped.holder("ep-fireworks", "deputy") is None
    assert shipped.holder("nowhere", "head") is None


def test_one_person_may_answer_for_several_sites(shipped: Contacts) -> None:
    assert [place for place, _ in shipped.posts_of("li-an")] == ["ep-pond", "ep-mine", "ts-quarry"]


def test_towns_are_read_from_a_signal_and_a_list_names_each(shipped: Contacts) -> None:
    assert shipped.towns_in("影响金利、蚬岗镇。", "441204000000") == (
        "441204115000", "441204116000")
    assert shipped.towns_in("影响金利、蚬岗镇。", "440785000000") == ()
    assert shipped.towns_in("恩平市气象台发布暴雨橙色预警", "440785000000") == ()
    assert shipped.towns_in("恩城街道和大田镇", "440785000000") == (
        "440785001000", "440785109000")


def test_a_template_in_a_sites_name_is_kept_as_text() -> None:
    read = contacts.read(changed(SITES, "烽安化工罐区", "{{7*7}}"))
    assert read.site("ep-tanks")["name"] == "{{7*7}}"


def test_swapped_coordinates_are_refused_and_said_to_be() -> None:
    found = refusals(changed(SITES, "22.2250,112.2750", "112.2750,22.2250"))
    assert found == [
        "contacts/sites.csv:2:7 latitude: found 112.275, expected latitude 20 to 27 "
        "(latitude and longitude look swapped)",
        "contacts/sites.csv:2:8 longitude: found 22.225, expected longitude 109 to 118 "
        "(latitude and longitude look swapped)"]


@pytest.mark.parametrize("number", ["NaN", "1e999", "inf", "22,2"])
def test_a_coordinate_that_is_no_number_is_refused(number: str) -> None:
    found = refusals(changed(SITES, "22.2250,", f'"{number}",'))
    assert found == [f"contacts/sites.csv:2:7 latitude: found {number!r}, "
                     "expected a plain decimal number"]


@pytest.mark.parametrize("phone", ["1.38E+10", "13800000001", "+86 13800000001", "+861380000001",
                                   "+867507654321", "+8612345678901"])
def test_a_phone_that_is_no_mobile_in_e164_is_refused_and_masked(phone: str) -> None:
    found = refusals(changed(PEOPLE, "+8613800000001", phone))
    assert len(found) == 1 and found[0].startswith("contacts/people.csv:2:3 phone: found ")
    assert phone not in found[0].split(", expected")[0]


def test_doubled_ids_phones_and_addresses_are_refused_at_once() -> None:
    files = changed(PEOPLE, "zhou-ping,周平,+8613800000002,zhou-ping@",
                    "li-an,周平,+8613800000001,li-an@")
    assert [line.split(": ")[0] for line in refusals(files)[:3]] == [
        "contacts/people.csv:3:1 person", "contacts/people.csv:3:3 phone",
        "contacts/people.csv:3:4 email"]


@pytest.mark.parametrize("mark", ["\u202e", "\u200f", "\u200b", "\x1b"])
def test_a_name_with_a_hidden_character_is_refused(mark: str) -> None:
    found = refusals(changed(PEOPLE, "李安", f"李{mark}安"))
    assert found[0].startswith("contacts/people.csv:2:8: found U+")


def test_gbk_bytes_are_refused() -> None:
    files = GOOD | {PEOPLE: GOOD[PEOPLE].decode().encode("gbk")}
    assert "it reads as GBK/GB18030" in refusals(files)[0]


def test_posts_of_unknown_places_people_and_kinds_are_refused_at_once() -> None:
    text = GOOD[POSTS].decode() + (
        "ep-nowhere,head,li-an\ncounty:449999,duty,li-an\nep-pond,duty,li-an\n"
        "city:440700,head,li-an\nep-tanks,head,nobody\n")
    at = text.count("\n") - 4
    assert [line.split(", expected")[0] for line in refusals(GOOD | {POSTS: text.encode()})] == [
        f"contacts/posts.csv:{at}:1 place: found 'ep-nowhere'",
        f"contacts/posts.csv:{at + 1}:1 place: found 'county:449999'",
        f"contacts/posts.csv:{at + 2}:2 post: found 'duty'",
        f"contacts/posts.csv:{at + 3}:2 post: found 'head'",
        f"contacts/posts.csv:{at + 4}:3 person: found 'nobody'",
        f"contacts/posts.csv:{at + 4}:2 post: found 'head'"]


@pytest.mark.parametrize("line", [
    "county:440785,duty,duty-enping\n", "city:441200,duty,duty-zhaoqing\n"])
def test_a_county_or_city_with_sites_needs_a_duty_desk(line: str) -> None:
    place = line.split(",")[0]
    for new in ("", line.rsplit(",", 1)[0] + ",\n"):
        found = refusals(changed(POSTS, line, new))
        assert found == [f"contacts/posts.csv:1:1 place: found nobody at {place} duty, expected "
                         "a duty desk for every county and city that has sites"]


def test_an_unknown_district_and_a_stage_without_a_station_are_refused() -> None:
    assert "6 district: found '440785999000'" in refusals(
        changed(SITES, "440785104000", "440785999000"))[0]
    assert "10 stage: found 9.5" in refusals(changed(SITES, "jinjiang,9.50", ",9.50"))[0]


def test_a_town_outside_its_county_is_refused() -> None:
    found = refusals(changed(DISTRICTS, "440785109000,大田镇", "440784199000,大田镇"))
    assert any("a code inside 440785000000" in line for line in found)


def test_a_missing_table_and_a_fault_elsewhere_are_named_together() -> None:
    files = {path: content for path, content in
             changed(PEOPLE, "+8613800000001", "1.38E+10").items() if path != POSTS}
    assert len(refusals(files)) == 2


@pytest.mark.parametrize("box", ["27,109,20,118", "20,118,27,109", "-91,109,27,118"])
def test_a_service_area_whose_corners_are_out_of_order_is_refused(box: str) -> None:
    assert refusals(changed(AREA, "20,109,27,118", box)) == [
        f"contacts/area.csv:2:1 south: found {float(box.split(',')[0])}, "
        "expected south below north and west of east, in degrees"]
