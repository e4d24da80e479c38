"""Feeds on the scenario's clock, wrong payloads, scenarios read strictly, mail."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
import requests
from requests.exceptions import RequestException

from fenghuo.sandbox import scenario as scenarios
from fenghuo.sandbox.server import Running
from fenghuo.words import Refused

FEEDS = """
scenario: feeds
start: 2026-06-08T12:00:00+08:00
ends: 1h
feeds:
  signals:
    - {at: 0s, text: "<a href='{{base}}/feeds/signals/rain-1.xml'/>", type: application/xml}
  signals/rain-1.xml:
    - {at: 0s, text: "<alert/>", type: application/cap+xml}
  gauges:
    - {at: 0s, status: 503, text: busy}
  late:
    - {at: 5m, text: later}
  short:
    - {at: 0s, text: "a payload that breaks off", truncated: 5}
"""
Play = Callable[..., Running]


def get(url: str, **headers: str) -> requests.Response:
    return requests.get(url, headers=headers, timeout=10)


def test_an_index_names_its_documents_under_the_sandboxs_own_address(play: Play) -> None:
    running = play(FEEDS)
    index = get(f"{running.url}/feeds/signals")
    assert index.text == f"<a href='{running.url}/feeds/signals/rain-1.xml'/>"
    assert index.headers["content-type"] == "application/xml"
    assert get(f"{running.url}/feeds/signals/rain-1.xml").text == "<alert/>"


def test_an_unchanged_payload_answers_304_until_it_is_replaced(play: Play) -> None:
    running = play(FEEDS)
    url = f"{running.url}/feeds/signals/rain-1.xml"
    first = get(url)
    assert first.headers["last-modified"] == "Mon, 08 Jun 2026 04:00:00 GMT"
    again = get(url, **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    requests.put(f"{running.url}/control/feeds/signals/rain-1.xml", data=b"\xb9\xe3\xb6\xab",
                 headers={"Content-Type": "application/xml"}, timeout=10).raise_for_status()
    changed = get(url, **{"If-None-Match": first.headers["etag"]})
    assert (changed.status_code, changed.content) == (200, b"\xb9\xe3\xb6\xab")
    served = [(one["status"], one["new"]) for one in running.seen().of("feed")]
    assert served == [(200, True), (304, False), (200, True)]


def test_wrong_payloads_come_as_the_scenario_says(play: Play) -> None:
    running = play(FEEDS)
    assert get(f"{running.url}/feeds/gauges").status_code == 503
    with pytest.raises(RequestException):
        get(f"{running.url}/feeds/short")
    early = get(f"{running.url}/feeds/late")
    assert early.status_code == 404 and "late" in early.json()["error"]
    requests.put(f"{running.url}/control/feeds/slow?delay=2", data=b"x", timeout=10)
    with pytest.raises(RequestException):
        requests.get(f"{running.url}/feeds/slow", timeout=0.3)


def test_without_a_scenario_feeds_answer_404_until_one_is_put(play: Play) -> None:
    running = play()
    assert get(f"{running.url}/feeds/usgs").status_code == 404
    requests.put(f"{running.url}/control/feeds/usgs", data=b"{}", timeout=10).raise_for_status()
    assert get(f"{running.url}/feeds/usgs").text == "{}"


def test_a_wrong_scenario_is_refused_with_every_fault_at_once(tmp_path: Path) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_text("""
scenario: wrong
start: 2026-06-08T12:00:00
ends: soon
phones: {"138": {manner: prompt}, "+8613800138001": {manner: rude}}
surprise: 1
""")
    with pytest.raises(Refused) as refused:
        scenarios.read(file)
    said = str(refused.value)
    for place in ("start", "ends", "138", "manner", "surprise"):
        assert place in said
    file.write_text("""
scenario: wrong
start: 2026-06-08T12:00:00Z
ends: 0s
feeds: {usgs: [{at: 0s, file: missing.json}]}
""")
    with pytest.raises(Refused) as refused:
        scenarios.read(file)
    assert "missing.json" in str(refused.value) and "ends" in str(refused.value)


def test_a_scenarios_expectations_stay_words(tmp_path: Path) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_text("scenario: a\nstart: 2026-06-08T12:00:00Z\nends: 1h30m\n"
                    "expected: {texts: 4, sites: [{id: NO}]}\n")
    read = scenarios.read(file)
    assert read.expected == {"texts": "4", "sites": [{"id": "NO"}]}
    assert (read.ends - read.start).total_seconds() == 5400


def mail(to: str) -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = "fenghuo@localhost", to, "风险提示：鹤城站"
    made["Message-ID"] = "<notice." + "7" * 90 + "@example.org>"
    made.set_content("请停坝面作业。\n")
    return made


def test_a_mail_is_taken_and_shown_with_its_message_id(play: Play) -> None:
    running = play()
    with smtplib.SMTP("127.0.0.1", running.smtp_port, timeout=10) as door:
        door.send_message(mail("chen@example.org"))
    [seen] = running.seen().mails("chen@example.org")
    assert seen["subject"] == "风险提示：鹤城站"
    assert seen["message_id"] == "<notice." + "7" * 90 + "@example.org>"
    assert seen["body"].strip() == "请停坝面作业。"


def test_a_mail_fault_refuses_or_drops_after_taking(play: Play) -> None:
    running = play()
    for kind in ("mail_451", "mail_drop"):
        requests.post(f"{running.url}/control/faults", json={"kind": kind}, timeout=10)
    with smtplib.SMTP("127.0.0.1", running.smtp_port, timeout=10) as door:
        with pytest.raises(smtplib.SMTPDataError):
            door.send_message(mail("chen@example.org"))
    assert running.seen().mails() == []
    door = smtplib.SMTP("127.0.0.1", running.smtp_port, timeout=10)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        door.send_message(mail("chen@example.org"))
    assert len(running.seen().mails()) == 1
