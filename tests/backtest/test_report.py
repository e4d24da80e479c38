"""The page says it all by itself, and what comes from files stays text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from backtest_cast import HOUR, START, rain
from typer.testing import CliRunner

from fenghuo.backtest import past_effect, report, scoring
from fenghuo.backtest.report import Report
from fenghuo.backtest.sweeping import Knob, Swept
from fenghuo.channels.config import GatewayConfig
from fenghuo.cli import app
from fenghuo.editions import Edition
from fenghuo.settings import Settings

ROOT = Path(__file__).parents[2]
NASTY = "<script>alert('x')</script>"


def made(edition: Edition, settings: Settings, language: str = "en") -> Report:
    sites = edition.contacts.sites
    named = sites.assign(name=sites["name"].where(sites["site"] != "ts-site", NASTY),
                         name_en=sites["name_en"].where(sites["site"] != "ts-site", NASTY))
    hostile = replace(edition, contacts=replace(edition.contacts, sites=named))
    knob = Knob.of("rain-hour.yellow.at_least", edition)
    effect = past_effect(edition, knob.turned(edition, 20.0), settings,
                         [rain(haiyan={14: 25.0}, liangxi={30: 60.0})], jobs=1)
    events = pd.DataFrame([{"hazard": "waterlogging", "place": "440781000000",
                            "start": START + 15 * HOUR, "end": START + 16 * HOUR}])
    scores = {"against": scoring.scores(effect.new, events, edition.contacts)}
    return Report({"now": effect.old, "against": effect.new}, effect, scores,
                  [Swept(20.0, effect.new.figures, 1.0, None)], knob, hostile, START,
                  START + 96 * HOUR, settings, language, {"zh": NASTY, "en": NASTY})


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_fetches_nothing_and_escapes_everything(
        edition: Edition, settings: Settings, language: str) -> None:
    page = report.page(made(edition, settings, language))
    own = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"(src|href)=", own)
    assert NASTY not in page and "&lt;script&gt;" in own
    figures = re.search(r"const figures = (\{.*?\});\n", page)
    assert figures is not None
    drawn = json.loads(figures[1])
    assert set(drawn) == {"timeline", "months", "map", "sweep"}
    for place in drawn:
        assert f'id="{place}"' in own


def test_the_head_says_whom_it_would_have_woken_and_what_it_missed(
        edition: Edition, settings: Settings) -> None:
    head = made(edition, settings).sentence()
    assert "would have woken 2 people on 1 night (now: 0 people on 0 nights)" in head
    assert head.endswith("Misses 0 of 1 events; false alarms: 1.")


def test_the_command_plays_a_story_and_writes_the_page(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FENGHUO_HOME", str(tmp_path))
    monkeypatch.setenv("FENGHUO_RULES", str(ROOT / "rules"))
    monkeypatch.setenv("FENGHUO_CONTACTS", str(ROOT / "contacts"))
    page = tmp_path / "page.html"
    done = CliRunner().invoke(app, ["backtest", "--story", "xijiang-2008", "--jobs", "1",
                                    "--report", str(page), "--json"])
    assert done.exit_code == 0, done.output
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert rows[0] | {"edition": "rules", "by": "all", "warnings": 1, "messages": 16} == rows[0]
    assert "虚构" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(("words", "code", "said"), [
    ([], 2, "nothing to play"), (["--story", "none"], 1, "beiliu-2019"),
    (["nowhere.csv"], 1, "no file"), (["--feed", "none", "x.csv"], 2, "no feed none"),
    (["--against", "nowhere", "--story", "beiliu-2019"], 2, "no such folder"),
    (["--sweep", "no", "1:2:1", "--story", "beiliu-2019"], 1, "RULE.TIER.at_least"),
    (["--latency", "soon", "x.csv"], 2, "soon"),
])
def test_wrong_use_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                               words: list[str], code: int, said: str) -> None:
    monkeypatch.setenv("FENGHUO_HOME", str(tmp_path))
    monkeypatch.setenv("FENGHUO_RULES", str(ROOT / "rules"))
    monkeypatch.setenv("FENGHUO_CONTACTS", str(ROOT / "contacts"))
    done = CliRunner().invoke(app, ["backtest", *words])
    assert (done.exit_code, said in done.output) == (code, True), done.output


def test_the_page_says_when_the_last_one_would_have_heard(
        edition: Edition, settings: Settings) -> None:
    def page(rate: str) -> str:
        gateways = {"slow": GatewayConfig(name="slow", kind="twilio", per_second=float(rate))}
        found = made(edition, settings)
        return replace(found, edition=replace(found.edition, gateways=gateways)).last()

    assert re.fullmatch(r"Longest line: 20[\d-]+ [\d:]+, \d+ texts at once; the last leaves slow "
                        r"in about \d+ s, the answer is owed in \d+ min 00 s", page("1"))
    assert page("0.0001").endswith(", which is too late")
    assert made(edition, settings).last() == ""
    assert 'id="last"' not in report.page(made(edition, settings))
