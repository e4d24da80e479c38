"""Acts from the console: two steps, only by those who may, only by their own form, with a name."""

from __future__ import annotations

from typing import Any

import pytest
from console_cast import OFFICER, VIEWER, Client, change_rules, fields, fill_desk, send, warn
from sqlalchemy import Engine

from fenghuo.console import doing, who
from fenghuo.console.asking import ACTS
from fenghuo.settings import Settings
from fenghuo.words import FenghuoError

OTHER = {"x-duty": "colleague:admin"}
HOLD = "/warnings/7/hold"


class Spy:
    """Stands in for an act; ``calls`` are (what, form, by, reason)."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, doing.Form, str, str]] = []
        self.error: FenghuoError | None = None

    def __call__(self, connection: Any, edition: Any, settings: Any, which: int,
                 form: doing.Form, *, by: str, reason: str, now: Any) -> None:
        if self.error:
            raise self.error
        self.calls.append((which, form, by, reason))


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch, house: Engine, settings: Settings) -> Spy:
    warn(house)
    fill_desk(house)
    change_rules(house, settings)
    made = Spy()
    monkeypatch.setattr(doing, "DOES", dict.fromkeys(ACTS, made))
    return made


@pytest.mark.parametrize(("path", "back"), [
    (HOLD, "/warnings/7"), ("/warnings/7/release", "/warnings/7"),
    ("/warnings/7/cancel", "/warnings/7"), ("/warnings/7/retract", "/warnings/7"),
    ("/warnings/7/resend?notice=" + "a" * 32, "/warnings/7"), ("/calls/1", "/warnings/7"),
    ("/inbound/1/accept", "/"), ("/inbound/1/dismiss", "/"), ("/alarms/1/acknowledge", "/"),
    ("/registrations/1/confirm", "/"), ("/registrations/1/refuse", "/"),
    *((f"/drafts/1/{name}", "/drafts/1") for name in
      ("approve", "sign", "refuse", "withdraw", "schedule", "override")),
    ("/editions/2/return", "/rules")])
def test_every_act_is_asked_first_then_done_by_name_then_left(
        client: Client, spy: Spy, path: str, back: str) -> None:
    assert spy.calls == []
    done = send(client, path, outcome="reached", answer="1")
    assert (done.status_code, done.headers["location"]) == (303, "/fenghuo" + back)
    (which, form, by, reason), = spy.calls
    assert (by, reason) == ("officer", "dam warden's word")
    assert which == {"warnings": 7, "editions": 2}.get(path.split("/")[1], 1)
    assert form.notice == ("a" * 32 if "resend" in path else "")


def test_looking_at_a_confirm_page_does_nothing(client: Client, spy: Spy) -> None:
    for _ in range(3):
        assert "1 texts to 1 people" in client.get(HOLD + "?lang=en", headers=OFFICER).text
    assert spy.calls == []


def test_whoever_may_only_look_is_refused_with_a_sentence(client: Client, spy: Spy) -> None:
    assert client.get(HOLD, headers=VIEWER).status_code == 403
    refused = send(client, HOLD, headers=VIEWER)
    assert refused.status_code == 403
    assert "无权操作" in refused.text
    assert client.post(HOLD, {}, None).status_code == 401
    assert spy.calls == []


@pytest.mark.parametrize("forged", ["", "9999999999.00", "x", "9999999999." + "0" * 64])
def test_a_form_without_its_mark_does_nothing(client: Client, spy: Spy, forged: str) -> None:
    refused = send(client, HOLD, mark=forged)
    assert refused.status_code == 403
    assert spy.calls == []


def test_the_mark_of_one_user_or_of_one_act_is_no_other_ones(client: Client, spy: Spy) -> None:
    assert send(client, HOLD, headers=OTHER).status_code == 403
    mark = fields(client.get(HOLD, headers=OFFICER).text)["mark"]
    for path in ("/warnings/7/cancel", "/warnings/8/hold", "/alarms/1/acknowledge"):
        assert client.post(path, {"mark": mark, "reason": "x"}, OFFICER).status_code == 403
    first = "/warnings/7/resend?notice="
    assert send(client, first + "a" * 32, notice="b" * 32).status_code == 403
    assert spy.calls == []


def test_a_mark_does_not_live_for_ever(client: Client, spy: Spy,
                                       monkeypatch: pytest.MonkeyPatch) -> None:
    page = fields(client.get(HOLD, headers=OFFICER).text) | {"reason": "late"}
    late = who.machine_now() + who.VALID + 1
    monkeypatch.setattr(who, "machine_now", lambda: late)
    assert client.post(HOLD, page, OFFICER).status_code == 403
    assert spy.calls == []


def test_a_form_sent_by_another_site_is_refused_though_its_mark_be_right(client: Client,
                                                                         spy: Spy) -> None:
    assert send(client, HOLD, headers=OFFICER | {"sec-fetch-site": "cross-site"}
                ).status_code == 403
    assert send(client, HOLD, headers=OFFICER | {"sec-fetch-site": "same-origin"}
                ).status_code == 303
    assert len(spy.calls) == 1


@pytest.mark.parametrize("reason", ["", "   "])
def test_an_act_without_a_reason_is_not_done(client: Client, spy: Spy, reason: str) -> None:
    answer = send(client, HOLD, reason=reason)
    assert answer.status_code == 400
    assert "found no reason" in answer.text
    assert spy.calls == []


def test_an_act_that_is_not_possible_says_why_in_its_own_form_without_an_address(
        client: Client, spy: Spy) -> None:
    spy.error = FenghuoError("the relay of <b>+8613800000001</b> is its issuer's to end")
    answer = send(client, "/warnings/7/cancel", reason="my \"reason\"")
    assert answer.status_code == 409
    assert "&lt;b&gt;+86138****0001" in answer.text
    assert 'value="my &#34;reason&#34;"' in answer.text


@pytest.mark.parametrize("path", ["/warnings/99/hold", "/calls/99", "/inbound/99/accept",
                                  "/alarms/99/acknowledge", "/registrations/99/confirm",
                                  "/warnings/7/resend?notice=" + "c" * 32])
def test_what_never_was_cannot_be_acted_upon(client: Client, spy: Spy, path: str) -> None:
    assert client.get(path, headers=OFFICER).status_code == 404
    assert spy.calls == []


def test_a_house_without_its_key_says_that_it_cannot_mark_a_form(
        client: Client, spy: Spy, settings: Settings) -> None:
    page = fields(client.get(HOLD, headers=OFFICER).text) | {"reason": "x"}
    settings.path(settings.signing_key).unlink()
    assert "no signing key yet" in client.get(HOLD, headers=OFFICER).text
    assert client.post(HOLD, page, OFFICER).status_code == 503
    assert spy.calls == []
