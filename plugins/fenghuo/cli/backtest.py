"""Rules over past years: what they would have said, and what another folder would have said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from fenghuo import editions
from fenghuo.agreements.history import Series
from fenghuo.agreements.values import span_of
from fenghuo.backtest import (
    Effect,
    Figures,
    Outcome,
    Word,
    archive,
    columns,
    reading,
    report,
    running,
    scoring,
    stories,
    sweeping,
    tables,
)
from fenghuo.backtest.comparing import difference
from fenghuo.backtest.sweeping import Knob, Swept
from fenghuo.cli.frame import FOUND, WRONG_USE, AsJson, show
from fenghuo.editions import Edition
from fenghuo.settings import Settings
from fenghuo.store.engine import engine
from fenghuo.store.engine import reading as reading_of
from fenghuo.store.whole import whole
from fenghuo.words import FenghuoError, Level, Refused

_SAYS = Console(stderr=True)


def add_to(app: typer.Typer) -> None:
    app.command()(backtest)


def backtest(
    observations: Annotated[list[Path] | None, typer.Argument(
        help="CSV or Parquet files, or folders of them.")] = None,
    against: Annotated[Path | None, typer.Option(help="Another folder of rules.")] = None,
    truth: Annotated[Path | None, typer.Option(help="What happened: a CSV of events.")] = None,
    events: Annotated[Path | None, typer.Option(help="Signals and quakes: CSV or JSON.")] = None,
    story: Annotated[str | None, typer.Option(help="A story of rules/stories.")] = None,
    own: Annotated[bool, typer.Option("--archive", help="What this house has kept.")] = False,
    feed: Annotated[str | None, typer.Option(help="Read columns as this feed's table.")] = None,
    zone: Annotated[str | None, typer.Option(help="Of times without an offset.")] = None,
    step: Annotated[str | None, typer.Option(help="Of the series; none: as the rows lie.")] = None,
    latency: Annotated[str | None, typer.Option(
        help="From a number's end until it is known; none: the feed's cadence, or 10m.")] = None,
    since: Annotated[datetime | None, typer.Option(help="City time.")] = None,
    until: Annotated[datetime | None, typer.Option(help="City time.")] = None,
    sweep: Annotated[tuple[str, str] | None, typer.Option(
        help="RULE.TIER.at_least FROM:TO:STEP: play each value.")] = None,
    out: Annotated[Path | None, typer.Option("--report", help="Write an HTML page.")] = None,
    language: Annotated[str, typer.Option(help="Of the page: zh or en.")] = "zh",
    jobs: Annotated[int | None, typer.Option(help="Processes; none: one a core.")] = None,
    as_json: AsJson = False,
) -> None:
    """Play past observations through the rules in force: warnings, texts, nights woken."""
    try:
        settings = Settings()
        old = _edition(settings, None)
        new = _edition(settings, against) if against else None
        both = [old, *([new] if new else [])]
        told = stories.load(settings.path(settings.rules), story, old) if story else None
        series = [*(told.series if told else ()),
                  *_series(settings, both, observations, own, feed, zone, step, latency)]
        words = [*(told.words if told else ()), *(tables.events(events) if events else ())]
        if not series and not words:
            typer.echo("nothing to play: name files, --archive, --events or --story", err=True)
            raise typer.Exit(WRONG_USE)
        happened = tables.truth(truth, old.contacts) if truth else None
        knob = Knob.of(sweep[0], old) if sweep else None
        values = sweeping.values_of(sweep[1]) if sweep else []
        first, last = (at.replace(tzinfo=settings.zone) if at else known for at, known in
                       zip((since, until), running.span(series, words), strict=True))

        def play(edition: Edition) -> Outcome:
            return _played(edition, settings, series, words, first, last, jobs)

        before = play(old)
        outcomes, effect = {"rules": before}, None
        if new:
            after = play(new)
            outcomes = {"now": before, "against": after}
            effect = Effect(before, after, difference(before, after), first, last,
                            new.contacts)
        scored = {name: scoring.scores(outcome, happened, old.contacts)
                  for name, outcome in outcomes.items()} if happened is not None else {}
        swept: list[Swept] = []
        if knob:
            swept = sweeping.sweep(knob, values, old, play, lambda outcome: scoring.of_rule(
                scoring.scores(outcome, happened, old.contacts), knob.rule, knob.tier)
                if happened is not None else None)
    except Refused as refused:
        for refusal in refused.refusals:
            typer.echo(str(refusal), err=True)
        raise typer.Exit(FOUND) from None
    except FenghuoError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(WRONG_USE) from error
    _print(outcomes, effect, scored, swept, settings.zone, as_json)
    if out:
        page = report.page(report.Report(
            outcomes, effect, scored, swept, knob, old, first, last, settings, language,
            told.about.model_dump() if told else None))
        with whole(out) as file:
            file.write(page)
        _SAYS.print(f"written: {out}", highlight=False)


def _edition(settings: Settings, folder: Path | None) -> Edition:
    """The edition in force, else that of the disk; or the one that a folder would make."""
    if folder is None:
        try:
            with reading_of(engine(settings.url)) as connection:
                return editions.load(connection, datetime.now(settings.zone))
        except FenghuoError:
            pass  # nothing adopted yet: what lies on the disk is what would be
    elif not folder.is_dir():
        raise FenghuoError(f"{folder}: no such folder of rules")
    rules = folder or settings.path(settings.rules)
    return editions.read(editions.files_on_disk(rules, settings.path(settings.contacts)),
                         "against" if folder else "disk")


def _series(settings: Settings, both: list[Edition], paths: list[Path] | None, own: bool,
            feed: str | None, zone: str | None, step: str | None,
            latency: str | None) -> list[Series]:
    if feed is not None and feed not in both[0].feeds:
        raise FenghuoError(f"no feed {feed}: {', '.join(sorted(both[0].feeds))}")
    mapped = both[0].feeds[feed] if feed else None
    late = _seconds(latency) if latency else \
        int(mapped.cadence.total_seconds()) if mapped else 600
    metrics = stories.metrics_of(*both)
    found: list[Series] = []
    if own:
        with reading_of(engine(settings.url)) as connection:
            found += archive.kept(connection, both[0], metrics, late)
    if paths:
        read = reading.observations(
            paths, stories.stations_of(*both), metrics, late,
            columns.of_feed(mapped, zone) if mapped else None, zone,
            _seconds(step) if step else None)
        for fault in read.faults:
            typer.echo(str(fault), err=True)
        _SAYS.print(f"{read.rows} rows, {read.bad} bad, "
                    f"{read.unknown.total()} of stations that the rules do not know",
                    highlight=False)
        found += read.series
    return found


def _seconds(text: str) -> int:
    try:
        return int(span_of(text).total_seconds())
    except ValueError as error:
        raise FenghuoError(f"{text}: expected {error}") from error


def _played(edition: Edition, settings: Settings, series: list[Series], words: list[Word],
            since: datetime, until: datetime, jobs: int | None) -> Outcome:
    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
                  TimeElapsedColumn(), console=_SAYS, transient=True) as bar:
        task = bar.add_task("changes", total=None)
        return running.run(
            edition, settings, series, words, since=since, until=until, jobs=jobs,
            progress=lambda done, total: bar.update(task, completed=done, total=total))


def _print(outcomes: Mapping[str, Outcome], effect: Effect | None,
           scored: Mapping[str, list[scoring.Score]], swept: list[Swept], zone: tzinfo,
           as_json: bool) -> None:
    rows = [{"edition": name, "by": by, "name": row[by],
             **{key: row[key] for key in Figures.__slots__}}
            for name, outcome in outcomes.items() for by in ("rule", "tier", "month")
            for row in outcome.table(by).to_dict("records")]
    whole = [{"edition": name, "by": "all", "name": "", **asdict(outcome.figures)}
             for name, outcome in outcomes.items()]
    show([*whole, *rows], as_json)
    if effect:
        typer.echo(effect.sentence("en"))
        changed = _changes(effect, zone)
        if changed or as_json:
            show(changed, as_json)
    if scored:
        show([{"edition": name, **score.plain()} for name, scores in scored.items()
              for score in scores], as_json)
    if swept:
        show([{"value": point.value, **asdict(point.figures), "pod": point.pod,
               "far": point.far} for point in swept], as_json)


def _changes(effect: Effect, zone: tzinfo) -> list[dict[str, Any]]:
    """Each warning that appears, vanishes or moves: its area by name, when it opened (city time),
    the tier by which it is handled."""
    areas = effect.contacts.districts.set_index("code")["name"].to_dict()

    def row(change: str, hazard: str, scope: str, opened: datetime, tier: str, later: str,
            sites: str) -> dict[str, Any]:
        return {"change": change, "hazard": hazard, "area": areas.get(scope, scope),
                "opened": f"{opened.astimezone(zone):%Y-%m-%d %H:%M}", "tier": tier,
                "later": later, "sites": sites}

    return [*(row(change, one["hazard"], one["scope"], one["opened"],
                  str(Level.of_rank(one["tier"])), "", str(len(one["sites"])))
              for change, warnings in (("appears", effect.difference.appears),
                                       ("vanishes", effect.difference.vanishes))
              for one in warnings.to_dict("records")),
            *(row("moves", one.hazard, one.scope, one.opened, f"{one.before} -> {one.after}",
                  f"{one.later.total_seconds() / 60:+.0f} min",
                  f"+{len(one.entered)} -{len(one.left)}") for one in effect.difference.moved)]
