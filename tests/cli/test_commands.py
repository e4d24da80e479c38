"""The command ``fenghuo`` as an operator and an investigator type it, on a house that was told."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import update
from typer.testing import CliRunner

from fenghuo.cli import app
from fenghuo.contacts import addresses
from fenghuo.feeds import archive, config
from fenghuo.sandbox.rehearsal import rehearsal
from fenghuo.settings import Settings
from fenghuo.store.engine import engine, writing
from fenghuo.store.tables import notice
from fenghuo.words import ObligationStatus, Reason

ROOT = Path(__file__).parents[2]
ENPING = ROOT / "tests" / "scenarios" / "enping"

Typed = Callable[..., Result]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home of a house a quarter of an hour into the night of Enping, and its environment."""
    home = tmp_path_factory.mktemp("told")
    shutil.copytree(ENPING, home / "enping")
    for name in ("rules", "contacts"):
        shutil.copytree(ROOT / name, home / name)
    scenario = home / "enping" / "scenario.yaml"
    scenario.write_text(scenario.read_text().replace(
        "ends: 2026-06-08T05:05:00+08:00", "ends: 2026-06-08T03:20:00+08:00"))
    with rehearsal(home, scenario, home / "rules", home / "contacts") as played:
        played.play()
        (home / "clock").write_text(played.house.settings.clock)
        yield home


