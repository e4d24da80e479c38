"""What every page of the console passes through: who asks, in which language, and what is said
when the house cannot answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import requests
from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from fenghuo.clock import Clock, clock_of
from fenghuo.console.who import MayAct, Who, who_of
from fenghuo.settings import Settings
from fenghuo.store.engine import engine, reading
from fenghuo.words import FenghuoError

if TYPE_CHECKING:
    from fenghuo.console.page import View

GUARD = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; "
                               "form-action 'self'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
Language = Literal["zh", "en"]

Shown = tuple[str, dict[str, Any]]
"""A template and what it shows."""


class Door:
    """The console's common part; opens nothing before its first request."""

    def __init__(self, settings: Settings, user: Callable[..., Any], may_act: MayAct) -> None:
        self.settings = settings
        self.clock: Clock = clock_of(settings.clock)

        found_user = Depends(user)

        def who(found: Any = found_user) -> Who:
            return who_of(found, may_act)

        self.who = who

    def page(self, request: Request, who: Who, language: str,
             find: Callable[[Connection, View], Shown], status: int = 200) -> Response:
        """A page of one consistent view of the database.

        A FenghuoError of ``find`` becomes 404 and its sentence; a house that cannot be read 503.
        """
        # the edition and its tables: no server process loads them before somebody looks
        from fenghuo.console.names import names
        from fenghuo.console.page import render

        try:
            now = self.clock.now()
            with reading(engine(self.settings.url)) as connection:
                view = self._view(request, who, language, names(connection, now), now)
                try:
                    template, found = find(connection, view)
                except FenghuoError as error:
                    template, found, status = "sorry.html", {"sentence": str(error)}, 404
            return HTMLResponse(render(template, view, **found), status, GUARD)
        except (FenghuoError, SQLAlchemyError, requests.RequestException) as error:
            return unreadable(error)

    def sorry(self, request: Request, who: Who, language: str, sentence: str,
              status: int) -> Response:
        """A page with one sentence; the bare sentence while the house cannot be read."""
        page = self.page(request, who, language,
                         lambda _connection, _view: ("sorry.html", {"sentence": sentence}), status)
        return page if page.status_code == status else PlainTextResponse(sentence, status, GUARD)

    def _view(self, request: Request, who: Who, language: str, named: Any,
              now: datetime) -> View:
        from fenghuo.console.page import View

        base = str(request.scope.get("root_path", "")).rstrip("/")
        path = request.scope["path"].removeprefix(base)
        return View(self.settings, named, who, language, base, path or "/", now)


def unreadable(error: Exception) -> Response:
    """The answer while the database or the city clock cannot: what kind of fault, no detail."""
    return PlainTextResponse(f"{type(error).__name__}: the house cannot be read now", 503, GUARD)
