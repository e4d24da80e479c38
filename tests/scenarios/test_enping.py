"""The proof: an invented M 5.6 near Enping, worked out by hand, counted at the outside.

The same night turns red when a threshold, a site or a reply is changed: a check that could not
fail would prove nothing.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select

from fenghuo import editions, ledger
from fenghuo.feeds import archive
from fenghuo.notices.explain import explain
from fenghuo.notices.reach import reach
from fenghuo.sandbox import scenario as scenarios
from fenghuo.sandbox.check import Check, check
from fenghuo.sandbox.log import Seen
from fenghuo.sandbox.rehearsal import Rehearsal, rehearsal
from fenghuo.store import tables as t
from fenghuo.store.engine import reading

ROOT = Path(__file__).parents[2]
SCENARIO = ROOT / "tests" / "scenarios" / "enping" / "scenario.yaml"


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rehearsal, Seen]]:
    """The night as it stands in the file, played once."""
    home = tmp_path_factory.mktemp("night")
    with rehearsal(home, SCENARIO, ROOT / "rules", ROOT / "contacts") as played:
        yield played, played.play()


def faults(seen: Seen) -> list[Check]:
    """What the scenario expects and the outside did not see."""
    return [line for line in check(scenarios.read(SCENARIO).expected, seen) if not line.good]


def test_the_phones_received_what_was_worked_out_by_hand(night: tuple[Rehearsal, Seen]) -> None:
    assert faults(night[1]) == []
    assert night[1].doubled() == []


def test_no_text_of_the_night_takes_more_than_two_parts(night: tuple[Rehearsal, Seen]) -> None:
    assert [text["body"] for text in night[1].texts() if int(text["segments"]) > 2] == []


def test_every_reach_sheet_adds_up(night: tuple[Rehearsal, Seen]) -> None:
    with reading(night[0].house.engine) as connection:
        warnings = connection.scalars(select(t.warning.c.id)).all()
        sheets = [reach(connection, warning) for warning in warnings]
        owed = connection.execute(select(t.obligation.c.warning_id, t.obligation.c.site)).all()
        lost = connection.execute(select(t.alarm.c.kind, t.alarm.c.detail).where(
            t.alarm.c.kind.in_(["reach_unbalanced", "obligations_overdue"]))).all()
    assert lost == []  # nor did the auditor find anything in any minute of the night
    # the quake's eight sites, the wharf's flood, the two towns' rain; offices are no sites
    assert [sum(sheet.sites.values()) for sheet in sheets] == [8, 1, 2]
    for sheet in sheets:
        mine = [row.site for row in owed if row.warning_id == sheet.warning_id]
        assert sum(sheet.obligations.values()) == len(mine)
        assert sum(sheet.sites.values()) == len({site for site in mine if ":" not in site})


def test_every_notice_walks_back_to_the_digest_of_an_archived_payload(
        night: tuple[Rehearsal, Seen]) -> None:
    house = night[0].house
    root = house.settings.path(house.settings.archive)
    with reading(house.engine) as connection:
        # a reply to somebody's words comes of those, an alarm of the watch: not of a payload
        notices = connection.scalars(select(t.notice.c.id).where(
            t.notice.c.occasion.not_like("reply:%"), t.notice.c.occasion.not_like("alarm:%"))).all()
        contacts = editions.load(connection, house.clock.now()).contacts
        for notice in notices:
            found = explain(connection, notice, contacts)
            assert found.because, notice
            assert found.payloads, notice
            for digest in found.payloads:
                assert hashlib.sha256(archive.read(root, digest)).hexdigest() == digest
    assert len(notices) == 27 + 21


def test_the_ledger_of_the_night_is_sound(night: tuple[Rehearsal, Seen]) -> None:
    house = night[0].house
    verdict = ledger.verify_log(house.engine, ledger.public_key(house.settings),
                                house.settings.path(house.settings.checkpoints), house.clock.now())
    assert verdict.sound, verdict.faults
    assert verdict.size > 100


def test_no_phone_number_stands_in_the_ledger(night: tuple[Rehearsal, Seen]) -> None:
    with reading(night[0].house.engine) as connection:
        canon = b"".join(bytes(row) for row in connection.scalars(select(t.ledger_entry.c.canon)))
    assert b"+8613800000" not in canon
    assert b"@example.org" in canon.replace(b"***", b"")  # masked ones are there
    assert b"li-an@example.org" not in canon


def test_the_same_night_passes_on_postgresql(tmp_path: Path, postgresql: str) -> None:
    with psycopg.connect(f"{postgresql}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE night")
    with rehearsal(tmp_path, SCENARIO, ROOT / "rules", ROOT / "contacts",
                   f"{postgresql}/night") as played:
        seen = played.play()
    played.house.engine.dispose()
    assert faults(seen) == []
    assert seen.doubled() == []


def threshold_one_higher(home: Path) -> None:
    _swap(home / "rules" / "agreements" / "seismic.yaml",
          "red:    {at_least: 7.0}", "red:    {at_least: 8.0}")


def site_moved_away(home: Path) -> None:
    _swap(home / "contacts" / "sites.csv", "22.2250,112.2750", "22.2250,113.2750")


def reply_removed(home: Path) -> None:
    _swap(home / "enping" / "scenario.yaml",
          '"+8613800000001": {manner: prompt, after: 90s}', '"+8613800000001": {manner: silent}')


@pytest.mark.parametrize("mutate", [threshold_one_higher, site_moved_away, reply_removed])
def test_a_mutation_turns_the_night_red(tmp_path: Path, mutate: Callable[[Path], None]) -> None:
    for name in ("rules", "contacts", "tests/scenarios/enping"):
        shutil.copytree(ROOT / name, tmp_path / Path(name).name)
    shutil.rmtree(tmp_path / "rules" / "tests")  # or the rules' own tests see it first
    mutate(tmp_path)
    with rehearsal(tmp_path, tmp_path / "enping" / "scenario.yaml", tmp_path / "rules",
                   tmp_path / "contacts") as played:
        seen = played.play()
    assert faults(seen) != []


def _swap(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, json.dumps(old)
    path.write_text(text.replace(old, new))
