"""The page *Now*: for signed-in users only, escaped, in two languages, and its sheets add up."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from console_cast import EVIL, NOW, OFFICER, VIEWER, Client, app_of, fill_desk, section, warn
from sqlalchemy import Engine, delete, insert, select, update

from fenghuo import alarms, editions
from fenghuo.editions.unheard import needing
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing


def table(page: str, caption: str) -> list[list[str]]:
    """The rows of the table with a caption, as text."""
    found = page[page.index(f"<caption>{caption}"):]
    rows = re.findall(r"<tr>(.*?)</tr>", found[:found.index("</table>")], re.S)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]


@pytest.mark.parametrize("path", ["/", "/console.css", "/warnings/7", "/silent", "/people",
                                  "/sites/ep-pond",
                                  "/warnings/7/hold", "/alarms/1/acknowledge"])
def test_nobody_sees_anything_without_signing_in(house: Engine, client: Client,
                                                 path: str) -> None:
    warn(house)
    fill_desk(house)
    assert client.get(path).status_code == 401
    assert client.get(path, headers=OFFICER).status_code == 200


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_nothing_describes_the_application_to_strangers(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_public_part_answers_without_signing_in(client: Client) -> None:
    assert client.get("/healthz").json() == "good"


def test_the_page_runs_no_script_asks_no_other_host_and_sends_forms_home(
        house: Engine, client: Client) -> None:
    answer = client.get("/", headers=OFFICER)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["cache-control"] == "no-store"
    assert "style=" not in answer.text
    assert not re.search(r'(src|href)="(https?:)?//', answer.text)


def test_every_line_of_a_reach_sheet_adds_up(house: Engine, client: Client) -> None:
    warn(house)
    head, *rows = table(client.get("/?lang=en", headers=OFFICER).text, "reach sheet")
    assert head == ["", "owed", "pending", "told", "escalating", "unreachable", "answered",
                    "excused"]
    counted = {row[0]: [int(cell) for cell in row[1:]] for row in rows}
    # of a site's or a person's duties the worst one counts
    assert counted == {"sites": [3, 1, 0, 1, 1, 0, 0], "persons": [5, 1, 1, 1, 1, 1, 0]}
    assert all(line[0] == sum(line[1:]) for line in counted.values())


def test_what_is_owed_is_counted_by_county_industry_and_tier(house: Engine,
                                                             client: Client) -> None:
    warn(house)
    page = client.get("/?lang=en", headers=OFFICER).text
    # pending, told, unreachable and escalating wait; all four are late, the first by 9 minutes
    assert re.findall(r"<td[^>]*>(\d+)</td>", section(page, "owing"))[:3] == ["4", "4", "9"]
    assert 'href="/fenghuo/silent?county=440785&amp;lang=en"' in page
    assert "overdue 4 · longest, min 9" in section(page, "warnings")


def test_an_exercise_owes_nothing_and_is_marked(house: Engine, client: Client) -> None:
    warn(house)
    with writing(house) as connection:
        connection.execute(update(t.warning).values(drill_id=1))
    page = client.get("/?lang=en", headers=OFFICER).text
    assert "(DRILL)" in section(page, "warnings")
    assert "Nobody owes an answer" in section(page, "owing")


def test_the_issuers_level_is_a_colour_and_our_handling_never(house: Engine,
                                                              client: Client) -> None:
    warn(house, official=None)
    page = client.get("/?lang=en", headers=OFFICER).text
    assert "issuer's level <b>none</b>" in page.replace("&#39;", "'")
    assert "handling <b>very high</b>" in page
    assert "<b>red</b>" not in page


def test_a_county_is_shown_by_name_in_both_languages(house: Engine, client: Client) -> None:
    warn(house)
    assert "恩平市" in client.get("/", headers=OFFICER).text
    assert "Enping" in client.get("/?lang=en", headers=OFFICER).text


def test_another_language_is_refused(house: Engine, client: Client) -> None:
    assert client.get("/?lang=<b>", headers=OFFICER).status_code == 422


def test_each_feed_shows_its_age_and_one_never_pulled_says_so(house: Engine,
                                                              client: Client) -> None:
    with reading(house) as connection:
        feeds = editions.load(connection, NOW).feeds
    first = next(iter(feeds.values()))
    with writing(house) as connection:
        connection.execute(insert(t.feed_state).values(
            feed=first.name, as_of=NOW - first.stale - timedelta(minutes=1), fetched_at=NOW,
            due_at=NOW + timedelta(days=1), failures=2))
    page = client.get("/?lang=en", headers=OFFICER).text
    assert page.count('<tr class="stale">') == 1
    asked = [feed for feed in feeds.values() if feed.on and feed.url != "sandbox"]
    assert page.count('<tr class="never">') == len(asked) - 1
    assert page.count('<tr class="off">') == sum(not feed.on for feed in feeds.values()) > 0


def test_a_site_shows_which_rules_could_not_be_known_and_until_when(
        house: Engine, client: Client) -> None:
    with writing(house) as connection:
        alarms.raise_alarm(connection, "feed_stale", "cma", "newest data of noon", NOW)
        alarms.raise_alarm(connection, "feed_stale", "no_such_feed", "gone", NOW)
    page = client.get("/sites/ep-pond?lang=zh", headers=OFFICER).text
    assert "cma: newest data of noon" in page and "无法判定" in page
    with reading(house) as connection:
        edition = editions.load(connection, NOW)
    assert needing(edition, edition.feeds["cma"])[0] in page and "no_such_feed" not in page
    with writing(house) as connection:
        alarms.recover(connection, "feed_stale", "cma", NOW)
    page = client.get("/sites/ep-pond?lang=zh", headers=OFFICER).text
    assert "newest data of noon; heard again" in page


def test_the_gravest_warning_stands_first_whatever_came_last(house: Engine,
                                                              client: Client) -> None:
    warn(house)
    with writing(house) as connection:
        digest = connection.scalar(select(t.edition.c.digest))
        connection.execute(insert(t.warning).values(
            id=8, hazard="fog", scope="440785000000", state="in_force",
            opened=NOW + timedelta(minutes=1)))
        connection.execute(insert(t.revision).values(
            id=80, warning_id=8, number=1, edition=digest, at=NOW, change="issue",
            tier="yellow", facts={}))
    shown = section(client.get("/", headers=OFFICER).text, "warnings")
    assert shown.index("/warnings/7") < shown.index("/warnings/8")


def test_a_gateway_shows_its_queue_and_its_last_text(house: Engine, client: Client) -> None:
    warn(house)
    shown = section(client.get("/?lang=en", headers=OFFICER).text, "gateways")
    accepted = (NOW + timedelta(seconds=2)).astimezone(Settings().zone)
    assert f"{accepted:%m-%d %H:%M:%S}" in shown
    assert "queued 1" in shown


def test_a_telephone_is_whole_only_for_those_who_may_act(house: Engine, client: Client) -> None:
    warn(house)
    fill_desk(house)
    officer = client.get("/", headers=OFFICER).text
    viewer = client.get("/", headers=VIEWER).text
    assert "+8613800009999" in officer
    assert not re.search(r"1[3-9]\d{9}|0\d{3}-\d{7}", viewer)
    assert "····" in section(viewer, "duty")
    assert "/acknowledge" in officer
    assert "/acknowledge" not in viewer


def test_the_desk_shows_what_waits_and_the_drill_that_runs(house: Engine, client: Client) -> None:
    warn(house)
    fill_desk(house)
    page = client.get("/?lang=en", headers=OFFICER).text
    for name in ("alarms", "inbox", "calls", "registrations"):
        assert "<small>1</small>" in section(page, name), name
    assert 'id="drill"' in page


def test_a_watch_that_has_stopped_makes_the_whole_page_untrusted(house: Engine,
                                                                 client: Client) -> None:
    assert 'id="distrust"' not in client.get("/", headers=OFFICER).text
    with writing(house) as connection:
        connection.execute(update(t.step_lease).where(t.step_lease.c.step == "watch")
                           .values(finished=t.step_lease.c.finished - 600))
    assert 'id="distrust"' in client.get("/", headers=OFFICER).text


def test_a_sandbox_says_loudly_that_nobody_receives_anything(house: Engine,
                                                             client: Client) -> None:
    assert "SANDBOX" in client.get("/?lang=en", headers=OFFICER).text


def test_agreements_that_nobody_has_signed_are_named_on_every_page(
        house: Engine, client: Client) -> None:
    for path in ("/?lang=en", "/silent?lang=en"):
        shown = client.get(path, headers=OFFICER).text
        assert "SAMPLE, NOT SIGNED" in shown and "Agreement on weather warnings" in shown


def test_a_house_with_credentials_shows_no_such_banner(house: Engine, settings: Settings) -> None:
    live = settings.model_copy(update={"twilio_account": "AC1"})
    page = Client(app_of(live)).get("/?lang=en", headers=OFFICER).text
    assert "SANDBOX" not in page
    assert "SCENARIO" not in page


def test_without_a_database_the_page_says_so_and_not_why_in_detail(tmp_path: Path) -> None:
    answer = Client(app_of(Settings(home=tmp_path))).get("/", headers=OFFICER)
    assert answer.status_code == 503
    assert "/" not in answer.text


def test_an_edition_that_can_no_longer_be_read_leaves_the_warnings_visible(
        house: Engine, client: Client) -> None:
    warn(house)
    with writing(house) as connection:
        connection.execute(insert(t.edition).values(
            digest="0" * 64, number=99, adopted=NOW, adopted_by="test"))
    page = client.get("/?lang=en", headers=OFFICER).text
    assert 'href="/fenghuo/warnings/7?lang=en"' in page
    assert "no edition of the rules" in page


def test_a_house_that_was_never_watched_is_not_trusted(house: Engine, client: Client) -> None:
    with writing(house) as connection:
        connection.execute(delete(t.step_lease))
    assert 'id="distrust"' in client.get("/", headers=OFFICER).text
    assert EVIL not in client.get("/", headers=OFFICER).text
