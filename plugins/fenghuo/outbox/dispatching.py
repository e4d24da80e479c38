"""The step ``dispatch``: every lane at once, one time budget, one report."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import requests
from sqlalchemy import Connection, Engine, false, func, or_, select, update

from fenghuo import alarms
from fenghuo.channels import Gateway
from fenghuo.channels.tokens import link_key
from fenghuo.clock import Clock, machine_now
from fenghuo.outbox.claims import OPEN, mend_the_clock
from fenghuo.outbox.lanes import Lane
from fenghuo.outbox.results import LONGEST_WAIT, note_dropped
from fenghuo.outbox.routing import route, unserved
from fenghuo.outbox.sending import Sender
from fenghuo.outbox.sharing import share
from fenghuo.settings import Settings
from fenghuo.store.engine import reading, writing
from fenghuo.store.leases import Lease
from fenghuo.store.tables import notice
from fenghuo.words import Channel, NoticeState, Reason, StepReport

LAST_WORDS = 8.0
"""Machine seconds that sends already begun get when the step is told to stop."""
SWEPT = 500
SILENT = "silent"
"""The count of gateways that still did not answer when the run ended."""


def dispatch(engine: Engine, gateways: Sequence[Gateway], settings: Settings,
             clock: Clock, lease: Lease | None = None, beside: bool = False) -> StepReport:
    """Send what is due, for at most ``settings.dispatch_budget`` machine seconds a gateway.

    One that runs ``beside`` another leaves alone the gateways whose pace that one keeps.

    ``did`` counts results and what still waits on the machine clock (claims, look-ups, near
    retries); what waits behind a gateway that does not answer is under SILENT alone. SIGTERM lets
    begun sends end, then raises SystemExit(0). Raises the first database error of a lane after
    every lane has ended.
    """
    began, now = machine_now(), clock.now()
    counts: Counter[str] = Counter({Reason.expired.value: _drop_expired(engine, now)})
    _missing_gateways(engine, gateways, now)
    with writing(engine) as connection:
        mend_the_clock(connection, settings, 1.25 * LONGEST_WAIT, began)
    stop, key, city = threading.Event(), link_key(settings), _City(clock, now)

    held = _Held(lease)

    def may_go() -> bool:
        return not stop.is_set() and held()

    lanes = [Lane(Sender(engine, route(gateways, gateway), settings, city, may_go, key),
                  began, stop) for gateway in gateways
             if not (beside and gateway.limits().per_second)]
    for lane in lanes:
        lane.beside = [one for one in lanes if one.sender.gateway in lane.sender.route.beside]
        lane.make_way()
    counts["shared"] += _share(engine, gateways)
    with _stopping_on_sigterm(stop):
        try:
            for lane in lanes:
                lane.start()
            for lane in lanes:
                _join(lane, stop)
        finally:
            stop.set()
            until = machine_now() + LAST_WORDS
            for lane in lanes:
                lane.join(max(0.0, until - machine_now()))
    for lane in lanes:
        counts += lane.counts
    for lane in lanes:
        if lane.error is not None:
            raise lane.error
    with reading(engine) as connection:
        waiting = _waiting(connection, gateways, settings)
        due = connection.scalar(select(func.min(notice.c.expires)).where(
            notice.c.state.in_(OPEN) & (notice.c.expires > now)))
    did, counts[SILENT] = sum(counts.values()) + waiting, sum(lane.silent for lane in lanes)
    return StepReport("dispatch", now, began, did, due,
                      {word: n for word, n in counts.items() if n})


class _Held:
    """Whether the step's lease is ours, asked anew by one hand once its last word is old.

    Every send is fenced by its own claim besides: a moment's delay here lets nothing go twice.
    """

    YOUNG = 0.5

    def __init__(self, lease: Lease | None) -> None:
        self._lease, self._until, self._word = lease, 0.0, True
        self._asking = threading.Lock()

    def __call__(self) -> bool:
        if self._lease is None or machine_now() < self._until:
            return self._word
        if self._asking.acquire(blocking=False):
            try:
                self._word = self._lease.held()
                self._until = machine_now() + self.YOUNG
            finally:
                self._asking.release()
        return self._word


class _City:
    """The city clock, asked at every send; while it does not answer, its last word."""

    def __init__(self, clock: Clock, now: datetime) -> None:
        self._clock, self._last = clock, now

    def __call__(self) -> datetime:
        try:
            self._last = self._clock.now()
        except requests.RequestException:
            return self._last
        return self._last


def _share(engine: Engine, gateways: Sequence[Gateway]) -> int:
    """Hand on what would leave its gateway too late, before anything is claimed."""
    if not any(one.limits().per_second for one in gateways):
        return 0
    with writing(engine) as connection:
        return share(connection, gateways, alarms.failing_gateways(connection))


def _drop_expired(engine: Engine, now: datetime) -> int:
    """Queued notices whose time is over, whether or not their channel has a gateway."""
    with writing(engine) as connection:
        keys = list(connection.scalars(
            select(notice.c.id)
            .where((notice.c.state == NoticeState.queued) & (notice.c.expires <= now))
            .order_by(notice.c.rank.desc(), notice.c.created).limit(SWEPT)
            .with_for_update(skip_locked=True)))
        for key in keys:
            connection.execute(update(notice).where(notice.c.id == key).values(
                state=NoticeState.dropped, reason=Reason.expired, next_try=None,
                token=notice.c.token + 1))
            note_dropped(connection, key, Reason.expired, now)
    return len(keys)


def _missing_gateways(engine: Engine, gateways: Sequence[Gateway], now: datetime) -> None:
    """Texts that no gateway can carry are an alarm of their own, never a silent queue."""
    kind, n = alarms.AlarmKind.gateway_silent, notice.c
    with reading(engine) as connection:
        wanted = [Channel(one) for one in connection.scalars(
            select(n.channel).where(n.state == NoticeState.queued).distinct())]
        missing = {f"channel:{channel}" for channel in wanted if connection.scalar(
            select(n.id).where(n.state == NoticeState.queued, n.channel == channel,
                               unserved(gateways, channel)).limit(1))}
        served = {one.subject for one in alarms.open_alarms(connection, kind)
                  if one.subject.startswith("channel:")} - missing
    if not (missing or served):
        return
    with writing(engine) as connection:
        for subject in sorted(missing):
            alarms.raise_alarm(connection, kind, subject, "no gateway is set up for it", now)
        for subject in sorted(served):
            alarms.recover(connection, kind, subject, now)


def _waiting(connection: Connection, gateways: Sequence[Gateway], settings: Settings) -> int:
    """Notices whose next act waits on the machine clock and is near.

    Behind a gateway that refuses or does not answer nothing is near: the city's time goes on.
    """
    shut = alarms.failing_gateways(connection)
    open_ = [route(gateways, one) for one in gateways if one.name not in shut]
    near = machine_now() + max(settings.lookup_delays, default=0.0)
    n = notice.c
    return connection.scalar(
        select(func.count()).select_from(notice).where(or_(false(), *(
            (n.channel == one.gateway.channel)
            & (n.state.in_((NoticeState.claimed, NoticeState.in_doubt)) & one.doubted
               | (n.state == NoticeState.queued) & one.queued
               & (func.coalesce(n.next_try, 0.0) <= near)) for one in open_)))) or 0


def _join(lane: Lane, stop: threading.Event) -> None:
    while lane.is_alive() and not stop.is_set():
        lane.join(0.2)


@contextmanager
def _stopping_on_sigterm(stop: threading.Event) -> Iterator[None]:
    """Turn SIGTERM into a clean end, unless somebody else (Airflow) already handles it."""
    ours = (threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)
    if not ours:
        yield
        return
    told = threading.Event()

    def end(_number: int, _frame: object) -> None:
        told.set()
        stop.set()

    signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if told.is_set():
        raise SystemExit(0)
