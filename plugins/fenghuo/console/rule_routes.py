"""The addresses of the rules: what is in force, an edit, a spreadsheet out and in, drafts."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from fenghuo.console import rule_edits, rule_pages
from fenghuo.console.door import Door, Language
from fenghuo.console.rule_edits import Sent, sent
from fenghuo.console.who import Who


def add_to(router: APIRouter, door: Door) -> None:
    """Add the routes; every one is behind the router's own door."""
    signed_in = Depends(door.who)

    @router.get("/rules", response_class=HTMLResponse)
    def rules(request: Request, lang: Language = "zh", who: Who = signed_in) -> Response:
        return door.page(request, who, lang, rule_pages.board)

    @router.get("/rules/{agreement}", response_class=HTMLResponse)
    def table(request: Request, agreement: str, lang: Language = "zh",
              who: Who = signed_in) -> Response:
        return door.page(request, who, lang, lambda connection, view: rule_pages.table(
            connection, view, agreement))

    @router.get("/rules/{agreement}/sheet")
    def sheet(request: Request, agreement: str, lang: Language = "zh",
              who: Who = signed_in) -> Response:
        return rule_pages.sheet(door, request, who, lang, agreement)

    @router.get("/drafts/{number}", response_class=HTMLResponse)
    def draft(request: Request, number: int, lang: Language = "zh",
              who: Who = signed_in) -> Response:
        return door.page(request, who, lang, lambda connection, view: rule_pages.draft(
            connection, view, number))

    _edit(router, door, "look", rule_edits.look)
    _edit(router, door, "propose", rule_edits.propose)


def _edit(router: APIRouter, door: Door, step: str, does: rule_edits.Step) -> None:
    """One step of an edit, behind the form's own mark."""
    signed_in, body = Depends(door.who), Depends(sent)

    def act(request: Request, agreement: str, lang: Language = "zh", who: Who = signed_in,
            form: Sent | None = body) -> Response:
        barred = rule_edits.barred(door, request, who, lang, f"rules/{agreement}/{step}", form)
        return barred or does(door, request, who, lang, agreement, form or Sent({}))

    router.add_api_route(f"/rules/{{agreement}}/{step}", act, methods=["POST"])