@pytest.fixture
def fenghuo(told: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Type a command in that house."""
    monkeypatch.setenv("FENGHUO_HOME", str(told))
    monkeypatch.setenv("FENGHUO_CLOCK", (told / "clock").read_text())
    monkeypatch.setenv("COLUMNS", "300")
    return lambda *words: CliRunner().invoke(app, list(words))


def rows(result: Result) -> list[dict[str, object]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


def test_check_counts_what_is_good(fenghuo: Typed) -> None:
    result = fenghuo("check")
    assert result.exit_code == 0
    assert re.match(r"good: 7 agreements, \d+ feeds, 16 sites, 63 people", result.output)


def test_check_gives_advice_that_only_strict_counts_as_a_fault(fenghuo: Typed) -> None:
    plain, strict, full = fenghuo("check"), fenghuo("check", "--strict"), fenghuo(
        "check", "--unverified")
    assert (plain.exit_code, strict.exit_code, full.exit_code) == (0, 1, 0)
    assert plain.output == strict.output
    assert "contacts/posts.csv:1:1 site.control_room: one_channel: " in plain.output
    assert "texts: 44 of 44 are approved by no SMS gateway" in plain.output
    assert "flood/site-stage: " in full.output and "flood/site-stage: " not in plain.output


def test_check_says_how_long_the_last_one_waits_where_a_gateway_has_a_limit(
        fenghuo: Typed, told: Path) -> None:
    assert "last one: " not in fenghuo("check").output
    listed = told / "rules/gateways.yaml"
    listed.write_text("gateways:\n  own: {kind: twilio, per_second: 2}\n")
    try:
        plain, found = fenghuo("check"), rows(fenghuo("check", "--json"))
    finally:
        listed.unlink()
    line, = re.findall(r"^last one: seismic, red to all of county:\d{6}: the last of (\d+) texts "
                       r"leaves own after (\d+) s, its answer is owed in 300 s$",
                       plain.output, re.MULTILINE)
    assert int(line[0]) == int(line[1]) > 3  # two parts each, two a second
    assert [one["place"] for one in found if one["kind"] == "last_one"] == ["1:1 own"]


def test_check_as_json_has_faults_and_advice_in_one_shape(fenghuo: Typed, told: Path) -> None:
    found = rows(fenghuo("check", "--json"))
    assert {one["severity"] for one in found} == {"warning", "note"}
    flood = told / "rules/agreements/flood.yaml"
    good = flood.read_text()
    try:
        flood.write_text(good.replace("station.warning", "station.waring", 1))
        bad = fenghuo("check", "--json")
    finally:
        flood.write_text(good)
    first, *others = [json.loads(line) for line in bad.output.splitlines()]
    assert bad.exit_code == 1 and first["severity"] == "error"
    assert first["said"].endswith("did you mean `station.warning`?")
    assert {frozenset(one) for one in (first, *others)} == {frozenset(
        ("severity", "kind", "source", "place", "said"))}
    assert [one["severity"] for one in others].count("warning"), "advice beside the fault"


def test_check_names_every_fault_at_once_and_ends_with_one(fenghuo: Typed, told: Path) -> None:
    seismic, sites = told / "rules/agreements/seismic.yaml", told / "contacts/sites.csv"
    good = seismic.read_text(), sites.read_text()
    try:
        seismic.write_text(good[0].replace("at_least: 7.0", "at_least: seven"))
        sites.write_text(good[1].replace("22.2250,112.2750", "112.2750,22.2250"))
        result, adopted = fenghuo("check"), fenghuo("adopt")
    finally:
        seismic.write_text(good[0])
        sites.write_text(good[1])
    assert (result.exit_code, adopted.exit_code) == (1, 1)
    assert "rules/agreements/seismic.yaml:20:26 rules.0.tiers.red.at_least: found" in result.output
    assert "'seven'" in result.output
    assert "contacts/sites.csv:2:7 latitude: found 112.275" in result.output
    assert fenghuo("adopt").output == "unchanged\n"


def test_explain_walks_from_a_text_to_the_bytes_that_caused_it(fenghuo: Typed, told: Path) -> None:
    notice = next(row for row in rows(fenghuo("notices", "--json"))
                  if row["person"] == "zhou-ping" and row["channel"] == "sms")
    assert notice["address"] == "+86138****0002"
    shown, *causes = rows(fenghuo("explain", str(notice["id"]), "--json"))
    because = [row for row in causes if "rule" in row]
    digest = str(causes[-1]["payload"])
    assert shown["text"] == notice["text"]
    assert [(row["site"], row["tier"], row["rule"]) for row in because] == [
        ("ep-pond", "red", "seismic/quake-intensity")]
    assert abs(float(str(because[0]["value"])) - 7.18) < 0.01
    assert because[0]["intensity_range"] == [6.69, 7.18]  # the larger of the two relations counts
    assert because[0]["agencies"] is None  # one alone speaks
    assert because[0]["threshold"] == 5.0 and because[0]["article"] == "Agreement Art. 3 (sample)"
    body = archive.read(told / "var" / "archive", digest)
    assert hashlib.sha256(body).hexdigest() == digest
    assert json.loads(body)["features"][0]["id"] == "gd20260608031210"


def test_explain_says_what_it_cannot_find(fenghuo: Typed) -> None:
    assert fenghuo("explain", "nothing-of-the-kind").exit_code == 1


def test_why_not_tells_a_site_that_lies_too_far(fenghuo: Typed) -> None:
    found = rows(fenghuo("why-not", "gy-quarry", "--at", "2026-06-08T03:19:00", "--json"))
    assert {row["reason"] for row in found} == {"digest"}
    assert abs(max(float(str(row["value"])) for row in found if row["value"]) - 4.51) < 0.01


def test_a_backfill_needs_a_feed_with_an_archive_and_a_time(fenghuo: Typed) -> None:
    for words, said in ((("pull", "cma", "--from", "2026-06-01"), "cma: the feed has no archive"),
                        (("pull", "--from", "2026-06-01"), "a feed and --from"),
                        (("pull", "usgs", "--to", "2026-06-01"), "a feed and --from"),
                        (("pull", "usgs", "--from", "June"), "found 'June'")):
        result = fenghuo(*words)
        assert result.exit_code == 2 and said in result.output, result.output


def test_reach_of_the_quake_adds_up(fenghuo: Typed) -> None:
    warning = rows(fenghuo("warnings", "--json"))[0]["id"]
    sheet = [row for row in rows(fenghuo("reach", str(warning), "--json"))
             if row["what"] in ("sites", "persons", "obligations")]
    assert len(sheet) == 3
    for row in sheet:
        counted = sum(int(str(row[status.value])) for status in ObligationStatus)
        assert int(str(row["owed"])) == counted > 0


@pytest.fixture
def spoilt(told: Path) -> Iterator[None]:
    """A number of that house is out of use, and a message may have gone out twice."""
    made = engine(Settings(home=told).url)
    now = datetime(2026, 6, 7, 19, 19, tzinfo=UTC)
    with writing(made) as connection:
        addresses.put_out(connection, "sms", "+8613800000002", Reason.bad_address, now,
                          person="zhou-ping", error="21211")
        connection.execute(update(notice).where(notice.c.person == "zhou-ping")
                           .values(maybe_doubled=True))
    yield
    with writing(made) as connection:
        addresses.put_back(connection, "sms", "+8613800000002", "test", now)
        connection.execute(update(notice).values(maybe_doubled=False))


def test_what_is_out_of_use_or_maybe_doubled_is_said_wherever_somebody_looks(
        fenghuo: Typed, spoilt: None) -> None:
    lists = [row for row in rows(fenghuo("notices", "--json")) if row["maybe_doubled"]]
    assert {row["person"] for row in lists} == {"zhou-ping"}
    shown, *_ = rows(fenghuo("explain", str(lists[0]["id"]), "--json"))
    assert shown["maybe_doubled"] is True
    of = {row["what"]: row for row in rows(fenghuo("reach", "1", "--json")) if "person" in row}
    assert (of["out of use"]["reason"], of["out of use"]["address"]) == (
        "bad_address", "+86138****0002")
    assert of["maybe doubled"]["person"] == "zhou-ping"
    assert "maybe doubled" in fenghuo("reach", "1").output
    why = rows(fenghuo("why-not", "ep-pond", "--at", "2026-06-08T03:19:30", "--json"))
    assert ("head", "bad_address", "sms +86138****0002 is out of use: 21211") in {
        (row["post"], row["reason"], row["detail"]) for row in why}
    assert "people: 1 have a number or mailbox that is out of use: zhou-ping" in fenghuo(
        "check").output
    assert {row["kind"] for row in rows(fenghuo("check", "--json"))} >= {
        "out_of_use", "never_proven"}
    [one] = rows(fenghuo("contacts", "people", "--out-of-use", "--json"))
    assert one["person"] == "zhou-ping" and "bad_address" in str(one["out_of_use"])


def test_who_never_answered_is_listed_and_who_did_is_not(fenghuo: Typed) -> None:
    everybody = rows(fenghuo("contacts", "people", "--json"))
    never = {row["person"] for row in rows(fenghuo("contacts", "people", "--unproven", "--json"))}
    did = {row["person"] for row in everybody if row["last_answered"] != "–"}
    assert did and never and not did & never
    assert did | never == {row["person"] for row in everybody}
    sites = {str(row["site"]): row["last_answered"] for row in rows(fenghuo("sites", "--json"))}
    assert sites["ep-fireworks"] == "–" and str(sites["ep-pond"]).startswith("2026-06-08 03:1")


def test_reach_of_no_warning_says_so(fenghuo: Typed) -> None:
    found = fenghuo("reach", "7777", "--json")
    assert found.exit_code == 1 and "no warning 7777" in found.output


def test_lists_of_feeds_and_sites_name_each(fenghuo: Typed) -> None:
    named = config.read({config.PATH: (ROOT / config.PATH).read_bytes()})
    assert [row["feed"] for row in rows(fenghuo("feeds", "--json"))] == list(named)
    assert len(rows(fenghuo("sites", "--json"))) == 16


def test_feeds_say_how_each_source_stands_and_quarantine_what_was_refused(
        fenghuo: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    said = {row["feed"]: row for row in rows(fenghuo("feeds", "--json"))}
    assert said["emsc"]["state"] == "off" and said["emsc"]["terms"]
    assert {"cadence", "as of", "age", "last good", "last error", "clock", "stands in for",
            "terms"} <= set(said["usgs"])
    table = fenghuo("feeds").output
    assert max(map(len, table.splitlines())) <= 120
    assert all(name in table for name in said)
    assert re.search("as of +age +clock +last good +last error; terms", table)
    whole = fenghuo("feeds", "usgs").output
    assert "http" not in whole and re.search(r"^ *terms +\S", whole, re.M)
    assert "no feed usg:" in fenghuo("feeds", "usg").output
    assert all(row["found"] and row["expected"] for row in rows(fenghuo(
        "quarantine", "list", "--json")))


def test_the_ledger_is_sound_and_a_stranger_can_check_the_export(
        fenghuo: Typed, told: Path) -> None:
    assert "sound" in fenghuo("ledger", "verify").output
    assert fenghuo("ledger", "export", str(told / "export.jsonl")).exit_code == 0
    proofs = rows(fenghuo("ledger", "prove", "0"))
    assert proofs[0]["position"] == 0
    stranger = subprocess.run(
        [sys.executable, "-m", "fenghuo.ledger.verify", str(told / "export.jsonl"),
         str(told / "var" / "signing.key.pub")],
        cwd=ROOT / "plugins", capture_output=True, text=True, timeout=60, check=False)
    assert stranger.returncode == 0, stranger.stdout + stranger.stderr


def test_an_answer_is_proved_by_one_file_and_the_public_key_without_a_database(
        fenghuo: Typed, told: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answered = [row for notice in rows(fenghuo("notices", "--json"))
                for row in rows(fenghuo("explain", str(notice["id"]), "--json"))
                if "said" in row and row["said"] == "1"]
    one, proof = answered[0], tmp_path / "proof.jsonl"
    assert fenghuo("ledger", "prove", str(one["answer"]), "--to", str(proof)).exit_code == 0
    key = shutil.copy(told / "var" / "signing.key.pub", tmp_path / "public")
    monkeypatch.setenv("FENGHUO_HOME", str(tmp_path))  # nothing of the house is here
    good = fenghuo("ledger", "check", str(proof), "--key", key)
    assert good.exit_code == 0 and "proved" in good.output
    assert f'"person": "{one["person"]}"' in good.output and '"answer": "1"' in good.output
    proof.write_text(proof.read_text().replace(r'\"answer\":\"1\"', r'\"answer\":\"3\"'))
    forged = fenghuo("ledger", "check", str(proof), "--key", key)
    assert forged.exit_code == 1 and "not in the signed tree" in forged.output
    assert fenghuo("ledger", "check", str(proof)).exit_code == 2  # no key, no verdict
    proof.write_text("")
    assert fenghuo("ledger", "check", str(proof), "--key", key).exit_code == 1


def test_an_answer_that_nobody_gave_cannot_be_proved(fenghuo: Typed) -> None:
    result = fenghuo("ledger", "prove", "answer:999999")
    assert result.exit_code == 1 and "answers [999999]" in result.output


def test_a_step_typed_again_has_nothing_to_do(fenghuo: Typed) -> None:
    for step in ("assess", "dispatch", "follow-up"):
        assert fenghuo(step).output.split(";")[0].endswith("did 0"), step


def test_a_house_without_a_database_says_what_to_type(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FENGHUO_HOME", str(tmp_path))
    result = CliRunner().invoke(app, ["warnings"])
    assert result.exit_code == 2
    assert "fenghuo migrate" in result.output


def test_the_schema_of_an_agreement_is_printed_for_editors(fenghuo: Typed) -> None:
    assert json.loads(fenghuo("schema").output)["title"] == "Fenghuo agreement"
