"""What somebody else kept finds an owner who rewrote everything that is his, the file too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from fenghuo import ledger
from fenghuo.cli import app
from fenghuo.ledger import outside
from fenghuo.ledger.keys import signer
from fenghuo.settings import Settings
from fenghuo.store.engine import make_engine, writing
from fenghuo.store.tables import metadata


@pytest.fixture
def house(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, public_url="https://fenghuo.example/fenghuo",
                    database_url=f"sqlite:///{tmp_path}/fenghuo.db")


def seal(engine: Engine, house: Settings, now: datetime, *said: str) -> str:
    """Seal these entries; the note that a witness would be given."""
    with writing(engine) as connection:
        ledger.append_many(connection, [
            ("answer.received", f"person:{number}", {"answer": word})
            for number, word in enumerate(said)], now)
    ledger.seal(engine, house, now)
    note = outside.last_note(house.path(house.checkpoints))
    assert note is not None
    return note


def kinds(engine: Engine, house: Settings, now: datetime, witness: bytes) -> set[str]:
    verdict = ledger.verify_log(engine, ledger.public_key(house), house.path(house.checkpoints),
                                now, witness=witness)
    return {fault.kind for fault in verdict.faults}


def rewritten(house: Settings, now: datetime, *batches: tuple[str, ...]) -> Engine:
    """What an owner with the key can do: another history, sealed with the same key anew."""
    house.path(house.checkpoints).unlink()
    house.path(Path("rewritten.db")).unlink(missing_ok=True)
    made = make_engine(f"sqlite:///{house.home}/rewritten.db")
    metadata.create_all(made)
    for batch in batches:
        seal(made, house, now, *batch)
    return made


def mailed(note: str) -> bytes:
    """The note as it lies in a mailbox: wrapped for the way, under the sender's words."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = "fenghuo@city", "notary@court", "台账校验点"
    mail.set_content(f"请保存此邮件。\n\n{note}\n", cte="base64")
    return mail.as_bytes()


@pytest.mark.parametrize("kept_as", [str.encode, mailed, lambda note: note.replace(
    "\n", "\r\n").encode(), lambda note: "".join(
        f"> {line}\n" for line in note.splitlines()).encode()])
def test_a_log_rewritten_with_its_own_key_and_file_is_found_by_a_kept_note(
        kept_as: Callable[[str], bytes], engine: Engine, house: Settings, now: datetime) -> None:
    seal(engine, house, now, "1", "3")
    kept = kept_as(seal(engine, house, now, "1", "9"))
    seal(engine, house, now, "1")
    assert kinds(engine, house, now, kept) == set()
    same_sizes = rewritten(house, now, ("1", "3"), ("1", "1"), ("1",))
    assert kinds(same_sizes, house, now, kept) == {"forked"}
    other_sizes = rewritten(house, now, ("1", "3", "1", "1", "1"))
    assert kinds(other_sizes, house, now, kept) == {"altered"}
    cut = rewritten(house, now, ("1", "3"))
    assert kinds(cut, house, now, kept) == {"truncated"}


def test_an_older_copy_of_the_checkpoints_file_is_no_fault(
        engine: Engine, house: Settings, now: datetime) -> None:
    seal(engine, house, now, "1", "3")
    copy = house.path(house.checkpoints).read_bytes()
    seal(engine, house, now, "1")
    assert kinds(engine, house, now, copy + b'{"leaves": [') == set()
    assert kinds(rewritten(house, now, ("1", "1", "1")), house, now, copy) == {"altered"}


def test_a_file_without_a_checkpoint_of_ours_gives_no_verdict(
        engine: Engine, house: Settings, now: datetime) -> None:
    note = seal(engine, house, now, "1")
    stranger = signer(Settings(home=house.home / "other"), make=True).note(1, bytes(32))
    for nothing in (b"", b"hello", stranger.encode()):
        with pytest.raises(ValueError, match="found no checkpoint of"):
            kinds(engine, house, now, nothing)
    with pytest.raises(ValueError, match="no good signature"):
        kinds(engine, house, now, note.replace("\n1\n", "\n2\n").encode())


def test_verify_against_is_typed(engine: Engine, house: Settings, now: datetime,
                                 monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FENGHUO_HOME", str(house.home))
    monkeypatch.setenv("FENGHUO_DATABASE_URL", house.database_url)
    kept = house.home / "kept"
    kept.write_text(seal(engine, house, now, "1"))
    typed = ["ledger", "verify", "--against", str(kept)]
    assert CliRunner().invoke(app, typed).exit_code == 0
    kept.write_text(signer(house, make=False).note(1, bytes(32)))
    found = CliRunner().invoke(app, typed)
    assert found.exit_code == 1 and "forked" in found.output and "NOT SOUND" in found.output
    kept.write_text("lost")
    assert CliRunner().invoke(app, typed).exit_code == 2
