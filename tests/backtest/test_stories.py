"""The shipped stories, worked out by hand: what is reported, and what our rules make of it.

Xijiang, June 2008, at Gaoyao (site gy-wharf: own action stage 9.80 m; its safety officer and the
desk of Gaoyao, each by SMS and mail; every number is known ten minutes after its hour). The
invented line rises 0.04 m an hour from 8.00 m at 0 h on the 12th, so

    13 June 14:00   9.52 m  the first hour within 0.5 m of the warning mark: a blue risk note,
                            which waits 90 s for others: 14:11:30
    13 June 21:00   9.80 m  the wharf's own stage: orange, an upgrade, which leaves at once: 21:10
    14 June 02:00  10.00 m  the warning mark: yellow, no higher than what stands: nothing is said
    15 June 08:00  11.14 m  the crest: nothing new
    18 June 04:00   9.78 m  below the own stage, and for three hours more: at 07:10 it is lowered
                            to blue, 07:11:30
    18 June 19:00   9.48 m  below 9.50 m, and for three hours more: over at 22:10, a good word that
                            wakes nobody and is said at seven

Four texts to two people by two channels are sixteen messages; eight SMS of two parts are sixteen
parts; nobody is woken.

Beiliu, 12 October 2019, M 5.2: felt with 2.5 to 3.8 in both cities, below IV: nothing is said.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from fenghuo.agreements.findings import Epicentre
from fenghuo.agreements.intensity import site_intensity
from fenghuo.backtest import Figures, run, stories
from fenghuo.editions import Edition, files_on_disk, read
from fenghuo.settings import Settings
from fenghuo.words import Level, Refused

ROOT = Path(__file__).parents[2]
RULES = ROOT / "rules"


@pytest.fixture(scope="module")
def shipped() -> Edition:
    return read(files_on_disk(RULES, ROOT / "contacts"), "d" * 64)


def test_the_xijiang_flood_of_2008(shipped: Edition, settings: Settings) -> None:
    story = stories.load(RULES, "xijiang-2008", shipped)
    outcome = run(shipped, settings, story.series, story.words, jobs=1)
    assert outcome.figures == Figures(
        warnings=1, people=2, messages=16, parts=16, woken=0, nights=0, woken_nights=0)
    said = outcome.told[["at", "kind", "tier"]].drop_duplicates()
    assert [(f"{at.astimezone(settings.zone):%d %H:%M:%S}", kind, tier)
            for at, kind, tier in said.itertuples(index=False)] == [
        ("13 14:11:30", "tell", Level.blue.rank), ("13 21:10:00", "tell", Level.orange.rank),
        ("18 07:11:30", "lower", Level.blue.rank), ("19 07:00:00", "cancel", Level.blue.rank)]
    assert set(outcome.told["person"]) == {"shi-an", "duty-gaoyao"}
    series = story.series[0]
    crest = int(np.nanargmax(series.values))
    at = datetime.fromtimestamp(series.t0 + crest * series.step, settings.zone)
    assert (f"{at:%Y-%m-%d %H:%M}", round(float(series.values[0, crest]), 2)) == (
        "2008-06-15 08:00", 11.14)


def test_the_beiliu_quake_of_2019_wakes_nobody(shipped: Edition, settings: Settings) -> None:
    story = stories.load(RULES, "beiliu-2019", shipped)
    outcome = run(shipped, settings, story.series, story.words, jobs=1)
    assert outcome.figures == Figures(0, 0, 0, 0, 0, 0, 0)
    sites = shipped.contacts.sites
    felt = site_intensity(Epicentre(5.2, 22.18, 110.51, 10.0), sites["latitude"],
                          sites["longitude"])
    assert 2.4 < felt.min() < felt.max() < 3.9


def test_a_story_that_is_not_there_is_answered_with_those_that_are(shipped: Edition) -> None:
    with pytest.raises(Refused, match="beiliu-2019, xijiang-2008"):
        stories.load(RULES, "no-such", shipped)


def test_stories_are_no_part_of_an_edition() -> None:
    assert not [path for path in files_on_disk(RULES, ROOT / "contacts") if "stories" in path]
