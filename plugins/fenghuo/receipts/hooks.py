"""``POST /receipts/twilio/status`` and ``…/inbound``: stored and acted upon in one transaction.

An answer of 200 means that it is in the database. On a locked database the provider is told to
come again (503), which it does; a replay gets 200 and does nothing.
"""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from sqlalchemy import Connection

from fenghuo.channels import Inbound
from fenghuo.channels.twilio_sms import SID, TwilioSms
from fenghuo.outbox.deliveries import keep
from fenghuo.receipts import incoming
from fenghuo.receipts.front import Front
from fenghuo.receipts.twilio_hooks import LARGEST, TWIML, Form, NotTheProvider, verified


def routes(front: Front) -> APIRouter:
    """The provider's two doors."""
    router = APIRouter()

    @router.post("/receipts/twilio/{kind}")
    async def twilio(kind: str, request: Request) -> Response:
        if kind not in ("status", "inbound"):
            return Response(status_code=404)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST:
                return Response(status_code=413)
        query = request.scope.get("query_string", b"").decode("latin-1")
        headers = dict(request.headers.items())

        def act() -> Response:
            try:
                gateway, form = verified(front.settings, f"/receipts/twilio/{kind}", query,
                                         headers, body)
            except NotTheProvider:
                return Response(status_code=403)
            sid = form.get("MessageSid", "")
            if not SID.fullmatch(sid):
                return Response(status_code=400)
            now = front.clock.now()
            with front.writing() as connection:
                if kind == "status":
                    _status(connection, gateway, sid, form, request.query_params.get("notice"),
                            now)
                else:
                    incoming.receive(connection, gateway.name, Inbound(
                        sid, form.get("From", ""), form.get("Body", ""), None), now)
            return Response(TWIML, media_type="application/xml")

        return await run_in_threadpool(front.guarded, act)

    return router


def _status(connection: Connection, gateway: TwilioSms, sid: str, form: Form,
            notice_id: str | None, now: datetime) -> None:
    status = form.get("MessageStatus") or form.get("SmsStatus") or ""
    keep(connection, gateway.name, sid, status, form.get("ErrorCode") or None, notice_id, now)
