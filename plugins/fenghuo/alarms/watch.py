"""The watch step: is the data young, do the steps end, do ladders climb, does it all add up.

Each finding is an alarm that is raised or recovered here; a heartbeat then tells somebody
outside that the watch itself ran. Run twice, the second run changes nothing.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import requests
from sqlalchemy import Connection, Engine, func, select

from fenghuo import ledger
from fenghuo.alarms import balance, bells, outages, waiting
from fenghuo.alarms.ages import FeedAge, Watched, feed_ages
from fenghuo.alarms.kinds import AlarmKind
from fenghuo.alarms.register import Alarm, open_alarms, raise_alarm, recover
from fenghuo.alarms.silence import STEPS, finished, resumed, silent
from fenghuo.clock import machine_now
from fenghuo.settings import Settings
from fenghuo.store.engine import reading, writing
from fenghuo.store.tables import obligation, step_lease, warning
from fenghuo.words import FenghuoError, ObligationStatus, StepReport, WarningState

log = logging.getLogger(__name__)

_FEED_KINDS = (*outages.RANKS, AlarmKind.feed_quarantine)

FAILING = (AlarmKind.obligations_overdue, AlarmKind.reach_unbalanced, AlarmKind.step_silent,
           AlarmKind.ledger_unsealed)
"""While one of these is open the outside hears nothing, and calls: a house whose ladders stand
still, that has lost somebody, whose steps have stopped or whose ledger is not sealed is not
watching."""

STUCK = timedelta(minutes=1)
"""A rung this much overdue that a follow-up did not climb is one that nobody climbs."""

_JITTER = 30.0
"""Machine seconds by which two sweeps may lie further apart than the tick."""

_NEVER = datetime(1, 1, 2, tzinfo=UTC)

_OWED = (ObligationStatus.pending, ObligationStatus.told, ObligationStatus.escalating,
         ObligationStatus.unreachable)


def watch(engine: Engine, feeds: Mapping[str, Watched], settings: Settings, now: datetime,
          steps: Mapping[str, float] | None = None,
          rosters: Mapping[str, datetime] | None = None,
          unreached: Mapping[str, str] | None = None) -> StepReport:
    """One look at the house at the city instant ``now``; seals the ledger at its end.

    ``steps`` maps each step to the machine seconds it may be silent (default: 180 for all),
    ``rosters`` each rostered post that is running out to the end of its last shift,
    ``unreached`` each site that nobody of can be reached to the reason. Counts in the report:
    alarms raised, worsened and recovered, entries sealed, feeds waiting, answers overdue. ``did``
    counts changes only. The caller holds the lease of the step.
    """
    began = machine_now()
    counts: Counter[str] = Counter()
    with writing(engine) as connection:
        ages = feed_ages(connection, feeds.values(), now)
        _feeds(connection, ages, now, counts)
        up = resumed(connection)
        _steps(connection, steps or STEPS, up, now, counts)
        due = _answers(connection, up, settings, now, counts)
        _balance(connection, now, counts)
        _rosters(connection, rosters or {}, now, counts)
        _sites(connection, unreached or {}, now, counts)
        waiting.look(connection, now, counts)
        visit = waiting.next_visit(connection, now)
        bells.forget(connection, now)
    counts["sealed"] += _seal(engine, settings, now, counts)
    with reading(engine) as connection:
        fails = any(one.kind in FAILING for one in open_alarms(connection))
    if not fails:
        _heartbeat(settings, counts)
    old = [at for age in ages if not age.resting and (at := age.stale_at) is not None and at > now]
    did = sum(counts[word] for word in ("raised", "worsened", "recovered", "sealed"))
    due = min(filter(None, (due, visit)), default=None)
    return StepReport("watch", now, began, did, due, +counts, min(old, default=None))


def _feeds(connection: Connection, ages: list[FeedAge], now: datetime,
           counts: Counter[str]) -> None:
    asked = {age.feed: age for age in ages if not age.resting}
    standing: dict[str, list[Alarm]] = defaultdict(list)
    for one in open_alarms(connection):
        if one.kind in outages.RANKS and one.subject in asked:
            standing[one.subject].append(one)
        elif one.kind in _FEED_KINDS and one.subject not in asked:
            # a newer edition has dropped it, or the feed it stands in for is back
            counts["recovered"] += recover(connection, one.kind, one.subject, now)
    for name, age in asked.items():
        if age.waiting:
            counts["waiting"] += 1
        else:
            outages.look(connection, age, standing[name], now, counts)


def _steps(connection: Connection, steps: Mapping[str, float], up: float, now: datetime,
           counts: Counter[str]) -> None:
    quiet = silent(finished(connection), up, steps)
    for step, limit in {**steps, "watch": 0.0}.items():  # the watch is running: not silent
        _set(connection, AlarmKind.step_silent, step, step in quiet,
             f"no good end for more than {limit:.0f} s", now, counts)


def _answers(connection: Connection, up: float, settings: Settings, now: datetime,
             counts: Counter[str]) -> datetime | None:
    """Count the answers overdue, alarm for ladders that stand still; when the next falls due.

    An answer that is late climbs its ladder: that is the ladder's business, until a rung is due
    and a follow-up has gone by without climbing it, or none has come at its time (by the machine
    clock, from when the house came up at ``up``). Counted only up to the last follow-up, which
    may hold the answer in its hands.
    """
    o, w = obligation.c, warning.c
    owed = o.status.in_([status.value for status in _OWED])
    last = connection.execute(select(step_lease.c.finished_at, step_lease.c.finished)
                              .where(step_lease.c.step == "follow_up")).one_or_none()
    followed = last.finished_at if last else None
    away = machine_now() - max(up, last.finished if last and last.finished else 0.0)
    looked = now if away > settings.tick + _JITTER else followed or _NEVER
    counts["overdue"] += connection.scalar(
        select(func.count()).select_from(obligation)
        .where(owed & (o.answer_due <= min(now, followed or now)))) or 0
    stuck, first = connection.execute(
        select(func.count(), func.min(o.next_rung_at)).select_from(obligation)
        .join(warning, w.id == o.warning_id)
        .where(owed & (w.state == WarningState.in_force.value) & w.held.is_(None)
               & (o.next_rung_at < looked - STUCK))).one()
    missed, asked = connection.execute(
        select(func.count(), func.min(o.report_at)).select_from(obligation)
        .join(warning, w.id == o.warning_id)
        .where(waiting.reports_wait() & (o.report_at < looked - STUCK))).one()
    said = [f"{count} {what}, the first due {at}" for count, what, at in (
        (stuck, "rungs not climbed", first), (missed, "reports not asked for", asked)) if count]
    _set(connection, AlarmKind.obligations_overdue, "city", bool(said), "; ".join(said), now,
         counts)
    later: datetime | None = connection.scalar(
        select(func.min(o.answer_due)).where(owed & (o.answer_due > now)))
    return later


def _balance(connection: Connection, now: datetime, counts: Counter[str]) -> None:
    found = balance.contradictions(connection)
    for name in balance.Contradiction:
        _set(connection, AlarmKind.reach_unbalanced, name, name in found, found.get(name, ""), now,
             counts)


def _rosters(connection: Connection, ending: Mapping[str, datetime], now: datetime,
             counts: Counter[str]) -> None:
    open_ones = {one.subject for one in open_alarms(connection, AlarmKind.roster_gap)}
    for post in sorted(open_ones | set(ending)):
        _set(connection, AlarmKind.roster_gap, post, post in ending,
             f"its last shift ends {ending.get(post)}", now, counts)


def _sites(connection: Connection, unreached: Mapping[str, str], now: datetime,
           counts: Counter[str]) -> None:
    known = {one.subject: one.detail for one in
             open_alarms(connection, AlarmKind.site_unreachable)}
    for site in sorted(known.keys() | unreached.keys()):
        if known.get(site) != unreached.get(site):  # else thousands were written each minute
            _set(connection, AlarmKind.site_unreachable, site, site in unreached,
                 unreached.get(site, ""), now, counts)


def _seal(engine: Engine, settings: Settings, now: datetime, counts: Counter[str]) -> int:
    """Seal last, so that this look's own alarms are sealed too."""
    try:
        sealed = ledger.seal(engine, settings, now)
    except (FenghuoError, OSError) as error:
        with writing(engine) as connection:
            counts["raised"] += raise_alarm(
                connection, AlarmKind.ledger_unsealed, "ledger", str(error), now)
        return 0
    with writing(engine) as connection:
        back = recover(connection, AlarmKind.ledger_unsealed, "ledger", now)
    counts["recovered"] += back
    return sealed + (ledger.seal(engine, settings, now) if back else 0)


def _heartbeat(settings: Settings, counts: Counter[str]) -> None:
    """The outside hears of a good watch; that it is gone never stops one."""
    if settings.heartbeat_url is None:
        return
    try:
        requests.get(settings.heartbeat_url, timeout=5).raise_for_status()
        counts["heartbeat"] += 1
    except requests.RequestException as error:
        log.warning("heartbeat: nobody outside was told: %s", type(error).__name__)


def _set(connection: Connection, kind: AlarmKind, subject: str, wrong: bool, detail: str,
         now: datetime, counts: Counter[str]) -> None:
    if wrong:
        counts["raised"] += raise_alarm(connection, kind, subject, detail, now)
    else:
        counts["recovered"] += recover(connection, kind, subject, now)
