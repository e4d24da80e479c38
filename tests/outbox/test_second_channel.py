"""A red text in doubt, or that does not leave, goes by the person's other channel, marked."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, update
from warning_cast import MIN, T0, Town, signal

from fenghuo import alarms
from fenghuo.store import tables as t
from fenghuo.store.engine import writing
from fenghuo.words import Level


def in_doubt(town: Town, person: str, channel: str) -> None:
    with writing(town.engine) as connection:
        connection.execute(update(t.notice).where(
            t.notice.c.person == person, t.notice.c.channel == channel).values(state="in_doubt"))


def sms_alone(engine: Engine) -> Town:
    """A red signal told by an agreement that tells by SMS alone."""
    town = Town(engine)
    town.assess(signal(Level.red, districts=("440785112000",)))
    with writing(engine) as connection:
        for table, key in ((t.notice_item, t.notice_item.c.notice_id),
                           (t.notice_obligation, t.notice_obligation.c.notice_id),
                           (t.notice, t.notice.c.id)):
            connection.execute(table.delete().where(key.in_(
                [row["id"] for row in town.rows(t.notice, channel="email")])))
    return town


def test_a_red_text_in_doubt_for_a_minute_goes_by_the_other_channel_marked(engine: Engine) -> None:
    only_sms = sms_alone(engine)
    in_doubt(only_sms, "chen", "sms")
    only_sms.release(T0 + timedelta(seconds=59))
    assert only_sms.rows(t.notice, channel="email") == []
    only_sms.release(T0 + MIN)
    [mail] = only_sms.rows(t.notice, channel="email")
    assert (mail["reason"], mail["state"], mail["address"]) == (
        "second_channel", "queued", "chen@example.org")
    assert mail["text"].startswith("（短信未确认送达，同文改发邮件）【江门市应急管理局】转发")
    only_sms.release(T0 + 2 * MIN)
    assert len(only_sms.rows(t.notice, channel="email")) == 1


def test_where_mail_went_with_the_text_a_doubt_sends_nothing_more(town: Town) -> None:
    town.assess(signal(Level.red, districts=("440785112000",)))
    before = len(town.rows(t.notice))
    in_doubt(town, "chen", "sms")
    town.release(T0 + 5 * MIN)
    assert len(town.rows(t.notice)) == before


def test_a_red_text_that_waits_for_a_gateway_that_does_not_answer_goes_by_the_other_channel(
        engine: Engine) -> None:
    only_sms = sms_alone(engine)
    only_sms.release(T0 + MIN)
    assert only_sms.rows(t.notice, channel="email") == []  # a long queue is no outage
    with writing(engine) as connection:
        alarms.raise_alarm(connection, alarms.AlarmKind.gateway_silent, "twilio", "no answer", T0)
    only_sms.release(T0 + MIN)
    assert [mail["address"] for mail in only_sms.rows(t.notice, channel="email")] == [
        "chen@example.org"]
    only_sms.release(T0 + 2 * MIN)
    assert len(only_sms.rows(t.notice, channel="email")) == 1
