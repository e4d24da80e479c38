"""A small city for the tests of delivery, and a provider that counts at the outside.

Shared by tests/channels, outbox, receipts and faults.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
from sqlalchemy import Engine, insert, select, update

from fenghuo.channels.sandbox_account import ACCOUNT, SENDER
from fenghuo.notices.keys import notice_id
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing

NOON = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)
CHEN, LI = "+8613800000001", "+8613800000002"
Answer = Callable[["Provider", BaseHTTPRequestHandler, dict[str, str]], None]


@dataclass
class Provider:
    """Twilio's Messages side at the network. ``plan`` holds what the next POSTs meet; an empty
    plan accepts. ``texts`` are what it took, whoever thinks otherwise."""

    plan: list[Answer] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)
    posts: int = 0
    lists: int = 0
    hidden: bool = False
    deaf: bool = False
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, form: dict[str, str], direction: str = "outbound-api") -> dict[str, Any]:
        """Take a text and give it a sid."""
        with self.lock:
            text = {
                "sid": f"SM{len(self.texts) + 1:032x}", "to": form["To"], "from": form["From"],
                "body": form["Body"], "direction": direction, "status": "queued",
                "date_created": format_datetime(datetime.now(UTC)), "date_sent": None,
                "error_code": None, "account_sid": ACCOUNT,
                "callback": form.get("StatusCallback", ""), "form": dict(form)}
            self.texts.insert(0, text)
        return text

    def bodies(self) -> list[tuple[str, str]]:
        """(to, body) of all it took to send, oldest first."""
        return [(one["to"], one["body"]) for one in reversed(self.texts)
                if one["direction"] == "outbound-api"]


def reply(handler: BaseHTTPRequestHandler, status: int, body: str | bytes,
          headers: dict[str, str] | None = None) -> None:
    """Answer one request."""
    content = body.encode() if isinstance(body, str) else body
    handler.send_response(status)
    for name, value in {"Content-Type": "application/json",
                        "Content-Length": str(len(content)), **(headers or {})}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(content)


def accepts(provider: Provider, handler: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
    reply(handler, 201, json.dumps(provider.take(form)))


def answers(status: int, body: str, headers: dict[str, str] | None = None,
            takes: bool = False) -> Answer:
    """Answer with these bytes; ``takes`` tells that it took the text all the same."""
    def act(provider: Provider, handler: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        if takes:
            provider.take(form)
        reply(handler, status, body, headers)
    return act


def refuses(status: int, code: int, headers: dict[str, str] | None = None) -> Answer:
    """The provider's own refusal."""
    return answers(status, json.dumps({"code": code, "message": "no", "status": status}), headers)


