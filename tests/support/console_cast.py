"""A house on a bad night for the console's tests: hostile names and texts, a warning, a full desk.

Shared by tests/console, browser and the bench's reader. Data is written straight to the tables.
"""

from __future__ import annotations

import asyncio
import html
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI, HTTPException, Request
from sqlalchemy import Connection, Engine, insert, update

from fenghuo import alarms, changes, editions
from fenghuo.agreements import annex
from fenghuo.clock import machine_now
from fenghuo.console.app import console_app
from fenghuo.settings import Settings
from fenghuo.store import editions as store
from fenghuo.store import tables as t
from fenghuo.store.engine import make_engine, reading, writing
from fenghuo.store.migrate import migrate

ROOT = Path(__file__).parents[2]
EVIL = "<script>alert('烽火')</script>"
IMAGE = "<img src=//evil.example/x onerror=alert(1)>"
LINK = "<a href=\"javascript:alert(2)\">回1</a>'\"><svg onload=alert(3)>"
NOW = datetime.now(UTC).replace(microsecond=0)
STATUSES = ["answered", "told", "pending", "unreachable", "escalating", "excused"]
OFFICER, VIEWER = {"x-duty": "officer:op"}, {"x-duty": "clerk:viewer"}


@dataclass(frozen=True)
class User:
    """As Airflow's: a name and a role."""

    name: str
    role: str

    def get_name(self) -> str:
        return self.name


def on_duty(request: Request) -> User:
    """Who is signed in; the plugin gives Airflow's own dependency instead."""
    if "x-duty" not in request.headers:
        raise HTTPException(401)
    name, _, role = request.headers["x-duty"].partition(":")
    return User(name, role)


def may_act(user: User) -> bool:
    return user.role in ("op", "admin")


def app_of(settings: Settings, public: FastAPI | None = None) -> FastAPI:
    """The console as it is mounted by the plugin, under /fenghuo."""
    outer = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    outer.mount("/fenghuo", console_app(settings, on_duty, public or FastAPI(
        docs_url=None, redoc_url=None, openapi_url=None), may_act))
    return outer


class Client:
    """A browser in front of the application, without a network; paths are below /fenghuo."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        return self._ask("GET", path, headers, None)

    def post(self, path: str, form: dict[str, str], headers: dict[str, str] | None = None,
             files: dict[str, tuple[str, bytes]] | None = None) -> httpx.Response:
        return self._ask("POST", path, headers, form, files)

    def _ask(self, method: str, path: str, headers: dict[str, str] | None,
             form: dict[str, str] | None,
             files: dict[str, tuple[str, bytes]] | None = None) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://city") as client:
                return await client.request(method, "/fenghuo" + path, headers=headers, data=form,
                                            files=files)

        return asyncio.run(ask())


def section(page: str, name: str) -> str:
    """What stands in one section of a page."""
    found = page[page.index(f'<section id="{name}"'):]
    return found[:found.index("</section>")]


def fields(page: str) -> dict[str, str]:
    """What a confirm page's form holds before anybody types."""
    return {name: html.unescape(value) for name, value in re.findall(
        r'<input[^>]*name="(\w+)"[^>]*?value="([^"]*)"', page)}


def send(client: Client, path: str, reason: str = "dam warden's word",
         headers: dict[str, str] | None = None, **more: str) -> httpx.Response:
    """Open a confirm page and send its form."""
    page = client.get(path, headers=OFFICER)
    assert page.status_code == 200, page.text
    target = re.search(r'<form class="ask" method="post" action="/fenghuo([^"]*)"', page.text)
    assert target is not None
    return client.post(html.unescape(target[1]), fields(page.text) | {"reason": reason, **more},
                       headers or OFFICER)


def settings_at(home: Path) -> Settings:
    """A house without credentials, whose sandbox nobody started."""
    return Settings(home=home, sandbox_url="http://127.0.0.1:9")


