"""What the console says of several gateways, and when none is left."""

from __future__ import annotations

import pytest
from delivery_cast import CHEN, NOON, City
from sqlalchemy import Engine

from fenghuo import alarms
from fenghuo.alarms.trust import Doubt
from fenghuo.channels.config import PATH
from fenghuo.console import machinery
from fenghuo.settings import Settings
from fenghuo.store import editions
from fenghuo.store.engine import reading, writing

HOUSE = Settings(twilio_account="AC" + "0" * 32, twilio_token="x", twilio_from="+15005550001",
                 sandbox_url="http://127.0.0.1:9", sandbox_smtp_port=9)
TWO = b"gateways:\n  mainland: {kind: twilio, countries: [+86]}\n  rest: {kind: twilio}\n"


@pytest.fixture
def city(engine: Engine) -> City:
    with writing(engine) as connection:
        digest, _ = editions.keep(connection, {PATH: TWO}, NOON, "test")
    return City(engine, digest)


def test_each_gateway_shows_only_what_waits_for_it(city: City) -> None:
    warning = city.warning()
    for n, address in enumerate((CHEN, CHEN, "+85291230001")):
        city.notice(warning, address=address, step=f"manual:{n}")
    with reading(city.engine) as connection:
        shown = {one.name: dict(one.queue) for one in machinery.ways_out(connection, HOUSE)}
    assert (shown["mainland"], shown["rest"]) == ({"queued": 2}, {"queued": 1})


def test_with_texts_and_mail_shut_a_gateway_of_calls_is_no_way_to_tell(city: City) -> None:
    with writing(city.engine) as connection:
        for name in ("mainland", "rest", "smtp"):
            alarms.raise_alarm(connection, alarms.AlarmKind.gateway_silent, name, "x", NOON)
    with reading(city.engine) as connection:
        assert "twilio-voice" in {one.name for one in machinery.ways_out(connection, HOUSE)}
        doubts = {one.doubt for one in machinery.distrust(connection, HOUSE, None, NOON)}
    assert Doubt.no_gateway in doubts