def hangs(seconds: float, takes: bool = True) -> Answer:
    """Take the text and say nothing for so long."""
    def act(provider: Provider, handler: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        text = provider.take(form) if takes else {}
        time.sleep(seconds)
        reply(handler, 201, json.dumps(text))
    return act


def resets(provider: Provider, handler: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
    """Take the text and drop the line in the middle of the reply."""
    provider.take(form)
    handler.wfile.write(b"HTTP/1.1 201 Created\r\nContent-Length: 900\r\n\r\n{\"sid\": ")
    handler.close_connection = True


class _Provider(ThreadingHTTPServer):
    """Five callers may wait by default; the sixth of many hands at once would find it shut."""

    request_queue_size = 128


@contextmanager
def provider_at_work(port: int = 0) -> Iterator[Provider]:
    """The provider on this port of this machine, or on a free one."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            return None

        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length", "0"))
            body = self.rfile.read(size)
            if len(body) < size:
                return  # its sender died in the middle of asking: nothing was asked
            form = {"To": "", "From": "", "Body": "", **dict(parse_qsl(body.decode()))}
            with provider.lock:
                provider.posts += 1
                act = provider.plan.pop(0) if provider.plan else accepts
            try:
                act(provider, self, form)
            except OSError:
                self.close_connection = True

        def do_GET(self) -> None:
            at = urlsplit(self.path)
            if provider.deaf:
                reply(self, 503, "busy")
            elif at.path.endswith("/Messages.json"):
                provider.lists += 1
                to = parse_qs(at.query).get("To", [""])[0]
                rows = [] if provider.hidden else [
                    one for one in provider.texts if one["to"] == to]
                reply(self, 200, json.dumps({"messages": rows, "next_page_uri": None}))
            else:
                sid = at.path.rpartition("/")[2].removesuffix(".json")
                rows = [one for one in provider.texts if one["sid"] == sid]
                reply(self, 200 if rows else 404, json.dumps(rows[0] if rows else {}))

    server = _Provider(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Door:
    """The public application, knocked at without a network."""

    app: Any
    base: str = "http://inside:1"

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def knock() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=("192.0.2.7", 5))
            async with httpx.AsyncClient(transport=transport, base_url=self.base) as client:
                return await client.request(method, path, **options)
        return asyncio.run(knock())

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.request("POST", path, **options)


@dataclass
class City:
    """One warning after another in one database, written as the rooms above write them."""

    engine: Engine
    _edition: str = "e" * 64

    def warning(self, hazard: str = "rainstorm", scope: str = "440785000000",
                tier: str = "red") -> int:
        """An open warning with its first revision; returns the warning's id."""
        with writing(self.engine) as c:
            if c.scalar(select(t.edition.c.digest)) is None:
                c.execute(insert(t.edition).values(
                    digest=self._edition, number=1, adopted=NOON, adopted_by="test"))
            key = c.execute(insert(t.warning).values(
                hazard=hazard, scope=scope, state="in_force", opened=NOON)).inserted_primary_key[0]
        self.revise(key, "issue", tier)
        return int(key)

    def revise(self, warning: int, change: str, tier: str = "red",
               at: datetime = NOON) -> int:
        """One more revision; an ending one closes the warning. Returns the revision's id."""
        closes = {"cancel": "cancelled", "lapse": "lapsed", "retract": "retracted"}
        with writing(self.engine) as c:
            number = len(c.execute(select(t.revision.c.id).where(
                t.revision.c.warning_id == warning)).all()) + 1
            key = c.execute(insert(t.revision).values(
                warning_id=warning, number=number, edition=self._edition, at=at, change=change,
                tier=tier, facts={})).inserted_primary_key[0]
            if change in closes:
                c.execute(update(t.warning).where(t.warning.c.id == warning).values(
                    state=closes[change], closed=at))
        return int(key)

    def newest(self, warning: int) -> int:
        with reading(self.engine) as c:
            return int(c.scalar(select(t.revision.c.id).where(
                t.revision.c.warning_id == warning).order_by(t.revision.c.number.desc())) or 0)

    def obligation(self, warning: int, person: str = "chen", site: str = "quarry",
                   post: str = "safety_officer", **values: Any) -> int:
        """An open obligation of the warning's newest revision."""
        newest = self.newest(warning)
        with writing(self.engine) as c:
            return int(c.execute(insert(t.obligation).values(**{
                "warning_id": warning, "site": site, "post": post, "person": person,
                "opened_by": newest, "revision_id": newest, "tier": "red", "status": "pending",
                "reason": "first", "measures": "none", "opened": NOON, "rung": 0, **values,
            })).inserted_primary_key[0])

    def code(self, person: str = "chen", word: str = "K47") -> None:
        with writing(self.engine) as c:
            c.execute(insert(t.code).values(code=word, person=person, opened=NOON))

    def notice(self, warning: int | None = None, obligations: tuple[int, ...] = (),
               **values: Any) -> str:
        """A queued notice about the warning's newest revision; returns its id."""
        revision = self.newest(warning) if warning else None
        row = {
            "occasion": f"revision:{revision}" if revision else "alarm:1", "channel": "sms",
            "address": CHEN, "step": "first", "person": "chen", "language": "zh",
            "subject": "暴雨红色预警信号", "text": f"请立即停产撤人。1收到，码K47（{revision}）",
            "parts": 1, "code": "K47", "rank": 5, "signed": True, "state": "queued",
            "reason": "first", "created": NOON, "expires": NOON + timedelta(hours=3),
            "delivery": "none", **values}
        row["id"] = values.get("id") or notice_id(
            row["occasion"], row["channel"], row["address"], row["step"])
        with writing(self.engine) as c:
            c.execute(insert(t.notice).values(**row))
            if revision:
                c.execute(insert(t.notice_item).values(
                    notice_id=row["id"], revision_id=revision, channel=row["channel"],
                    address=row["address"], step=row["step"]))
            for key in obligations:
                c.execute(insert(t.notice_obligation).values(
                    notice_id=row["id"], obligation_id=key))
        return str(row["id"])

    def told(self, person: str = "chen", address: str = CHEN,
             delivered: datetime | None = NOON, **values: Any) -> tuple[int, int, str]:
        """A warning whose text reached a person: (warning, obligation, notice)."""
        warning = self.warning(**values)
        owed = self.obligation(warning, person, status="told", told_at=NOON)
        key = self.notice(
            warning, (owed,), person=person, address=address, state="accepted", token=1,
            gateway="twilio", provider_id=f"SM{warning:032x}", accepted_at=NOON,
            delivered_at=delivered, delivery="delivered" if delivered else "accepted")
        return warning, owed, key

    def shorten_lease(self, key: str) -> None:
        """Let a claim's lease run out now, as if the time had passed."""
        with writing(self.engine) as c:
            c.execute(update(t.notice).where(t.notice.c.id == key).values(lease_until=0.0))

    def row(self, key: str) -> Any:
        """A notice as it stands."""
        with reading(self.engine) as c:
            return c.execute(select(t.notice).where(t.notice.c.id == key)).one()

    def owed(self, key: int) -> Any:
        """An obligation as it stands."""
        with reading(self.engine) as c:
            return c.execute(select(t.obligation).where(t.obligation.c.id == key)).one()


__all__ = ["ACCOUNT", "CHEN", "LI", "NOON", "SENDER", "City", "Door", "Provider", "accepts",
           "answers", "hangs", "provider_at_work", "refuses", "reply", "resets"]
