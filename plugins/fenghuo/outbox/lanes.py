"""One lane a gateway: a bounded pool of senders, fed by claims no larger than its free hands.

Only at a gateway that answers at once, and can be asked for what a dead sender left in doubt, a few
more are claimed, as many as leave while the last are written down. So a red notice written a moment
ago goes before the blue ones that are still unclaimed, and a slow gateway holds up nobody but
itself. One that does not answer is probed until it does, or the run's time is over. All writes are
made by the lane's own thread, for all that ended meanwhile at once, while the next are sent.
"""

from __future__ import annotations

import queue
import threading
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import func, select

from fenghuo import alarms
from fenghuo.channels import Accepted, Ambiguous, Gateway, Rejected
from fenghuo.clock import machine_now
from fenghuo.outbox import routing
from fenghuo.outbox.claims import Claim, claim, doubt_the_dead, lease_seconds
from fenghuo.outbox.pace import Pace
from fenghuo.outbox.sending import FRESH, Asked, Found, Result, Sender, Unsent
from fenghuo.store import crash
from fenghuo.store.engine import reading, writing
from fenghuo.store.tables import notice
from fenghuo.words import NoticeState

HANDS, MOST_HANDS, ANSWER = 8, 64, 0.2
"""Sends at once of one gateway: enough for its pace if it answers in ``ANSWER`` seconds."""
PATIENCE = 6.0
"""Machine seconds a lane stays for a look-up or retry that is due so soon."""
SILENT_AFTER = 5
"""Sends in a row that were not answered after which a gateway is only probed."""
PROBE = 2.0
"""Machine seconds between two probes: one text each, until one is answered."""
DEATHS = 0.5
"""Machine seconds between two looks for claims whose sender is dead."""
LISTEN, GLANCE, GATHER = 0.5, 0.05, 0.03
AHEAD, QUICK = 128, 0.25
"""Claims beyond the free hands, at a gateway that answers so quickly: what they take to leave."""

Ended = tuple[Claim, Result | Exception]


