"""Every act as a duty officer types it: who and why are kept, exits are 0, 1 and 2."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from acts_cast import DAM, RAIN, Desk
from click.testing import Result
from sqlalchemy import Engine, insert
from typer.testing import CliRunner

from fenghuo import house
from fenghuo.alarms import raise_alarm
from fenghuo.cli import app
from fenghuo.clock import FixedClock
from fenghuo.store import tables as t
from fenghuo.store.engine import writing

Typed = Callable[..., Result]


@pytest.fixture
def fenghuo(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Type a command in the desk's house, at the desk's hour."""
    monkeypatch.setenv("FENGHUO_HOME", str(tmp_path))
    monkeypatch.setenv("FENGHUO_DATABASE_URL", str(engine.url))
    monkeypatch.setenv("COLUMNS", "300")
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def desk(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk = Desk.open(engine, tmp_path)
    monkeypatch.setattr(house, "clock_of", lambda _: FixedClock(desk.clock.at))
    return desk


def rows(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def said(result: Result, words: str, code: int = 0) -> None:
    assert result.exit_code == code, result.output
    assert words in result.output


def typed(fields: dict[str, str]) -> list[str]:
    names = {"districts": "district", "stations": "station"}
    return [word for name, value in fields.items()
            for word in (f"--{names.get(name, name)}", value)]


def relayed(desk: Desk, fenghuo: Typed) -> None:
    said(fenghuo("register", *typed(RAIN), "--by", "zhang"), "fenghuo confirm 1")
    said(fenghuo("confirm", 1, "--by", "liu"), "registration 1 is confirmed")
    desk.assess()


def test_a_letter_is_entered_confirmed_listed_and_refused(
        desk: Desk, fenghuo: Typed, tmp_path: Path) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF")
    said(fenghuo("register", *typed(DAM), "--scan", scan, "--by", "zhang"), "fenghuo confirm 1")
    (row,) = rows(fenghuo("registrations", "--json"))
    assert (row["entered_by"], row["issuer"]) == ("zhang", DAM["issuer"])
    said(fenghuo("confirm", 1, "--by", "zhang"), "expected a second person", 1)
    said(fenghuo("refuse", 1, "--by", "liu", "--reason", "a copy of last year's"), "is refused")
    said(fenghuo("confirm", 1, "--by", "liu"), "was refused; enter it anew", 1)
    assert rows(fenghuo("registrations", "--json")) == []
    assert [row["state"] for row in rows(fenghuo("registrations", "--all", "--json"))] == [
        "refused"]


def test_the_faults_of_a_letter_are_printed_one_a_line(desk: Desk, fenghuo: Typed) -> None:
    result = fenghuo("register", *typed({**DAM, "issued": "soon", "stations": "nowhere=6"}))
    assert result.exit_code == 1
    assert [line.split(": ")[0] for line in result.stderr.splitlines()] == [
        "registration:issued", "registration:stations"]
    assert fenghuo("register", *typed({**DAM, "hazard": "dragon"})).exit_code == 2
    assert fenghuo("register").exit_code == 2


def test_a_warning_is_held_let_go_and_retracted(desk: Desk, fenghuo: Typed) -> None:
    relayed(desk, fenghuo)
    said(fenghuo("hold", 1, "--by", "liu", "--reason", "asking"), "6 texts of warning 1 wait")
    said(fenghuo("let-go", 1, "--by", "liu"), "6 texts of warning 1 go")
    said(fenghuo("approve", 1, "--by", "liu"), "0 texts of warning 1 go")
    assert fenghuo("hold", 1).exit_code == 2  # a reason is asked for
    said(fenghuo("cancel", 1, "--by", "liu", "--reason", "over"), "who alone ends it", 1)
    said(fenghuo("retract", 1, "--by", "liu", "--reason", "wrong county"), "1 events of warning 1")
    desk.assess()
    said(fenghuo("retract", 1, "--registration", "--reason", "wrong county"), "is retracted")
    said(fenghuo("hold", 1, "--reason", "x"), "warning 1 is retracted", 1)


def test_our_own_warning_is_cancelled(desk: Desk, fenghuo: Typed) -> None:
    relayed(desk, fenghuo)
    with writing(desk.engine) as connection:
        connection.execute(t.finding.update().values(kind="observed"))
    said(fenghuo("cancel", 1, "--by", "liu", "--reason", "gauge broken"), "is cancelled")
    said(fenghuo("cancel", 1, "--by", "liu", "--reason", "gauge broken"), "was cancelled before")


def test_a_text_is_resent_a_call_logged_an_answer_entered(desk: Desk, fenghuo: Typed) -> None:
    relayed(desk, fenghuo)
    desk.send()
    desk.after(3)
    notice = desk.rows(t.notice, person="li")[0]["id"]
    said(fenghuo("resend", notice, "--by", "liu", "--reason", "he lost it"), "is queued")
    duties = {(row["site"], row["post"]): row for row in rows(fenghuo("owed", "--json"))}
    pond, tanks = duties["pond", "safety_officer"]["id"], duties["tanks", "safety_officer"]["id"]
    with writing(desk.engine) as connection:
        connection.execute(insert(t.call_task).values(
            obligation_id=tanks, office="county:440785", rung=3, opened=desk.clock.at))
    assert [row["site"] for row in rows(fenghuo("calls", "--json"))] == ["tanks"]
    said(fenghuo("call", 1, "reached", "--answer", 3, "--number", 26, "--by", "zhao"), "is logged")
    said(fenghuo("call", 1, "reached", "--by", "zhao"), "was logged before")
    assert rows(fenghuo("calls", "--json")) == []
    said(fenghuo("answer", pond, 1, "--at", "2026-06-08T12:02", "--by", "liu"), "is entered")
    said(fenghuo("answer", pond, 1, "--at", "2026-06-08T12:02", "--by", "liu"), "entered before")
    said(fenghuo("answer", pond, 1, "--at", "noon"), "expected an ISO time", 2)
    said(fenghuo("answer", 99, 1), "found no obligation 99", 1)
    left = {(row["site"], row["post"]) for row in rows(fenghuo("owed", 1, "--json"))}
    assert left == set(duties) - {("pond", "safety_officer"), ("tanks", "safety_officer")}


def test_the_inbox_is_read_and_an_alarm_taken_in_hand(desk: Desk, fenghuo: Typed) -> None:
    relayed(desk, fenghuo)
    desk.send()
    with writing(desk.engine) as connection:
        for key in (1, 2):
            connection.execute(insert(t.inbound).values(
                gateway="sms", provider_id=f"m{key}", address="+8613800000001", body="雨好大啊",
                at=desk.clock.at, person="li", reason="unclear"))
        raise_alarm(connection, "feed_stale", "cma", "old", desk.clock.at)
    listed = rows(fenghuo("inbox", "list", "--json"))
    assert [(row["id"], row["from"]) for row in listed] == [(1, "+86138****0001"),
                                                            (2, "+86138****0001")]
    said(fenghuo("inbox", "accept", 1, "--by", "liu"), "expected to be told which", 1)
    said(fenghuo("inbox", "accept", 1, "--answer", 1, "--by", "liu"), "text 1 answers")
    said(fenghuo("inbox", "dismiss", 2, "--by", "liu", "--reason", "no answer"), "is put aside")
    assert rows(fenghuo("inbox", "list", "--json")) == []
    assert [row["subject"] for row in rows(fenghuo("alarms", "--json"))] == ["cma"]
    said(fenghuo("acknowledge", 1, "--by", "liu"), "is yours")
    said(fenghuo("acknowledge", 1, "--by", "liu"), "was in hand before")


def test_a_drill_is_begun_scored_closed_and_another_aborted(desk: Desk, fenghuo: Typed) -> None:
    words = ("--title", "防汛演练", "--hazard", "rainstorm", "--tier", "orange", "--site", "pond",
             "--site", "tanks", "--by", "liu")
    said(fenghuo("drill", "start", *words), "drill 1 is running")
    desk.send()
    said(fenghuo("reach", 1), "（演练）reach sheet of warning 1: drill 1, nothing real")
    (why,) = rows(fenghuo("why-not", "pond", "--at", "2026-06-08T12:00", "--json"))
    assert (why["reason"], why["drill"]) == ("drill", 1)
    total, *sites = rows(fenghuo("drill", "score", 1, "--json"))
    assert (total["owed"], total["reached"], total["answered"]) == (2, 2, 0)
    assert [row["site"] for row in sites] == ["pond", "tanks"]
    assert rows(fenghuo("drill", "close", 1, "--json"))[0]["state"] == "closed"
    said(fenghuo("drill", "start", *words), "drill 2 is running")
    desk.send("li")
    said(fenghuo("drill", "abort", 2, "--by", "liu", "--reason", "a fire"), "aborted, 1 texts")
    assert [row["state"] for row in rows(fenghuo("drill", "list", "--json"))] == [
        "aborted", "closed"]
    said(fenghuo("drill", "score", 9), "found no drill 9", 1)
    said(fenghuo("drill", "close", 2), "drill 2 was aborted: a fire", 1)


def test_who_and_why_of_every_act_are_in_the_ledger(
        desk: Desk, fenghuo: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "wang")
    relayed(desk, fenghuo)
    fenghuo("hold", 1, "--reason", "call +8613800000001 first")
    (entry,) = [json.loads(row["canon"]) for row in desk.rows(t.ledger_entry)
                if row["kind"] == "warning.held"]
    assert entry["facts"]["reason"] == "call +86138****0001 first"
    assert entry["facts"]["by"] == "wang"
