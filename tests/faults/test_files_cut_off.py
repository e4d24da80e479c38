"""A process killed while it writes a file that others read: they find the old or the new one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from acts_cast import RAIN, Desk
from outside_cast import SEAL, Outside
from sqlalchemy import Engine

from fenghuo import ledger
from fenghuo.acts import registering
from fenghuo.escalation import call_pack
from fenghuo.settings import Settings
from fenghuo.store import tables as t


def in_force(desk: Desk) -> None:
    desk.act(registering.confirm, desk.act(registering.register, RAIN, by="zhang"), by="liu")
    desk.assess()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_call_pack_cut_off_by_a_kill_is_still_the_old_one_and_the_next_watch_writes_the_new(
        desk: Desk, outside: Outside, tmp_path: Path) -> None:
    def look() -> str:
        call_pack.look(desk.engine, desk.edition, desk.house.settings, desk.clock.at)
        return pack.read_text(encoding="utf-8")

    in_force(desk)
    pack = tmp_path / "var" / "call-pack.html"
    old = look()
    desk.after(20)
    at = desk.clock.at.isoformat()
    assert outside.step("watch", AT=at, FENGHUO_CRASH="before_in_place") == -9
    assert pack.read_text(encoding="utf-8") == old
    new = look()
    assert at in new.splitlines()[0] and new.rstrip().endswith("</html>")
    assert list(pack.parent.glob(".*")) == []
    revision = old.splitlines()[0].partition(" revision ")[2]
    assert new.splitlines()[0].endswith(f" revision {revision}")  # the same warning's


@pytest.mark.parametrize("point", ["before_sealed", "after_sealed"])
def test_a_sealer_killed_at_any_point_leaves_neither_a_gap_nor_a_fork(
        desk: Desk, database: Engine, outside: Outside, tmp_path: Path, point: str) -> None:
    in_force(desk)
    house = Settings(home=tmp_path)
    file = house.path(house.checkpoints)
    assert outside.run(SEAL, FENGHUO_CRASH=point)[0] == -9
    assert not file.exists()
    assert len(desk.rows(t.ledger_checkpoint)) == (point == "after_sealed")
    later = desk.clock.at + timedelta(minutes=1)
    ledger.seal(database, house, later)
    verdict = ledger.verify_log(database, ledger.public_key(house), file, later)
    assert (verdict.faults, verdict.unsealed) == ((), 0) and verdict.sound
    places = [row["position"] for row in desk.rows(t.ledger_entry)]
    assert sorted(places) == list(range(len(places))) and verdict.size == len(places) > 10
