"""A red text in doubt, or that does not leave, goes by the person's other channel, marked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from acts_cast import Desk
from sqlalchemy import Connection, Engine, select, update
from warning_cast import MIN, T0, Town, signal

from fenghuo import alarms, assessing, pipeline
from fenghuo.channels import Gateway, Outcome, Outgoing
from fenghuo.outbox.second import by_second_channel, next_second
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Channel, Level


@dataclass
class Idle(Gateway):
    """A gateway that nothing is given to here."""

    channel: Channel = Channel.sms

    def submit(self, outgoing: Outgoing) -> Outcome:
        raise AssertionError(outgoing)


OWN = Idle(name="own", countries=("+86",))
ABROAD = Idle(name="abroad", countries=("+852",))


@pytest.fixture
def town(engine: Engine) -> Town:
    return Town(engine)


def release(town: Town, at: datetime, *made: Gateway) -> None:
    with writing(town.engine) as connection:
        by_second_channel(connection, made or (OWN, ABROAD), town.edition.contacts, at)


def silent(engine: Engine, gateway: str) -> None:
    with writing(engine) as connection:
        alarms.raise_alarm(connection, alarms.AlarmKind.gateway_silent, gateway, "no answer", T0)


def in_doubt(town: Town, person: str, channel: str) -> None:
    with writing(town.engine) as connection:
        connection.execute(update(t.notice).where(
            t.notice.c.person == person, t.notice.c.channel == channel).values(state="in_doubt"))


def sms_alone(engine: Engine) -> Town:
    """A red signal told by an agreement that tells by SMS alone."""
    town = Town(engine)
    town.assess(signal(Level.red, districts=("440785112000",)))
    with writing(engine) as connection:
        without_mail(connection)
    return town


def without_mail(connection: Connection) -> None:
    """As if the agreement told by SMS alone."""
    mails = list(connection.scalars(select(t.notice.c.id).where(t.notice.c.channel == "email")))
    for table, key in ((t.notice_item, t.notice_item.c.notice_id),
                       (t.notice_obligation, t.notice_obligation.c.notice_id),
                       (t.notice, t.notice.c.id)):
        connection.execute(table.delete().where(key.in_(mails)))


def test_a_red_text_in_doubt_for_a_minute_goes_by_the_other_channel_marked(engine: Engine) -> None:
    only_sms = sms_alone(engine)
    in_doubt(only_sms, "chen", "sms")
    release(only_sms, T0 + timedelta(seconds=59))
    assert only_sms.rows(t.notice, channel="email") == []
    release(only_sms, T0 + MIN)
    [mail] = only_sms.rows(t.notice, channel="email")
    assert (mail["reason"], mail["state"], mail["address"]) == (
        "second_channel", "queued", "chen@example.org")
    assert mail["text"].startswith("（短信未确认送达，同文改发邮件）【江门市应急管理局】转发")
    release(only_sms, T0 + 2 * MIN)
    assert len(only_sms.rows(t.notice, channel="email")) == 1


def test_where_mail_went_with_the_text_a_doubt_sends_nothing_more(town: Town) -> None:
    town.assess(signal(Level.red, districts=("440785112000",)))
    before = len(town.rows(t.notice))
    in_doubt(town, "chen", "sms")
    release(town, T0 + 5 * MIN)
    assert len(town.rows(t.notice)) == before


def test_a_red_text_that_waits_for_a_gateway_that_does_not_answer_goes_by_the_other_channel(
        engine: Engine) -> None:
    only_sms = sms_alone(engine)
    release(only_sms, T0 + MIN)
    assert only_sms.rows(t.notice, channel="email") == []  # a long queue is no outage
    silent(engine, "own")
    release(only_sms, T0 + MIN)
    assert [mail["address"] for mail in only_sms.rows(t.notice, channel="email")] == [
        "chen@example.org"]
    release(only_sms, T0 + 2 * MIN)
    assert len(only_sms.rows(t.notice, channel="email")) == 1


def test_a_red_text_does_not_go_another_way_for_a_gateway_that_is_not_its_own(
        engine: Engine) -> None:
    only_sms = sms_alone(engine)
    silent(engine, "abroad")
    release(only_sms, T0 + 5 * MIN)
    assert only_sms.rows(t.notice, channel="email") == []
    spare = Idle(name="spare", countries=("+86",))
    silent(engine, "spare")  # its own stands before it, and is well
    release(only_sms, T0 + 5 * MIN, OWN, spare)
    assert only_sms.rows(t.notice, channel="email") == []
    release(only_sms, T0 + 5 * MIN, spare, OWN)
    assert [mail["address"] for mail in only_sms.rows(t.notice, channel="email")] == [
        "chen@example.org"]


def test_a_text_that_waits_for_its_gateway_is_due_after_a_minute_and_once(engine: Engine) -> None:
    def due() -> datetime | None:
        with reading(engine) as connection:
            return next_second(connection, (OWN, ABROAD))
    only_sms = sms_alone(engine)
    with writing(engine) as connection:  # who has no mail is never helped by it
        connection.execute(update(t.notice).where(t.notice.c.person != "chen").values(
            state="accepted"))
    assert due() is None
    silent(engine, "own")
    assert due() == T0 + MIN
    release(only_sms, T0 + MIN)
    assert due() is None


def test_the_follow_up_says_when_that_is_and_does_it(engine: Engine, tmp_path: Path) -> None:
    desk = Desk.open(engine, tmp_path)
    house = replace(desk.house, given=(OWN, ABROAD))
    with writing(engine) as connection:
        assessing.settle(connection, desk.edition, house.settings, [signal(
            Level.red, districts=("440785112000",), agreement="meteorological",
            rule="meteorological/rainstorm-signal")], T0)
        without_mail(connection)
        connection.execute(update(t.notice).values(state="in_doubt"))
    assert pipeline.follow_up(house).next_due == T0 + MIN
    desk.after(1)
    told = pipeline.follow_up(house).counts["second_channel"]
    assert told == len(desk.rows(t.notice, channel="email")) > 0
    again = pipeline.follow_up(house)
    assert "second_channel" not in again.counts
    assert again.next_due is None or again.next_due > desk.clock.at
