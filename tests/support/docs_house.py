"""The houses in which the commands of the pages are typed: a night as it goes, and a quiet one."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pandas as pd
from docs_pages import ROOT

from fenghuo.observations import series
from fenghuo.orchestration.run.plan import Plan, remember
from fenghuo.sandbox.rehearsal import Rehearsal, rehearsal
from fenghuo.store.engine import writing

FIVE = timedelta(minutes=5)
SCENARIO = "tests/scenarios/enping"
ENDS = "ends: 2026-06-08T05:05:00+08:00", "ends: 2026-06-08T03:42:00+08:00"
UNCLEAR = ('"+8613800000012": {manner: silent}', '"+8613800000012": {manner: silent}\n'
           '  "+8613800000005": {manner: prompt, after: 60s, says: "雨好大啊"}')
"""One more text that only a human can read: the second waits for its dismissal."""


@dataclass(frozen=True)
class Houses:
    """Where the two houses lie as they were left, and the settings that lead to their sandbox."""

    night: Path
    quiet: Path
    settings: dict[str, str]

    def copy(self, which: Path, to: Path) -> dict[str, str]:
        """A house of one's own, as ``make run`` leaves it; gives its environment."""
        shutil.copytree(which, to, ignore=shutil.ignore_patterns("*.db-shm"))
        (to / ".venv").symlink_to(sys.prefix)
        made = {**self.settings, "FENGHUO_HOME": str(to)}
        for var in (to / "var", to / "var" / "demo"):
            var.mkdir(exist_ok=True)
            remember(Plan(to, var, 0), made)
        return made


def impossible(played: Rehearsal) -> None:
    """Two numbers of a gauge that cannot be: one to let go, one to discard."""
    now = played.house.clock.now()
    frame = pd.DataFrame([{"subject": "hecheng", "metric": "visibility", "start": end, "end": end,
                           "issued": end, "value": 9e5, "basis": "observed"}
                          for end in (now - 2 * FIVE, now - FIVE)])
    with writing(played.house.engine) as connection:
        series.record(connection, "gauges", frame, "f" * 64, now, 300)


@contextmanager
def houses(home: Path, kept: Path) -> Iterator[Houses]:
    """Enping up to 03:42: a quake told, a flood of our own, a rain signal relayed; somebody
    silent, a call to make, two texts to read, an alarm, two impossible numbers."""
    for name in ("rules", "contacts"):
        shutil.copytree(ROOT / name, home / name)
    shutil.copytree(ROOT / SCENARIO, kept / "enping")
    scenario = kept / "enping" / "scenario.yaml"
    text = scenario.read_text()
    for old, new in (ENDS, UNCLEAR):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    scenario.write_text(text)
    with rehearsal(home, scenario, home / "rules", home / "contacts") as played:
        shutil.copytree(home, kept / "quiet")
        played.play()
        impossible(played)
        shutil.copytree(home, kept / "night")
        settings = played.house.settings
        yield Houses(kept / "night", kept / "quiet", {
            "FENGHUO_CLOCK": settings.clock, "FENGHUO_SANDBOX_URL": played.sandbox.url,
            "FENGHUO_SANDBOX_SMTP_PORT": str(settings.sandbox_smtp_port),
            "FENGHUO_SANDBOX_FEEDS": "1", "FENGHUO_PUBLIC_URL": settings.public_url})
