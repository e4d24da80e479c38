"""Claims: leases, tokens and what a former holder may still do."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from delivery_cast import NOON, City
from sqlalchemy import Connection, Engine, update

from fenghuo.channels import Accepted, Ambiguous, Rejected
from fenghuo.channels.smtp import SmtpMail
from fenghuo.channels.twilio_client import Lines
from fenghuo.channels.twilio_sms import TwilioSms
from fenghuo.outbox import results
from fenghuo.outbox.claims import (
    Claim,
    claim,
    doubt_the_dead,
    lease_seconds,
    mend_the_clock,
    send_again,
)
from fenghuo.outbox.routing import route
from fenghuo.settings import Settings
from fenghuo.store.engine import writing
from fenghuo.store.tables import notice
from fenghuo.words import Channel, NoticeState, Reason

SETTINGS = Settings(lookup_delays=(5.0, 20.0, 60.0))
GATEWAY = SmtpMail("smtp://x", "a@b.example", 1)
MAILED = SmtpMail("smtp://x", "a@b.example", 1, name="twilio", channel=Channel.sms)
TEXTS = TwilioSms(Lines("AC1", "x", 1.0), "+15005550006", "http://house")
ROUTE = route([TEXTS], TEXTS)
LATE = {
    "accepted": lambda c, held: results.accepted(
        c, [(held, Accepted("SM1"))], GATEWAY, (5.0,), NOON)[0],
    "rejected": lambda c, held: results.rejected(
        c, held, ROUTE, Rejected("address", True, ""), 0.0, NOON),
    "busy": lambda c, held: results.rejected(
        c, held, ROUTE, Rejected("busy", False, ""), 0.0, NOON),
    "ambiguous": lambda c, held: results.ambiguous(c, held, Ambiguous(""), (5.0,), NOON),
    "asked": lambda c, held: results.asked(c, held, True, 0.0),
    "dropped": lambda c, held: results.dropped(c, held, Reason.expired, NOON),
    "released": lambda c, held: results.released(c, held),
    "send_again": lambda c, held: send_again(c, held, 50.0, 0.0, False),
}


def a_dead_process() -> str:
    """The holder that a process was which has ended."""
    told = "from fenghuo.store import holders; print(holders.me())"
    return subprocess.run([sys.executable, "-c", told], capture_output=True, text=True,
                          check=True).stdout.strip()


def take(connection: Connection, machine: float, room: int = 9) -> list[Claim]:
    return claim(connection, ROUTE, room, 50.0, machine)


@pytest.mark.parametrize("act", LATE)
def test_a_holder_whose_notice_was_claimed_anew_writes_nothing(
        city: City, engine: Engine, act: str) -> None:
    key = city.notice(city.warning())
    with writing(engine) as c:
        [former] = take(c, 1000.0)
    with writing(engine) as c:
        assert doubt_the_dead(c, ROUTE, SETTINGS, 1050.0, NOON) == 1
    with writing(engine) as c:
        assert take(c, 1054.0) == []
        [present] = take(c, 1055.0)
    assert present.doubt and present.token == former.token + 1 and present.since == 1000.0
    before = city.row(key)
    with writing(engine) as c:
        assert LATE[act](c, former) is False
    assert city.row(key) == before


def test_a_claim_of_a_process_that_is_gone_is_asked_for_at_once_and_its_doubt_is_short(
        city: City, engine: Engine) -> None:
    warning = city.warning()
    key, other = (city.notice(warning, step=step) for step in ("first", "rung:1"))
    with writing(engine) as c:
        take(c, 1000.0)
        c.execute(update(notice).where(notice.c.id == key).values(holder=a_dead_process()))
    with writing(engine) as c:
        assert doubt_the_dead(c, ROUTE, SETTINGS, 1001.0, NOON) == 1
        [asks] = take(c, 1001.0)
    assert (asks.notice, asks.doubt, asks.doubt_until) == (key, True, 1006.0)
    assert city.row(key).reason == Reason.sender_gone
    assert city.row(other).state == NoticeState.claimed, "its process, this one, lives"


def test_where_a_provider_lists_nothing_a_dead_sender_is_doubted_like_any_other(
        city: City, engine: Engine) -> None:
    key = city.notice(city.warning())
    with writing(engine) as c:
        take(c, 1000.0)
        c.execute(update(notice).values(holder=a_dead_process()))
        assert doubt_the_dead(c, route([MAILED], MAILED), SETTINGS, 1001.0, NOON) == 1
    assert (city.row(key).next_try, city.row(key).doubt_until) == (1006.0, 1061.0)


def test_who_died_while_it_asked_leaves_the_doubt_to_the_next(city: City, engine: Engine) -> None:
    key = city.notice(city.warning(), state="in_doubt", doubt_until=1060.0, lookups=1)
    with writing(engine) as c:
        assert len(take(c, 1000.0)) == 1
    with writing(engine) as c:
        c.execute(update(notice).where(notice.c.id == key).values(holder=a_dead_process()))
        assert doubt_the_dead(c, ROUTE, SETTINGS, 1001.0, NOON) == 0
        [asks] = take(c, 1001.0)
    assert (asks.lookups, asks.doubt_until) == (1, 1060.0)


@pytest.mark.parametrize(("state", "ahead"), [
    ("claimed", {"lease_until": 4650.0}), ("in_doubt", {"doubt_until": 4660.0}),
    ("in_doubt", {"next_try": 4605.0}), ("queued", {"next_try": 4860.0})])
def test_a_clock_that_is_put_back_an_hour_leaves_nothing_waiting_for_it(
        city: City, engine: Engine, state: str, ahead: dict[str, float]) -> None:
    key = city.notice(city.warning(), state=state, **ahead)
    with writing(engine) as c:
        mend_the_clock(c, SETTINGS, 375.0, 1000.0)
    row = city.row(key)
    for name in ahead:
        assert 1000.0 <= getattr(row, name) <= 1060.0


def test_what_waits_as_long_as_it_may_is_left_alone(city: City, engine: Engine) -> None:
    key = city.notice(city.warning(), lease_until=1050.0, doubt_until=1060.0, next_try=1375.0)
    before = city.row(key)
    with writing(engine) as c:
        mend_the_clock(c, SETTINGS, 375.0, 1000.0)
    assert city.row(key) == before


def test_a_living_claim_is_nobody_elses(city: City, engine: Engine) -> None:
    city.notice(city.warning())
    with writing(engine) as c:
        assert len(take(c, 1000.0)) == 1
    with writing(engine) as c:
        assert doubt_the_dead(c, ROUTE, SETTINGS, 1049.9, NOON) == 0
        assert take(c, 1049.9) == []


def test_while_a_graver_text_is_in_some_hands_a_milder_one_is_not_claimed(
        city: City, engine: Engine) -> None:
    red = city.notice(city.warning())
    with writing(engine) as c:
        assert len(take(c, 1000.0)) == 1
    city.notice(city.warning("fog"), rank=2)

    def claimed(machine: float, **values: object) -> int:
        with writing(engine) as c:
            c.execute(update(notice).where(notice.c.id == red).values(token=1, **values))
            taken = take(c, machine)
            c.rollback()
        return len(taken)

    assert claimed(1000.9) == 0
    assert claimed(1001.0) == 1, "its own that hangs"
    assert claimed(1001.0, holder="another machine's") == 0
    assert claimed(1051.0, holder="another machine's") == 1, "its lease is over"
    assert claimed(1001.0, holder="another machine's", gateway="smtp") == 1
    assert claimed(1001.0, holder="another machine's", state="accepted") == 1


def test_a_gateway_is_asked_for_what_it_may_have_before_it_is_given_more(
        city: City, engine: Engine) -> None:
    first = city.notice(city.warning(), created=NOON)
    doubted = city.notice(city.warning("fog"), created=NOON + timedelta(minutes=1),
                          gateway="twilio", state="in_doubt", doubt_until=1060.0, next_try=1005.0)
    for machine, before in ((1004.0, first), (1005.0, doubted), (1060.0, first)):
        with writing(engine) as c:
            assert [one.notice for one in take(c, machine, room=1)] == [before]
            c.rollback()


def test_no_more_is_claimed_than_there_are_free_hands(city: City, engine: Engine) -> None:
    warning = city.warning()
    for n in range(5):
        city.notice(warning, step=f"manual:{n}")
    with writing(engine) as c:
        assert len(take(c, 1000.0, room=2)) == 2
        assert len(take(c, 1000.0, room=9)) == 3


def test_a_claim_given_back_unsent_is_no_doubt(city: City, engine: Engine) -> None:
    key = city.notice(city.warning())
    with writing(engine) as c:
        [held] = take(c, 1000.0)
        assert results.released(c, held)
    assert city.row(key).state == NoticeState.queued and city.row(key).attempts == 0
    with writing(engine) as c:
        [again] = take(c, 1001.0)
    assert not again.doubt


def test_a_lease_outlasts_both_time_outs_by_its_margin() -> None:
    assert lease_seconds(Settings()) >= 2 * Settings().gateway_timeout + 30
    assert lease_seconds(Settings(gateway_timeout=40.0)) == 110.0


def test_back_off_doubles_with_jitter_and_the_providers_word_comes_first() -> None:
    busy = Rejected("busy", False, "")
    for attempts, base in ((1, 2.0), (3, 8.0), (60, 300.0)):
        waits = {results.wait(busy, attempts) for _ in range(50)}
        assert min(waits) >= base * 0.75 and max(waits) <= base * 1.25 and len(waits) > 1
    assert 60 <= results.wait(Rejected("busy", False, "", retry_after=60.0), 1) <= 61


def test_an_unknown_refusal_is_tried_once_more_and_then_given_up(
        city: City, engine: Engine) -> None:
    key = city.notice(city.warning())
    unknown = Rejected("unknown", False, "99999", retries=1)
    for state in (NoticeState.queued, NoticeState.failed):
        with writing(engine) as c:
            [held] = take(c, 10_000.0 * city.row(key).attempts)
            assert results.rejected(c, held, ROUTE, unknown, 0.0, NOON)
        assert city.row(key).state == state
