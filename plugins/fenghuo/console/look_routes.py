"""The pages that only show: *Now*, one warning, who has not answered, one site."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection, func, select

from fenghuo.console.door import Door, Language
from fenghuo.console.who import Who
from fenghuo.store import tables as t
from fenghuo.words import FenghuoError, Level, WarningState

if TYPE_CHECKING:
    from fenghuo.console.door import Shown
    from fenghuo.console.page import View

ACTS_IN_FORCE = ("hold", "cancel", "retract")
First = Annotated[int, Query(ge=0, le=10_000_000)]
"""The first line of a long list."""
Word = Annotated[str | None, Query(max_length=64)]


class BadTime(FenghuoError):
    """A time that is none."""


def add_to(router: APIRouter, door: Door) -> None:
    """Add the routes; every one is behind the router's own door."""
    signed_in = Depends(door.who)

    @router.get("/", response_class=HTMLResponse)
    def now(request: Request, lang: Language = "zh", who: Who = signed_in) -> Response:
        return door.page(request, who, lang, _now)

    @router.get("/warnings/{warning}", response_class=HTMLResponse)
    def warning(request: Request, warning: int, lang: Language = "zh",
                revision: int | None = None, persons: First = 0, sites: First = 0,
                texts: First = 0, who: Who = signed_in) -> Response:
        query = {"revision": revision, "persons": persons, "sites": sites, "texts": texts}
        return door.page(request, who, lang,
                         lambda connection, view: _warning(connection, view, warning, query))

    @router.get("/silent", response_class=HTMLResponse)
    def silent(request: Request, lang: Language = "zh", warning: int | None = None,
               county: Word = None, industry: Word = None, tier: Level | None = None,
               first: First = 0, who: Who = signed_in) -> Response:
        query = {"warning": warning, "county": county, "industry": industry, "tier": tier}
        return door.page(request, who, lang,
                         lambda connection, view: _silent(connection, view, query, first))

    @router.get("/quarantine", response_class=HTMLResponse)
    def quarantine(request: Request, lang: Language = "zh", first: First = 0,
                   who: Who = signed_in) -> Response:
        return door.page(request, who, lang,
                         lambda connection, view: _quarantine(connection, first))

    @router.get("/people", response_class=HTMLResponse)
    def people(request: Request, lang: Language = "zh", first: First = 0,
               who: Who = signed_in) -> Response:
        return door.page(request, who, lang,
                         lambda connection, view: _people(connection, view, first))

    @router.get("/sites/{site}", response_class=HTMLResponse)
    def site(request: Request, site: str, lang: Language = "zh", at: str = Query("", max_length=40),
             who: Who = signed_in) -> Response:
        return door.page(request, who, lang,
                         lambda connection, view: _site(connection, view, site, at))


def _now(connection: Connection, view: View) -> Shown:
    from fenghuo.changes.states import OPEN
    from fenghuo.console.now import read

    drafts = connection.scalar(select(func.count()).where(
        t.draft.c.state.in_([state.value for state in OPEN])))
    unsure = connection.scalar(select(func.count()).where(t.quarantine.c.fate.is_(None)))
    return "now.html", {"board": read(connection, view.settings, view.named, view.now),
                        "drafts": drafts, "unsure": unsure}


def _warning(connection: Connection, view: View, warning: int, query: dict[str, Any]) -> Shown:
    from fenghuo.console import owing
    from fenghuo.console.last import last
    from fenghuo.console.warning import read

    page = read(connection, warning, view.now, **query)
    silent = owing.silent(connection, view.named, view.now, warning=warning)
    acts = [act for act in ACTS_IN_FORCE if page.row.state == WarningState.in_force]
    waiting = any(one.decided is None for one in page.approvals)
    if page.row.held:
        acts[0] = "release"
    elif waiting:
        acts.insert(0, "release")
    return "warning.html", {
        "page": page, "last": last(connection, view, warning), "waiting": waiting,
        "silent": silent, "acts": acts, "query": query,
        "paste": owing.paste(view.heading(page.row), silent, view.named, view.now, view.language)}


def _silent(connection: Connection, view: View, query: dict[str, Any], first: int) -> Shown:
    from fenghuo.console import owing
    from fenghuo.console.terms import term

    found = owing.silent(connection, view.named, view.now, first=first, **query)
    said = [view.heading(found.rows[0]) if query["warning"] is not None and found.rows else None,
            view.scope(query["county"].ljust(12, "0")) if query["county"] else None,
            query["industry"] and term("industry", query["industry"], view.language),
            query["tier"] and view.handling(query["tier"])]
    head = " · ".join(filter(None, said)) or view.word("owing")
    return "silent.html", {
        "silent": found, "said": head, "step": owing.PAGE, "query": query,
        "paste": owing.paste(head, found, view.named, view.now, view.language)}


def _quarantine(connection: Connection, first: int) -> Shown:
    from fenghuo.console import desk

    return "quarantine.html", {"found": desk.quarantined(connection, first), "first": first,
                               "step": desk.MOST}


def _people(connection: Connection, view: View, first: int) -> Shown:
    from fenghuo.console.people import people

    return "people.html", {"found": people(connection, view.named, view.now, first)}


def _site(connection: Connection, view: View, site: str, at: str) -> Shown:
    from fenghuo.console.people import holders
    from fenghuo.contacts import proven
    from fenghuo.editions.unheard import unheard
    from fenghuo.notices.why_not import out_of_use, why_not

    o, w = t.obligation.c, t.warning.c
    until, zone = view.now, view.settings.zone
    if at:
        try:
            until = datetime.fromisoformat(at)
        except ValueError:
            raise BadTime(f"{at[:40]!r}: 2018-09-16T17:00") from None
        until = until if until.tzinfo else until.replace(tzinfo=zone)
    duties = connection.execute(
        select(o.warning_id, o.post, o.person, o.status, o.answer, w.hazard, w.scope)
        .join(t.warning, w.id == o.warning_id)
        .where(o.site == site, w.state == WarningState.in_force.value)
        .order_by(o.warning_id.desc(), o.post)).all()
    edition = view.named.edition
    decisions = [*why_not(connection, site, until),
                 *(unheard(connection, edition, until) if edition else ()),
                 *(out_of_use(connection, edition.contacts, site, until) if edition else ())]
    return "site.html", {
        "site": site, "holders": holders(connection, view.named, site),
        "last": proven.by_site(connection, site).get(site),
        "known": view.named.sites.get(site), "duties": duties,
        "decisions": sorted(decisions, key=lambda row: row["at"], reverse=True),
        "asked": until.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")}
