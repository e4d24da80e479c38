"""The rules on the console: the signed table, what an edit would change, a draft and its way."""

from __future__ import annotations

import html
import io
import re

import httpx
import pytest
from console_cast import (
    NOW,
    OFFICER,
    RAIN,
    VIEWER,
    Client,
    app_of,
    change_rules,
    fields,
    section,
    send,
    warn,
)
from openpyxl import load_workbook
from sqlalchemy import Engine, select

from fenghuo import changes
from fenghuo.agreements import annex
from fenghuo.changes import proofs
from fenghuo.rule_tests import Failure
from fenghuo.settings import Settings
from fenghuo.store import editions as store
from fenghuo.store import tables as t
from fenghuo.store.engine import reading

TABLE, LOOK = "/rules/meteorological", "/rules/meteorological/look"
PROPOSE = "/rules/meteorological/propose"
COLLEAGUE = {"x-duty": "colleague:admin"}
RED = Failure("gauge rises", "rain.yaml:1:1", "2026-06-08 08:00", "pond", "yellow", "none")


def in_force(house: Engine) -> bytes:
    with reading(house) as connection:
        digest = store.newest(connection)
        assert digest is not None
        return store.files_of(connection, digest)[RAIN]


def path_of(house: Engine, ends: str) -> str:
    return next(path for path in annex.table(RAIN, in_force(house), "en").numbers
                if path.endswith(ends))


def form_of(page: httpx.Response, action: str) -> dict[str, str]:
    """The fields of the form that goes to ``action``."""
    found = re.search(rf'<form[^>]*action="/fenghuo{re.escape(action)}[^"]*".*?</form>', page.text,
                      re.DOTALL)
    assert found is not None, page.text
    return {name: html.unescape(value) for name, value in re.findall(
        r'<input[^>]*?name="([\w.-]+)"[^>]*?value="([^"]*)"', found[0])}


def looked(client: Client, **digits: str) -> httpx.Response:
    page = client.get(TABLE, headers=OFFICER)
    return client.post(LOOK, form_of(page, LOOK) | digits, OFFICER)


def proposed(client: Client, house: Engine, digits: str, note: str = "after the June flood") -> int:
    page = looked(client, **{path_of(house, "tiers.yellow.at_least"): digits})
    assert page.status_code == 200, page.text
    done = client.post(PROPOSE, form_of(page, PROPOSE) | {"note": note}, OFFICER)
    assert done.status_code == 303, done.text
    return int(done.headers["location"].rpartition("/")[2])


def test_every_number_of_the_file_is_an_input_for_those_who_may_act_and_words_for_others(
        client: Client, house: Engine) -> None:
    numbers = annex.table(RAIN, in_force(house), "zh").numbers
    page = client.get(TABLE, headers=OFFICER)
    sent = form_of(page, LOOK)
    assert {path: sent[path] for path in numbers} == {
        path: number.digits for path, number in numbers.items()}
    viewed = client.get(TABLE, headers=VIEWER)
    assert viewed.status_code == 200 and "<input" not in viewed.text
    assert all(f"<b>{number.digits}</b>" in viewed.text for number in numbers.values())


def test_looking_at_what_an_edit_changes_says_it_in_words_and_changes_nothing(
        client: Client, house: Engine) -> None:
    before = in_force(house)
    page = looked(client, **{path_of(house, "tiers.yellow.at_least"): "40"})
    assert page.status_code == 200
    assert "50毫米" in section(page.text, "differences")
    assert "40毫米" in section(page.text, "differences")
    assert section(page.text, "effect") and 'id="less"' not in page.text
    higher = looked(client, **{path_of(house, "tiers.red.at_least"): "120"})
    assert "limit harder" in section(higher.text, "less")
    assert in_force(house) == before
    with reading(house) as connection:
        assert connection.execute(select(t.draft)).all() == []


@pytest.mark.parametrize(("ends", "digits", "said"), [
    ("tiers.yellow.at_least", "４０", "a plain decimal number of mm"),
    ("tiers.yellow.at_least", "40 mm", "a plain decimal number of mm"),
    ("tiers.yellow.window", "5.5", "a whole number of"),
    ("tiers.red.at_least", "20", "harder to reach"),
    ("clear.ratio", "7", "less than or equal to 1"),
])
def test_a_fault_stands_beside_its_number_and_what_was_typed_stays(
        client: Client, house: Engine, ends: str, digits: str, said: str) -> None:
    path = path_of(house, ends)
    page = looked(client, **{path: digits})
    assert page.status_code == 400
    assert form_of(page, LOOK)[path] == digits
    after = page.text[page.text.index(f'name="{path}"'):]
    fault = html.unescape(after[after.index('class="fault">'):after.index("</em>")])
    assert said in fault


