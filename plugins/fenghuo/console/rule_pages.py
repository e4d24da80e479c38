"""What the pages of the rules show: the board, the signed table, a sheet of it, one draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import Request, Response
from sqlalchemy import Connection

from fenghuo.console.door import GUARD, Door
from fenghuo.console.who import NoKey, Who, mark
from fenghuo.words import FenghuoError

if TYPE_CHECKING:
    from fenghuo.console.door import Shown
    from fenghuo.console.page import View

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NoEdition(FenghuoError):
    """There is no edition whose rules could be shown."""


def edition_of(view: View) -> Any:
    """The edition in force. Raises NoEdition."""
    if view.named.edition is None:
        raise NoEdition(view.word("no_edition"))
    return view.named.edition


def board(connection: Connection, view: View) -> Shown:
    """The page *Rules*."""
    from fenghuo.console import rules

    found = rules.board(connection, edition_of(view), view.now)
    return "rules.html", {"board": found, "frozen": found.frozen}


def table(connection: Connection, view: View, agreement: str, typed: Any = None,
           sentence: str | None = None) -> Shown:
    """The page *Agreement*, with what was typed and what is wrong with it."""
    from fenghuo.agreements import annex
    from fenghuo.changes import freezing
    from fenghuo.console import rules

    path, content = rules.file_of(connection, edition_of(view), agreement)
    shown = annex.table(path, content, view.language)
    hazards = {row.hazard.value for row in shown.rows}
    return "agreement.html", {
        "annex": shown, "typed": typed or rules.Typed(), "sentence": sentence, "was": {},
        "agreement": agreement, "frozen": freezing.frozen(connection, hazards),
        "mark": own_mark(view, f"rules/{agreement}/look")}


def own_mark(view: View, path: str) -> str | None:
    """The mark of a form; None for whoever may only look, and before the house has its key."""
    if not view.who.acts:
        return None
    try:
        return mark(view.settings, view.who, path)
    except NoKey:
        return None


def draft(connection: Connection, view: View, number: int) -> Shown:
    """The page *Draft*."""
    from fenghuo.console import rules

    found = rules.draft(connection, view.settings, edition_of(view), number, view.language,
                        view.now, view.who.name)
    return "draft.html", {"draft": found, "frozen": found.frozen, "typed": rules.Typed()}


def sheet(door: Door, request: Request, who: Who, lang: str, agreement: str) -> Response:
    """The signed table as a spreadsheet."""
    made: list[bytes] = []

    def find(connection: Connection, view: View) -> Shown:
        from fenghuo.agreements import annex
        from fenghuo.agreements.annex_sheet import written
        from fenghuo.console import rules

        path, content = rules.file_of(connection, edition_of(view), agreement)
        made.append(written(annex.table(path, content, view.language)))
        return "sorry.html", {"sentence": ""}

    page = door.page(request, who, lang, find)
    if not made:
        return page
    return Response(made[0], media_type=XLSX, headers={
        **GUARD, "Content-Disposition": f'attachment; filename="{agreement}.xlsx"'})
