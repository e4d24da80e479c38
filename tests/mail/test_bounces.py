"""A report of the mail system, by its bytes, in the house's own database."""

from __future__ import annotations

import pytest
from delivery_cast import NOON, City

from fenghuo import alarms
from fenghuo.channels.imap_mailbox import Raw
from fenghuo.channels.mail_addresses import Addresses
from fenghuo.receipts import mailbox
from fenghuo.store.engine import reading, writing
from fenghuo.words import Reason

BACK = Addresses("city@example.org", b"k" * 32)


def bounce(city: City, key: str, status: str, back: Addresses = BACK) -> Reason:
    content = (f"From: MAILER-DAEMON@mx\r\nTo: {back.make('b', key)}\r\n"
               'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
               "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
               f"Action: failed\r\nStatus: {status}\r\n\r\n--b--\r\n").encode()
    with writing(city.engine) as connection:
        return mailbox.receive(connection, BACK, Raw(1, content, True), NOON)


def mailed(city: City) -> tuple[int, str]:
    warning = city.warning()
    owed = city.obligation(warning, status="told", told_at=NOON)
    return owed, city.notice(
        warning, (owed,), channel="email", address="chen@example.org", state="accepted",
        gateway="smtp", provider_id="<1@example.org>", accepted_at=NOON, delivery="accepted")


@pytest.mark.parametrize(("status", "wrong"), [
    ("5.1.1", ["chen"]), ("5.2.1", ["chen"]), ("5.7.1", []), ("5.2.2", []), ("4.4.7", [])])
def test_a_bounce_makes_the_person_unreached_and_for_good_the_contact_wrong(
        city: City, status: str, wrong: list[str]) -> None:
    owed, key = mailed(city)
    assert bounce(city, key, status) is Reason.bounced
    assert (city.row(key).state, city.owed(owed).status) == ("failed", "unreachable")
    with reading(city.engine) as connection:
        assert [one.subject for one in alarms.open_alarms(connection, "contact_wrong")] == wrong
    assert bounce(city, key, status) is Reason.replayed


def test_a_forged_bounce_changes_nothing(city: City) -> None:
    owed, key = mailed(city)
    bounce(city, key, "5.1.1", Addresses("city@example.org", b"x" * 32))
    assert (city.row(key).state, city.owed(owed).status) == ("accepted", "told")
    with reading(city.engine) as connection:
        assert not alarms.open_alarms(connection, "contact_wrong")
