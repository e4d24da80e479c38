"""The confirm page: looking never acts, the code and the phone do."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from delivery_cast import CHEN, LI, NOON, City, Door
from sqlalchemy import Engine, func, select, update

from fenghuo import ledger
from fenghuo.channels import tokens
from fenghuo.clock import FixedClock, machine_now
from fenghuo.receipts.app import public_app, standalone
from fenghuo.receipts.front import Front
from fenghuo.receipts.limits import Brake
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import ObligationStatus


@pytest.fixture
def settings(tmp_path: Path, engine: Engine) -> Settings:
    (tmp_path / "signing.key").write_bytes(b"k" * 64)
    return Settings(home=tmp_path, database_url=f"sqlite:///{tmp_path}/fenghuo.db",
                    signing_key=Path("signing.key"))


@pytest.fixture
def front(settings: Settings) -> Front:
    made = Front(settings, patience=0.2, brake=Brake(wrong=3))
    made.clock = FixedClock(NOON + timedelta(minutes=5))
    return made


@pytest.fixture
def door(front: Front) -> Door:
    return Door(public_app(front.settings, front))


def fill(door: Door, path: str = "/confirm", **form: str) -> Any:
    return door.post(path, content=urlencode(form),
                     headers={"Content-Type": "application/x-www-form-urlencoded"})


def link(settings: Settings, notice: str, expires: float | None = None) -> str:
    key = tokens.link_key(settings)
    assert key is not None
    return f"/confirm/{tokens.make(key, notice, expires)}"


def answers(engine: Engine) -> int:
    with reading(engine) as c:
        return c.scalar(select(func.count()).select_from(t.answer)) or 0


def test_code_and_phone_answer(door: Door, city: City) -> None:
    _, owed, _ = city.told()
    city.code()
    page = fill(door, code=" k47 ", phone=CHEN[-4:], answer="3", number="26")
    assert page.status_code == 200 and "已记录" in page.text
    row = city.owed(owed)
    assert (row.status, row.answer, row.number) == (ObligationStatus.answered, "3", 26)


@pytest.mark.parametrize("form", [
    {"code": "K48", "phone": CHEN[-4:]}, {"code": "K47", "phone": "9999"},
    {"code": "K47", "phone": "%"}, {"code": "K47", "phone": ""}, {"code": "", "phone": ""},
    {"code": "K47", "phone": "____"}])
def test_a_wrong_code_or_phone_answers_nothing(
        door: Door, city: City, engine: Engine, form: dict[str, str]) -> None:
    city.told()
    city.code()
    assert fill(door, **form, answer="1").status_code == 403
    assert answers(engine) == 0


def test_guessing_is_braked_for_that_origin(door: Door, city: City, engine: Engine) -> None:
    city.told()
    city.code()
    for n in range(3):
        assert fill(door, code=f"A{n}0", phone="0001", answer="1").status_code == 403
    braked = fill(door, code="K47", phone=CHEN[-4:], answer="1")
    assert braked.status_code == 429 and int(braked.headers["retry-after"]) > 0
    assert answers(engine) == 0


def test_looking_at_a_link_changes_nothing(
        door: Door, city: City, engine: Engine, settings: Settings) -> None:
    _, owed, key = city.told()
    city.code()
    path = link(settings, key)
    for method in ("GET", "HEAD", "GET"):
        assert door.request(method, path).status_code == 200
    for method in ("OPTIONS", "PUT", "DELETE"):
        assert door.request(method, path).status_code == 405
    assert answers(engine) == 0 and city.owed(owed).status == ObligationStatus.told


def test_a_link_needs_the_code_and_answers_once(
        door: Door, city: City, engine: Engine, settings: Settings) -> None:
    _, owed, key = city.told()
    city.code()
    path = link(settings, key)
    assert fill(door, path, code="", answer="1").status_code == 403
    first = fill(door, path, code="K47", answer="1")
    assert first.status_code == 200 and city.owed(owed).status == ObligationStatus.answered
    second = fill(door, path, code="K47", answer="1")
    assert second.status_code == 200 and answers(engine) == 1
    assert "此前已经确认" in second.text and "chen" in second.text and "06-08 12:05" in second.text
    assert "chen" in door.get(path).text


def test_whoever_answered_is_given_a_proof_that_anybody_can_check(
        front: Front, door: Door, city: City, engine: Engine, settings: Settings) -> None:
    front.settings.path(front.settings.signing_key).unlink()
    ledger.seal(engine, settings, NOON)  # makes the house's key
    _, _, key = city.told()
    _, _, other = city.told(person="li", address=LI, hazard="flood")
    city.code()
    outside = Door(standalone(settings, front))
    base = urlsplit(settings.public_url).path
    assert "proof" not in outside.get(base + link(settings, key)).text
    page = fill(outside, base + "/confirm", code="K47", phone=CHEN[-4:], answer="3", number="26")
    path = re.search(r'href="([^"]+/proof)"', page.text)
    assert path is not None
    early = outside.get(path[1])
    assert (early.status_code, early.headers["retry-after"]) == (503, "60")
    ledger.seal(engine, settings, NOON)
    found = outside.get(path[1])
    assert found.status_code == 200 and "attachment" in found.headers["content-disposition"]
    entries = list(ledger.check_file(found.text.splitlines(), ledger.public_key(settings)))
    assert [(one["facts"]["person"], one["facts"]["answer"], one["facts"]["number"])
            for one in entries] == [("chen", "3", 26)]
    assert CHEN not in found.text
    assert path[1].rpartition("/")[0] in page.text
    assert 'proof"' in outside.get(base + link(settings, key)).text
    for nobody, status in ((link(settings, other), 404), (link(settings, key)[:-1] + "x", 403),
                           (link(settings, key, 1.0), 410)):
        assert outside.get(f"{base}{nobody}/proof").status_code == status


def test_a_second_answer_that_goes_further_counts(
        door: Door, city: City, settings: Settings) -> None:
    _, owed, key = city.told()
    city.code()
    fill(door, link(settings, key), code="K47", answer="1")
    fill(door, link(settings, key), code="K47", answer="3", number="4")
    assert (city.owed(owed).answer, city.owed(owed).number) == ("3", 4)


def test_a_forged_or_expired_link_is_gone(door: Door, city: City, settings: Settings) -> None:
    _, _, key = city.told()
    city.code()
    old = link(settings, key, machine_now() - 1)
    for path, status in ((old, 410), (link(settings, "f" * 32), 410), ("/confirm/v1.x", 403),
                         (link(settings, key)[:-2] + "xx", 403)):
        assert door.get(path).status_code == door.get(f"{path}/proof").status_code == status
        assert fill(door, path, code="K47", answer="1").status_code == status


@pytest.mark.parametrize("form", [
    {"answer": "7"}, {"answer": ""}, {}, {"answer": "3", "number": "-1"},
    {"answer": "3", "number": "9" * 30}, {"answer": "3", "number": "2e3"},
    {"answer": "3", "number": "１２"}])
def test_a_form_that_was_not_filled_in_answers_nothing(
        door: Door, city: City, engine: Engine, settings: Settings, form: dict[str, str]) -> None:
    _, _, key = city.told()
    city.code()
    assert fill(door, link(settings, key), code="K47", **form).status_code == 400
    assert answers(engine) == 0


def test_a_page_shows_a_text_as_text(door: Door, city: City, engine: Engine,
                                     settings: Settings) -> None:
    _, _, key = city.told()
    with writing(engine) as c:
        c.execute(update(t.notice).values(text="{{7*7}} <script>alert(1)</script>"))
    shown = door.get(link(settings, key)).text
    assert "{{7*7}}" in shown and "49" not in shown.split("{{7*7}}")[1][:10]
    assert "<script" not in shown and "&lt;script&gt;" in shown


def test_a_page_is_kept_by_nobody_and_tells_nobody(door: Door) -> None:
    headers = door.get("/confirm").headers
    assert headers["cache-control"] == "no-store" and headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "set-cookie" not in headers


def test_the_reader_is_spoken_to_in_his_language(
        door: Door, city: City, engine: Engine, settings: Settings) -> None:
    assert 'lang="zh-CN"' in door.get("/confirm").text
    assert "Confirm a warning" in door.get(
        "/confirm", headers={"Accept-Language": "en-GB,en;q=0.9"}).text
    _, _, key = city.told()
    with writing(engine) as c:
        c.execute(update(t.notice).values(language="en"))
    assert "Confirm a warning" in door.get(link(settings, key)).text


def test_after_everything_has_closed_an_answer_says_that_nothing_waits(
        door: Door, city: City, settings: Settings, engine: Engine) -> None:
    warning, _, key = city.told()
    city.code()
    city.revise(warning, "cancel")
    assert "没有需要" in fill(door, link(settings, key), code="K47", answer="1").text
    assert answers(engine) == 0


def test_it_runs_alone_under_the_path_of_the_public_address(settings: Settings) -> None:
    alone = Door(standalone(settings))
    assert alone.get("/fenghuo/confirm").status_code == 200
    assert alone.get("/confirm").status_code == 404
