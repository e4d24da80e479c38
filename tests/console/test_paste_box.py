"""The paste box: shown first, recorded only as it was shown, by whoever may act."""

from __future__ import annotations

import html
import re

import pytest
from console_cast import NOW, OFFICER, VIEWER, Client, fields, warn
from sqlalchemy import Engine, select, update

from fenghuo import editions
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing


@pytest.fixture
def named(house: Engine) -> tuple[str, str]:
    """The names of two people who owe one duty each: 703's and 702's."""
    warn(house)
    with reading(house) as connection:
        contacts = editions.load(connection, NOW).contacts
        people = [contacts.person(connection.scalar(select(t.obligation.c.person).where(
            t.obligation.c.id == key)) or "") for key in (703, 702)]
    return people[0].name, people[1].name  # type: ignore[union-attr]


def answers(house: Engine) -> list[tuple[int, str, str | None]]:
    a = t.answer.c
    with reading(house) as connection:
        return [(row.obligation_id, row.answer, row.entered_by) for row in connection.execute(
            select(a.obligation_id, a.answer, a.entered_by).order_by(a.id))]


def look(client: Client, text: str) -> str:
    """Paste into the box and press the button; the page that shows how each line counts."""
    box = client.get("/paste", headers=OFFICER)
    assert box.status_code == 200
    shown = client.post("/paste/look", fields(box.text) | {"text": text}, OFFICER)
    assert shown.status_code == 200, shown.text
    return shown.text


def form(page: str) -> dict[str, str]:
    """The fields of the form that records."""
    found = re.search(r'action="/fenghuo/paste/record".*?</form>', page, re.DOTALL)
    assert found is not None
    return {name: html.unescape(value) for name, value in re.findall(
        r'name="(\w+)" value="([^"]*)"', found[0], re.DOTALL)}


def test_lines_are_shown_first_and_recorded_as_they_were_shown(
        client: Client, house: Engine, named: tuple[str, str]) -> None:
    page = look(client, f"{named[0]} 收到\n王五 收到\n")
    assert "共 2 行，可记录 1 行" in page and "认不出人" in page and answers(house) == []
    done = client.post("/paste/record", form(page), OFFICER)
    assert (done.status_code, done.headers["location"]) == (303, "/fenghuo/silent")
    assert answers(house) == [(703, "1", "officer")]
    with reading(house) as connection:
        row = connection.execute(select(t.obligation).where(t.obligation.c.id == 703)).one()
    assert row.status == "answered"


def test_what_changed_meanwhile_is_shown_again_and_not_recorded(
        client: Client, house: Engine, named: tuple[str, str]) -> None:
    sent = form(look(client, f"{named[0]} 收到\n{named[1]} 收到"))
    with writing(house) as connection:
        connection.execute(update(t.obligation).where(t.obligation.c.id == 702)
                           .values(status="excused"))
    again = client.post("/paste/record", sent, OFFICER)
    assert again.status_code == 409 and "情况已变" in again.text and answers(house) == []
    assert client.post("/paste/record", form(again.text), OFFICER).status_code == 303
    assert [one[0] for one in answers(house)] == [703]


def test_a_line_that_was_changed_on_the_way_is_not_recorded(
        client: Client, house: Engine, named: tuple[str, str]) -> None:
    sent = form(look(client, f"{named[0]} 收到")) | {"text": f"{named[1]} 收到"}
    assert client.post("/paste/record", sent, OFFICER).status_code == 409
    assert answers(house) == []


def test_whoever_may_only_look_cannot_paste(
        client: Client, house: Engine, named: tuple[str, str]) -> None:
    sent = form(look(client, f"{named[0]} 收到"))
    assert client.get("/paste", headers=VIEWER).status_code == 403
    assert client.post("/paste/record", sent, VIEWER).status_code == 403
    assert client.post("/paste/record", sent, {"x-duty": "other:op"}).status_code == 403
    assert client.post("/paste/record", sent | {"mark": ""}, OFFICER).status_code == 403
    assert client.post("/paste/record", sent, OFFICER | {
        "sec-fetch-site": "cross-site"}).status_code == 403
    assert answers(house) == []
    assert "/paste" in client.get("/silent", headers=OFFICER).text
    assert "/paste" not in client.get("/silent", headers=VIEWER).text


def test_what_was_pasted_is_only_ever_data(client: Client, named: tuple[str, str]) -> None:
    page = look(client, "<script>alert(1)</script> 收到\n" + "x" * 30_000)
    assert "<script" not in page and "&lt;script&gt;" in page
