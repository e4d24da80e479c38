"""The night's cleaning, outside of any task: Airflow forbids its tasks to do it.

``python -m fenghuo.orchestration.cleaning`` waits for half past three in the city and cleans;
with ``once`` it cleans now. The one that waits does so for months, so it loads nothing: the
cleaning itself is a process of its own each night.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

AT = timedelta(hours=3, minutes=30)
LOOK = 60.0
"""Machine seconds between two looks at the clock: a machine that slept is late by no more."""


def main(arguments: list[str]) -> int:
    """Clean now, or each night for ever. Exit code: 0 all is clean, 1 something stayed."""
    if arguments == ["once"]:
        return clean()
    zone = ZoneInfo(os.environ.get("FENGHUO_TIMEZONE") or "Asia/Shanghai")
    wait(zone, lambda: subprocess.run([sys.executable, "-m", __spec__.name, "once"]).returncode)
    return 0


def wait(zone: ZoneInfo, work: Callable[[], object], now: Callable[[], datetime] | None = None,
         sleep: Callable[[float], None] = time.sleep) -> None:
    """Do the work at half past three in the zone, every night; one that fails waits for the next.

    ``now`` gives aware instants, ``sleep`` may raise to end it: for tests.
    """
    now = now or (lambda: datetime.now(UTC))
    night = next_night(now(), zone)
    while True:
        sleep(LOOK)
        if now() >= night:
            work()
            night = next_night(now(), zone)


def next_night(now: datetime, zone: ZoneInfo) -> datetime:
    """The next half past three in the zone, UTC."""
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0) + AT
    if today <= now:
        today += timedelta(days=1)
    return today.astimezone(UTC)


def clean() -> int:
    """Airflow's rows and task logs beyond ``FENGHUO_MACHINERY_DAYS``, our own hot rows beyond
    ``FENGHUO_HOT_DAYS``; what a notice cites and the ledger stay. Says what went."""
    from fenghuo.observations.forgetting import forget
    from fenghuo.settings import Settings
    from fenghuo.store.engine import engine

    settings, now = Settings(), datetime.now(UTC)
    before = now - timedelta(days=settings.machinery_days)
    rows = subprocess.run([
        sys.executable, "-m", "airflow", "db", "clean", "--clean-before-timestamp",
        before.isoformat(), "--skip-archive", "--batch-size", "5000",
        "--error-on-cleanup-failure", "-y"], stdout=subprocess.DEVNULL).returncode
    print(f"Airflow's rows before {before:%Y-%m-%d}: {'gone' if rows == 0 else 'NOT CLEANED'}")
    logs = forget_logs(Path(os.environ["AIRFLOW_HOME"]) / "logs", before.timestamp())
    print(f"task logs: {logs} folders gone")
    gone = forget(engine(settings.url), now - timedelta(days=settings.hot_days))
    print("our own: " + ", ".join(f"{n} {name}" for name, n in gone.items()), flush=True)
    return 1 if rows else 0


def forget_logs(logs: Path, before: float) -> int:
    """Remove the folders of runs (and of the DAG processor's days) that nobody wrote to since
    ``before`` (epoch seconds); how many went."""
    old = [folder for pattern in ("dag_id=*/run_id=*", "dag_processor/*-*-*")
           for folder in logs.glob(pattern)
           if not folder.is_symlink() and folder.stat().st_mtime < before]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
