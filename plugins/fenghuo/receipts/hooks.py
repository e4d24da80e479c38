"""``POST /receipts/{gateway}/status`` and ``…/inbound``: stored and acted upon in one transaction.

Kannel fetches (GET) what others post; either way only what its provider is proven to send counts.

Its thanks mean that it is in the database. On a locked database the provider is told to come again
(503), which it does; a replay is thanked for and does nothing. What its provider did not sign is
refused (403), whatever else is wrong, and says nothing of why: the ledger does, now and then.
"""

from __future__ import annotations

from typing import Literal, cast

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from fenghuo.channels import Webhook
from fenghuo.outbox.deliveries import keep
from fenghuo.receipts import incoming
from fenghuo.receipts.front import Front

LARGEST = 65_536


def routes(front: Front) -> APIRouter:
    """The providers' two doors."""
    router = APIRouter()

    @router.api_route("/receipts/{name}/{kind}", methods=["GET", "POST"])
    async def receipts(name: str, kind: str, request: Request) -> Response:
        if kind not in ("status", "inbound"):
            return Response(status_code=404)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST:
                return Response(status_code=413)
        asked = request.scope.get("query_string", b"").decode("latin-1")
        address = f"{front.settings.public_url.rstrip('/')}/receipts/{name}/{kind}"
        webhook = Webhook(cast(Literal["status", "inbound"], kind),
                          address + (f"?{asked}" if asked else ""), dict(request.query_params),
                          dict(request.headers.items()), body)
        return await run_in_threadpool(front.guarded, lambda: _act(front, name, webhook))

    return router


def _act(front: Front, name: str, webhook: Webhook) -> Response:
    gateway = front.gateway(name)
    if gateway is None or not gateway.verify(webhook):
        front.refusals.note(gateway.name if gateway else None, webhook, "forged", front.enter)
        return Response(status_code=403)
    try:
        statuses = gateway.parse_receipt(webhook) if webhook.kind == "status" else []
        texts = gateway.parse_inbound(webhook) if webhook.kind == "inbound" else []
    except ValueError:
        front.refusals.note(gateway.name, webhook, "unreadable", front.enter)
        return Response(status_code=400)
    now = front.clock.now()
    with front.writing() as connection:
        for one in statuses:
            keep(connection, gateway.name, one.provider_id, one.status, one.error, one.notice, now)
        for text in texts:
            incoming.receive(connection, gateway.name, text, now)
    thanks, media_type = gateway.thanks(webhook)
    return Response(thanks, media_type=media_type)
