"""The SMS provider's REST side: create, list and fetch Messages, with its errors and its faults.

Format: Twilio API 2010-04-01 (checked against the provider's OpenAPI in the tests). Refused like
the real one: wrong account (20003), missing or bad numbers (21604, 21211, 21212, 21603), missing
or long bodies (21602, 21617), unknown sids (20404).
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import phonenumbers
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from fenghuo.channels.sandbox_account import ACCOUNT, TOKEN
from fenghuo.sandbox.calls import Call
from fenghuo.sandbox.faults import Fault
from fenghuo.sandbox.messages import VERSION, Message
from fenghuo.sandbox.world import World

LONGEST_BODY = 1600
PAGE_SIZE, LARGEST_PAGE = 50, 1000
HANG = 3600.0
PAGE = "<html><head><title>Gateway</title></head><body>Please sign in.</body></html>"
SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")


def router(world: World) -> APIRouter:
    """The provider's routes over a world."""
    made = APIRouter(prefix=f"/{VERSION}/Accounts/{{account}}")

    @made.post("/Messages.json")
    async def create(account: str, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        wrong = stranger(account, request) or _refusal(form)
        if wrong is not None:
            return wrong
        fault = world.strike("send", form["To"])
        message = None
        if fault is None or fault.takes:
            message = world.take_sms(form["To"], form.get("From") or form["MessagingServiceSid"],
                                     form["Body"], form)
        return await reply(fault, message)

    @made.get("/Messages.json")
    async def page(account: str, request: Request) -> Response:
        wrong, query = stranger(account, request) or broken_read(world), dict(request.query_params)
        found = [one for one in reversed(world.messages.values()) if _matches(one, query)]
        return wrong or JSONResponse(paged("messages", found, query, request.url.path))

    @made.get("/Messages/{sid}.json")
    async def fetch(account: str, sid: str, request: Request) -> Response:
        wrong = stranger(account, request) or broken_read(world)
        message = world.messages.get(sid)
        return wrong or (JSONResponse(message.resource(ACCOUNT)) if message else error(
            404, 20404, f"The requested resource {request.url.path} was not found"))

    return made


def error(status: int, code: int, message: str, headers: dict[str, str] | None = None) -> Response:
    """The provider's error body."""
    return JSONResponse({"code": code, "message": message, "status": status,
                         "more_info": f"https://www.twilio.com/docs/errors/{code}"},
                        status, headers)


def stranger(account: str, request: Request) -> Response | None:
    """The refusal of a wrong account."""
    kind, _, sealed = request.headers.get("authorization", "").partition(" ")
    try:
        user, _, token = base64.b64decode(sealed, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        user = token = ""
    if kind.lower() != "basic" or (account, user, token) != (ACCOUNT, ACCOUNT, TOKEN):
        return error(401, 20003, "Authenticate",
                     {"WWW-Authenticate": 'Basic realm="Sandbox API"'})
    return None


def _refusal(form: dict[str, str]) -> Response | None:
    to, body, sender = form.get("To", ""), form.get("Body", ""), form.get("From", "")
    service = form.get("MessagingServiceSid", "")
    if not to:
        return error(400, 21604, "A 'To' phone number is required.")
    if not possible(to):
        return error(400, 21211, f"The 'To' number {to} is not a valid phone number.")
    if not sender and not SERVICE.fullmatch(service):
        return error(400, 21603, "A 'From' phone number is required.")
    if sender and not possible(sender):
        return error(400, 21212, f"The 'From' number {sender} is not a valid phone number.")
    if not body:
        return error(400, 21602, "Message body is required.")
    if len(body) > LONGEST_BODY:
        return error(400, 21617, "The concatenated message body exceeds the 1600 character limit")
    return None


def possible(number: str) -> bool:
    """Whether it could be a telephone's number."""
    try:
        return number.startswith("+") and phonenumbers.is_possible_number(
            phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


async def reply(fault: Fault | None, message: Message | Call | None) -> Response:
    """What a create is answered, as a fault will have it."""
    # The reply shows the text as it was taken: by the end of a delay it may be delivered.
    taken = None if message is None else message.resource(ACCOUNT)
    if fault is not None and fault.kind in ("hang", "delay"):
        await asyncio.sleep(HANG if fault.seconds is None else fault.seconds)
    if fault is not None and fault.kind == "html_201":
        return HTMLResponse(PAGE, 201)
    if fault is not None and fault.kind == "empty_201":
        return JSONResponse({}, 201)
    if fault is not None and fault.kind == "rate_429":
        return error(429, 20429, "Too Many Requests", {"Retry-After": "1"})
    if taken is None or (fault is not None and fault.kind == "status_500"):
        return error(500, 20500, "An internal server error has occurred")
    return JSONResponse(taken, 201)


def broken_read(world: World) -> Response | None:
    """The fault that strikes a list or a fetch."""
    fault = world.strike("read", "")
    return error(500, 20500, "An internal server error has occurred") if fault else None


def paged(name: str, found: Sequence[Message | Call], query: dict[str, str],
          path: str) -> dict[str, Any]:
    """One page of what was found, newest first; the token is the last sid of the page before."""
    size = min(int(query.get("PageSize") or PAGE_SIZE), LARGEST_PAGE)
    number = int(query.get("Page") or 0)
    start = number * size
    if token := query.get("PageToken"):
        sids = [one.sid for one in found]
        start = sids.index(token[2:]) + 1 if token[2:] in sids else len(found)
    shown = found[start:start + size]
    kept = {key: value for key, value in query.items() if key not in ("Page", "PageToken")}

    def uri(page: int, **more: str) -> str:
        return f"{path}?{urlencode(kept | {'PageSize': str(size), 'Page': str(page)} | more)}"

    following = uri(number + 1, PageToken="PA" + shown[-1].sid) \
        if start + size < len(found) else None
    return {name: [one.resource(ACCOUNT) for one in shown],
            "page": number, "page_size": size, "start": start,
            "end": start + len(shown) - 1 if shown else start, "uri": uri(number),
            "first_page_uri": uri(0), "next_page_uri": following,
            "previous_page_uri": uri(number - 1) if number else None}


def _matches(message: Message, query: dict[str, str]) -> bool:
    if query.get("To", message.to) != message.to:
        return False
    if query.get("From", message.sender) != message.sender:
        return False
    sent = None if message.sent is None else datetime.fromtimestamp(message.sent, UTC).date()
    bounds = [(name, _day(query[name])) for name in ("DateSent", "DateSent<", "DateSent>")
              if query.get(name)]
    # A queued text has no date_sent yet, so that every such filter misses it: the real trap.
    return all(sent is not None and day is not None
               and (sent == day if name == "DateSent" else
                    sent <= day if name == "DateSent<" else sent >= day)
               for name, day in bounds)


def _day(written: str) -> date | None:
    try:
        return datetime.fromisoformat(written).date()
    except ValueError:
        return None
