"""拟, check, 审, signature, hour, in force: each by another person, none skipped, all written."""

from __future__ import annotations

from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from change_cast import HOUR, RAIN, City
from sqlalchemy import Engine, update

from fenghuo import changes, pipeline
from fenghuo.acts.refusing import NotPossible
from fenghuo.changes import forcing
from fenghuo.store import tables as t
from fenghuo.store.engine import writing

LOWER = ("at_least: 50", "at_least: 45")
HIGHER = ("at_least: 50", "at_least: 60")


def limit(city: City) -> float | str:
    rule = next(one for one in city.edition.agreements[0].rules if one.id == "rain-gauge")
    return next(iter(rule.tiers.values())).limit


def test_a_draft_comes_into_force_at_its_hour_on_both_databases(town: City) -> None:
    key = town.draft(LOWER)
    row = town.row(key)
    assert (row["state"], row["faults"], row["hazards"], row["lessenings"]) == (
        "checked", [], ["rainstorm"], [])
    town.act(changes.approve, key, by="chen", reason="as agreed on Monday")
    town.act(changes.effective, key, at=town.clock.at + 2 * HOUR, by="li")
    assert changes.due(town.engine, town.clock.at) == (0, town.clock.at + 2 * HOUR)
    assert limit(town) == 50
    town.hours(2)
    assert changes.due(town.engine, town.clock.at) == (1, None)
    assert changes.due(town.engine, town.clock.at) == (0, None)
    assert (limit(town), town.row(key)["state"]) == (45, "in_force")
    assert town.row(key)["edition"] == town.edition.digest
    assert town.ledger("draft.") == [
        "draft.proposed", "draft.checked", "draft.approved", "draft.scheduled", "draft.in_force"]
    assert town.ledger("edition.") == ["edition.adopted"] * 2


def test_less_sensitive_rules_need_a_leader_who_did_nothing_else(city: City) -> None:
    key = city.draft(HIGHER)
    assert city.row(key)["lessenings"] == [
        "weather rain-gauge tiers.yellow: limit harder (6:00:00 at_least 50 → "
        "6:00:00 at_least 60)"]
    city.act(changes.approve, key, by="chen")
    with pytest.raises(NotPossible, match="a leader signs first"):
        city.act(changes.effective, key, at=city.clock.at, by="li")
    for by, said in (("chen", "chen approved it"), ("李安", "li proposed it"),
                     ("wu", "expected a leader to sign")):
        with pytest.raises(NotPossible, match=said):
            city.act(changes.sign, key, by=by)
    city.act(changes.sign, key, by="林带班", reason="seen")
    city.act(changes.effective, key, at=city.clock.at, by="li")
    pipeline.watch(city.house)
    assert limit(city) == 60


def test_a_leader_can_be_named_in_the_settings(city: City) -> None:
    key = city.draft(HIGHER)
    city.act(changes.approve, key, by="chen")
    named = city.settings.model_copy(update={"signers": ("op-wang",)})
    with writing(city.engine) as connection:
        changes.sign(connection, city.edition, named, key, by="op-wang", now=city.clock.at)
    assert city.row(key)["state"] == "signed"


def test_nobody_approves_his_own_draft_by_whatever_name(city: City) -> None:
    key = city.draft(LOWER)
    for by in ("li", "李安", " LI "):
        with pytest.raises(NotPossible, match="li proposed it: expected another person"):
            city.act(changes.approve, key, by=by)
    with pytest.raises(NotPossible, match="no name"):
        city.act(changes.approve, key, by=" ")
    assert city.row(key)["state"] == "checked"


def test_a_draft_that_makes_nothing_less_sensitive_needs_no_signature(city: City) -> None:
    key = city.draft(LOWER)
    city.act(changes.approve, key, by="chen")
    with pytest.raises(NotPossible, match="it needs no signature"):
        city.act(changes.sign, key, by="lin")


