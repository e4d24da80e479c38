"""The console over HTTP, with the public part behind the same door.

Nothing of it is served without a signed-in user; its pages ask nothing of any other host, run
no script, may be framed by their own site only and send forms nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.types import ASGIApp

from fenghuo.console import act_routes, look_routes, paste_routes, rule_routes
from fenghuo.console.door import GUARD, Door
from fenghuo.console.who import MayAct, nobody
from fenghuo.settings import Settings

STYLE = Path(__file__).parent / "templates" / "console.css"


def console_app(settings: Settings, user: Callable[..., Any], public: ASGIApp,
                may_act: MayAct = nobody, sign_in: str = "") -> FastAPI:
    """The whole application: the console for ``user``, and the public part for everybody.

    ``user`` is a FastAPI dependency that gives the signed-in user or raises 401; ``may_act``
    tells whether that user may do more than look. A browser of nobody is led to ``sign_in``,
    and from there back (``?next=``).
    """
    app = FastAPI(title="Fenghuo", docs_url=None, redoc_url=None, openapi_url=None)

    @app.exception_handler(401)
    async def nobody_yet(request: Request, error: HTTPException) -> Response:
        page = request.method == "GET" and "text/html" in request.headers.get("accept", "")
        if sign_in and page:
            return RedirectResponse(f"{sign_in}?{urlencode({'next': str(request.url)})}", 303)
        return JSONResponse({"detail": error.detail}, 401)

    app.include_router(console_router(settings, user, may_act))
    app.mount("/", public)
    return app


def console_router(settings: Settings, user: Callable[..., Any],
                   may_act: MayAct = nobody) -> APIRouter:
    """The console's routes, each behind ``user``, acts behind ``may_act`` too."""
    door = Door(settings, user, may_act)
    router = APIRouter(dependencies=[Depends(door.who)])
    look_routes.add_to(router, door)
    rule_routes.add_to(router, door)
    act_routes.add_to(router, door)
    paste_routes.add_to(router, door)

    @router.get("/console.css")
    def style() -> Response:
        return Response(STYLE.read_bytes(), media_type="text/css",
                        headers={**GUARD, "Cache-Control": "private, max-age=300"})

    return router
