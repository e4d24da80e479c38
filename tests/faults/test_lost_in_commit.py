"""PostgreSQL gone in the middle: whether a COMMIT was done cannot be known, and need not be."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

import pytest
from acts_cast import RAIN, RAIN_TELLS, Desk
from breaking_line import BreakingLine, breaking_line
from delivery_cast import ACCOUNT, CHEN, NOON, SENDER, City, Door, Provider, reply
from postgres_server import Postgres
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DBAPIError
from twilio.request_validator import RequestValidator

from fenghuo.acts import registering
from fenghuo.channels import gateways
from fenghuo.channels.sandbox_account import TOKEN
from fenghuo.clock import FixedClock, machine_now
from fenghuo.outbox import dispatch
from fenghuo.receipts.app import public_app
from fenghuo.receipts.front import Front
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import make_engine, reading
from fenghuo.words import Channel, NoticeState, ObligationStatus

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
done_or_not = pytest.mark.parametrize("done", [False, True], ids=["undone", "done"])


@pytest.fixture
def line(database_url: str) -> Iterator[BreakingLine]:
    with breaking_line(database_url) as made:
        yield made


@pytest.fixture
def far(line: BreakingLine, database: Engine) -> Iterator[Engine]:
    """The database by way of the line."""
    made = make_engine(line.url)
    yield made
    made.dispose()


def sending(engine: Engine, provider: Provider) -> Callable[[], int]:
    """A dispatch of texts as often as Airflow starts it, whatever the run before ended with."""
    settings = Settings(sandbox_url=provider.url, gateway_timeout=0.5, lease_seconds=1.0,
                        lease_margin=0.2, lookup_delays=(0.05, 0.1), dispatch_budget=8.0)
    sms = [one for one in gateways(settings) if one.channel is Channel.sms]

    def run() -> int:
        try:
            return dispatch(engine, sms, settings, FixedClock(NOON)).did
        except DBAPIError:
            return 1

    return run


def until_quiet(run: Callable[[], int]) -> None:
    deadline = machine_now() + 60
    while run():
        assert machine_now() < deadline, "the outbox does not come to rest"


@done_or_not
def test_a_line_lost_in_any_commit_of_a_dispatch_sends_every_text_once(
        city: City, far: Engine, line: BreakingLine, provider: Provider, done: bool) -> None:
    warning, run, keys = city.warning(), sending(far, provider), []
    for nth in count(1):
        keys += [city.notice(warning, step=f"manual:{nth}{n}", text=f"{nth} {n}") for n in range(3)]
        line.cut(nth, done)
        until_quiet(run)
        if not line.broke:
            break
    assert nth > 4, "the line broke in the claim, the record and what is beside them"
    assert sorted(provider.bodies()) == sorted(
        (CHEN, f"{one} {n}") for one in range(1, nth + 1) for n in range(3))
    assert {city.row(key).state for key in keys} == {NoticeState.accepted}


@done_or_not
def test_a_line_lost_in_the_commit_of_a_decision_decides_once(
        desk: Desk, far: Engine, line: BreakingLine, provider: Provider, done: bool) -> None:
    desk.act(registering.confirm, desk.act(registering.register, RAIN, by="zhang"), by="liu")
    near, desk.house = desk.house, type(desk.house)(desk.house.settings, far, desk.clock, ())
    line.cut(2, done)  # the first takes the step
    with pytest.raises(DBAPIError):
        desk.assess()
    assert line.broke and bool(desk.rows(t.notice)) == done
    desk.house = near
    desk.assess()
    until_quiet(sending(far, provider))
    assert sorted(to for to, _ in provider.bodies()) == RAIN_TELLS
    assert desk.ledger("warning.") == ["warning.revised"]


@done_or_not
def test_an_answer_whose_commit_was_not_heard_of_is_asked_for_again_and_counts_once(
        city: City, database: Engine, line: BreakingLine, provider: Provider, tmp_path: Path,
        done: bool) -> None:
    public = "https://warn.example/fenghuo"
    settings = Settings(home=tmp_path, database_url=line.url, public_url=public,
                        sandbox_url=provider.url)
    front = Front(settings)
    front.clock = FixedClock(NOON)
    _, owed, _ = city.told()
    city.code()

    def says() -> int:
        path, form = "/receipts/twilio/inbound", {
            "MessageSid": "SM" + "5" * 32, "AccountSid": ACCOUNT, "From": CHEN, "To": SENDER,
            "Body": "1 K47", "NumMedia": "0"}
        signature = RequestValidator(TOKEN).compute_signature(public + path, form)
        return Door(public_app(settings, front)).post(
            path, content=urlencode(form), headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Twilio-Signature": signature}).status_code

    try:
        line.cut(1, done)
        assert says() == 503 and line.broke
        assert (city.owed(owed).status == ObligationStatus.answered) == done
        assert says() == 200
    finally:
        front.close()
    assert city.owed(owed).status == ObligationStatus.answered
    with reading(database) as connection:
        assert [connection.scalar(select(func.count()).select_from(table))
                for table in (t.answer, t.inbound)] == [1, 1]


def test_a_server_that_dies_while_texts_are_under_way_loses_none_and_repeats_none(
        city: City, database: Engine, postgres: Postgres, provider: Provider) -> None:
    def meanwhile(at: Provider, handler: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        text = at.take(form)
        postgres.crash()
        postgres.start()
        reply(handler, 201, json.dumps(text))

    warning = city.warning()
    keys = [city.notice(warning, step=f"manual:{n}", text=f"text {n}") for n in range(20)]
    provider.plan = [meanwhile]
    until_quiet(sending(database, provider))
    assert sorted(provider.bodies()) == sorted((CHEN, f"text {n}") for n in range(20))
    assert {city.row(key).state for key in keys} == {NoticeState.accepted}
