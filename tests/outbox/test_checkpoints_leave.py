"""The ledger's head leaves by e-mail: what the witness's mail server took finds a rewritten log."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from delivery_cast import NOON, City
from sqlalchemy import Engine, select, update
from typer.testing import CliRunner

from fenghuo import alarms, ledger
from fenghuo.channels import gateways
from fenghuo.cli import app
from fenghuo.clock import FixedClock
from fenghuo.notices import leaving
from fenghuo.outbox import dispatch
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import make_engine, reading, writing

MESSAGES = {f"rules/messages/{path.name}": path.read_text(encoding="utf-8") for path in
            (Path(__file__).parents[2] / "rules" / "messages").glob("checkpoint*.j2")}
HOUR = timedelta(hours=1)


@dataclass
class Witness:
    """A mail server that keeps what it took, byte for byte; ``says`` is its answer."""

    mails: list[bytes] = field(default_factory=list)
    says: str = "250 2.0.0 taken"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.says.startswith("250"):
            self.mails.append(envelope.original_content or b"")
        return self.says


@pytest.fixture
def witness() -> Iterator[tuple[Witness, int]]:
    kept, loop = Witness(), asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(
        lambda: SMTP(kept, loop=loop), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield kept, server.sockets[0].getsockname()[1]
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    server.close()
    loop.close()


@dataclass
class House:
    engine: Engine
    settings: Settings

    def minute(self, at: datetime, sends: bool = True) -> dict[str, int]:
        """What a watch and a dispatch do of it."""
        ledger.seal(self.engine, self.settings, at)
        with writing(self.engine) as connection:
            counts = leaving.look(connection, MESSAGES, self.settings, at)
        if sends:
            dispatch(self.engine, gateways(self.settings), self.settings, FixedClock(at))
        return counts

    def open(self) -> list[str]:
        with reading(self.engine) as connection:
            return [one.detail for one in alarms.open_alarms(connection, "checkpoint_kept")]

    def copies(self) -> list[Any]:
        with reading(self.engine) as connection:
            return list(connection.execute(select(t.checkpoint_copy).where(
                t.checkpoint_copy.c.way == "email").order_by(t.checkpoint_copy.c.id)))


@pytest.fixture
def house(engine: Engine, tmp_path: Path, witness: tuple[Witness, int]) -> House:
    with writing(engine) as connection:
        ledger.append(connection, "answer.received", "obligation:1", {"answer": "1"}, NOON)
    return House(engine, Settings(
        home=tmp_path, database_url=f"sqlite:///{tmp_path}/fenghuo.db",
        smtp_url=f"smtp://127.0.0.1:{witness[1]}", checkpoint_mail="notary@court.example"))


def test_what_a_witness_was_mailed_finds_a_log_that_was_rewritten(
        house: House, witness: tuple[Witness, int]) -> None:
    assert house.minute(NOON) == {"queued": 1}
    (mail,) = witness[0].mails
    assert b"notary@court.example" in mail
    key, file = ledger.public_key(house.settings), house.settings.path(house.settings.checkpoints)
    house.minute(NOON + timedelta(minutes=1))
    assert ledger.verify_log(house.engine, key, file, NOON, witness=mail).sound
    file.unlink()
    rewritten = house.settings.model_copy(update={
        "database_url": f"sqlite:///{house.settings.home}/other.db"})
    other = _empty(rewritten)
    with writing(other) as connection:
        ledger.append(connection, "answer.received", "obligation:1", {"answer": "3"}, NOON)
    ledger.seal(other, rewritten, NOON)
    assert ledger.verify_log(other, key, file, NOON).sound  # by all that is the owner's own
    verdict = ledger.verify_log(other, key, file, NOON, witness=mail)
    assert [fault.kind for fault in verdict.faults] == ["forked"]


def _empty(settings: Settings) -> Engine:
    made = make_engine(settings.url)
    t.metadata.create_all(made)
    return made


def test_one_leaves_a_day_and_one_an_hour_while_a_danger_is_in_force(
        house: House, witness: tuple[Witness, int], engine: Engine) -> None:
    for hours in range(25):
        house.minute(NOON + hours * HOUR)
    assert [copy.at for copy in house.copies()] == [NOON, NOON + 24 * HOUR]
    City(engine).warning()
    for minutes in range(0, 121, 20):
        house.minute(NOON + 25 * HOUR + timedelta(minutes=minutes))
    sizes = [copy.size for copy in house.copies()]
    assert len(witness[0].mails) == len(sizes) == 5 and sizes == sorted(set(sizes))
    assert {copy.place for copy in house.copies()} == {"n***@court.example"}


def test_nobody_is_mailed_where_nobody_is_named(house: House) -> None:
    alone = House(house.engine, house.settings.model_copy(update={"checkpoint_mail": None}))
    assert alone.minute(NOON) == {} and alone.copies() == []
    with reading(house.engine) as connection:  # the file outside is a way too
        (row,) = connection.execute(select(t.checkpoint_copy)).all()
    assert (row.size, row.way, row.at) == (1, "file", NOON)
    assert row.place == str(house.settings.path(house.settings.checkpoints))


@pytest.mark.parametrize("fate", ["refused", "never_taken", "returned"])
def test_one_that_could_not_leave_is_an_alarm_until_a_later_one_has(
        house: House, witness: tuple[Witness, int], fate: str, engine: Engine) -> None:
    if fate == "refused":
        witness[0].says = "554 5.7.1 not here"
    house.minute(NOON, sends=fate != "never_taken")
    if fate == "returned":
        with writing(engine) as connection:
            connection.execute(update(t.notice).values(delivery="failed"))
    house.minute(NOON + HOUR - timedelta(seconds=1), sends=False)
    assert len(house.open()) == (fate != "never_taken")
    house.minute(NOON + HOUR, sends=False)
    (detail,) = house.open()
    assert "checkpoint 1 to n***@court.example" in detail
    witness[0].says = "250 2.0.0 taken"
    with writing(engine) as connection:  # the gateway's own alarm would stop the lane
        connection.execute(update(t.notice).values(state="dropped", reason="expired"))
    house.minute(NOON + 24 * HOUR)
    house.minute(NOON + 24 * HOUR + timedelta(minutes=1))
    assert house.open() == [] and len(house.copies()) == 2


def test_an_alarm_of_a_witness_that_was_taken_away_is_over(
        house: House, witness: tuple[Witness, int]) -> None:
    witness[0].says = "554 5.7.1 not here"
    house.minute(NOON)
    house.minute(NOON + timedelta(minutes=1))
    assert house.open()
    House(house.engine, house.settings.model_copy(update={"checkpoint_mail": None})).minute(
        NOON + timedelta(minutes=2))
    assert house.open() == []


def test_what_left_is_listed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.minute(NOON)
    monkeypatch.setenv("FENGHUO_HOME", str(house.settings.home))
    monkeypatch.setenv("FENGHUO_DATABASE_URL", house.settings.database_url)
    monkeypatch.setenv("COLUMNS", "200")
    said = CliRunner().invoke(app, ["ledger", "checkpoints"]).output
    assert "n***@court.example" in said and "accepted" in said and "checkpoints.txt" in said
