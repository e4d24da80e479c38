"""An edit of the rules: what it would change is looked at first, then it is kept as a draft.

Looking changes nothing; only ``propose`` does, by the form of the page that told what changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import UploadFile

from fenghuo.console import rule_pages
from fenghuo.console.act_routes import SAME_SITE, SAYS
from fenghuo.console.door import GUARD, Door, unreadable
from fenghuo.console.who import NoKey, Who, marked
from fenghuo.store.engine import engine, reading, writing
from fenghuo.words import FenghuoError, Refused, masked

if TYPE_CHECKING:
    from fenghuo.console.door import Shown
    from fenghuo.console.page import View

BODY_CAP = 3 * 1024 * 1024


class BadEdit(FenghuoError):
    """An edit that cannot be taken as it is; one sentence."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A form with any number of fields, and the sheet that came with it."""

    fields: Mapping[str, str]
    sheet: tuple[str, bytes] | None = None


Step = Callable[[Door, Request, Who, str, str, Sent], Response]
"""(door, request, who, language, agreement, form) -> the page."""


async def sent(request: Request) -> Sent | None:
    """The form of a request; None for one that is too large, or does not say how large it is."""
    size = request.headers.get("content-length", "")
    if not (size.isascii() and size.isdigit() and int(size) <= BODY_CAP):
        return None
    async with request.form(max_files=1, max_fields=5000) as form:
        files = [one for one in form.values() if isinstance(one, UploadFile) and one.filename]
        sheet = (str(files[0].filename)[-80:], await files[0].read()) if files else None
        return Sent({key: value for key, value in form.items() if isinstance(value, str)}, sheet)


def barred(door: Door, request: Request, who: Who, lang: str, path: str,
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


def look(door: Door, request: Request, who: Who, lang: str, agreement: str,
          form: Sent) -> Response:
    """What an edit would change; or the table again, with its faults beside the numbers."""
    status = [200]

    def find(connection: Connection, view: View) -> Shown:
        from fenghuo.agreements import annex
        from fenghuo.console import rules

        edition = rule_pages.edition_of(view)
        path, content = rules.file_of(connection, edition, agreement)
        table = annex.table(path, content, view.language)
        status[0] = 400
        if form.fields.get("sha256") != table.sha256:
            return rule_pages.table(connection, view, agreement, sentence=view.word("stale_table"))
        typed = _typed(table, content, form)
        if typed.faults or typed.beside:
            return rule_pages.table(connection, view, agreement, typed, view.word("faults_below"))
        if not typed.digits:
            return rule_pages.table(connection, view, agreement,
                                    sentence=view.word("nothing_changed"))
        try:
            found = rules.preview(connection, engine(view.settings.url), view.settings, edition,
                                  path, typed.digits, view.language, view.now)
        except Refused as refused:
            return rule_pages.table(connection, view, agreement,
                                    rules.faulty(table, typed.digits, refused.refusals),
                                    view.word("faults_below"))
        status[0] = 200
        return "preview.html", {
            "annex": table, "agreement": agreement, "preview": found, "frozen": found.frozen,
            "typed": typed, "was": {path: str(table.numbers[path]) for path in typed.digits},
            "alone": not view.settings.change_control,
            "mark": rule_pages.own_mark(view, f"rules/{agreement}/propose")}

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


def propose(door: Door, request: Request, who: Who, lang: str, agreement: str,
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
    except SQLAlchemyError as error:
        return unreadable(error)
    back = f"{str(request.scope.get('root_path', '')).rstrip('/')}/drafts/{number}"
    return RedirectResponse(back + (f"?lang={lang}" if lang != "zh" else ""), 303, GUARD)
