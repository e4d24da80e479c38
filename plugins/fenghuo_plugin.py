"""The one file Airflow loads, in every process and before every task: kept cheap by being lazy.

It mounts the console and the receipts under ``/fenghuo``, adds the console to the navigation,
and lets the scheduler warm up.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

from airflow.plugins_manager import AirflowPlugin

from fenghuo.orchestration import warm

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


def may_act(user: Any) -> bool:
    """Whether a signed-in user may do more than look: who may change a variable runs the house,
    which is role Op and above in every auth manager."""
    from airflow.api_fastapi.app import get_auth_manager

    return get_auth_manager().is_authorized_variable(method="PUT", user=user)


class Mounted:
    """The house's pages as an ASGI app that is built at its first request."""

    def __init__(self) -> None:
        self._app: ASGIApp | None = None
        self._lock = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._app is None:
            # in a thread: the server also answers the tasks, and imports take a second
            await asyncio.to_thread(self._build)
        assert self._app is not None
        await self._app(scope, receive, send)

    def _build(self) -> None:
        from airflow.api_fastapi.core_api.security import get_user

        from fenghuo.console.app import console_app
        from fenghuo.orchestration.secrets import settings_of_task
        from fenghuo.receipts.app import public_app

        with self._lock:
            if self._app is None:
                settings = settings_of_task()
                self._app = console_app(settings, get_user, public_app(settings), may_act,
                                        "/api/v2/auth/login")


class FenghuoPlugin(AirflowPlugin):
    """What Airflow reads."""

    name = "fenghuo"
    fastapi_apps: list[Any] = [  # noqa: RUF012
        {"app": Mounted(), "url_prefix": "/fenghuo", "name": "Fenghuo"}]
    external_views: list[Any] = [  # noqa: RUF012
        {"name": "烽火 Fenghuo", "href": "/fenghuo/", "destination": "nav",
         "url_route": "fenghuo", "nav_top_level": True}]
    listeners: list[Any] = [warm]  # noqa: RUF012
