"""The console's page over HTTP, with the public part behind the same door.

Nothing of it is served without a signed-in user; the page asks nothing of any other host, runs
no script and may be framed by its own site only.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import requests
from fastapi import APIRouter, Depends, FastAPI, Query, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp

from fenghuo.clock import clock_of
from fenghuo.settings import Settings
from fenghuo.store.engine import engine, reading
from fenghuo.words import FenghuoError

GUARD = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; "
                               "form-action 'none'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
STYLE = Path(__file__).parent / "templates" / "console.css"

Language = Annotated[Literal["zh", "en"], Query()]


def console_app(settings: Settings, user: Callable[..., Any], public: ASGIApp) -> FastAPI:
    """The whole application: the console for ``user``, and the public part for everybody.

    ``user`` is a FastAPI dependency that gives the signed-in user or raises 401.
    """
    app = FastAPI(title="Fenghuo", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(console_router(settings, user))
    app.mount("/", public)
    return app


def console_router(settings: Settings, user: Callable[..., Any]) -> APIRouter:
    """The console's routes, each behind ``user``."""
    router = APIRouter(dependencies=[Depends(user)])

    @router.get("/", response_class=HTMLResponse)
    def board(lang: Language = "zh") -> Response:
        # the edition and its tables: no server process loads them before somebody looks
        from fenghuo.console.board import read
        from fenghuo.console.page import render

        try:
            now = clock_of(settings.clock).now()
            with reading(engine(settings.url)) as connection:
                found = read(connection, settings, now)
        except (FenghuoError, SQLAlchemyError, requests.RequestException) as error:
            return PlainTextResponse(f"{type(error).__name__}: the house cannot be read now",
                                     503, GUARD)
        return HTMLResponse(render(found, settings.zone, lang), headers=GUARD)

    @router.get("/console.css")
    def style() -> Response:
        return Response(STYLE.read_bytes(), media_type="text/css", headers=GUARD)

    return router
