"""Looking: sites, warnings, notices, and why each message was or was not sent."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer
from sqlalchemy import select

from fenghuo import editions
from fenghuo.cli.frame import FOUND, AsJson, city, house, show
from fenghuo.cli.frame import instant as typed
from fenghuo.cli.wording import Languages, explain_rule
from fenghuo.contacts import proven
from fenghuo.editions.unheard import unheard
from fenghuo.notices import reports
from fenghuo.notices.explain import NoSuchNotice
from fenghuo.notices.explain import explain as explained
from fenghuo.notices.reach import doubled, out_of_use
from fenghuo.notices.reach import reach as reach_sheet
from fenghuo.notices.why_not import out_of_use as shut
from fenghuo.notices.why_not import why_not as decisions
from fenghuo.store import tables as t
from fenghuo.store.engine import reading
from fenghuo.words import WarningState, mask

_NOTICE = re.compile("[0-9a-f]{1,32}")
"""Ids of notices; what is written otherwise is a rule."""


def add_to(app: typer.Typer) -> None:
    for command in (sites, warnings, notices, reach, explain):
        app.command()(command)
    app.command(name="why-not")(why_not)


def sites(as_json: AsJson = False) -> None:
    """The places this house protects, and when somebody there last answered."""
    with house() as at, reading(at.engine) as connection:
        frame = editions.load(connection, at.clock.now()).contacts.sites
        answered = proven.by_site(connection)
    columns = ["site", "name", "industry", "county", "latitude", "longitude", "station", "people"]
    show([{**{str(name): value for name, value in row.items()},
           "last_answered": city(answered.get(str(row["site"])), at)}
          for row in frame[columns].astype(object).to_dict("records")], as_json, "sites")


def warnings(ended: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
             as_json: AsJson = False) -> None:
    """Warnings in force."""
    query = select(t.warning).order_by(t.warning.c.id)
    if not ended:
        query = query.where(t.warning.c.state == WarningState.in_force)
    with house() as at, reading(at.engine) as connection:
        rows = [{**row, "opened": city(row["opened"], at), "closed": city(row["closed"], at)}
                for row in connection.execute(query).mappings()]
    show(rows, as_json, "warnings")


def notices(as_json: AsJson = False,
            last: Annotated[int, typer.Option(help="How many, newest first.")] = 50) -> None:
    """Messages: to whom (masked), what became of each."""
    n = t.notice.c
    query = (select(n.id, n.created, n.channel, n.address, n.person, n.step, n.state, n.reason,
                    n.delivery, n.maybe_doubled, n.parts, n.text)
             .order_by(n.created.desc(), n.id).limit(last))
    with house() as at, reading(at.engine) as connection:
        rows = [{**row, "created": city(row["created"], at), "address": mask(row["address"])}
                for row in connection.execute(query).mappings()]
    show(rows, as_json, "notices")


def reach(warning: int, as_json: AsJson = False) -> None:
    """The reach sheet of a warning: who must know, and who does."""
    with house() as at, reading(at.engine) as connection:
        known = connection.execute(select(t.warning.c.drill_id)
                                   .where(t.warning.c.id == warning)).one_or_none()
        if known is None:
            typer.echo(f"no warning {warning}; type: fenghuo warnings --all", err=True)
            raise typer.Exit(FOUND)
        drill = known.drill_id
        title = f"reach sheet of warning {warning}"
        show(reach_sheet(connection, warning).rows(), as_json,
             title if drill is None else f"（演练）{title}: drill {drill}, nothing real")
        more = [({"what": "out of use", "person": row.person, "channel": row.channel,
                  "address": mask(row.address), "reason": row.reason,
                  "since": city(row.since, at)}) for row in out_of_use(connection, warning)]
        twice = [{"what": "maybe doubled", "person": row.person, "channel": row.channel,
                  "address": mask(row.address), "notice": row.id}
                 for row in doubled(connection, warning)]
        came = [{"what": "measures", "site": one.site, "measures": one.measures.value,
                 "lack": one.lack and one.lack.value, "due": city(one.due, at),
                 "overdue": one.overdue, "started": city(one.started, at),
                 "done": city(one.done, at), "withdrawn": one.number,
                 "reminded": city(one.reminded, at), "county_told": one.listed}
                for one in reports.progress(connection, warning, at.clock.now())]
    for rows in filter(None, (came, more, twice)):
        show(rows, as_json, str(rows[0]["what"]))


def explain(
    what: Annotated[str, typer.Argument(help="A notice's id, or a rule: agreement/rule.")],
    language: Annotated[Languages, typer.Option("--language", "--lang",
                                                help="Of a rule's sentence.")] = Languages.both,
    as_json: AsJson = False,
) -> None:
    """Walk a notice back to the raw payload that caused it; or say a rule in one sentence."""
    if not _NOTICE.fullmatch(what):
        explain_rule(what, language, as_json)
        return
    with house() as at, reading(at.engine) as connection:
        try:
            contacts = editions.load(connection, at.clock.now()).contacts
            found = explained(connection, what, contacts)
        except NoSuchNotice as missing:
            typer.echo(str(missing), err=True)
            raise typer.Exit(FOUND) from missing
    facts: list[dict[str, Any]] = [{"what": k, "value": v} for k, v in found.notice.items()]
    show([found.notice] if as_json else facts, as_json, "notice")
    show(found.because, as_json, "because")
    show([{**row, "at": city(row["at"], at)} for row in found.answers], as_json, "answers")
    show([{"payload": digest} for digest in found.payloads], as_json, "raw payloads (SHA-256)")


def why_not(site: str,
            when: Annotated[str | None, typer.Option("--at", help="City time, ISO.")] = None,
            as_json: AsJson = False) -> None:
    """Every decision about a site in the day up to an instant, with its reason, and what could
    not be known."""
    with house() as at, reading(at.engine) as connection:
        instant = at.clock.now() if when is None else typed(when, at.settings.zone)
        edition = editions.load(connection, instant)
        found = [*decisions(connection, site, instant), *unheard(connection, edition, instant),
                 *shut(connection, edition.contacts, site, instant)]
        found.sort(key=lambda row: row["at"], reverse=True)
        rows = [{**row, "at": city(row["at"], at)} for row in found]
    show(rows, as_json, f"decisions about {site}")
