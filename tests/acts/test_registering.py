"""A letter becomes a signal once a second person has read it, and not before."""

from __future__ import annotations

import hashlib
import json

import pytest
from acts_cast import DAM, RAIN, Desk

from fenghuo.acts import registering
from fenghuo.acts.refusing import NotPossible
from fenghuo.feeds import archive
from fenghuo.store import tables as t
from fenghuo.words import Refused


def entered(desk: Desk, **changes: object) -> int:
    return int(desk.act(registering.register, {**DAM, **changes}, by="zhang"))


def in_force(desk: Desk, **changes: object) -> int:
    key = entered(desk, **changes)
    desk.act(registering.confirm, key, by="liu")
    desk.assess()
    return key


def test_nobody_is_told_of_a_letter_that_one_person_alone_has_read(desk: Desk) -> None:
    entered(desk)
    desk.assess()
    assert desk.rows(t.event) == [] and desk.rows(t.notice) == []


def test_a_confirmed_letter_reaches_the_sites_of_its_river_with_their_hours(desk: Desk) -> None:
    in_force(desk)
    (warning,) = desk.rows(t.warning)
    assert (warning["hazard"], warning["scope"]) == ("flood", "440785000000")
    (exposed,) = desk.rows(t.exposure)
    assert (exposed["site"], exposed["tier"], exposed["official_level"], exposed["value"]) == (
        "wharf", "orange", None, 6.0)
    (finding,) = desk.rows(t.finding)
    assert finding["rule"] == "flood/flood-signal"
    assert finding["facts"]["arrival_hours"] == {"wharf": 6.0}
    # the officer's post is vacant
    assert {row["person"] for row in desk.rows(t.notice)} == {"desk"}


def test_the_proof_is_the_archived_registration(desk: Desk) -> None:
    key = in_force(desk, scan=b"%PDF-1.4 a scan")
    payload = desk.rows(t.event_revision)[0]["payload"]
    root = desk.house.settings.path(desk.house.settings.archive)
    said = json.loads(archive.read(root, payload))
    assert (said["id"], said["entered_by"], said["confirmed_by"]) == (key, "zhang", "liu")
    assert said["text"] == DAM["text"] and said["area"] == {"stations": {"jinjiang": 6.0}}
    assert said["scan"] == hashlib.sha256(b"%PDF-1.4 a scan").hexdigest()
    assert archive.read(root, said["scan"]) == b"%PDF-1.4 a scan"
    assert desk.rows(t.finding)[0]["proof"][0]["payload"] == payload


def test_whoever_entered_it_cannot_confirm_it(desk: Desk) -> None:
    key = entered(desk)
    with pytest.raises(NotPossible, match="entered by zhang: expected a second person"):
        desk.act(registering.confirm, key, by="Zhang ")
    assert desk.rows(t.registration)[0]["state"] == "waiting"


def test_each_act_done_twice_is_done_once(desk: Desk) -> None:
    assert entered(desk) == entered(desk) == 1
    event = desk.act(registering.confirm, 1, by="liu")
    assert desk.act(registering.confirm, 1, by="zhou") == event
    assert entered(desk) == 1
    desk.assess()
    desk.assess()
    assert len(desk.rows(t.event_revision)) == len(desk.rows(t.revision)) == 1
    for _ in range(2):
        desk.act(registering.retract, 1, by="liu", reason="wrong dam")
        desk.assess()
    assert len(desk.rows(t.event_revision)) == len(desk.rows(t.revision)) == 2
    assert desk.ledger("registration") == [
        "registration.entered", "registration.confirmed", "registration.retracted"]


def test_a_refused_one_is_never_told_and_says_why(desk: Desk) -> None:
    key = entered(desk)
    with pytest.raises(NotPossible, match="found no reason"):
        desk.act(registering.refuse, key, by="liu", reason=" ")
    for _ in range(2):
        desk.act(registering.refuse, key, by="liu", reason="the dam says it is last year's")
    with pytest.raises(NotPossible, match="was refused; enter it anew"):
        desk.act(registering.confirm, key, by="liu")
    desk.assess()
    assert desk.rows(t.notice) == []
    assert desk.rows(t.registration)[0]["reason"] == "the dam says it is last year's"
    assert desk.ledger("registration.refused") == ["registration.refused"]


