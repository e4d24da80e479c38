"""The six steps by hand: what Airflow runs, when Airflow is down."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from fenghuo import pipeline
from fenghuo.cli.dry_run import dry_run
from fenghuo.cli.frame import city, house, instant
from fenghuo.house import House
from fenghuo.words import BUREAUS, StepReport


def add_to(app: typer.Typer) -> None:
    app.command()(pull)
    app.command()(assess)
    app.command()(dispatch)
    app.command(name="follow-up")(follow_up)
    app.command()(watch)


def pull(
    feed: Annotated[str | None, typer.Argument(help="One feed; none: all that are due.")] = None,
    since: Annotated[str | None, typer.Option(
        "--from", help="From its archive: since when, city time, ISO.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Until when; now unless said.")] = None,
    dry: Annotated[bool, typer.Option(
        "--dry-run", help="Show how rules/feeds.yaml reads it, and keep nothing.")] = False,
) -> None:
    """Fetch a feed now, or every feed that is due; or from its archive what was missed."""
    if dry:
        if not feed or since or until:
            raise typer.BadParameter("one feed: fenghuo pull FEED --dry-run")
        dry_run(feed)
        return
    with house() as at:
        if since or until:
            if not feed or not since:
                raise typer.BadParameter("a feed and --from: fenghuo pull FEED --from T --to T")
            end: datetime = instant(until, at.settings.zone) if until else at.clock.now()
            _say(at, pipeline.backfill(at, feed, instant(since, at.settings.zone), end))
            return
        if feed:
            _say(at, pipeline.pull(at, feed))
            return
        for bureau in BUREAUS:
            _say(at, pipeline.pull_bureau(at, bureau))


def assess() -> None:
    """Judge what came in: findings, warnings, obligations, notices."""
    with house() as at:
        _say(at, pipeline.assess(at))


def dispatch() -> None:
    """Send what is queued."""
    with house() as at:
        _say(at, pipeline.dispatch(at))


def follow_up() -> None:
    """Fetch receipts and answers, climb the ladders."""
    with house() as at:
        _say(at, pipeline.follow_up(at))


def watch() -> None:
    """Adopt changed files, look after feeds, deadlines and the ledger."""
    with house() as at:
        _say(at, pipeline.watch(at))


def _say(at: House, report: StepReport) -> None:
    counts = " ".join(f"{reason}={n}" for reason, n in sorted(report.counts.items()))
    line = f"{report.step}: did {report.did}; next {city(report.next_due, at)} {counts}"
    typer.echo(line.rstrip())
