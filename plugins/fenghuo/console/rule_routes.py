"""The pages of the rules: the signed table with its numbers, a spreadsheet out and in, drafts.

Looking at what an edit would change changes nothing; only ``propose`` does, by its own form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Connection
from starlette.datastructures import UploadFile

from fenghuo.console.act_routes import SAME_SITE, SAYS
from fenghuo.console.door import GUARD, Door, Language
from fenghuo.console.who import NoKey, Who, mark, marked
from fenghuo.store.engine import engine, reading, writing
from fenghuo.words import FenghuoError, Refused, masked

if TYPE_CHECKING:
    from fenghuo.console.door import Shown
    from fenghuo.console.page import View

BODY_CAP = 3 * 1024 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NoEdition(FenghuoError):
    """There is no edition whose rules could be shown."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A form with any number of fields, and the sheet that came with it."""

    fields: Mapping[str, str]
    sheet: tuple[str, bytes] | None = None


async def sent(request: Request) -> Sent | None:
    """The form of a request; None for one that is too large, or does not say how large it is."""
    size = request.headers.get("content-length", "")
    if not (size.isascii() and size.isdigit() and int(size) <= BODY_CAP):
        return None
    async with request.form(max_files=1, max_fields=5000) as form:
        files = [one for one in form.values() if isinstance(one, UploadFile) and one.filename]
        sheet = (str(files[0].filename)[-80:], await files[0].read()) if files else None
        return Sent({key: value for key, value in form.items() if isinstance(value, str)}, sheet)


def add_to(router: APIRouter, door: Door) -> None:
    """Add the routes; every one is behind the router's own door."""
    signed_in, body = Depends(door.who), Depends(sent)

    @router.get("/rules", response_class=HTMLResponse)
    def rules(request: Request, lang: Language = "zh", who: Who = signed_in) -> Response:
        return door.page(request, who, lang, _rules)

    @router.get("/rules/{agreement}", response_class=HTMLResponse)
    def table(request: Request, agreement: str, lang: Language = "zh",
              who: Who = signed_in) -> Response:
        return door.page(request, who, lang, lambda connection, view: _table(
            connection, view, agreement))

    @router.get("/rules/{agreement}/sheet")
    def sheet(request: Request, agreement: str, lang: Language = "zh",
              who: Who = signed_in) -> Response:
        return _sheet(door, request, who, lang, agreement)

    @router.post("/rules/{agreement}/look", response_class=HTMLResponse)
    def look(request: Request, agreement: str, lang: Language = "zh", who: Who = signed_in,
             form: Sent | None = body) -> Response:
        return _barred(door, request, who, lang, f"rules/{agreement}/look", form) or _look(
            door, request, who, lang, agreement, form or Sent({}))

    @router.post("/rules/{agreement}/propose", response_class=HTMLResponse)
    def propose(request: Request, agreement: str, lang: Language = "zh", who: Who = signed_in,
                form: Sent | None = body) -> Response:
        return _barred(door, request, who, lang, f"rules/{agreement}/propose", form) or _propose(
            door, request, who, lang, agreement, form or Sent({}))

    @router.get("/drafts/{number}", response_class=HTMLResponse)
    def draft(request: Request, number: int, lang: Language = "zh",
              who: Who = signed_in) -> Response:
        return door.page(request, who, lang, lambda connection, view: _draft(
            connection, view, number))


def _edition(view: View) -> Any:
    if view.named.edition is None:
        raise NoEdition(view.word("no_edition"))
    return view.named.edition


def _rules(connection: Connection, view: View) -> Shown:
    from fenghuo.console.rules import board

    found = board(connection, _edition(view), view.now)
    return "rules.html", {"board": found, "frozen": found.frozen}


def _table(connection: Connection, view: View, agreement: str, typed: Any = None,
           sentence: str | None = None) -> Shown:
    from fenghuo.agreements import annex
    from fenghuo.changes import freezing
    from fenghuo.console import rules

    path, content = rules.file_of(connection, _edition(view), agreement)
    table = annex.table(path, content, view.language)
    hazards = {row.hazard.value for row in table.rows}
    return "agreement.html", {
        "annex": table, "typed": typed or rules.Typed(), "sentence": sentence, "was": {},
        "agreement": agreement, "frozen": freezing.frozen(connection, hazards),
        "mark": _mark(view, f"rules/{agreement}/look")}


def _mark(view: View, path: str) -> str | None:
    """The mark of a form; None for whoever may only look, and before the house has its key."""
    if not view.who.acts:
        return None
    try:
        return mark(view.settings, view.who, path)
    except NoKey:
        return None


def _barred(door: Door, request: Request, who: Who, lang: str, path: str,
            form: Sent | None) -> Response | None:
    """The answer to a form that is not read: of a viewer, of another site, too large."""
    if not who.acts:
        return door.sorry(request, who, lang, SAYS["viewer"][lang], 403)
    if form is None:
        return door.sorry(request, who, lang, f"found a form of another size, expected at most "
                          f"{BODY_CAP} bytes", 413)
    try:
        own = marked(door.settings, who, path, form.fields.get("mark", ""))
    except NoKey as missing:
        return door.sorry(request, who, lang, str(missing), 503)
    if not own or request.headers.get("sec-fetch-site", "none") not in SAME_SITE:
        return door.sorry(request, who, lang, SAYS["mark"][lang], 403)
    return None