def test_no_step_is_skipped_and_none_is_done_twice(city: City) -> None:
    key = city.draft(LOWER, check=False)
    with pytest.raises(NotPossible, match="is not checked"):
        city.act(changes.approve, key, by="chen")
    with pytest.raises(NotPossible, match="is proposed, expected approved or signed"):
        city.act(changes.effective, key, at=city.clock.at, by="chen")
    changes.examine(city.engine, city.settings, key, by="li", now=city.clock.at)
    city.act(changes.approve, key, by="chen")
    with pytest.raises(NotPossible, match="is approved, expected checked"):
        city.act(changes.approve, key, by="wu")
    with pytest.raises(NotPossible, match="was checked before that"):
        changes.examine(city.engine, city.settings, key, by="li", now=city.clock.at)
    with pytest.raises(NotPossible, match="found no draft 99"):
        city.act(changes.approve, 99, by="wu")
    with pytest.raises(NotPossible, match="an hour that is not past"):
        city.act(changes.effective, key, at=city.clock.at - HOUR, by="li")


def test_one_person_is_enough_only_where_no_change_control_is(
        engine: Engine, tmp_path: Path) -> None:
    city = City.open(engine, tmp_path, change_control=True)
    key = city.draft(HIGHER)
    with pytest.raises(NotPossible, match="is checked, expected approved"):
        city.act(changes.effective, key, at=None, by="li")
    free = city.settings.model_copy(update={"change_control": False})
    with writing(engine) as connection:
        changes.effective(connection, city.edition, free, key, at=None, by="li",
                          now=city.clock.at)
    assert changes.due(engine, city.clock.at)[0] == 1 and limit(city) == 60


def test_every_fault_of_a_draft_is_kept_and_it_cannot_be_approved(city: City) -> None:
    key = city.draft(("at_least: 100", "at_least: 1e9"), ("radius: 10 km", "radius: ten"))
    row = city.row(key)
    assert row["state"] == "proposed"
    assert [fault.split(":")[0] for fault in row["faults"]] == [RAIN, RAIN]
    with pytest.raises(NotPossible, match="has 2 faults"):
        city.act(changes.approve, key, by="chen")
    assert city.ledger("draft.") == ["draft.proposed", "draft.faulty"]


def test_what_would_change_nothing_is_no_draft(city: City) -> None:
    with pytest.raises(NotPossible, match="expected a change"):
        city.draft()
    with pytest.raises(NotPossible, match="contacts change without a draft"):
        changes.propose(city.engine, city.settings, {"contacts/people.csv": b""}, by="li",
                        note="x", now=city.clock.at)
    with pytest.raises(NotPossible, match="no reason"):
        changes.propose(city.engine, city.settings, city.text(LOWER), by="li", note=" ",
                        now=city.clock.at)


def test_a_draft_is_withdrawn_or_refused_by_a_second_person(city: City) -> None:
    one, two = city.draft(LOWER), city.draft(HIGHER)
    city.act(changes.withdraw, one, by="li", reason="too early")
    with pytest.raises(NotPossible, match="expected another person to refuse it"):
        city.act(changes.refuse, two, by="li", reason="no")
    city.act(changes.refuse, two, by="chen", reason="misses the night of the 8th")
    assert [(city.row(key)["state"], city.row(key)["said"]) for key in (one, two)] == [
        ("withdrawn", "too early"), ("refused", "misses the night of the 8th")]
    for key in (one, two):
        with pytest.raises(NotPossible):
            city.act(changes.approve, key, by="chen")


def test_rules_that_changed_meanwhile_overtake_a_draft(city: City) -> None:
    late, first = city.scheduled(("window: 3h", "window: 4h"), hours=2), city.scheduled(LOWER)
    waiting = city.draft(("radius: 10 km", "radius: 12 km"))
    assert changes.due(city.engine, city.clock.at)[0] == 1
    assert city.row(first)["state"] == "in_force"
    with pytest.raises(NotPossible, match="other rules came into force"):
        city.act(changes.approve, waiting, by="chen")
    assert changes.due(city.engine, city.hours(2))[0] == 1
    assert (city.row(late)["state"], city.row(late)["reason"]) == ("refused", "overtaken")
    assert limit(city) == 45


