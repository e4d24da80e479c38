"""Robots of chat groups in the files: each known, none of them the only way to an answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from fenghuo import editions
from fenghuo.words import Refused

ROOT = Path(__file__).parents[2]
RULE, PEOPLE, GATEWAYS = "rules/agreements/a.yaml", "contacts/people.csv", "rules/gateways.yaml"
KEPT = ("rules/feeds.yaml", "rules/measures.yaml", "rules/messages/", "contacts/", "rules/stations",
        "rules/return_levels")
SHIPPED = {path: content for path, content in editions.files_on_disk(
    ROOT / "rules", ROOT / "contacts").items() if path.startswith(KEPT)}
AGREEMENT = """\
agreement: a
title: {zh: 甲, en: A}
signed: no
parties: {bureau: {now: 局}, partner: {now: 局}}
rules:
  - id: one
    hazard: rainstorm
    kind: signal
    match: {scheme: gb, event_code: 11B03}
    levels: [blue, yellow]
    source: {article: x, confidence: proposed}
release:
  blue: {tell: [site.safety_officer], by: [chat]}
  yellow: {tell: [site.safety_officer], by: [BY]}
feedback:
  yellow: {answer: 30m, ladder: [{after: 30m, to: site.deputy, by: RUNG}]}
"""
LISTED = b"gateways:\n  li-group: {kind: wecom}\n  smtp: {kind: smtp}\n"


def refusals(by: str = "sms, chat", rung: str = "sms", chat: str = "li-group",
             phone: str = "+8613800000001", email: str = "li-an@example.org") -> list[str]:
    lines = SHIPPED[PEOPLE].decode().strip().split("\n")
    people = [lines[0] + ",chat", f"li-an,李安,{phone},{email},zh,{chat}",
              *(f"{line}," for line in lines[2:])]
    rule = AGREEMENT.replace("BY", by).replace("RUNG", rung)
    try:
        editions.read(SHIPPED | {RULE: rule.encode(), GATEWAYS: LISTED,
                                 PEOPLE: "\n".join(people).encode()}, "")
    except Refused as refused:
        return [str(one) for one in refused.refusals]
    return []


def test_a_robot_beside_a_telephone_is_good_and_alone_where_no_answer_is_owed() -> None:
    assert refusals() == []


def test_a_robot_that_no_gateway_is_is_refused_with_the_nearest() -> None:
    assert refusals(chat="li-grop") == [
        f"{PEOPLE}:2:6 chat: found 'li-grop', expected a robot of rules/gateways.yaml; "
        "did you mean `li-group`?"]
    assert "a robot of rules/gateways.yaml" in refusals(chat="smtp")[0]


@pytest.mark.parametrize(("how", "found"), [
    ({"by": "chat"}, "chat, which reaches li-an by a robot alone"),
    ({"by": "email, chat", "email": ""}, "email, chat, which reaches li-an by a robot alone"),
    ({"by": "chat", "chat": ""}, "chat alone"),
    ({"phone": "", "email": ""}, "sms, chat, which reaches li-an by a robot alone")])
def test_a_robot_is_never_the_only_way_to_an_answer(how: dict[str, str], found: str) -> None:
    [said] = refusals(**how)
    assert said.startswith(f"{RULE}:14:") and said.endswith(
        f"release.yellow.by: found {found}, expected sms, email, voice or call_list: a robot hears "
        "no answer, and one is owed at yellow")


def test_a_robot_is_no_rung() -> None:
    [said] = refusals(rung="chat")
    assert said.startswith(f"{RULE}:16:") and "feedback.yellow.ladder.0.by: found chat" in said
