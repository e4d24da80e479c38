"""Mail through real servers: what goes out, what comes back, and what it does."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from delivery_cast import NOON, City
from mail_servers import CHEN, HOUSE, MailServers
from pydantic import SecretStr
from sqlalchemy import Engine, select, update

from fenghuo import alarms
from fenghuo.channels import Accepted, Outgoing, Rejected, of_channel
from fenghuo.channels.registry import gateways
from fenghuo.clock import FixedClock, machine_now
from fenghuo.outbox import dispatch, lanes
from fenghuo.receipts import mailbox
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Channel, Reason


def tell(city: City, settings: Settings, address: str = CHEN, person: str = "chen",
         **values: Any) -> tuple[int, str]:
    """A warning told to somebody by mail, through the gateway: (obligation, notice)."""
    warning = city.warning(**values)
    owed = city.obligation(warning, person, status="told", told_at=NOON)
    key = city.notice(warning, (owed,), channel="email", address=address, person=person,
                      state="accepted", gateway="smtp", accepted_at=NOON, delivery="accepted")
    outcome = of_channel(gateways(settings), Channel.email)[0].submit(
        Outgoing(key, Channel.email, address, "暴雨红色预警信号", "请立即停产撤人。1收到，码K47"))
    assert isinstance(outcome, Accepted)
    with writing(city.engine) as connection:
        connection.execute(update(t.notice).where(t.notice.c.id == key).values(
            provider_id=outcome.provider_id))
    return owed, key


def collect(engine: Engine, settings: Settings, enough: Any) -> None:
    """Read the mailbox until ``enough`` holds."""
    until = time.monotonic() + 30
    while not enough():
        mailbox.collect(engine, settings, NOON)
        assert time.monotonic() < until, "the mail did not come back"
        time.sleep(0.05)


def letters(engine: Engine) -> list[Any]:
    with reading(engine) as connection:
        return list(connection.execute(select(t.inbound).order_by(t.inbound.c.id)))


def arrived(servers: MailServers, notice: str) -> EmailMessage:
    return message_from_bytes(servers.wait("chen", notice.encode()), policy=default)


def queue_id(mail: EmailMessage) -> str:
    """Under which name Postfix took a mail."""
    found = re.search(r"by mx\S* .*?\bid (\w+)", " ".join(map(str, mail.get_all("Received", []))))
    assert found, mail.items()
    return found[1]


def reply_to(mail: EmailMessage, text: str, sender: str = CHEN, **headers: str) -> EmailMessage:
    answer = EmailMessage()
    answer["From"], answer["To"] = sender, str(mail["Reply-To"] or mail["From"])
    answer["Subject"] = f"Re: {mail['Subject']}"
    answer["In-Reply-To"] = str(mail["Message-ID"]).strip()
    for name, value in headers.items():
        answer[name.replace("_", "-")] = value
    answer.set_content(text)
    return answer


def test_a_reply_to_the_mail_answers_and_the_report_of_its_way_is_a_receipt(
        city: City, settings: Settings, servers: MailServers) -> None:
    owed, key = tell(city, settings)
    mail = arrived(servers, key)
    assert mail["Auto-Submitted"] == "auto-generated" and "+a." in mail["Reply-To"]
    assert re.search(r"\+b\.[a-z2-7]{42}@", str(mail["Return-Path"]))
    servers.send(reply_to(mail, "1 收到\n\n在 6月8日，烽火 写道：\n> 请立即停产撤人。3撤完9求助"),
                 CHEN, str(mail["Reply-To"]))
    collect(city.engine, settings, lambda: city.owed(owed).answer is not None
            and city.row(key).delivery == "sent")  # handed on to a server without reports
    assert city.owed(owed).answer == "1" and city.row(key).delivered_at is None
    seen = len(letters(city.engine))
    assert mailbox.collect(city.engine, settings, NOON) == 0
    assert len(letters(city.engine)) == seen


def test_a_mailbox_that_counts_anew_is_read_again_and_nothing_counts_twice(
        city: City, settings: Settings, servers: MailServers) -> None:
    owed, key = tell(city, settings)
    mail = arrived(servers, key)
    servers.send(reply_to(mail, "1"), CHEN, str(mail["Reply-To"]))
    collect(city.engine, settings, lambda: city.owed(owed).answer is not None)
    rows = [(row.provider_id, row.reason) for row in letters(city.engine)]
    with writing(city.engine) as connection:
        connection.execute(update(t.mailbox).values(validity=7))
    while mailbox.collect(city.engine, settings, NOON):
        pass
    again = [(row.provider_id, row.reason) for row in letters(city.engine)]
    assert again[:len(rows)] == rows and len({row[0] for row in again}) == len(again)
    with reading(city.engine) as connection:
        assert len(connection.execute(select(t.answer)).all()) == 1
        assert connection.scalar(select(t.mailbox.c.validity)) != 7


@pytest.mark.parametrize("headers", [
    {"Auto_Submitted": "auto-replied (vacation)"}, {"Precedence": "auto_reply"},
    {"X_Autoreply": "yes"}, {}], ids=["auto-submitted", "precedence", "autoreply", "subject"])
def test_an_out_of_office_note_is_no_answer(
        city: City, settings: Settings, servers: MailServers, headers: dict[str, str]) -> None:
    owed, key = tell(city, settings)
    mail = arrived(servers, key)
    note = reply_to(mail, "1 收到，我在休假", **headers)
    if not headers:
        note.replace_header("Subject", "自动回复：外出")
    servers.send(note, CHEN, str(mail["Reply-To"]))

    def noted() -> bool:
        return any(row.reason == Reason.out_of_office for row in letters(city.engine))

    collect(city.engine, settings, noted)
    assert city.owed(owed).answer is None


def test_a_refused_address_fails_at_once_and_a_dead_host_comes_back_as_a_bounce(
        city: City, settings: Settings, servers: MailServers) -> None:
    outcome = of_channel(gateways(settings), Channel.email)[0].submit(
        Outgoing("c" * 32, Channel.email, "nobody@city.example", "x", "y"))
    assert isinstance(outcome, Rejected) and outcome.permanent and outcome.reason == "address"
    owed, key = tell(city, settings, address="wang@far.example")
    collect(city.engine, settings, lambda: city.row(key).state == "failed")
    assert city.row(key).delivery == "failed" and "4.4" in city.row(key).error
    assert city.owed(owed).status == "unreachable"


def test_a_reply_from_elsewhere_or_to_the_bare_mailbox_waits_for_a_human(
        city: City, settings: Settings, servers: MailServers) -> None:
    owed, key = tell(city, settings)
    mail = arrived(servers, key)
    servers.send(reply_to(mail, "1", "stranger@city.example"), "stranger@city.example",
                 str(mail["Reply-To"]))
    bare = reply_to(mail, "1 谢谢")
    bare.replace_header("To", HOUSE)
    servers.send(bare, CHEN, HOUSE)
    forged = reply_to(mail, "1")
    forged.replace_header("To", HOUSE.replace("@", f"+a.{'a' * 42}@"))
    del forged["In-Reply-To"]
    servers.send(forged, CHEN, str(forged["To"]))

    def reasons() -> list[str]:
        return sorted(row.reason for row in letters(city.engine)
                      if row.handled is None)

    collect(city.engine, settings, lambda: len(reasons()) >= 3)
    assert set(reasons()) >= {Reason.probable, Reason.unknown_number}
    assert reasons().count(Reason.probable) == 2
    assert city.owed(owed).answer is None and city.row(key).state == "accepted"


def test_a_mailbox_that_cannot_be_read_is_one_alarm_that_ends(
        city: City, settings: Settings) -> None:
    deaf = settings.model_copy(update={"imap_url": SecretStr("imap://x:y@127.0.0.1:9/INBOX")})
    wrong = settings.model_copy(update={"imap_url": SecretStr(
        settings.imap_url.get_secret_value().replace("mailbox-of-a-test", "wrong"))})
    for bad in (deaf, wrong):
        assert mailbox.collect(city.engine, bad, NOON) == 0
    with reading(city.engine) as connection:
        open_ones = alarms.open_alarms(connection, "mailbox_unreachable")
    assert [one.count for one in open_ones] == [2]
    assert "127.0.0.1" not in open_ones[0].detail and "wrong" not in open_ones[0].detail
    mailbox.collect(city.engine, settings, NOON)
    with reading(city.engine) as connection:
        assert not alarms.open_alarms(connection, "mailbox_unreachable")


def test_a_mail_server_killed_in_the_middle_of_many_loses_none_and_what_came_twice_is_marked(
        city: City, engine: Engine, servers: MailServers, settings: Settings) -> None:
    slow = settings.model_copy(update={
        "gateway_timeout": 20.0, "lookup_delays": (0.05, 0.1), "dispatch_budget": 90.0})
    warning, mail = city.warning(), of_channel(gateways(slow), Channel.email)

    def send() -> int:
        return dispatch(engine, mail, slow, FixedClock(NOON)).did

    texts = [city.notice(warning, channel="email", address=CHEN, step=f"manual:{n}",
                         text=f"text {n}.") for n in range(60)]
    sending = threading.Thread(target=send)
    sending.start()
    servers.wait("chen", b"Message-ID", 60)
    servers.kill_postfix()
    sent = [city.row(key).state for key in texts].count("accepted")
    servers.start_postfix()
    sending.join()
    until = machine_now() + 120
    while send():
        assert machine_now() < until
    assert {city.row(key).state for key in texts} == {"accepted"} and sent < 60
    for key in texts:
        servers.wait("chen", key.encode(), 60)
    # Postfix itself may deliver what it took a second time: then both say one queue id
    taken = {(str(mail["Message-ID"]).strip(), queue_id(mail))
             for mail in (message_from_bytes(one, policy=default)
                          for one in servers.mails("chen"))}
    named = Counter(name for name, _ in taken)
    marked = {key for key in texts if city.row(key).maybe_doubled}
    twice = {name for name, times in named.items() if times > 1}
    assert len(named) == 60 and all(any(key in name for key in marked) for name in twice)
    assert len(marked) <= lanes.HANDS