def test_contacts_that_changed_meanwhile_go_with_a_draft(city: City) -> None:
    key = city.scheduled(LOWER, hours=1)
    people = city.home / "contacts" / "people.csv"
    people.write_text(people.read_text().replace("+8613800000001", "+8613800000099"))
    pipeline.watch(city.house)
    city.hours(1)
    pipeline.watch(city.house)
    assert city.row(key)["state"] == "in_force"
    person = city.edition.contacts.person("li")
    assert limit(city) == 45 and person and person.phone == "+8613800000099"


def test_a_newer_draft_replaces_the_one_in_force(city: City) -> None:
    first = city.change(LOWER)
    second = city.draft(("at_least: 50", "at_least: 40"))
    city.act(changes.approve, second, by="chen")
    city.act(changes.effective, second, at=city.clock.at, by="li")
    changes.due(city.engine, city.clock.at)
    assert [city.row(key)["state"] for key in (first, second)] == ["replaced", "in_force"]


def test_of_two_approvals_at_once_one_counts(town: City) -> None:
    key, said, start = town.draft(LOWER), [], Barrier(2)

    def approve(by: str) -> None:
        edition = town.edition
        start.wait()
        try:
            with writing(town.engine) as connection:
                changes.approve(connection, edition, town.settings, key, by=by, now=town.clock.at)
            said.append(by)
        except NotPossible as error:
            said.append(str(error))

    runs = [Thread(target=approve, args=(by,)) for by in ("chen", "wu")]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    winner = town.row(key)["approved_by"]
    assert sorted(said) == sorted([winner, f"draft {key} is approved, expected checked"])
    assert town.ledger("draft.approved") == ["draft.approved"]


def test_of_two_watches_at_once_one_puts_a_draft_in_force(town: City) -> None:
    key, did, start = town.scheduled(LOWER), [], Barrier(2)
    ruled = forcing._read

    def together(files: Any) -> Any:
        found = ruled(files)
        start.wait()
        return found

    def due() -> None:
        did.append(changes.due(town.engine, town.clock.at)[0])

    with pytest.MonkeyPatch.context() as both:
        both.setattr(forcing, "_read", together)
        runs = [Thread(target=due) for _ in range(2)]
        for run in runs:
            run.start()
        for run in runs:
            run.join()
    assert sorted(did) == [0, 1]
    assert town.row(key)["state"] == "in_force" and limit(town) == 45
    assert town.ledger("draft.in_force") == ["draft.in_force"]


def test_a_watch_that_dies_while_it_puts_a_draft_in_force_leaves_all_as_it_was(
        city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    key = city.scheduled(LOWER)

    def dies(*what: Any, **said: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as broken:
        broken.setattr("fenghuo.changes.forcing.ledger.append", dies)
        with pytest.raises(RuntimeError):
            changes.due(city.engine, city.clock.at)
    assert (limit(city), city.row(key)["state"]) == (50, "scheduled")
    assert changes.due(city.engine, city.clock.at)[0] == 1
    assert (limit(city), city.row(key)["state"]) == (45, "in_force")


def test_the_watch_says_when_the_next_draft_is_due(city: City) -> None:
    city.scheduled(LOWER, hours=3)
    report = pipeline.watch(city.house)
    assert report.next_due is not None and report.next_due <= city.clock.at + 3 * HOUR


def test_a_draft_that_no_longer_reads_is_refused_and_says_why(city: City) -> None:
    key = city.scheduled(LOWER)
    with writing(city.engine) as connection:
        connection.execute(update(t.draft_file).where(
            t.draft_file.c.draft == key, t.draft_file.c.path == RAIN).values(
                blob=city.rows(t.draft_file, draft=key, path="rules/feeds.yaml")[0]["blob"]))
    assert changes.due(city.engine, city.clock.at)[0] == 1
    row = city.row(key)
    assert (row["state"], row["reason"]) == ("refused", "unreadable")
    assert row["said"].startswith(RAIN)
