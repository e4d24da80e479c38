"""The provider's Calls: create, list and fetch, with its errors and its faults.

Refused like the real one: numbers that are none (21211, 21212), no TwiML (21205), one that does
not parse (12100), and mainland China (21215). Faults of ``send`` and ``read`` strike here too.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from fenghuo.channels.sandbox_account import ACCOUNT
from fenghuo.channels.twilio_voice import NEVER
from fenghuo.sandbox import calls, twilio_side
from fenghuo.sandbox.messages import VERSION
from fenghuo.sandbox.twilio_side import error
from fenghuo.sandbox.world import World

LONGEST_TWIML = 4000


def router(world: World) -> APIRouter:
    """The provider's routes of calls over a world."""
    made = APIRouter(prefix=f"/{VERSION}/Accounts/{{account}}")

    @made.post("/Calls.json")
    async def create(account: str, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        wrong = twilio_side.stranger(account, request) or _refusal(form)
        if wrong is not None:
            return wrong
        fault = world.strike("send", form["To"])
        call = None
        if fault is None or fault.takes:
            call = world.take_call(form["To"], form["From"], form["Twiml"],
                                   form.get("StatusCallback"))
        return await twilio_side.reply(fault, call)

    @made.get("/Calls.json")
    async def page(account: str, request: Request) -> Response:
        query = dict(request.query_params)
        found = [one for one in reversed(world.calls.values())
                 if query.get("To", one.to) == one.to
                 and query.get("Status", one.status) == one.status]
        wrong = twilio_side.stranger(account, request) or twilio_side.broken_read(world)
        return wrong or JSONResponse(
            twilio_side.paged("calls", found, query, request.url.path))

    @made.get("/Calls/{sid}.json")
    async def fetch(account: str, sid: str, request: Request) -> Response:
        wrong = twilio_side.stranger(account, request) or twilio_side.broken_read(world)
        call = world.calls.get(sid)
        return wrong or (JSONResponse(call.resource(ACCOUNT)) if call else error(
            404, 20404, f"The requested resource {request.url.path} was not found"))

    return made


def _refusal(form: dict[str, str]) -> Response | None:
    to, sender, twiml = form.get("To", ""), form.get("From", ""), form.get("Twiml", "")
    if not twilio_side.possible(to):
        return error(400, 21211, f"The 'To' number {to} is not a valid phone number.")
    if not twilio_side.possible(sender):
        return error(400, 21212, f"The 'From' number {sender} is not a valid phone number.")
    if not twiml:
        return error(400, 21205, "Url parameter is required.")
    if len(twiml) > LONGEST_TWIML or not calls.good(twiml):
        return error(400, 12100, "Document parse failure")
    if to.startswith(NEVER):
        return error(400, 21215, f"Account not authorized to call {to}.")
    return None