class Lane(threading.Thread):
    """Runs until nothing is due, the time is up, ``stop`` is set or the gateway refuses us."""

    def __init__(self, sender: Sender, began: float, stop: threading.Event) -> None:
        super().__init__(name=f"outbox-{sender.gateway.name}", daemon=True)
        self.sender = sender
        self.counts: Counter[str] = Counter()
        self.error: Exception | None = None
        self.beside: Sequence[Lane] = ()  # of the gateways that may hand texts over to this one
        self.working = True
        self._stopped, self._closed = stop, False
        self._silent, self._answered, self._ahead, self._probe_at = 0, False, 0, 0.0
        self._deaths_at, self._collected_at = 0.0, began
        self._careful = False  # an earlier run had no answer: one text first
        self._pace = Pace(sender.gateway.limits().per_second)
        self._hands = _hands(sender.gateway)
        self._jobs: queue.SimpleQueue[tuple[Claim, float] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Ended] = queue.SimpleQueue()
        budget, timeout = sender.settings.dispatch_budget, sender.settings.gateway_timeout
        # a send claimed before this ends, in the ordinary case, within the budget
        self._last_claim = began + max(budget - 2 * timeout, budget / 4)
        self._leave = began + budget + timeout

    def run(self) -> None:
        hands = [threading.Thread(target=self._work, daemon=True, name=f"{self.name}-{n}")
                 for n in range(self._hands)]
        for hand in hands:
            hand.start()
        try:
            self._drive()
        except Exception as error:
            self.error = error
        finally:
            self.working = False
            for _ in hands:
                self._jobs.put(None)

    def _drive(self) -> None:
        busy, ended = 0, list[Ended]()
        while True:
            if not self._ahead or any(not isinstance(said, Accepted) for _, said in ended):
                self._record(ended)  # what it says of the gateway counts for the next claim
            # before the claim: what a gateway beside gives up right after it is seen next time
            beside = any(lane.working for lane in self.beside)
            held = self._claim(self._room(busy))
            looked = machine_now()
            against = self.sender.look(held)
            for one in held:
                busy += 1
                if one.notice in against:
                    self._done.put((one, against[one.notice]))
                else:
                    self._jobs.put((one, looked))
            self._record(ended)  # while the hands have work
            self.working = busy > 0
            if not busy and not self._stay(beside):
                return
            ended = self._collect() if busy else []
            busy -= len(ended)
            if machine_now() > self._leave:  # what still hangs is in doubt when its lease ends
                self._record(ended)
                return

    @property
    def silent(self) -> bool:
        """Whether the gateway is only probed, because it does not answer."""
        return self._silent >= SILENT_AFTER

    @property
    def fails(self) -> bool:
        """Whether others had better carry what this one has."""
        return self.silent or self._closed

    @property
    def _probes(self) -> bool:
        return self.silent or self._careful

    def _room(self, busy: int) -> int:
        if self._probes:
            return int(not busy and machine_now() >= self._probe_at)
        return self._hands + self._ahead - busy

    def _open(self) -> bool:
        return not (self._stopped.is_set() or self._closed or machine_now() > self._last_claim)

    def _claim(self, room: int) -> list[Claim]:
        room = min(room, self._pace.room())
        if room <= 0 or not self._open():
            return []
        crash.point("before_claim")
        at, route, settings = machine_now(), self.sender.route, self.sender.settings
        now = self.sender.city()
        with writing(self.sender.engine) as connection:
            if at >= self._deaths_at:
                self._deaths_at = at + DEATHS
                self.counts["lease_expired"] += doubt_the_dead(connection, route, settings, at, now)
            held = claim(connection, route, room, lease_seconds(settings), at)
        self._pace.spend(sum(one.parts for one in held))
        if held:
            crash.point("after_claim")
        return held

    def _stay(self, beside: bool) -> bool:
        """Wait for what is due in a moment, or may come from a gateway that works ``beside``;
        False when there is no such thing."""
        if not self._open():
            return False
        if beside:
            self._stopped.wait(GLANCE)
            return True
        n, route = notice.c, self.sender.route
        with reading(self.sender.engine) as connection:
            soonest = connection.scalar(select(func.min(func.coalesce(n.next_try, 0.0))).where(
                (n.channel == route.gateway.channel) & n.lease_until.is_(None)
                & (((n.state == NoticeState.queued) & route.queued)
                   | ((n.state == NoticeState.in_doubt) & route.doubted))))
        if soonest is None:
            return False
        soonest = max(soonest, machine_now() + self._pace.wait(),
                      self._probe_at if self._probes else 0.0)
        if soonest > min(machine_now() + PATIENCE, self._last_claim):
            return False
        self._stopped.wait(min(LISTEN, max(0.0, soonest - machine_now())) + 0.02)
        return True

    def _collect(self) -> list[Ended]:
        """Take what is finished, at least one if it comes soon."""
        finished, began, quick = list[Ended](), machine_now(), False
        try:
            finished.append(self._done.get(timeout=LISTEN))
            quick = self.sender.gateway.askable and machine_now() - began < QUICK
            if self._jobs.qsize() > self._done.qsize():  # the hands have work: one commit for more
                self._stopped.wait(GATHER)
            while True:
                finished.append(self._done.get_nowait())
        except queue.Empty:
            pass
        now, since = machine_now(), self._collected_at
        self._collected_at = now
        # no more than leave while their look holds: else each is looked at once more
        leave = int(0.8 * FRESH * len(finished) / max(now - since, 0.001))
        self._ahead = min(2 * len(finished), AHEAD, leave) if quick else 0
        return finished

    def _record(self, ended: list[Ended]) -> None:
        """Write down what ended in one transaction, and empty the list: a commit costs as much as
        a send."""
        finished: list[tuple[Claim, Result]] = []
        for held, result in ended:
            if isinstance(result, Exception):
                self.error, self._closed = result, True
                self._recall()
            else:
                finished.append((held, result))
        ended.clear()
        if not finished:
            return
        self.counts.update(self.sender.record(finished))
        crash.point("after_record")
        for _, result in finished:
            self._judge(result)
        if self.fails:
            self._hand_over()

    def _judge(self, result: Result) -> None:
        """What a result says of the gateway itself."""
        match result:
            case Rejected() if result.setup:
                self._closed = True
                self._alarm(alarms.AlarmKind.gateway_refused, result.error)
            case Rejected(reason="unreachable") | Asked(counted=False) | Ambiguous():
                self._unanswered(sure=not isinstance(result, Ambiguous))
            case Accepted() | Found() | Asked():
                self._silent, self._careful = 0, False
                self._well()

    def _unanswered(self, sure: bool) -> None:
        """Count it; five in a row, and the gateway is only probed."""
        self._silent += 1
        self._answered = False
        if self._silent == (1 if sure else SILENT_AFTER):
            self._alarm(alarms.AlarmKind.gateway_silent, "no answer")
        self._probe_at = machine_now() + PROBE

    def _hand_over(self) -> None:
        """What others can carry, they do, unless they fail too."""
        self._recall()
        if not all(one.fails for one in self.beside):
            self._step_aside(probe=False)

    def _recall(self) -> None:
        """Take back what no hand has come to."""
        try:
            while job := self._jobs.get_nowait():
                self._done.put((job[0], Unsent()))
        except queue.Empty:
            return

    def make_way(self) -> None:
        """While this gateway is known to fail, others take what they can but for one text; and if
        it is known not to answer, it is given one text until it does."""
        with reading(self.sender.engine) as connection:
            known = {one.kind for one in alarms.open_alarms(connection)
                     if one.subject == self.sender.gateway.name and one.kind in alarms.OF_GATEWAYS}
        self._careful = alarms.AlarmKind.gateway_silent in known
        if known and self.sender.route.beside:
            self._step_aside(probe=True)

    def _step_aside(self, probe: bool) -> None:
        with writing(self.sender.engine) as connection:
            self.counts["stepped_aside"] += routing.step_aside(connection, self.sender.route, probe)

    def _well(self) -> None:
        """The gateway answers: whatever was said against it is over."""
        if self._answered:
            return
        self._answered = True
        with writing(self.sender.engine) as connection:
            for kind in alarms.OF_GATEWAYS:
                alarms.recover(connection, kind, self.sender.gateway.name, self.sender.city())

    def _alarm(self, kind: alarms.AlarmKind, detail: str) -> None:
        with writing(self.sender.engine) as connection:
            alarms.raise_alarm(connection, kind, self.sender.gateway.name, detail,
                               self.sender.city())

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            held, looked = job
            try:
                self._done.put(self.sender.handle(held, looked))
            except Exception as error:
                self._done.put((held, error))


def _hands(gateway: Gateway) -> int:
    """More than a few only where a pace is agreed and a text in doubt can be asked for."""
    pace = gateway.limits().per_second
    if pace is None or not gateway.askable:
        return HANDS
    return min(MOST_HANDS, max(HANDS, int(pace * ANSWER)))