def test_nothing_changed_or_an_older_table_is_one_sentence(client: Client, house: Engine) -> None:
    assert "没有改动" in looked(client).text
    stale = looked(client, sha256="0" * 64)
    assert stale.status_code == 400 and "请重填" in stale.text


def test_a_threshold_is_proposed_approved_by_another_and_in_force_at_its_hour(
        client: Client, house: Engine, settings: Settings) -> None:
    number = proposed(client, house, "40")
    page = client.get(f"/drafts/{number}", headers=OFFICER)
    assert "after the June flood" in page.text and "已检查" in page.text
    assert "<ins>40</ins>" in section(page.text, "numbers")
    refused = send(client, f"/drafts/{number}/approve")
    assert refused.status_code == 409 and "another person" in refused.text
    done = client.post(f"/drafts/{number}/approve", fields(client.get(
        f"/drafts/{number}/approve", headers=COLLEAGUE).text) | {"reason": "read it"}, COLLEAGUE)
    assert done.status_code == 303
    assert send(client, f"/drafts/{number}/schedule", at="yesterday").status_code == 400
    assert send(client, f"/drafts/{number}/schedule").status_code == 303
    assert b"at_least: 40" not in in_force(house)
    changes.due(house, NOW)
    table = annex.table(RAIN, in_force(house), "en")
    assert table.numbers[path_of(house, "tiers.yellow.at_least")].digits == "40"
    assert "生效中" in client.get(f"/drafts/{number}", headers=OFFICER).text


def test_without_change_control_one_person_puts_an_edit_in_force_at_once_and_with_it_nobody_can(
        client: Client, house: Engine, settings: Settings,
        monkeypatch: pytest.MonkeyPatch) -> None:
    path, before = path_of(house, "tiers.yellow.at_least"), in_force(house)
    barred = Client(app_of(settings.model_copy(update={"change_control": True})))
    page = looked(barred, **{path: "40"})
    assert "立即生效" not in page.text
    forced = barred.post(PROPOSE, form_of(page, PROPOSE) | {"note": "now", "step": "now"}, OFFICER)
    assert forced.status_code == 409 and in_force(house) == before
    with monkeypatch.context() as one:
        one.setattr(proofs, "tests", lambda *_: (9, [RED]))
        page = looked(client, **{path: "41"})
        assert "立即生效" not in page.text and "gauge rises" in section(page.text, "tests")
        form = form_of(page, PROPOSE) | {"note": "now", "step": "now"}
        red = client.post(PROPOSE, form, OFFICER)
    assert red.status_code == 409 and "1 tests of draft" in red.text and in_force(house) == before
    monkeypatch.setattr(proofs, "tests", lambda *_: (9, []))
    page = looked(client, **{path: "42"})
    assert "立即生效" in page.text
    done = client.post(PROPOSE, form_of(page, PROPOSE) | {"note": "now", "step": "now"}, OFFICER)
    assert done.status_code == 303
    assert annex.table(RAIN, in_force(house), "en").numbers[path].digits == "42"


def test_red_tests_are_approved_only_by_whoever_says_that_they_were_read(
        client: Client, house: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "tests", lambda *_: (9, [RED]))
    number = proposed(client, house, "40")
    form = fields(client.get(f"/drafts/{number}/approve", headers=COLLEAGUE).text)
    form = form | {"reason": "meant so", "tests_read": ""}
    refused = client.post(f"/drafts/{number}/approve", form, COLLEAGUE)
    assert refused.status_code == 409 and "gauge rises" in refused.text
    done = client.post(f"/drafts/{number}/approve", form | {"tests_read": "yes"}, COLLEAGUE)
    assert done.status_code == 303


def test_the_way_back_is_one_click_and_a_reason_of_a_leader_where_fewer_are_woken_by_it(
        client: Client, house: Engine, settings: Settings) -> None:
    before = in_force(house)
    assert "/return" not in client.get("/rules", headers=OFFICER).text  # nothing to go back to
    number = proposed(client, house, "40")
    client.post(f"/drafts/{number}/approve", fields(client.get(
        f"/drafts/{number}/approve", headers=COLLEAGUE).text) | {"reason": "read it"}, COLLEAGUE)
    send(client, f"/drafts/{number}/schedule")
    changes.due(house, NOW)
    assert in_force(house) != before
    back, = set(re.findall(r"/editions/\d+/return", client.get("/rules", headers=OFFICER).text))
    refused = send(client, back)
    assert refused.status_code == 409 and "expected a leader" in refused.text
    led = Client(app_of(settings.model_copy(update={"signers": ("officer",)})))
    done = send(led, back, reason="too many were woken")
    assert (done.status_code, done.headers["location"]) == (303, "/fenghuo/rules")
    assert in_force(house) == before
    assert client.get(back, headers=OFFICER).status_code == 404  # a second click does nothing


