"""Forged webhooks: refused whatever the state of the house, written down and never in a flood."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from delivery_cast import ACCOUNT, CHEN, NOON, SENDER, City, Door, Provider
from sqlalchemy import Engine, select
from twilio.request_validator import RequestValidator

from fenghuo.channels.sandbox_account import TOKEN
from fenghuo.clock import FixedClock
from fenghuo.receipts import refusals
from fenghuo.receipts.app import public_app
from fenghuo.receipts.front import Front
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import reading

PUBLIC = "https://warn.example/fenghuo"
FORM = {"MessageSid": "SM" + "5" * 32, "AccountSid": ACCOUNT, "From": CHEN, "To": SENDER,
        "Body": "1 K47"}


@pytest.fixture
def front(provider: Provider, tmp_path: Path, city: City) -> Iterator[Front]:
    made = Front(Settings(home=tmp_path, database_url=f"sqlite:///{tmp_path}/fenghuo.db",
                          public_url=PUBLIC, sandbox_url=provider.url), patience=0.05)
    made.clock = FixedClock(NOON)
    yield made
    made.close()


def post(front: Front, token: str = "not the provider's", path: str = "twilio/inbound",
         form: dict[str, str] = FORM) -> int:
    """A webhook signed under a token; the HTTP status it is answered with."""
    signed = RequestValidator(token).compute_signature(f"{PUBLIC}/receipts/{path}", form)
    return Door(public_app(front.settings, front)).post(
        f"/receipts/{path}", content=urlencode(form), headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": signed}).status_code


def traces(engine: Engine) -> list[dict[str, Any]]:
    with reading(engine) as c:
        return [json.loads(canon) for canon in c.scalars(
            select(t.ledger_entry.c.canon).where(t.ledger_entry.c.kind.startswith("webhook."))
            .order_by(t.ledger_entry.c.id))]


def test_a_forgery_is_written_down_without_what_it_says(front: Front, engine: Engine) -> None:
    assert post(front) == 403
    (trace,) = traces(engine)
    assert (trace["kind"], trace["subject"]) == ("webhook.forged", "gateway:twilio")
    assert trace["facts"]["kind"] == "inbound" and trace["facts"]["count"] == 1
    assert CHEN[1:] not in json.dumps(trace) and "K47" not in json.dumps(trace)


def test_a_flood_of_forgeries_is_one_entry_in_ten_minutes_with_their_number(
        front: Front, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    at = 1_000_000.0
    monkeypatch.setattr(refusals, "machine_now", lambda: at)
    assert {post(front, path=f"{name}/{kind}") for _ in range(50) for kind in ("status", "inbound")
            for name in ("twilio", "other", "%2e%2e%00")} == {403}
    assert [one["subject"] for one in traces(engine)] == [
        "gateway:twilio", "gateway:none of ours"]
    at += refusals.APART
    assert post(front) == 403
    assert [one["facts"]["count"] for one in traces(engine)] == [1, 1, 100]


def test_a_true_word_that_cannot_be_read_leaves_a_trace_too(front: Front, engine: Engine) -> None:
    assert post(front, TOKEN, form={"AccountSid": ACCOUNT, "Body": "1"}) == 400
    assert [one["kind"] for one in traces(engine)] == ["webhook.unreadable"]


@pytest.mark.parametrize("known", [True, False])
def test_while_the_database_is_gone_a_forgery_is_refused_and_a_true_word_is_to_come_again(
        front: Front, city: City, engine: Engine, tmp_path: Path, known: bool) -> None:
    _, owed, _ = city.told()
    city.code()
    if known:
        assert post(front, path="twilio/status") == 403
        front.close()
        del front.engine
    (tmp_path / "fenghuo.db").rename(tmp_path / "away.db")
    front.settings = front.settings.model_copy(
        update={"database_url": f"sqlite:///{tmp_path}/gone.db"})
    assert (post(front), post(front, TOKEN)) == (403, 503)
    # a name that only the lost list could know is not called a stranger's
    assert post(front, path="aliyun/status") == (403 if known else 503)
    (tmp_path / "away.db").rename(tmp_path / "fenghuo.db")
    front.settings = front.settings.model_copy(
        update={"database_url": f"sqlite:///{tmp_path}/fenghuo.db"})
    assert post(front, TOKEN) == 200
    assert city.owed(owed).answer == "1"


def test_what_could_not_be_written_on_a_locked_database_is_counted_on(
        front: Front, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = 1_000_000.0
    monkeypatch.setattr(refusals, "machine_now", lambda: at)
    lock = sqlite3.connect(tmp_path / "fenghuo.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    assert [post(front) for _ in range(3)] == [403, 403, 403]
    lock.execute("ROLLBACK")
    lock.close()
    assert traces(engine) == []
    at += refusals.AGAIN
    assert post(front) == 403
    assert [one["facts"]["count"] for one in traces(engine)] == [4]
