"""The public part of the house as one ASGI application.

Mounted under the path of ``FENGHUO_PUBLIC_URL`` by the plugin, or run alone, so that Airflow is
never exposed. It has no sign-in: each door has its own proof.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from sqlalchemy import select

from fenghuo.receipts import confirm_routes, hooks
from fenghuo.receipts.front import Front
from fenghuo.settings import Settings
from fenghuo.store.tables import step_lease


def public_app(settings: Settings, front: Front | None = None) -> FastAPI:
    """The application; opens nothing before its first request.

    Routes: ``POST /receipts/twilio/{status|inbound}``, ``GET|POST /confirm[/{token}]``,
    ``GET /healthz``.
    """
    front = front or Front(settings)
    app = FastAPI(title="Fenghuo, public part", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(hooks.routes(front))
    app.include_router(confirm_routes.routes(front))

    @app.get("/healthz")
    def healthz() -> Response:
        return front.guarded(lambda: _health(front))

    return app


def standalone(settings: Settings, front: Front | None = None) -> FastAPI:
    """The same under the path of the public address, for a server of its own."""
    path = urlsplit(settings.public_url).path.rstrip("/")
    inner = public_app(settings, front)
    if not path:
        return inner
    outer = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    outer.mount(path, inner)
    return outer


def _health(front: Front) -> Response:
    """When each step last ended well (city instants); 503 while the database cannot answer."""
    with front.reading() as connection:
        rows = connection.execute(select(step_lease.c.step, step_lease.c.finished_at)).all()
    steps = {row.step: row.finished_at.isoformat() if row.finished_at else None for row in rows}
    return JSONResponse({"status": "ok", "steps": steps},
                        headers={"Cache-Control": "no-store"})
