"""The console: for signed-in users only, escaped, in two languages, and its sheets add up."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, HTTPException, Request
from sqlalchemy import Engine, insert

from fenghuo import alarms, editions
from fenghuo.console.app import console_app
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import make_engine, reading, writing
from fenghuo.store.migrate import migrate

ROOT = Path(__file__).parents[2]
EVIL = "<script>alert('烽火')</script>"
NOW = datetime.now(UTC)
SIGNED_IN = {"x-duty": "officer"}
STATUSES = ["answered", "told", "pending", "unreachable", "escalating", "excused"]


class Client:
    """A browser in front of the application, without a network."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://city") as client:
                return await client.get(path, headers=headers)

        return asyncio.run(ask())


def on_duty(request: Request) -> str:
    """Who is signed in; the plugin gives Airflow's own dependency instead."""
    if "x-duty" not in request.headers:
        raise HTTPException(401)
    return request.headers["x-duty"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A house whose first site bears a name that is a script."""
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    shutil.copytree(ROOT / "contacts", tmp_path / "contacts")
    sites = tmp_path / "contacts" / "sites.csv"
    head, first, *rest = sites.read_text(encoding="utf-8-sig").splitlines()
    cells = first.split(",")
    cells[head.split(",").index("name")] = EVIL
    sites.write_text("\n".join([head, ",".join(cells), *rest]) + "\n")
    return Settings(home=tmp_path, sandbox_url="http://127.0.0.1:9")


@pytest.fixture
def house(settings: Settings) -> Iterator[Engine]:
    migrate(settings.url)
    made = make_engine(settings.url)
    editions.adopt(made, settings, NOW)
    yield made
    made.dispose()


@pytest.fixture
def client(settings: Settings) -> Client:
    public = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @public.get("/healthz")
    def healthz() -> str:
        return "good"

    return Client(console_app(settings, on_duty, public))


def warn(house: Engine, official: str | None = "red") -> list[str]:
    """A rainstorm warning over three sites, with six people who must know; returns the sites."""
    with reading(house) as connection:
        edition = editions.load(connection)
    names = list(edition.contacts.sites["site"][:3])
    with writing(house) as connection:
        connection.execute(insert(t.warning).values(
            id=7, hazard="rainstorm", scope="440785000000", state="in_force", opened=NOW))
        connection.execute(insert(t.revision).values(
            id=70, warning_id=7, number=1, edition=edition.digest, at=NOW, change="issue",
            tier="red", official_level=official, expires=NOW + timedelta(hours=3), facts={}))
        connection.execute(insert(t.revision_site), [
            {"revision_id": 70, "site": site, "tier": "red", "official_level": official}
            for site in names])
        connection.execute(insert(t.obligation), [
            {"warning_id": 7, "site": names[n % 3], "post": f"post{n}", "person": f"person{n % 5}",
             "opened_by": 70, "revision_id": 70, "tier": "red", "status": status,
             "reason": "first", "measures": "none", "opened": NOW}
            for n, status in enumerate(STATUSES)])
    return names


def table(page: str, caption: str) -> list[list[str]]:
    """The rows of the table with a caption, as text."""
    found = page[page.index(f"<caption>{caption}"):]
    rows = re.findall(r"<tr>(.*?)</tr>", found[:found.index("</table>")], re.S)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]


@pytest.mark.parametrize("path", ["/", "/console.css"])
def test_nobody_sees_anything_without_signing_in(house: Engine, client: Client,
                                                 path: str) -> None:
    assert client.get(path).status_code == 401
    assert client.get(path, headers=SIGNED_IN).status_code == 200


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_nothing_describes_the_application_to_strangers(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_public_part_answers_without_signing_in(client: Client) -> None:
    assert client.get("/healthz").json() == "good"


def test_a_script_in_a_name_or_an_alarm_is_text(house: Engine, client: Client) -> None:
    warn(house)
    with writing(house) as connection:
        alarms.raise_alarm(connection, "feed_stale", EVIL, EVIL, NOW)
    page = client.get("/", headers=SIGNED_IN).text
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 3  # the site, the alarm's subject, its detail


def test_the_page_runs_no_script_and_asks_no_other_host(house: Engine,
                                                        client: Client) -> None:
    answer = client.get("/", headers=SIGNED_IN)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["cache-control"] == "no-store"
    assert "style=" not in answer.text
    assert not re.search(r'(src|href)="(https?:)?//', answer.text)


def test_every_line_of_a_reach_sheet_adds_up(house: Engine, client: Client) -> None:
    warn(house)
    head, *rows = table(client.get("/?lang=en", headers=SIGNED_IN).text, "reach sheet")
    assert head == ["", "owed", "pending", "told", "escalating", "unreachable", "answered",
                    "excused"]
    counted = {row[0]: [int(cell) for cell in row[1:]] for row in rows}
    # of a site's or a person's duties the worst one counts
    assert counted == {"sites": [3, 1, 0, 1, 1, 0, 0], "persons": [5, 1, 1, 1, 1, 1, 0]}
    assert all(line[0] == sum(line[1:]) for line in counted.values())


def test_the_issuers_level_is_a_colour_and_our_handling_never(house: Engine,
                                                              client: Client) -> None:
    warn(house, official=None)
    page = client.get("/?lang=en", headers=SIGNED_IN).text
    assert "issuer's level <b>none</b>" in page.replace("&#39;", "'")
    assert "handling <b>very high</b>" in page
    assert "<b>red</b>" not in page


def test_a_county_is_shown_by_name_in_both_languages(house: Engine, client: Client) -> None:
    warn(house)
    assert "恩平市" in client.get("/", headers=SIGNED_IN).text
    assert "Enping" in client.get("/?lang=en", headers=SIGNED_IN).text


def test_another_language_is_refused(house: Engine, client: Client) -> None:
    assert client.get("/?lang=<b>", headers=SIGNED_IN).status_code == 422


def test_each_feed_shows_its_age_and_one_never_pulled_says_so(house: Engine,
                                                              client: Client) -> None:
    with reading(house) as connection:
        feeds = editions.load(connection).feeds
    first = next(iter(feeds.values()))
    with writing(house) as connection:
        connection.execute(insert(t.feed_state).values(
            feed=first.name, as_of=NOW - first.stale - timedelta(minutes=1), fetched_at=NOW,
            due_at=NOW + timedelta(days=1), failures=2))
    page = client.get("/?lang=en", headers=SIGNED_IN).text
    assert page.count('<tr class="stale">') == 1
    assert page.count('<tr class="never">') == len(feeds) - 1


def test_a_sandbox_says_loudly_that_nobody_receives_anything(house: Engine,
                                                             client: Client) -> None:
    assert "SANDBOX" in client.get("/?lang=en", headers=SIGNED_IN).text


def test_a_house_with_credentials_shows_no_such_banner(house: Engine, settings: Settings) -> None:
    live = settings.model_copy(update={"twilio_account": "AC1"})
    page = Client(console_app(live, on_duty, FastAPI())).get("/?lang=en", headers=SIGNED_IN).text
    assert "SANDBOX" not in page
    assert "SCENARIO" not in page


def test_without_a_database_the_page_says_so_and_not_why_in_detail(client: Client) -> None:
    answer = client.get("/", headers=SIGNED_IN)
    assert answer.status_code == 503
    assert "/" not in answer.text


def test_an_edition_that_can_no_longer_be_read_leaves_the_warnings_visible(
        house: Engine, client: Client) -> None:
    names = warn(house)
    with writing(house) as connection:
        connection.execute(insert(t.edition).values(
            digest="0" * 64, number=99, adopted=NOW, adopted_by="test"))
    page = client.get("/?lang=en", headers=SIGNED_IN).text
    assert names[1] in page
    assert "no edition that can be read" in page