def house_at(home: Path) -> Engine:
    """A house whose first site and first person bear names that are scripts."""
    shutil.copytree(ROOT / "rules", home / "rules")
    shutil.copytree(ROOT / "contacts", home / "contacts")
    _rename(home / "contacts" / "sites.csv", EVIL)
    _rename(home / "contacts" / "people.csv", EVIL)
    settings = settings_at(home)
    migrate(settings.url)
    made = make_engine(settings.url)
    changes.adopt(made, settings, NOW)
    key = settings.path(settings.signing_key)
    key.parent.mkdir(parents=True, exist_ok=True)
    key.write_text("a key of this test only")
    key.chmod(0o600)
    with writing(made) as connection:
        connection.execute(insert(t.step_lease).values(
            step="watch", token=1, until=0.0, finished=machine_now(), finished_at=NOW))
    return made


def came_by(settings: Settings) -> None:
    """The watch has just made its round, however long ago this house was built."""
    made = make_engine(settings.url)
    with writing(made) as connection:
        connection.execute(update(t.step_lease).where(t.step_lease.c.step == "watch")
                           .values(finished=machine_now()))
    made.dispose()


def _rename(path: Path, name: str) -> None:
    head, first, *rest = path.read_text(encoding="utf-8-sig").splitlines()
    cells = first.split(",")
    cells[head.split(",").index("name")] = name
    path.write_text("\n".join([head, ",".join(cells), *rest]) + "\n")


def warn(house: Engine, official: str | None = "red") -> list[str]:
    """A rainstorm warning 7 over three sites, with six people who must know; returns the sites."""
    with reading(house) as connection:
        edition = editions.load(connection, NOW)
    sites = list(edition.contacts.sites["site"][:3])
    people = [str(person) for person in edition.contacts.people["person"][:5]]
    with writing(house) as connection:
        _judged(connection, edition.digest, sites, official)
        connection.execute(insert(t.obligation), [
            {"id": 700 + n, "warning_id": 7, "site": sites[n % 3], "post": f"post{n}",
             "person": people[n % 5], "opened_by": 70, "revision_id": 70, "tier": "red",
             "status": status, "reason": "first", "measures": "none", "opened": NOW,
             "answer_due": NOW - timedelta(minutes=10 - n),
             "answer": "3" if status == "answered" else None,
             "number": 26 if status == "answered" else None,
             "answered_at": NOW + timedelta(seconds=50) if status == "answered" else None}
            for n, status in enumerate(STATUSES)])
        _texts(connection, people)
        connection.execute(insert(t.decision).values(
            at=NOW, edition=edition.digest, told=False, reason="quiet_hours", hazard="rainstorm",
            site=sites[1], post="head", revision_id=70, detail=EVIL))
    return sites


def _judged(connection: Connection, digest: str, sites: list[str], official: str | None) -> None:
    connection.execute(insert(t.warning).values(
        id=7, hazard="rainstorm", scope="440785000000", state="in_force", opened=NOW))
    connection.execute(insert(t.finding).values(
        id=71, edition=digest, agreement="meteorological", rule="meteorological/rainstorm-gauge",
        kind="observed", hazard="rainstorm", subject="rain:jinjiang", at=NOW, holds="true",
        tier="red", official_level=official, value=112.5, threshold=100.0, metric="rain",
        unit="mm", since=NOW, proof=[{"payload": "ab" * 32, "place": EVIL}],
        facts={"article": f"Art. 16 {EVIL}", "issuer": IMAGE}))
    connection.execute(insert(t.finding).values(
        id=72, edition=digest, agreement="seismic", rule="seismic/quake", kind="event",
        hazard="earthquake", subject="incident:1", at=NOW, holds="true", tier="red",
        metric="intensity", unit="", since=NOW, proof=[{}], facts={"agencies": {
            "feeds": ["usgs", "cenc"], "magnitude": [5.2, 5.9], "depth_km": [8.0, 15.0],
            "apart_km": 59.8}}))
    connection.execute(insert(t.exposure), [
        {"id": 720 + n, "finding_id": 72 if n == 2 else 71, "site": site, "hazard": "rainstorm",
         "scope": "440785000000", "tier": "red", "official_level": official, "value": 112.5}
        for n, site in enumerate(sites)])
    connection.execute(insert(t.revision).values(
        id=70, warning_id=7, number=1, edition=digest, at=NOW, change="issue", tier="red",
        official_level=official, expires=NOW + timedelta(hours=3), facts={}))
    connection.execute(insert(t.revision_site), [
        {"revision_id": 70, "site": site, "tier": "red", "official_level": official,
         "exposure_id": 720 + n} for n, site in enumerate(sites)])


