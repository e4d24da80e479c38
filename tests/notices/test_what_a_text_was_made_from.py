"""A notice keeps its template and what that was given, so that a filed text can say the same."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pytest
from warning_cast import MIN, RULES, T0, Town, gauge, messages, over, quake, signal, stage

from fenghuo.notices import filings
from fenghuo.notices.filed import Filed, fault, filed
from fenghuo.notices.texts import of
from fenghuo.store import tables as t
from fenghuo.words import Ended, Level

HOUR = 60 * MIN
TEXTS = of(messages())
SHIPPED: pd.DataFrame = filings.read({filings.FILE: (RULES / "filings.csv").read_bytes()})


def proposed(template: str) -> list[Filed]:
    """The filed texts that the house proposes for a template."""
    return [filed(TEXTS, template, str(row.variables)) for row in SHIPPED.itertuples()
            if row.template == template]


def said(row: Mapping[str, object]) -> dict[str, str] | None:
    """The variables with which a proposed filed text says a notice's; None if none does."""
    bare = str(row["text"]).partition("】" if row["language"] == "zh" else "] ")[2]
    found = [one.fit(row["given"], bare) for one in proposed(str(row["template"]))]  # type: ignore[arg-type]
    return next((values for values in found if values), None)


def night(town: Town, name: str) -> None:
    red = signal(Level.red, facts={"description": "良西、东成镇3小时雨量已达100毫米且持续。"})
    match name:
        case "relay":
            town.assess(red)
        case "upgrade":
            town.assess(signal(Level.yellow))
            town.send(T0)
            town.assess(signal(Level.red, T0 + MIN), at=T0 + MIN)
        case "risk":
            town.assess(gauge(Level.orange, 52, 50))
        case "water":
            town.assess(stage(9.2))
        case "earthquake":
            town.assess(quake(5.6))
        case "cancel":
            town.assess(red)
            town.send(T0)
            town.assess(over(red, Ended.cancelled, T0 + HOUR), at=T0 + HOUR)
        case "lapse":
            town.assess(red)
            town.send(T0)
            town.assess(over(red, Ended.lapsed, T0 + HOUR), at=T0 + HOUR)
        case "bundle":
            town.assess(signal(Level.yellow), gauge(Level.yellow, 52, 50), stage(9.2))
            town.release(T0 + 2 * MIN)


@pytest.mark.parametrize("name", ["relay", "upgrade", "risk", "water", "earthquake", "cancel",
                                  "lapse", "bundle"])
def test_every_sms_of_a_night_is_said_word_for_word_by_a_text_the_house_proposes_to_file(
        town: Town, name: str) -> None:
    night(town, name)
    rows = [row for row in town.rows(t.notice, channel="sms")
            if row["state"] in ("queued", "held")]
    assert rows
    for row in rows:
        values = said(row)
        assert values is not None, (row["template"], row["given"], row["text"])
        assert fault(values, 35) is None, values


def test_a_mail_and_a_text_that_is_marked_by_hand_name_no_template(town: Town) -> None:
    town.assess(signal(Level.red))
    assert {row["template"] for row in town.rows(t.notice, channel="email")} == {None}
