"""The sandbox's HTTP side: clock, feeds, log, controls; the provider's routes are twilio_side's.

    GET  /clock                   {now, finished, mode, start, ends, waiting, activity}
    GET  /clock/wait?since=&timeout=    the same once ``activity`` is no longer ``since``
    POST /clock/report            {step, at, began, did, next_due, stale_due}
    GET  /feeds/{name}[/{doc}]    the payload of now; ETag, Last-Modified, 304
    WS   /feeds/{name}/push       each payload of that path as a message, from its instant
    GET  /log[?kind=sms]          everything seen, JSON lines
    PUT  /control/feeds/{name}[/{doc}]?status=&delay=&truncated=&ahead=    replace a payload now
    POST /control/faults          {kind, times, seconds, accepted, to}; DELETE clears all
    PUT  /control/phones/{number} {manner, after, says, …} as in a scenario
    POST /control/texts           {from, body, to}: a person texts the house
    GET  /desk                    what people at the desk are to do now, by number
    POST /desk/{number}           {outcome}: it was done, or refused
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC
from email.utils import format_datetime, formatdate
from typing import Any

from fastapi import APIRouter, FastAPI, Query, Request, Response, WebSocket
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import AwareDatetime, BaseModel, Field

from fenghuo.channels.sandbox_account import SENDER
from fenghuo.clock import machine_now
from fenghuo.sandbox import calls_side, robots_side, twilio_side
from fenghuo.sandbox.faults import Fault
from fenghuo.sandbox.log import read
from fenghuo.sandbox.payloads import Payload, etag
from fenghuo.sandbox.scenario import Phone
from fenghuo.sandbox.world import World

WAIT_STEP = 0.02
"""Machine seconds between two looks of a request that waits."""


class Report(BaseModel):
    """A StepReport as the house sends it."""

    step: str
    at: AwareDatetime
    began: float
    did: int = Field(ge=0)
    next_due: AwareDatetime | None = None
    stale_due: AwareDatetime | None = None


class Text(BaseModel):
    """A text somebody sends to the house."""

    sender: str = Field(alias="from")
    body: str
    to: str = SENDER


class Outcome(BaseModel):
    """How an act at the desk ended."""

    outcome: str


def make_app(world: World) -> FastAPI:
    """The whole HTTP side over a world."""
    app = FastAPI(title="Fenghuo sandbox", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(twilio_side.router(world))
    app.include_router(calls_side.router(world))
    app.include_router(robots_side.router(world))
    app.include_router(_clock(world))
    app.include_router(_feeds(world))
    app.include_router(_control(world))
    app.include_router(_desk(world))
    return app


def _clock(world: World) -> APIRouter:
    made = APIRouter()

    def state() -> dict[str, Any]:
        clock = world.clock
        return {"now": clock.now().isoformat(), "finished": clock.finished,
                "mode": "system" if clock.present is None else "scenario",
                "start": world.scenario.start.isoformat() if world.scenario else None,
                "ends": clock.ends.isoformat() if clock.ends else None,
                "waiting": clock.waiting(), "callbacks": len(world.pending.waiting),
                "activity": clock.happened}

    @made.get("/clock")
    async def show() -> dict[str, Any]:
        return state()

    @made.get("/clock/wait")
    async def wait(since: int, timeout: float = Query(10.0, ge=0, le=60)) -> dict[str, Any]:
        end = machine_now() + timeout
        while world.clock.happened == since and machine_now() < end:
            await asyncio.sleep(WAIT_STEP)
        return state()

    @made.post("/clock/report")
    async def report(body: Report) -> dict[str, Any]:
        due = body.next_due.astimezone(UTC) if body.next_due else None
        stale = body.stale_due.astimezone(UTC) if body.stale_due else None
        world.clock.report(body.step, body.at.astimezone(UTC), body.began, body.did, due, stale)
        return {"now": world.clock.now().isoformat()}

    @made.get("/log")
    async def log(kind: str | None = None) -> Response:
        content = world.log.path.read_bytes() if kind is None else _lines(world, kind)
        return Response(content, media_type="application/x-ndjson")

    return made


def _lines(world: World, kind: str) -> bytes:
    return b"".join(json.dumps(entry, ensure_ascii=False).encode() + b"\n"
                    for entry in read(world.log.path).of(kind))


def _feeds(world: World) -> APIRouter:
    made = APIRouter()

    @made.websocket("/feeds/{name}/push")
    async def push(name: str, line: WebSocket) -> None:
        path, told = f"{name}/push", None
        await line.accept()
        gone = asyncio.create_task(line.receive())
        while not gone.done():
            now = world.clock.now()
            payload = world.feeds.current(path, now)
            if payload is not None and payload is not told:
                told, content = payload, payload.content(now)
                world.serve(path, payload, etag(content), True)
                await line.send_bytes(content)
            await asyncio.wait({gone}, timeout=0.02)

    @made.get("/feeds/{path:path}")
    async def feed(path: str, request: Request) -> Response:
        payload = world.feeds.current(path, world.clock.now())
        if payload is None:
            known = sorted(world.feeds.lines)
            return JSONResponse({"error": f"the sandbox has no payload for feed {path!r} now",
                                 "feeds": known}, 404)
        if payload.delay:
            await asyncio.sleep(payload.delay)
        content = payload.content(world.clock.now())
        body, mark = content.replace(b"{{base}}", world.base.encode()), etag(content)
        headers = {"ETag": mark, "Cache-Control": "no-cache",
                   "Date": formatdate(machine_now() + payload.ahead, usegmt=True),
                   "Last-Modified": format_datetime(payload.at.astimezone(UTC), usegmt=True)}
        fresh = request.headers.get("if-none-match") != mark or payload.status != 200
        world.serve(path, payload, mark, fresh)
        if not fresh:
            return Response(status_code=304, headers=headers)
        if payload.truncated is not None:
            short = _short(body[:payload.truncated])
            return StreamingResponse(short, payload.status, media_type=payload.type,
                                     headers=headers | {"Content-Length": str(len(body))})
        return Response(body, payload.status, headers | {"Content-Type": payload.type})

    return made


async def _short(body: bytes) -> AsyncIterator[bytes]:
    yield body


def _desk(world: World) -> APIRouter:
    made = APIRouter(prefix="/desk")

    @made.get("")
    async def show() -> dict[int, dict[str, Any]]:
        return {number: act.model_dump(exclude={"at"}) for number, act in world.desk().items()}

    @made.post("/{number}")
    async def done(number: int, body: Outcome) -> dict[str, bool]:
        if number in world.desk():
            world.acted(number, body.outcome)
        return {"done": True}

    return made


def _control(world: World) -> APIRouter:
    made = APIRouter(prefix="/control")

    @made.put("/feeds/{path:path}")
    async def put_feed(path: str, request: Request, status: int = Query(200, ge=100, le=599),
                       delay: float = Query(0.0, ge=0),
                       truncated: int | None = Query(None, ge=0),
                       ahead: float = 0.0) -> dict[str, str]:
        kind = request.headers.get("content-type", "text/plain; charset=utf-8")
        payload = Payload(world.clock.now(), await request.body(), kind, status, delay, truncated,
                          ahead)
        world.clock.touch()
        world.record("payload", path=path, payload=payload.facts())
        return {"etag": etag(payload.body)}

    @made.post("/faults")
    async def put_fault(fault: Fault) -> dict[str, int]:
        return {"fault": int(world.record("fault", fault=fault.model_dump())["n"])}

    @made.delete("/faults")
    async def clear_faults() -> dict[str, bool]:
        world.record("faults_cleared")
        return {"cleared": True}

    @made.put("/phones/{number}")
    async def put_phone(number: str, phone: Phone) -> dict[str, str]:
        world.record("phone", number=number, phone=phone.model_dump(mode="json"))
        return {"phone": number}

    @made.post("/texts")
    async def put_text(text: Text) -> dict[str, str]:
        return {"sid": world.text_from(text.sender, text.body, text.to)}

    return made
