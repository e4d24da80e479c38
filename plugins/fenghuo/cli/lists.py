"""What waits for a duty officer: letters, owed answers, calls, texts to read, alarms."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from sqlalchemy import Select, select

from fenghuo.cli.acts import inbox, quarantine
from fenghuo.cli.frame import AsJson, city, house, show
from fenghuo.receipts import inbox as texts
from fenghuo.store import tables as t
from fenghuo.store.engine import reading
from fenghuo.words import ObligationStatus, WarningState, mask, masked

Every = Annotated[bool, typer.Option("--all", help="What is done with, too.")]


def add_to(app: typer.Typer) -> None:
    for command in (registrations, owed, calls, alarms):
        app.command()(command)
    inbox.command(name="list")(waiting)
    quarantine.command(name="list")(refused)


def registrations(every: Every = False, as_json: AsJson = False) -> None:
    """Letters and calls that wait for a second person."""
    r = t.registration.c
    query = select(r.id, r.state, r.form, r.issuer, r.document, r.hazard, r.level, r.issued,
                   r.expires, r.entered_by, r.entered, r.confirmed_by, r.text).order_by(r.id)
    _list(query if every else query.where(r.state == "waiting"), as_json, "registrations")


def owed(warning: Annotated[int | None, typer.Argument(help="Of one warning.")] = None,
         every: Every = False, as_json: AsJson = False) -> None:
    """Who has not answered, with the number that ``answer`` takes."""
    o, w = t.obligation.c, t.warning.c
    query = (select(o.id, o.warning_id, w.hazard, w.drill_id, o.site, o.post, o.person, o.tier,
                    o.status, o.reason, o.answer_due, o.answer)
             .join(t.warning, w.id == o.warning_id).order_by(o.warning_id, o.site, o.post))
    if warning is not None:
        query = query.where(o.warning_id == warning)
    if not every:
        query = query.where(w.state == WarningState.in_force.value, o.status.not_in(
            [ObligationStatus.answered.value, ObligationStatus.excused.value]))
    _list(query, as_json, "owed")


def calls(every: Every = False, as_json: AsJson = False) -> None:
    """Whom somebody must dial, oldest first."""
    c, o = t.call_task.c, t.obligation.c
    query = (select(c.id, c.office, c.opened, c.rung, o.site, o.post, o.person, o.warning_id,
                    c.told, c.due, c.done, c.outcome, c.caller)
             .join(t.obligation, o.id == c.obligation_id).order_by(c.opened, c.id))
    _list(query if every else query.where(c.done.is_(None)), as_json, "calls")


def alarms(every: Every = False, as_json: AsJson = False) -> None:
    """What is wrong with the watch itself, and who has it in hand."""
    a = t.alarm.c
    query = select(a.id, a.kind, a.subject, a.detail, a.raised, a["count"], a.acknowledged_by,
                   a.recovered).order_by(a.id)
    _list(query if every else query.where(a.recovered.is_(None)), as_json, "alarms")


def refused(feed: Annotated[str | None, typer.Argument(help="Of one feed.")] = None,
            last: Annotated[int, typer.Option(help="How many, newest first.")] = 50,
            open_only: Annotated[bool, typer.Option(
                "--open", help="Only what nobody has decided.")] = False,
            as_json: AsJson = False) -> None:
    """What was refused or doubted: age, source, place, found, expected, in which payload."""
    q = t.quarantine.c
    query = select(q.id, q.at, q.feed, q.place, q.found, q.expected, q.doubt, q.fate, q.closed_by,
                   q.reason, q.payload).order_by(q.at.desc(), q.id.desc()).limit(last)
    query = query if feed is None else query.where(q.feed == feed)
    with house() as at, reading(at.engine) as connection:
        now = at.clock.now()
        rows = [{**row, "at": city(row["at"], at), "age": str(now - row["at"]).split(".")[0]}
                for row in connection.execute(
                    query.where(q.fate.is_(None)) if open_only else query).mappings()]
    show(rows, as_json, "quarantine")


def waiting(as_json: AsJson = False) -> None:
    """Texts that wait for a human, oldest first."""
    with house() as at, reading(at.engine) as connection:
        rows = [{"id": one.id, "at": city(one.at, at), "from": mask(one.address),
                 "person": one.person, "reason": one.reason.value, "answer": one.answer,
                 "number": one.number, "text": masked(one.body)}
                for one in texts.waiting(connection)]
    show(rows, as_json, "inbox")


def _list(query: Select[Any], as_json: bool, title: str) -> None:
    with house() as at, reading(at.engine) as connection:
        rows = [{name: city(value, at) if hasattr(value, "astimezone") else value
                 for name, value in row.items()}
                for row in connection.execute(query).mappings()]
    show(rows, as_json, title)
