"""Doubted numbers in the store: found as they come, told at once, believed when confirmed.

A doubted number is stored and counts nowhere: no tail, no window, no proof. Why, and what ends
it: docs/decisions/0011-doubt.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, select, update

from fenghuo import alarms
from fenghuo.alarms import AlarmKind
from fenghuo.observations import excluding, pasts, tails
from fenghuo.observations.doubting import DOUBTS, FREEZE, JUMP, Ints, Past, doubted
from fenghuo.store.tables import observation, quarantine
from fenghuo.words.limits import LIMITS, NEAR, Doubt, Fate
from fenghuo.words.metrics import Metric

ALARMS = {Doubt.jump: AlarmKind.number_jumped, Doubt.freeze: AlarmKind.number_stuck,
          Doubt.repeat: AlarmKind.number_stuck}


@dataclass(slots=True)
class Part:
    """Rows of one metric and step: what is ``known`` around them, what is ``new`` (columns of an
    observation, with slot and doubt), and their ``kept`` tails."""

    metric: Metric
    step: int
    known: pd.DataFrame
    new: pd.DataFrame
    kept: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What a look found. ``rows``: the newly doubted, with ``expected`` and their ``series``;
    ``past`` and ``names`` of the series and the doubt of each one's ``newest`` number (a place in
    DOUBTS; a repeat is told as a freeze); ``confirmed``: metric, step, subject and slot of the
    jumps that a second reading confirmed."""

    rows: pd.DataFrame
    past: Past
    names: NDArray[np.object_]
    newest: Ints
    confirmed: list[tuple[Metric, int, str, int]]

    def alarm(self, series: int) -> AlarmKind | None:
        """The alarm that a series' newest number gives."""
        doubt = DOUBTS[int(self.newest[series])]
        return ALARMS[doubt] if doubt else None

    def places(self, subject: str) -> list[int]:
        """The series of an alarm's subject, metric:station, where it was heard of."""
        metric, _, station = subject.partition(":")
        return [one for one in np.flatnonzero(self.names == station).tolist()
                if self.past.metrics[self.past.kind[one]] == metric]


def look(connection: Connection, parts: Sequence[Part]) -> Told | None:
    """Doubt what is new (``doubt`` of each part's rows); None where nothing was observed."""
    rows = [part.new[part.new["basis"] == "observed"] for part in parts]
    if not any(len(some) for some in rows):
        return None
    codes, names, start = [], [], 0
    for some in rows:
        code, subjects = pd.factorize(some["subject"])
        codes.append(code + start)
        names.append(np.asarray(subjects, dtype=object))
        start += len(subjects)
    counts = [len(one) for one in names]
    past = Past([part.metric for part in parts], np.repeat(np.arange(len(parts)), counts),
                np.repeat([part.step for part in parts], counts).astype(np.int64))
    first = 0
    for part, some, code, own in zip(parts, rows, codes, names, strict=True):
        places = np.arange(first, first + len(own))
        pasts.fill(past, places, part.metric, part.step, own, part.kept, code - first,
                   some["slot"].to_numpy(np.int64), some["value"].to_numpy(np.float32))
        if len(some):
            pasts.wait(past, pd.Series(places, index=own), _waiting(connection, part, some))
        first += len(own)
    every = pd.concat(rows, ignore_index=True)
    series = np.concatenate(codes).astype(np.int64)
    slot, value = every["slot"].to_numpy(np.int64), every["value"].to_numpy(np.float32)
    was_stuck, waited = past.stuck_at > past.slot, past.leapt_at.copy()
    report, turn = _reports(every)
    found, sure = doubted(past, series, turn, report, slot, value)
    every["doubt"] = np.array(DOUBTS, dtype=object)[found]
    words = np.split(every["doubt"].to_numpy(object), np.cumsum([len(one) for one in rows])[:-1])
    for part, mine in zip(parts, words, strict=True):
        part.new.loc[part.new["basis"] == "observed", "doubt"] = mine
    return _told(past, every, series, found, was_stuck, waited, sure, np.concatenate(names))


def tell(connection: Connection, feed: str, parts: Sequence[Part], told: Told, payload: str,
         now: datetime) -> None:
    """Keep what is doubted in quarantine, raise and recover alarms, believe what is confirmed."""
    excluding.exclude(connection, feed, told.rows, told.rows["expected"].to_numpy(object),
                      np.ones(len(told.rows), dtype=bool), payload, now,
                      told.rows["doubt"].to_numpy(object))
    for metric, step, subject, slot in told.confirmed:
        believe(connection, metric, subject, step, slot * step, (slot + 1) * step, Doubt.jump)
        close(connection, metric, subject, Fate.confirmed, "the next reading", now)
    for row in told.rows.to_dict("records"):
        name = f"{row['metric']}:{row['subject']}"
        kind = ALARMS[Doubt(row["doubt"])]
        if told.alarm(row["series"]) == kind:
            alarms.raise_alarm(connection, kind, name,
                               f"{row['value']:g} {Metric(row['metric']).unit}, expected "
                               f"{row['expected']}", now)
    for one in (*alarms.open_alarms(connection, AlarmKind.number_jumped),
                *alarms.open_alarms(connection, AlarmKind.number_stuck)):
        heard = told.places(one.subject)
        if heard and told.alarm(heard[0]) != one.kind:
            alarms.recover(connection, one.kind, one.subject, now)