def test_every_fault_of_a_letter_is_named_at_once(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        desk.act(registering.register, {
            "form": "rumour", "issuer": "", "caller": "x\u202ey", "hazard": "dragon",
            "level": "purple", "text": "t", "issued": "yesterday", "expires": "2026-06-08T11:00",
            "districts": "440785999000", "stations": {"nowhere": "soon"}, "message": "cancel",
            "colour": "red"}, by="zhang")
    found = {fault.place: str(fault) for fault in refused.value.refusals}
    assert set(found) == {"form", "issuer", "caller", "hazard", "level", "issued", "districts",
                          "stations", "replaces", "colour"}
    assert found["form"] == ("registration:form: found 'rumour', expected one of letter, fax, "
                             "call, instruction")
    assert "U+202E" in found["caller"]
    assert desk.rows(t.registration) == []


@pytest.mark.parametrize(("changes", "place"), [
    ({"issued": "2026-06-08T12:06"}, "issued"), ({"expires": "2026-06-08T12:00"}, "expires"),
    ({"stations": {}}, "districts"), ({"stations": "jinjiang=-1"}, "stations"),
    ({"stations": "jinjiang=nan"}, "stations"), ({"scan": "a path"}, "scan"),
    ({"message": "update", "replaces": "7"}, "replaces"), ({"replaces": "7"}, "replaces"),
    ({"text": "x" * 2001}, "text")])
def test_one_wrong_field_is_refused_by_name(
        desk: Desk, changes: dict[str, object], place: str) -> None:
    with pytest.raises(Refused) as refused:
        entered(desk, **changes)
    assert {fault.place for fault in refused.value.refusals} == {place}


def test_a_signal_by_telephone_is_relayed_at_its_own_level_to_its_district(desk: Desk) -> None:
    key = desk.act(registering.register, RAIN, by="zhang")
    desk.act(registering.confirm, key, by="liu")
    desk.assess()
    assert {(row["site"], row["official_level"]) for row in desk.rows(t.exposure)} == {
        ("pond", "red"), ("tanks", "red"), ("wharf", "red")}


def test_the_dams_next_letter_ends_what_the_first_began(desk: Desk) -> None:
    key = in_force(desk)
    desk.after(60)
    end = entered(desk, message="cancel", replaces=key, issued="2026-06-08T12:55",
                  text="锦江水库关闸，泄洪结束。")
    desk.act(registering.confirm, end, by="liu")
    desk.assess()
    assert [row["state"] for row in desk.rows(t.warning)] == ["cancelled"]
    assert [row["change"] for row in desk.rows(t.revision)] == ["issue", "cancel"]


def test_an_update_carries_the_same_warning_on_and_only_it_can_be_retracted(desk: Desk) -> None:
    key = in_force(desk)
    desk.send()
    desk.after(30)
    later = entered(desk, message="update", replaces=key, issued="2026-06-08T12:25", level="red",
                    stations="jinjiang=3", text="下泄流量加大到1500立方米每秒。")
    desk.act(registering.confirm, later, by="liu")
    desk.assess()
    assert [(row["tier"], row["official_level"], row["value"]) for row in desk.rows(
        t.exposure)] == [("orange", None, 6.0), ("red", "red", 3.0)]
    assert [row["state"] for row in desk.rows(t.warning)] == ["in_force"]
    assert [row["change"] for row in desk.rows(t.revision)] == ["issue", "upgrade"]
    with pytest.raises(NotPossible, match="registration 1 was replaced by 2: retract that"):
        desk.act(registering.retract, key, by="liu", reason="wrong")
    desk.act(registering.retract, later, by="liu", reason="wrong")
    desk.assess()
    assert [row["state"] for row in desk.rows(t.warning)] == ["retracted"]


def test_what_is_over_cannot_be_confirmed_any_more(desk: Desk) -> None:
    key = entered(desk, expires="2026-06-08T13:30")
    desk.after(90)
    with pytest.raises(NotPossible, match="is over since"):
        desk.act(registering.confirm, key, by="liu")
    with pytest.raises(NotPossible, match="found no registration 9"):
        desk.act(registering.confirm, 9, by="liu")
