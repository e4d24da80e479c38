"""The outbox against a provider that counts at the outside."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from delivery_cast import (
    CHEN,
    LI,
    NOON,
    City,
    Provider,
    accepts,
    answers,
    hangs,
    refuses,
    resets,
)
from sqlalchemy import Engine, select, update

from fenghuo import alarms
from fenghuo.channels import Accepted, Ambiguous, Gateway, Outgoing, Unsupported, gateways
from fenghuo.channels.smtp import SmtpMail
from fenghuo.clock import FixedClock, machine_now
from fenghuo.outbox import dispatch, lanes, sending
from fenghuo.outbox.claims import Claim
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Channel, Delivery, NoticeState, ObligationStatus, Reason, StepReport


@dataclass
class Desk:
    """The outbox of a test: run it, at a city instant, with these settings."""

    engine: Engine
    settings: Settings
    more: dict[Channel, Gateway] = field(default_factory=dict)

    def run(self, at: timedelta = timedelta(0), **settings: Any) -> StepReport:
        changed = self.settings.model_copy(update=settings)
        made = (*(one for one in gateways(changed) if one.channel not in self.more),
                *self.more.values())
        return dispatch(self.engine, made, changed, FixedClock(NOON + at))

    def until_quiet(self, runs: int = 40) -> None:
        """Run until nothing waits on the machine clock any more."""
        for _ in range(runs):
            if self.run().did == 0:
                return
        raise AssertionError("the outbox does not come to rest")


@pytest.fixture
def desk(engine: Engine, provider: Provider) -> Desk:
    return Desk(engine, Settings(
        sandbox_url=provider.url, gateway_timeout=2.0, lease_seconds=1.0, lease_margin=0.2,
        lookup_delays=(0.05, 0.1, 0.15), dispatch_budget=10.0))


def test_a_notice_becomes_one_text_and_says_so(
        city: City, desk: Desk, provider: Provider) -> None:
    warning = city.warning()
    owed = city.obligation(warning)
    key = city.notice(warning, (owed,))
    report = desk.run()
    row = city.row(key)
    assert provider.bodies() == [(CHEN, row.text)]
    assert (row.state, row.delivery) == (NoticeState.accepted, Delivery.accepted)
    assert (row.provider_id, row.gateway) == (provider.texts[0]["sid"], "twilio")
    assert row.accepted_at == NOON and row.lease_until is None
    assert city.owed(owed).status == ObligationStatus.told
    assert report.counts == {"accepted": 1} and report.did == 1
    assert desk.run().did == 0


def test_red_goes_before_blue_and_the_older_first(
        city: City, desk: Desk, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "HANDS", 1)
    blue, red = city.warning("fog", tier="blue"), city.warning()
    city.notice(blue, rank=2, text="blue")
    city.notice(red, text="red late", created=NOON + timedelta(minutes=1), step="rung:1")
    city.notice(red, text="red early", created=NOON)
    desk.run()
    assert [body for _, body in provider.bodies()] == ["red early", "red late", "blue"]


def test_a_red_written_during_a_run_overtakes_what_still_waits(
        city: City, desk: Desk, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "HANDS", 1)
    monkeypatch.setattr(lanes, "QUICK", 0.0)  # nothing is claimed ahead
    blue, red = city.warning("fog", tier="blue"), city.warning()
    for n in range(12):
        city.notice(blue, rank=2, text=f"blue {n}", step=f"manual:{n}")

    def writes_red(*of: Any) -> None:
        city.notice(red, text="red")
        accepts(*of)

    provider.plan = [writes_red]
    desk.until_quiet()
    assert len(provider.bodies()) == 13
    assert [body for _, body in provider.bodies()].index("red") == 1


@pytest.mark.parametrize("strange", [
    hangs(0.8), resets, answers(200, "<html>", takes=True), answers(201, "{}", takes=True),
    answers(500, '{"code": 20500}', takes=True)],
    ids=["hangs", "reset", "html", "no sid", "500"])
def test_a_text_that_was_taken_all_the_same_is_adopted_not_repeated(
        city: City, desk: Desk, provider: Provider, strange: Any) -> None:
    key = city.notice(city.warning())
    provider.plan = [strange]
    desk.settings = desk.settings.model_copy(update={"gateway_timeout": 0.4})
    desk.until_quiet()
    row = city.row(key)
    assert len(provider.bodies()) == 1
    assert (row.state, row.reason) == (NoticeState.accepted, Reason.found_at_gateway)
    assert row.provider_id == provider.texts[0]["sid"]


def test_a_text_that_was_never_found_is_sent_again_after_every_look_up(
        city: City, desk: Desk, provider: Provider) -> None:
    key = city.notice(city.warning())
    provider.plan = [answers(503, "<html>")]
    desk.until_quiet()
    assert 1 <= provider.lists <= 3 and provider.posts == 2
    assert len(provider.bodies()) == 1 and city.row(key).state == NoticeState.accepted


def test_while_the_provider_cannot_be_asked_nothing_is_sent_again(
        city: City, desk: Desk, provider: Provider) -> None:
    key = city.notice(city.warning())
    provider.plan, provider.deaf = [resets], True
    for _ in range(3):
        desk.run(dispatch_budget=1.5)
    assert len(provider.bodies()) == 1 and city.row(key).state == NoticeState.in_doubt
    provider.deaf = False
    desk.until_quiet()
    assert len(provider.bodies()) == 1 and city.row(key).state == NoticeState.accepted


def test_two_equal_texts_in_doubt_do_not_adopt_each_others_sid(
        city: City, desk: Desk, provider: Provider) -> None:
    warning = city.warning()
    keys = [city.notice(warning, step=step, text="same") for step in ("first", "rung:1")]
    provider.plan = [resets, resets]
    desk.until_quiet()
    assert len(provider.bodies()) == 2
    assert len({city.row(key).provider_id for key in keys}) == 2


def test_too_many_requests_waits_and_loses_nothing(
        city: City, desk: Desk, provider: Provider, engine: Engine) -> None:
    key = city.notice(city.warning())
    provider.plan = [refuses(429, 20429, {"Retry-After": "60"})]
    before = machine_now()
    report = desk.run()
    row = city.row(key)
    assert row.state == NoticeState.queued and row.next_try >= before + 60
    assert provider.bodies() == [] and report.did > 0
    with writing(engine) as c:
        c.execute(update(t.notice).values(next_try=machine_now()))
    desk.run()
    assert len(provider.bodies()) == 1


@pytest.mark.parametrize(("code", "reason"), [
    (21211, Reason.bad_address), (21614, Reason.bad_address), (21610, Reason.opted_out)])
def test_a_bad_address_fails_at_once_and_the_person_is_unreachable(
        city: City, desk: Desk, provider: Provider, code: int, reason: Reason) -> None:
    warning = city.warning()
    owed = city.obligation(warning)
    key = city.notice(warning, (owed,))
    provider.plan = [refuses(400, code)]
    desk.run()
    row = city.row(key)
    assert (row.state, row.reason) == (NoticeState.failed, reason)
    assert (city.owed(owed).status, city.owed(owed).reason) == (
        ObligationStatus.unreachable, reason)
    desk.run()
    assert provider.posts == 1


def test_a_refusal_of_our_set_up_stops_that_gateway_and_raises_an_alarm(
        city: City, desk: Desk, provider: Provider, engine: Engine) -> None:
    warning = city.warning()
    for n in range(12):
        city.notice(warning, step=f"manual:{n}", text=f"text {n}")
    provider.plan = [refuses(401, 20003)] * 12
    desk.run()
    assert provider.posts <= 8
    with reading(engine) as c:
        assert [(one.kind, one.subject) for one in alarms.open_alarms(c)] == [
            ("gateway_refused", "twilio")]
    provider.plan = []
    desk.run()
    with reading(engine) as c:
        assert alarms.open_alarms(c) == []


def test_a_slow_gateway_holds_up_nobody_but_itself(
        city: City, desk: Desk, provider: Provider, engine: Engine) -> None:
    sent: list[str] = []
    all_sent = threading.Event()

    class Quick(SmtpMail):
        def submit(self, outgoing: Outgoing) -> Any:
            sent.append(outgoing.address)
            if len(sent) == 8:
                all_sent.set()
            return Accepted(f"<{outgoing.id}>")

    def waits_for_the_mails(*of: Any) -> None:
        in_time.append(all_sent.wait(20))
        accepts(*of)

    in_time: list[bool] = []

    desk.more[Channel.email] = Quick("smtp://x", "a@b.example", 1)
    warning = city.warning()
    for n in range(8):
        city.notice(warning, step=f"manual:{n}", text=f"text {n}")
        city.notice(warning, channel="email", address=f"p{n}@example.org")
    provider.plan = [waits_for_the_mails] * 8
    desk.run(gateway_timeout=30.0, dispatch_budget=80.0)
    assert len(sent) == 8 and in_time == [True] * 8
    assert len(provider.bodies()) == 8


def test_a_run_ends_within_its_budget_and_the_next_goes_on(
        city: City, desk: Desk, provider: Provider) -> None:
    warning = city.warning()
    for n in range(30):
        city.notice(warning, step=f"manual:{n}", text=f"text {n}")
    provider.plan = [hangs(0.3)] * 30
    desk.run(dispatch_budget=3.0)  # claims end after a quarter of it
    assert 0 < len(provider.bodies()) < 30
    desk.until_quiet()
    assert sorted(provider.bodies()) == sorted({(CHEN, f"text {n}") for n in range(30)})


def test_a_mail_in_doubt_is_sent_again_under_the_same_name_and_marked(
        city: City, desk: Desk) -> None:
    handed: list[str] = []

    class Lost(SmtpMail):
        def submit(self, outgoing: Outgoing) -> Any:
            handed.append(str(self.compose(outgoing)["Message-ID"]))
            return Ambiguous("lost") if len(handed) == 1 else Accepted(handed[-1])

    desk.more[Channel.email] = Lost("smtp://x", "a@b.example", 1)
    assert desk.more[Channel.email].lookup(Outgoing("", Channel.email, "", "", ""), 0) \
        == Unsupported()
    key = city.notice(city.warning(), channel="email", address="chen@example.org")
    desk.until_quiet()
    assert len(handed) == 2 and len(set(handed)) == 1
    assert city.row(key).state == NoticeState.accepted and city.row(key).maybe_doubled


@pytest.mark.parametrize("askable", [False, True])
def test_only_where_a_text_can_be_asked_for_more_is_claimed_than_hands_can_send(
        city: City, desk: Desk, monkeypatch: pytest.MonkeyPatch, askable: bool) -> None:
    class Quick(SmtpMail):
        def submit(self, outgoing: Outgoing) -> Any:
            return Accepted(outgoing.address)

    class Known(Quick):
        def lookup(self, outgoing: Outgoing, since: float) -> Any:
            return None

    taken: list[int] = []
    claim = lanes.claim

    def counted(*given: Any) -> list[Claim]:
        held = claim(*given)
        taken.append(len(held))
        return held

    monkeypatch.setattr(lanes, "claim", counted)
    for module, name in ((lanes, "QUICK"), (lanes, "FRESH"), (sending, "FRESH")):
        monkeypatch.setattr(module, name, 60.0)  # however busy this machine is
    desk.more[Channel.email] = (Known if askable else Quick)("smtp://x", "a@b.example", 1)
    warning = city.warning()
    for n in range(60):
        city.notice(warning, channel="email", address=f"p{n}@example.org", step=f"manual:{n}")
    desk.until_quiet()
    assert sum(taken) == 60 and (max(taken) > lanes.HANDS) == askable


def test_texts_without_a_gateway_are_an_alarm_and_expire_with_a_reason(
        city: City, desk: Desk, engine: Engine) -> None:
    warning = city.warning()
    owed = city.obligation(warning)
    key = city.notice(warning, (owed,), channel="email", address="chen@example.org")
    assert desk.run().next_due == NOON + timedelta(hours=3)
    with reading(engine) as c:
        assert [one.subject for one in alarms.open_alarms(c)] == ["channel:email"]
    desk.more[Channel.email] = SmtpMail("smtp://127.0.0.1:9", "a@b.example", 0.1)
    desk.run(dispatch_budget=6.0)
    with reading(engine) as c:
        assert [one.subject for one in alarms.open_alarms(c)] == ["smtp"]
    del desk.more[Channel.email]
    desk.run(at=timedelta(hours=3))
    assert (city.row(key).state, city.row(key).reason) == (NoticeState.dropped, Reason.expired)
    assert city.owed(owed).status == ObligationStatus.unreachable


def test_two_dispatchers_at_once_send_every_text_once(
        city: City, desk: Desk, provider: Provider) -> None:
    warning = city.warning()
    for n in range(24):
        city.notice(warning, step=f"manual:{n}", text=f"text {n}",
                    address=CHEN if n % 2 else LI)
    threads = [threading.Thread(target=desk.run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(provider.bodies()) == len(set(provider.bodies())) == 24


def test_every_outcome_is_in_the_ledger_without_an_address(
        city: City, desk: Desk, provider: Provider, engine: Engine) -> None:
    city.notice(city.warning())
    provider.plan = [resets]
    desk.until_quiet()
    with reading(engine) as c:
        entries = c.execute(select(t.ledger_entry.c.kind, t.ledger_entry.c.canon)).all()
    kinds = [one.kind for one in entries]
    assert kinds.index("notice.in_doubt") < kinds.index("notice.accepted")
    assert not any(CHEN.encode() in one.canon for one in entries)
