"""Acts in two steps: a page that says what will happen, then the act.

Looking never acts. A form counts when the user may act, its mark is the user's own for this very
act, and no other site sent it; whoever is refused reads one sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests
from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from fenghuo.console import doing
from fenghuo.console.asking import ACTS
from fenghuo.console.door import GUARD, Door, Language, unreadable
from fenghuo.console.who import NoKey, Who, mark, marked
from fenghuo.words import FenghuoError, masked

if TYPE_CHECKING:
    from fenghuo.console.door import Shown
    from fenghuo.console.page import View

SAME_SITE = ("same-origin", "none")
"""What a browser says of a form that is not another site's; old ones say nothing."""

SAYS = {
    "viewer": {"zh": "你可以查看，但无权操作。", "en": "You may look, but not act."},
    "mark": {"zh": "此页已过期或不是本人打开的，请返回重试。",
             "en": "This page has expired or is not your own; go back and try again."},
}


def add_to(router: APIRouter, door: Door) -> None:
    """Two routes for every act."""
    for family, name in ACTS:
        _add(router, door, family, name)


def _add(router: APIRouter, door: Door, family: str, name: str) -> None:
    key, signed_in = (family, name), Depends(door.who)
    path = f"/{family}/{{which}}" + (f"/{name}" if name else "")

    def ask(request: Request, which: int, lang: Language = "zh",
            notice: str = Query("", max_length=32), who: Who = signed_in) -> Response:
        if not who.acts:
            return door.sorry(request, who, lang, SAYS["viewer"][lang], 403)
        return _confirm(door, request, who, lang, key, which, doing.Form("", notice), None, 200)

    def act(request: Request, which: int, lang: Language = "zh", mark: str = Form(""),
            reason: str = Form("", max_length=500), notice: str = Form("", max_length=32),
            outcome: str = Form("", max_length=32), answer: str = Form("", max_length=1),
            number: str = Form("", max_length=12), person: str = Form("", max_length=64),
            at: str = Form("", max_length=32), tests_read: str = Form("", max_length=3),
            who: Who = signed_in) -> Response:
        form = doing.Form(reason, notice, outcome, answer, number, person, at, tests_read)
        if not who.acts:
            return door.sorry(request, who, lang, SAYS["viewer"][lang], 403)
        try:
            own = marked(door.settings, who, _signed(key, which, form), mark)
        except NoKey as missing:
            return door.sorry(request, who, lang, str(missing), 503)
        if not own or request.headers.get("sec-fetch-site", "none") not in SAME_SITE:
            return door.sorry(request, who, lang, SAYS["mark"][lang], 403)
        return _act(door, request, who, lang, key, which, form)

    router.add_api_route(path, ask, methods=["GET"])
    router.add_api_route(path, act, methods=["POST"])


def _act(door: Door, request: Request, who: Who, lang: str, key: tuple[str, str], which: int,
         form: doing.Form) -> Response:
    back: list[str] = []

    def look(connection: Connection, view: View) -> Shown:
        back.append(view.link(ACTS[key].look(connection, view, which, form.notice).back))
        return "sorry.html", {"sentence": ""}

    missing = door.page(request, who, lang, look)  # first: an unknown number is 404, not an act
    if not back:
        return missing
    try:
        doing.do(door.settings, key, which, form, who.name, door.clock.now())
    except FenghuoError as error:
        status = 400 if isinstance(error, doing.BadForm) else 409
        return _confirm(door, request, who, lang, key, which, form, masked(str(error)), status)
    except (SQLAlchemyError, requests.RequestException) as error:
        return unreadable(error)
    return RedirectResponse(back[0], 303, GUARD)


def _confirm(door: Door, request: Request, who: Who, lang: str, key: tuple[str, str], which: int,
             form: doing.Form, sentence: str | None, status: int) -> Response:
    def find(connection: Connection, view: View) -> Shown:
        act = ACTS[key]
        asked = act.look(connection, view, which, form.notice)
        title, happens = act.words[view.language]
        return "act.html", {
            "act": act, "asked": asked, "title": title, "form": form, "sentence": sentence,
            "happens": happens.format(people=asked.people, texts=asked.texts),
            "mark": mark(door.settings, who, _signed(key, which, form)),
            "call": key[0] == "calls", "outcomes": doing.OUTCOMES,
            "inbound": key == ("inbound", "accept"), "hour": key == ("drafts", "schedule"),
            "tests": key == ("drafts", "approve")}

    return door.page(request, who, lang, find, status)


def _signed(key: tuple[str, str], which: int, form: doing.Form) -> str:
    """What a mark speaks of: this act on this thing."""
    return f"{key[0]}/{which}/{key[1]}?{form.notice}"
