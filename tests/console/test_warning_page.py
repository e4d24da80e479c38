"""The page of a warning: every person and their times, the reasons, the texts, who is silent."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from console_cast import NOW, OFFICER, VIEWER, Client, section, warn
from sqlalchemy import Engine, func, insert, select

from fenghuo.console.tally import tallies
from fenghuo.notices.reach import reach
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing

ZONE = Settings().zone


def clock(seconds: int) -> str:
    return f"{(NOW + timedelta(seconds=seconds)).astimezone(ZONE):%m-%d %H:%M:%S}"


def page(client: Client, path: str = "/warnings/7?lang=en") -> str:
    answer = client.get(path, headers=OFFICER)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_warning_that_never_was_is_one_sentence(house: Engine, client: Client) -> None:
    answer = client.get("/warnings/99", headers=OFFICER)
    assert answer.status_code == 404
    assert "no warning 99" in answer.text


def test_every_person_stands_there_with_their_three_times(house: Engine, client: Client) -> None:
    warn(house)
    rows = re.findall(r"<tr class=.*?</tr>", section(page(client), "everybody"))
    assert len(rows) == 6
    answered = next(row for row in rows if 'class="answered"' in row)
    assert [clock(2), clock(9), clock(50)] == re.findall(r"\d\d-\d\d [\d:]{8}", answered)[:3]
    assert "done 26" in answered


def test_a_text_from_before_an_upgrade_proves_nothing_of_the_duty_that_is_open_now(
        house: Engine, client: Client) -> None:
    warn(house)
    with writing(house) as connection:
        connection.execute(t.obligation.update().values(opened=NOW + timedelta(minutes=1)))
    assert clock(9) not in section(page(client), "everybody")


def test_the_sums_are_written_out_and_equal_the_command_lines_sheet(house: Engine,
                                                                    client: Client) -> None:
    warn(house)
    shown = section(page(client), "sheet")
    assert "obligations: 6 = 1 pending + 1 told + 1 escalating + 1 unreachable + 1 answered + " \
           "1 excused" in shown
    with reading(house) as connection:
        sheet, tally = reach(connection, 7), tallies(connection, [7], NOW)[7]
    assert [dict(line.counts) for line in tally.lines] == [
        sheet.sites, sheet.persons, sheet.obligations]
    assert tally.withdrawn == sheet.withdrawn == 26
    assert all(line.adds_up for line in tally.lines)


def test_the_reasons_show_the_value_against_its_threshold_and_where_it_is_written(
        house: Engine, client: Client) -> None:
    warn(house)
    shown = section(page(client), "reasons")
    for word in ("112.5", "100", "mm", "meteorological/rainstorm-gauge", "Art. 16",
                 "abababababababab", "2 sites", "seismic/quake",
                 "usgs, cenc: M 5.2 – 5.9 · 8 – 15 km", "60 km"):
        assert word in shown, word


def test_texts_stand_as_sent_with_what_became_of_them(house: Engine, client: Client) -> None:
    warn(house)
    shown = section(page(client), "texts")
    assert "maybe doubled" in shown
    assert "+86138****0001" in shown
    assert "+8613800000001" not in shown
    assert shown.count("/resend?") == 1  # what still waits is not sent again


def test_a_decision_not_to_tell_is_counted_with_its_reason(house: Engine, client: Client) -> None:
    warn(house)
    assert "quiet hours" in section(page(client), "untold")


def test_who_has_not_answered_is_two_clicks_away_and_fits_into_a_text(house: Engine,
                                                                      client: Client) -> None:
    warn(house)
    link = re.search(r'href="/fenghuo(/silent\?warning=7[^"]*)"',
                     client.get("/?lang=en", headers=OFFICER).text)
    assert link is not None
    found = page(client, link[1].replace("&amp;", "&"))
    text = re.search(r"<textarea readonly[^>]*>(.*?)</textarea>", found, re.S)
    assert text is not None
    assert "4 answers overdue, the longest 9 min" in text[1]
    assert len(text[1].replace("&lt;", "<").replace("&gt;", ">").replace("&#39;", "'")) <= 200


@pytest.mark.parametrize(("query", "count"), [
    ("county=440785", 4), ("county=441200", 0), ("tier=red", 4), ("tier=blue", 0)])
def test_who_has_not_answered_can_be_asked_by_county_and_tier(
        house: Engine, client: Client, query: str, count: int) -> None:
    warn(house)
    assert len(re.findall(r"<tr><td", page(client, f"/silent?{query}"))) == count


def test_a_long_list_has_pages_and_every_line_is_on_one_of_them(house: Engine,
                                                                client: Client) -> None:
    warn(house)
    with writing(house) as connection:
        connection.execute(insert(t.obligation), [
            {"warning_id": 7, "site": f"x{n}", "post": "head", "person": None, "opened_by": 70,
             "revision_id": 70, "tier": "red", "status": "told", "reason": "first",
             "measures": "none", "opened": NOW, "answer_due": NOW + timedelta(minutes=10)}
            for n in range(600)])
        total = connection.scalar(select(func.count()).select_from(t.obligation))
    first, rest = page(client), page(client, "/warnings/7?lang=en&persons=500")
    assert "lines 1 to 500 of 606" in first
    assert "lines 501 to 606 of 606" in rest
    assert 'href="/fenghuo/warnings/7?persons=500&amp;' in first.replace(
        "sites=0&amp;", "").replace("revision=None&amp;", "")
    assert sum(len(re.findall(r'<tr class="\w+"><td', section(one, "everybody")))
               for one in (first, rest)) == total == 606


def test_a_site_says_why_it_was_not_told_at_a_time(house: Engine, client: Client) -> None:
    site = quote(warn(house)[1])
    assert "quiet hours" in page(client, f"/sites/{site}?lang=en")
    before = (NOW - timedelta(minutes=1)).astimezone(ZONE).strftime("%Y-%m-%dT%H:%M:%S")
    assert "quiet hours" not in page(client, f"/sites/{site}?lang=en&at={before}")
    assert client.get(f"/sites/{site}?at=soon", headers=OFFICER).status_code == 404


def test_whoever_may_only_look_is_offered_no_act(house: Engine, client: Client) -> None:
    warn(house)
    shown = client.get("/warnings/7", headers=VIEWER).text
    assert not re.search(r'href="[^"]*/(hold|cancel|retract|resend|calls)', shown)
    assert not re.search(r"1[3-9]\d{9}", shown)


def test_what_waits_for_approval_is_said_with_both_ways_out_and_then_who_gave_his_word(
        house: Engine, client: Client) -> None:
    warn(house)
    with writing(house) as connection:
        connection.execute(t.warning.update().values(held=None, held_by=None))
        revision, edition = connection.execute(
            select(t.revision.c.id, t.revision.c.edition).where(t.revision.c.warning_id == 7)
            .order_by(t.revision.c.id.desc()).limit(1)).one()
        connection.execute(insert(t.approval).values(
            warning_id=7, revision_id=revision, edition=edition, sites=["x"],
            asked=[{"place": "city:440700", "post": "duty", "person": None}], otherwise="hold",
            opened=NOW, due=NOW + timedelta(minutes=5)))
    shown = page(client)
    assert "waits for approval until" in shown
    assert "then it is held" in shown
    assert "/warnings/7/release" in shown
    assert "/warnings/7/hold" in shown
    assert "waits for approval until" in page(client, "/?lang=en")
    with writing(house) as connection:
        connection.execute(t.approval.update().values(
            decided=NOW, decision="hold", reason="else_after", via="clock"))
    shown = page(client)
    assert "else after" in shown
    assert "(by time)" in shown
    assert "waits for approval until" not in shown


def test_every_sites_report_of_measures_stands_there_what_is_overdue_first(
        house: Engine, client: Client) -> None:
    warn(house)
    assert 'id="measures"' not in page(client)  # nothing is owed
    with writing(house) as connection:
        o = t.obligation.c
        site = connection.scalar(select(o.site).where(o.warning_id == 7, o.status == "told"))
        connection.execute(t.obligation.update().where(o.warning_id == 7, o.site == site).values(
            measures="started", started_due=NOW - timedelta(minutes=40), listed="done",
            done_due=NOW - timedelta(minutes=10), reminded_at=NOW - timedelta(minutes=9)))
    shown = section(page(client), "measures")
    first = re.findall(r"<tr.*?</tr>", shown)[1]
    assert 'class="late"' in first and str(site) in first
    assert f"{clock(-600)} done · overdue" in first.replace("\n", "")
    assert clock(-540) in first
    assert "overdue 1<" in shown