def _look(door: Door, request: Request, who: Who, lang: str, agreement: str,
          form: Sent) -> Response:
    """What an edit would change; or the table again, with its faults beside the numbers."""
    status = [200]

    def find(connection: Connection, view: View) -> Shown:
        from fenghuo.agreements import annex
        from fenghuo.console import rules

        edition = _edition(view)
        path, content = rules.file_of(connection, edition, agreement)
        table = annex.table(path, content, view.language)
        status[0] = 400
        if form.fields.get("sha256") != table.sha256:
            return _table(connection, view, agreement, sentence=view.word("stale_table"))
        typed = _typed(table, content, form)
        if typed.faults or typed.beside:
            return _table(connection, view, agreement, typed, view.word("faults_below"))
        if not typed.digits:
            return _table(connection, view, agreement, sentence=view.word("nothing_changed"))
        try:
            found = rules.preview(connection, engine(view.settings.url), view.settings, edition,
                                  path, typed.digits, view.language, view.now)
        except Refused as refused:
            return _table(connection, view, agreement,
                          rules.faulty(table, typed.digits, refused.refusals),
                          view.word("faults_below"))
        status[0] = 200
        return "preview.html", {
            "annex": table, "agreement": agreement, "preview": found, "frozen": found.frozen,
            "typed": typed, "was": {path: str(table.numbers[path]) for path in typed.digits},
            "alone": not view.settings.change_control,
            "mark": _mark(view, f"rules/{agreement}/propose")}

    page = door.page(request, who, lang, find)
    if page.status_code == 200:
        page.status_code = status[0]
    return page


def _typed(table: Any, content: bytes, form: Sent) -> Any:
    from fenghuo.console import rules

    if form.sheet is None:
        return rules.typed(table, content, form.fields)
    from fenghuo.agreements.annex_sheet_reading import filled

    try:
        made = filled(*form.sheet, {table.source: content})
    except Refused as refused:
        return rules.Typed(faults=tuple(str(fault) for fault in refused.refusals))
    return rules.Typed(made.changes)


def _propose(door: Door, request: Request, who: Who, lang: str, agreement: str,
             form: Sent) -> Response:
    """Keep the edit as a draft and examine it; where no chain is, put it in force if asked."""
    from fenghuo import changes, editions
    from fenghuo.agreements import annex
    from fenghuo.console import rules

    at, house = door.clock.now(), engine(door.settings.url)
    note, kept = form.fields.get("note", "").strip()[:500], ""
    try:
        if not note:
            raise BadEdit("found no reason, expected one sentence why")
        with reading(house) as connection:
            path, content = rules.file_of(connection, editions.load(connection, at), agreement)
        if form.fields.get("sha256") != sha256(content).hexdigest():
            raise BadEdit("found an older table, expected the one in force: open the page again")
        digits = {name: value for name, value in form.fields.items() if name.startswith("rules.")}
        made = annex.edited(path, content, digits)
        number = changes.propose(house, door.settings, {path: made}, by=who.name, note=note, now=at)
        kept = f" (draft {number})"
        changes.examine(house, door.settings, number, by=who.name, now=at)
        if form.fields.get("step") == "now":
            with writing(house) as connection:
                changes.effective(connection, editions.load(connection, at), door.settings, number,
                                  at=at, by=who.name, reason=note, now=at)
            changes.due(house, at)
    except FenghuoError as error:
        return door.sorry(request, who, lang, masked(f"{error}{kept}"), 409)
    back = f"{str(request.scope.get('root_path', '')).rstrip('/')}/drafts/{number}"
    return RedirectResponse(back + (f"?lang={lang}" if lang != "zh" else ""), 303, GUARD)


class BadEdit(FenghuoError):
    """An edit that cannot be taken as it is; one sentence."""


def _sheet(door: Door, request: Request, who: Who, lang: str, agreement: str) -> Response:
    made: list[bytes] = []

    def find(connection: Connection, view: View) -> Shown:
        from fenghuo.agreements import annex
        from fenghuo.agreements.annex_sheet import written
        from fenghuo.console import rules

        path, content = rules.file_of(connection, _edition(view), agreement)
        made.append(written(annex.table(path, content, view.language)))
        return "sorry.html", {"sentence": ""}

    page = door.page(request, who, lang, find)
    if not made:
        return page
    return Response(made[0], media_type=XLSX, headers={
        **GUARD, "Content-Disposition": f'attachment; filename="{agreement}.xlsx"'})


def _draft(connection: Connection, view: View, number: int) -> Shown:
    from fenghuo.console import rules

    found = rules.draft(connection, view.settings, number, view.language, view.now)
    return "draft.html", {"draft": found, "frozen": found.frozen, "typed": rules.Typed()}