def _texts(connection: Connection, people: list[str]) -> None:
    """One text that was delivered, to the person who answered, and one that waits."""
    base: dict[str, Any] = {
        "occasion": "revision:70", "channel": "sms", "step": "first", "language": "zh",
        "subject": "", "parts": 2, "rank": 5, "signed": True, "reason": "first", "created": NOW}
    connection.execute(insert(t.notice), [
        base | {"id": "a" * 32, "address": "+8613800000001", "person": people[0], "code": "K47",
                "text": f"【江门市应急管理局】{LINK}", "state": "accepted", "delivery": "delivered",
                "gateway": "twilio", "provider_id": "SM1", "maybe_doubled": True,
                "accepted_at": NOW + timedelta(seconds=2),
                "delivered_at": NOW + timedelta(seconds=9)},
        base | {"id": "b" * 32, "address": "+8613800000003", "person": people[2], "code": "K48",
                "text": "请停产撤人", "state": "queued", "delivery": "none", "gateway": None,
                "provider_id": None, "maybe_doubled": False, "accepted_at": None,
                "delivered_at": None}])
    connection.execute(insert(t.notice_item), [
        {"notice_id": key * 32, "revision_id": 70, "channel": "sms", "step": "first",
         "address": address} for key, address in (("a", "+8613800000001"),
                                                  ("b", "+8613800000003"))])
    connection.execute(insert(t.notice_obligation), [
        {"notice_id": "a" * 32, "obligation_id": 700},
        {"notice_id": "b" * 32, "obligation_id": 702}])
    connection.execute(insert(t.code), [
        {"code": code, "person": person, "opened": NOW}
        for code, person in (("K47", people[0]), ("K48", people[2]))])


def fill_desk(house: Engine) -> None:
    """An alarm 1, a text 1 to be read, a call task 1, a registration, a number refused, a drill."""
    with writing(house) as connection:
        alarms.raise_alarm(connection, "feed_stale", EVIL, IMAGE, NOW)
        connection.execute(insert(t.inbound).values(
            id=1, gateway="twilio", provider_id="SM9", address="+8613800009999",
            body=f"收到 {LINK}", at=NOW, reason="unclear"))
        connection.execute(insert(t.call_task).values(
            id=1, obligation_id=703, office="county:440785", rung=2, opened=NOW))
        connection.execute(insert(t.registration).values(
            form="letter", issuer=EVIL, caller=IMAGE, document=LINK, hazard="flood",
            level="orange", text=EVIL, issued=NOW, onset=NOW, area={"districts": []},
            state="waiting", entered_by="clerk", entered=NOW))
        connection.execute(insert(t.quarantine).values(
            feed="gauges", at=NOW, payload="e" * 64, place=EVIL, found=LINK, expected=IMAGE,
            doubt=None, reading={
                "subject": "hecheng", "metric": "rain", "start": NOW.isoformat(),
                "end": NOW.isoformat(), "issued": NOW.isoformat(), "value": 900.0,
                "basis": "observed", "step": 300}))
        connection.execute(insert(t.drill).values(
            title=EVIL, purpose="drill", hazard="typhoon", tier="red", audience=[],
            state="running", by="officer", opened=NOW))


RAIN = "rules/agreements/meteorological.yaml"
"""An agreement whose numbers the tests of change control edit."""


def change_rules(house: Engine, settings: Settings) -> int:
    """A second edition of the rules in force, and over it a draft that a clerk proposes and that
    is examined; returns the draft's number."""
    with writing(house) as connection:
        files = store.files_of(connection, editions.load(connection, NOW).digest)
        files[RAIN] += b"# a second edition\n"
        store.keep(connection, files, NOW, EVIL)
    table = annex.table(RAIN, files[RAIN], "en")
    path = next(path for path in table.numbers if path.endswith("tiers.yellow.at_least"))
    edited = annex.edited(RAIN, files[RAIN], {path: "45"})
    number = changes.propose(house, settings, {RAIN: edited}, by="clerk", note=EVIL, now=NOW)
    changes.examine(house, settings, number, by="clerk", now=NOW)
    return number
