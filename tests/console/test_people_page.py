"""Who can be reached: what is out of use, who never answered, and what may have gone out twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from console_cast import NOW, OFFICER, VIEWER, Client, section, warn
from sqlalchemy import Engine, insert

from fenghuo.contacts import addresses
from fenghuo.store import tables as t
from fenghuo.store.engine import writing
from fenghuo.words import Reason

LI_AN = "+8613800000001"


def opted_out(house: Engine) -> None:
    with writing(house) as connection:
        addresses.put_out(connection, "sms", LI_AN, Reason.opted_out, NOW, person="li-an",
                          error="stop")


def answered(house: Engine, at: datetime, word: str = "1", drill: bool = False) -> None:
    """li-an answers for the pond."""
    with writing(house) as connection:
        if drill:
            connection.execute(t.warning.update().values(drill_id=connection.execute(
                insert(t.drill).values(title="x", purpose="drill", hazard="gale", tier="red",
                                       audience=[], state="closed", by="x", opened=NOW)
            ).inserted_primary_key[0]))
        connection.execute(insert(t.answer).values(
            obligation_id=700, revision_id=70, person="li-an", answer=word, via="sms", at=at))


def people(client: Client, name: str) -> str:
    answer = client.get("/people?lang=en", headers=OFFICER)
    assert answer.status_code == 200, answer.text
    return section(answer.text, name)


def test_a_number_out_of_use_stands_on_the_pages_of_people_its_site_and_the_warning(
        house: Engine, client: Client) -> None:
    warn(house)
    opted_out(house)
    out = people(client, "out")
    assert "opted out" in out and "+86138****0001" in out and LI_AN not in out
    site = client.get("/sites/ep-pond?lang=en", headers=VIEWER).text
    assert "opted out" in section(site, "holders")
    assert "is out of use: stop" in section(site, "why"), "and why he was not told"
    assert "sms: opted out" in section(
        client.get("/warnings/7?lang=en", headers=OFFICER).text, "everybody")
    assert "<b>1</b>" in section(client.get("/?lang=en", headers=OFFICER).text, "duty")


def test_everything_is_named_in_chinese_too(house: Engine, client: Client) -> None:
    opted_out(house)
    assert "短信 已退订" in section(client.get("/sites/ep-pond", headers=OFFICER).text, "holders")


@pytest.mark.parametrize(("days", "word", "drill", "proves"), [
    (89, "1", False, True), (91, "1", False, False), (1, "4", False, False), (1, "1", True, True)])
def test_an_answer_of_ninety_days_proves_a_contact_be_it_in_a_drill(
        house: Engine, client: Client, days: int, word: str, drill: bool, proves: bool) -> None:
    warn(house)
    assert ">13800000001<" in people(client, "unproven")
    answered(house, NOW - timedelta(days=days), word, drill)
    rows = [row for row in people(client, "unproven").split("<tr>") if ">13800000001<" in row]
    assert bool(rows) is not proves
    at = (NOW - timedelta(days=days)).astimezone(ZoneInfo("Asia/Shanghai"))
    said = at.strftime("%Y-%m-%d") if word != "4" else "–"
    holders = section(client.get("/sites/ep-pond?lang=en", headers=OFFICER).text, "holders")
    assert f"last answered {said}" in holders


def test_a_reach_sheet_counts_the_messages_that_may_have_gone_out_twice(
        house: Engine, client: Client) -> None:
    warn(house)
    page = client.get("/warnings/7?lang=en", headers=OFFICER).text
    assert "1 messages maybe doubled" in section(page, "sheet")
    assert section(page, "everybody").count("maybe doubled") == 1
    with writing(house) as connection:
        connection.execute(t.notice.update().values(maybe_doubled=False))
    assert "maybe doubled" not in client.get("/warnings/7?lang=en", headers=OFFICER).text
