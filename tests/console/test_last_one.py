"""The page on which a person decides says when the last one hears."""

from __future__ import annotations

from datetime import timedelta

import pytest
from console_cast import NOW, OFFICER, Client, app_of, warn
from sqlalchemy import Engine, update

from fenghuo import changes
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import writing

ACCOUNT = {"twilio_account": "AC" + "0" * 32, "twilio_token": "x", "twilio_from": "+15005550001"}


def pages(house: Engine, settings: Settings, rate: str) -> tuple[str, str]:
    """The warning's page and the release's, in a house whose one gateway is so slow."""
    (settings.home / "rules" / "gateways.yaml").write_text(
        f"gateways:\n  slow: {{kind: twilio, per_second: {rate}}}\n")
    slow = Settings(home=settings.home, sandbox_url=settings.sandbox_url, **ACCOUNT)
    changes.adopt(house, slow, NOW)
    warn(house)
    with writing(house) as connection:
        connection.execute(update(t.obligation).values(answer_due=NOW + timedelta(minutes=10)))
        connection.execute(update(t.notice).where(t.notice.c.id == "b" * 32).values(state="held"))
    client = Client(app_of(slow))
    return (client.get("/warnings/7?lang=en", headers=OFFICER).text,
            client.get("/warnings/7/release?lang=en", headers=OFFICER).text)


@pytest.mark.parametrize(("rate", "said", "late"), [
    ("0.5", "1 texts wait; the last leaves slow in about 4 s; danger or the first answer due "
            "comes in 10 min 00 s", False),
    ("0.002", "the last leaves slow in about 16 min 40 s; danger or the first answer due comes in "
              "10 min 00 s, "
              "which is too late", True)])
def test_who_may_let_texts_go_reads_first_when_the_last_one_hears(
        house: Engine, settings: Settings, rate: str, said: str, late: bool) -> None:
    for page in pages(house, settings, rate):
        assert said in page
        assert ('<p id="last"><strong class="late">' in page) is late


def test_without_a_slow_gateway_nothing_is_said(house: Engine, client: Client) -> None:
    warn(house)
    assert 'id="last"' not in client.get("/warnings/7", headers=OFFICER).text