def believe(connection: Connection, metric: Metric, subject: str, step: int, since: float,
            until: float, doubt: Doubt) -> int:
    """Let doubted numbers that ended in [since, until) (epoch seconds) count; how many.

    Their windows are looked at again.
    """
    c = observation.c
    mine = (c.metric == metric.value) & (c.subject == subject) & (c.doubt == doubt.value)
    mine &= c.end >= datetime.fromtimestamp(since, UTC)
    if until < float("inf"):
        mine &= c.end < datetime.fromtimestamp(until, UTC)
    found = connection.execute(update(observation).where(mine).values(doubt=None)).rowcount
    tails.rebuild(connection, metric.value, [subject], step)
    return found


def leapt(connection: Connection, since: datetime) -> pd.DataFrame:
    """The jumps that nothing has confirmed yet: metric, subject, end, value; newest last."""
    c = observation.c
    tested = [metric.value for metric, limits in LIMITS.items() if limits.jump]
    rows = connection.execute(select(c.metric, c.subject, c.end, c.value).where(
        c.metric.in_(tested), c.doubt.is_not(None), c.doubt == Doubt.jump.value, c.end > since)
        .order_by(c.end)).all()
    return pd.DataFrame(rows, columns=["metric", "subject", "end", "value"])


def close(connection: Connection, metric: Metric, subject: str, fate: Fate, by: str,
          now: datetime) -> None:
    """Close what waits in quarantine of a series' jump."""
    q = quarantine.c
    connection.execute(update(quarantine).where(
        q.doubt == Doubt.jump.value, q.fate.is_(None),
        q.place.startswith(f"{subject}/{metric.value}@", autoescape=True)).values(
        fate=fate.value, closed=now, closed_by=by))


def _waiting(connection: Connection, part: Part, rows: pd.DataFrame) -> pd.DataFrame:
    """What is doubted shortly before some rows, or after them where they are late: subject, slot,
    value, doubt, older ones first."""
    c = observation.c
    back = max(NEAR, timedelta(seconds=3 * part.step)) + timedelta(seconds=part.step)
    found = connection.execute(
        select(c.subject, c.end, c.value, c.doubt).where(
            c.metric == part.metric.value, c.doubt.is_not(None),
            c.end > (rows["end"].min() - back).to_pydatetime()).order_by(c.end)).all()
    frame = pd.DataFrame(found, columns=["subject", "end", "value", "doubt"])
    return frame.assign(slot=tails.seconds(frame["end"]) // part.step)


def _reports(rows: pd.DataFrame) -> tuple[Ints, Ints]:
    """By row its report (all that a station says of one instant), and the how manieth of its
    station that is."""
    station = pd.factorize(rows["subject"])[0]
    at, issued = (rows[name].astype("int64").to_numpy() for name in ("end", "issued"))
    order = np.lexsort((issued, at, station))
    other = np.ones(len(rows), dtype=bool)
    other[1:] = ((np.diff(station[order]) != 0) | (np.diff(at[order]) != 0)
                 | (np.diff(issued[order]) != 0))
    report = np.empty(len(rows), dtype=np.int64)
    report[order] = np.cumsum(other) - 1
    first = np.full(int(station.max()) + 1, len(rows), dtype=np.int64)
    np.minimum.at(first, station, report)
    return report, report - first[station]


def _told(past: Past, every: pd.DataFrame, series: Ints, found: NDArray[np.int8],
          was_stuck: NDArray[np.bool_], waited: Ints, sure: NDArray[np.bool_],
          names: NDArray[np.object_]) -> Told:
    bad = np.flatnonzero(found)
    confirmed = [(past.metrics[past.kind[one]], int(past.step[one]), str(names[one]),
                  int(waited[one])) for one in np.flatnonzero(sure).tolist()]
    newest = np.select([past.leapt_at > np.maximum(past.slot, past.stuck_at),
                        past.stuck_at > past.slot], [JUMP, FREEZE], 0)
    rows = every.iloc[bad].assign(series=series[bad])
    # of a standstill only its beginning is a row: it is one thing
    again = (found[bad] != JUMP) & (was_stuck[series[bad]]
                                    | rows.duplicated(["series", "doubt"]).to_numpy())
    rows = rows[~again]
    expected = [_expected(past.metrics[past.kind[one]], doubt, float(past.value[one]))
                for one, doubt in zip(rows["series"], rows["doubt"], strict=True)]
    return Told(rows.assign(expected=expected), past, names, newest, confirmed)


def _expected(metric: Metric, doubt: Doubt, before: float) -> str:
    limits = LIMITS[metric]
    if doubt is Doubt.jump and limits.jump:
        return (f"a step from {before:.6g} of at most {limits.jump[0]:g} {metric.unit} at once, "
                f"{limits.jump[1]:g} in an hour")
    if doubt is Doubt.freeze and limits.still:
        return f"a change within {limits.still.total_seconds() / 3600:.0f} h"
    return "a report that differs from the two before"
