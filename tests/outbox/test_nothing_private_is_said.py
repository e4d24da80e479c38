"""Gateways that fail while shouting numbers and passwords: nothing of it is written anywhere."""

from __future__ import annotations

import logging
import logging.config
import socket
import threading
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from delivery_cast import CHEN, LI, NOON, City, Provider, answers, refuses, resets
from pydantic import SecretStr
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError

from fenghuo import alarms
from fenghuo.channels import Ambiguous, Gateway, Outgoing, Rejected, gateways, of_channel
from fenghuo.channels.sandbox_account import TOKEN
from fenghuo.channels.smtp import SmtpMail
from fenghuo.clock import FixedClock
from fenghuo.outbox import dispatch
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Channel, masked

WORD = "Sesame-0pen"
MAIL = "chen.guo@example.org"
PRIVATE = (CHEN, LI, CHEN[1:], "%2B" + CHEN[1:], TOKEN, WORD, MAIL)
SHOUT = f"{CHEN} and {LI} and {MAIL} by smtp://fenghuo:{WORD}@mail.example"


@dataclass
class Loud(Gateway):
    """A gateway of somebody else, which repeats what it was given in whatever it says."""

    said: list[Any]
    name: str = field(default="loud", kw_only=True)
    channel: Channel = field(default=Channel.email, kw_only=True)
    sandbox: bool = field(default=True, kw_only=True)
    asked: list[str] = field(default_factory=list)

    def _next(self) -> Any:
        word = self.said.pop(0) if self.said else Ambiguous(SHOUT)
        if isinstance(word, Exception):
            raise word
        return word

    def submit(self, outgoing: Outgoing) -> Any:
        return self._next()

    def lookup(self, outgoing: Outgoing, since: float) -> Any:
        self.asked.append(outgoing.address)
        raise ValueError(SHOUT)


@pytest.fixture
def house(provider: Provider) -> Settings:
    return Settings(sandbox_url=provider.url, gateway_timeout=0.4, lease_seconds=1.0,
                    lease_margin=0.2, lookup_delays=(0.05, 0.1), dispatch_budget=3.0)


@pytest.fixture
def doorman() -> Iterator[str]:
    """A mail server that asks for a password and repeats it while it says no."""
    listening = socket.create_server(("127.0.0.1", 0))

    def talk() -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            with line, line.makefile("rwb") as stream:
                stream.write(b"220 here\r\n")
                stream.flush()
                for command in stream:
                    verb = command[:4].upper()
                    stream.write({b"EHLO": b"250-here\r\n250 AUTH PLAIN\r\n",
                                  b"QUIT": b"221 bye\r\n"}.get(
                        verb, f"535 not {WORD} of {CHEN}\r\n".encode()))
                    stream.flush()
                    if verb == b"QUIT":
                        break

    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    yield f"smtp://fenghuo:{WORD}@127.0.0.1:{listening.getsockname()[1]}"
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(2)


def written(engine: Engine) -> str:
    """Everything a person may read later without asking for an address."""
    with reading(engine) as c:
        found = [*c.scalars(select(t.notice.c.error)), *c.scalars(select(t.alarm.c.detail)),
                 *c.scalars(select(t.alarm.c.subject)),
                 *(bytes(one).decode() for one in c.scalars(select(t.ledger_entry.c.canon))),
                 *(str(tuple(row)) for row in c.execute(select(t.decision)))]
    return "\n".join(str(one) for one in found)


def say_nothing(*places: str) -> None:
    for place in places:
        for word in PRIVATE:
            assert word not in place, f"{word!r} in {place[max(0, place.index(word) - 200):][:400]}"


def run(engine: Engine, settings: Settings, made: Sequence[Gateway]) -> str:
    return repr(dispatch(engine, made, settings, FixedClock(NOON)))


def test_failing_gateways_leave_no_number_token_or_password_anywhere(
        city: City, engine: Engine, provider: Provider, house: Settings,
        caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    # as Airflow and uvicorn do at their start: every logger that was disabled speaks again
    logging.config.dictConfig({"version": 1, "disable_existing_loggers": False})
    caplog.set_level(logging.DEBUG)
    warning = city.warning()
    for n in range(4):
        city.notice(warning, (city.obligation(warning, site=f"s{n}"),), step=f"manual:{n}",
                    address=LI if n % 2 else CHEN, text=f"text {n}")
        city.notice(warning, channel="email", address=MAIL, step=f"manual:{n}", text=f"mail {n}")
    shout = f'{{"code": 21211, "message": "{SHOUT} {TOKEN}", "status": 400}}'
    provider.plan = [answers(400, shout), answers(500, shout), resets, refuses(401, 20003)]
    # the refusal of the whole gateway last: it stops what has not been handed over by then
    loud = Loud([RuntimeError(SHOUT), Ambiguous(SHOUT), Rejected("address", True, SHOUT),
                 Rejected("setup", False, SHOUT)])
    made, reports = (*of_channel(gateways(house), Channel.sms), loud), ""
    for _ in range(60):
        reports += run(engine, house, made)
        if loud.asked and provider.lists:
            break
    outcome = written(engine)
    assert "notice.failed" in outcome and "notice.in_doubt" in outcome
    assert "gateway_refused" in outcome and loud.asked and provider.lists
    assert "+86138****0001" in outcome, "masked, not lost"
    assert caplog.records, "the network's own loggers spoke at DEBUG"
    say_nothing(outcome, reports, caplog.text, "".join(capfd.readouterr()))


def test_a_mail_server_that_repeats_the_password_is_not_repeated(
        city: City, engine: Engine, house: Settings, doorman: str,
        caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(logging.DEBUG)
    settings = house.model_copy(update={"smtp_url": SecretStr(doorman)})
    city.notice(city.warning(), channel="email", address=MAIL)
    made = gateways(settings)
    mail, = of_channel(made, Channel.email)
    assert isinstance(mail, SmtpMail) and not mail.sandbox
    reports = run(engine, settings, made)
    assert "SMTP 535" in written(engine)
    say_nothing(written(engine), reports, caplog.text, repr(settings), repr(made),
                "".join(capfd.readouterr()))


def test_an_error_of_the_database_names_no_person(database: Engine) -> None:
    city = City(database)
    key = city.notice(city.warning())
    with reading(database) as c:
        item = dict(c.execute(select(t.notice_item)).mappings().one())
    assert item["notice_id"] == key and item["address"] == CHEN
    with pytest.raises(IntegrityError) as caught, writing(database) as c:
        c.execute(insert(t.notice_item).values(**item))
    say_nothing("".join(traceback.format_exception(caught.value)), repr(caught.value))


def test_an_alarm_masks_what_its_caller_forgot(engine: Engine) -> None:
    with writing(engine) as c:
        alarms.raise_alarm(c, "judging_failed", "event:1", f"RuntimeError: {SHOUT}", NOON)
        alarms.raise_alarm(c, "judging_failed", "event:1", f"again: {SHOUT}", NOON)
    say_nothing(written(engine))


def test_addresses_and_passwords_inside_a_sentence_are_masked() -> None:
    assert masked(SHOUT) == (
        "+86138****0001 and +86138****0002 and c***@example.org by smtp://***@mail.example")
    assert masked("GET /Messages.json?To=%2B8613800000001&PageSize=200") == (
        "GET /Messages.json?To=+86138****0001&PageSize=200")
    plain = f"stage 9.05 at 2026-06-08T12:00:00+08:00, SM{'0' * 32}, 1780891200000"
    assert masked(plain) == plain