def test_a_form_of_another_a_viewer_or_another_site_is_not_taken(
        client: Client, house: Engine) -> None:
    form = form_of(client.get(TABLE, headers=OFFICER), LOOK)
    for path in (LOOK, PROPOSE):
        assert client.post(path, form, VIEWER).status_code == 403
        assert client.post(path, form | {"mark": ""}, OFFICER).status_code == 403
        assert client.post(path, form, OFFICER | {"sec-fetch-site": "cross-site"}
                           ).status_code == 403
        assert client.post(path, form, None).status_code == 401
    assert client.post(LOOK, form, COLLEAGUE).status_code == 403
    assert client.post(PROPOSE, form, OFFICER).status_code == 403  # the mark of looking only
    assert client.post(LOOK, form | {"x": "y" * 4_000_000}, OFFICER).status_code == 413


def test_a_sheet_goes_out_and_comes_back_with_other_numbers(client: Client, house: Engine) -> None:
    path = path_of(house, "tiers.yellow.at_least")
    answer = client.get(f"{TABLE}/sheet", headers=VIEWER)
    assert answer.headers["content-disposition"] == 'attachment; filename="meteorological.xlsx"'
    book = load_workbook(io.BytesIO(answer.content))
    row = next(row for row in book.active.iter_rows()
               if row[0].value == path.replace(".yellow.", ".*."))
    cell = next(cell for cell in row[5:] if cell.value is not None)
    cell.value = 44
    out = io.BytesIO()
    book.save(out)
    form = form_of(client.get(TABLE, headers=OFFICER), LOOK)
    page = client.post(LOOK, form, OFFICER, files={"sheet": ("in.xlsx", out.getvalue())})
    assert page.status_code == 200
    assert form_of(page, PROPOSE)[path] == "44"
    cell.value = "=44"
    out = io.BytesIO()
    book.save(out)
    bad = client.post(LOOK, form, OFFICER, files={"sheet": ("in.xlsx", out.getvalue())})
    assert bad.status_code == 400
    assert f"meteorological!{cell.coordinate}" in bad.text and "the formula" in bad.text


def test_a_freeze_is_shown_where_its_rules_are(client: Client, house: Engine) -> None:
    warn(house)
    for path in ("/rules", TABLE):
        page = client.get(path, headers=VIEWER).text
        assert 'id="frozen"' in page and "/fenghuo/warnings/7" in page
    assert 'id="frozen"' not in client.get("/rules/seismic", headers=VIEWER).text


def test_a_draft_names_who_it_waits_for_and_viewers_are_offered_no_act(
        client: Client, house: Engine, settings: Settings) -> None:
    number = change_rules(house, settings)
    board = client.get("/rules", headers=VIEWER)
    assert "另一人审核" in section(board.text, "drafts")
    assert f"/drafts/{number}/" not in client.get(f"/drafts/{number}", headers=VIEWER).text
    proposer, other = (client.get(f"/drafts/{number}", headers=one).text
                       for one in ({"x-duty": "clerk:op"}, OFFICER))
    assert f"/drafts/{number}/approve" in other
    assert f"/drafts/{number}/approve" not in proposer and f"/drafts/{number}/withdraw" in proposer
    assert "<b>1</b>" in section(client.get("/", headers=VIEWER).text, "rules")


def test_a_fault_of_a_whole_tier_stands_beside_what_was_typed(
        client: Client, house: Engine) -> None:
    path = path_of(house, "tiers.orange.at_least")
    page = looked(client, **{path: "145"})
    after = page.text[page.text.index(f'name="{path}"'):]
    fault = html.unescape(after[after.index('class="fault">'):after.index("</em>")])
    assert "found at_least 100.0" in fault and "expected harder to reach than orange" in fault


def test_what_is_odd_in_an_edit_is_said_before_anybody_proposes_it(
        client: Client, house: Engine) -> None:
    page = looked(client, **{path_of(house, "tiers.orange.at_least"): "45"})
    assert "can hold while yellow" in section(page.text, "odd")
    assert section(page.text, "odd").count("<li>") == 1
    assert 'id="odd"' not in looked(client, **{path_of(house, "tiers.red.at_least"): "120"}).text
