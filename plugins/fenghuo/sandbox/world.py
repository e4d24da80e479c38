"""The sandbox's state, made by replaying its log: what happens is first an entry, then a change.

All of it lives on one event loop, so nothing here locks. Instants are the city's unless a name
says machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from fenghuo.channels.sandbox_account import ACCOUNT, SENDER
from fenghuo.sandbox import calls
from fenghuo.sandbox.callbacks import Callback, Pending
from fenghuo.sandbox.calls import Call
from fenghuo.sandbox.faults import Fault, Faults, Where
from fenghuo.sandbox.leaps import Leaps
from fenghuo.sandbox.log import Entry, Log
from fenghuo.sandbox.messages import Message
from fenghuo.sandbox.payloads import Feeds, Payload
from fenghuo.sandbox.phones import Act, acts, code_of, plan
from fenghuo.sandbox.scenario import DeskAct, Manner, Phone, Scenario
from fenghuo.sandbox.segments import segments
from fenghuo.words import Refusal, Refused


class World:
    """Everything outside the house. ``base`` is the sandbox's own URL, ``public_url`` where the
    house takes webhooks (None: inbound texts can only be polled).

    Raises Refused when the log was written by another scenario.
    """

    def __init__(self, scenario: Scenario | None, log: Log, base: str,
                 public_url: str | None) -> None:
        self.scenario, self.log, self.base = scenario, log, base
        self.inbound_url = f"{public_url.rstrip('/')}/receipts/twilio/inbound" \
            if public_url else None
        self.clock = Leaps(scenario.start, scenario.ends, scenario.steps) if scenario else Leaps()
        self.feeds = Feeds.of(scenario.feeds if scenario else {})
        self.faults = Faults()
        self.phones: dict[str, Phone] = dict(scenario.phones) if scenario else {}
        self.messages: dict[str, Message] = {}
        self.calls: dict[str, Call] = {}
        self.answered: dict[str, set[str]] = {}
        self.acts: dict[str, Act] = {}
        self.pending = Pending()
        self.done: set[int] = set()
        for position, (since, fault) in enumerate(scenario.faults if scenario else ()):
            self.faults.add(-1 - position, since, fault)
        for entry in log.entries:
            self._apply(entry)
        log.entries = []
        self.clock.touch()
        self.record("start", scenario=scenario.name if scenario else None)

    def record(self, kind: str, **facts: Any) -> Entry:
        """Log something that happens and let it take effect."""
        entry = self.log.append(kind, self.clock.now(), facts)
        self._apply(entry)
        return entry

    def tick(self) -> None:
        """Do what phones are due to do, then leap if everyone is idle."""
        now = self.clock.now()
        for act in sorted((act for act in self.acts.values() if act.due <= now),
                          key=lambda act: act.due):
            self._perform(act)
        if self.clock.present is None or self.clock.waiting() or self.pending.holds() \
                or self.desk():
            return
        outside = [*self.feeds.changes(), *(act.due for act in self.acts.values()),
                   *(when for when, _ in self.scenario.acts)] if self.scenario else []
        to = self.clock.target(outside, self.feeds.unserved(now), self.feeds.silent(now))
        if to is not None:
            self.record("leap", to=to.isoformat())
        elif not self.clock.finished:
            self.clock.finish()
            self.record("finished")

    def desk(self) -> dict[int, DeskAct]:
        """What people at the desk are to do by now and have not done; the clock waits for it."""
        now, acts = self.clock.now(), self.scenario.acts if self.scenario else ()
        return {number: act for number, (when, act) in enumerate(acts)
                if when <= now and number not in self.done}

    def acted(self, number: int, outcome: str) -> None:
        """Somebody did what the scenario has him do, or was refused."""
        self.clock.touch()
        self.record("act", number=number, outcome=outcome)

    def take_sms(self, to: str, sender: str, body: str, form: dict[str, str]) -> Message:
        """The provider takes a text: it is on the disk before anybody is told so."""
        now = self.clock.now()
        rows = plan(self._phone(to, now), body, now, self.answered.get(to, set()))
        sid = "SM" + uuid4().hex
        self.clock.touch()
        self.record("sms", sid=sid, to=to, sender=sender, body=body, segments=segments(body),
                    code=code_of(body), callback=form.get("StatusCallback"),
                    service=form.get("MessagingServiceSid"),
                    validity=form.get("ValidityPeriod"), plan=rows)
        return self.messages[sid]

    def take_call(self, to: str, sender: str, twiml: str, callback: str | None) -> Call:
        """The provider places a call, and the phone's plan for it is made."""
        now, sid = self.clock.now(), "CA" + uuid4().hex
        self.clock.touch()
        self.record("call", sid=sid, to=to, sender=sender, says=calls.said(twiml), twiml=twiml,
                    callback=callback, plan=self._phone(to, now).call.plan(now))
        return self.calls[sid]

    def _phone(self, number: str, now: datetime) -> Manner:
        phone = self.phones.get(number) or (self.scenario.others if self.scenario
                                            else Phone(manner="silent"))
        return phone.manner_at(now)

    def text_from(self, number: str, body: str, to: str = SENDER, act: str | None = None) -> str:
        """A person sends a text to the house; gives its sid."""
        sid = "SM" + uuid4().hex
        self.clock.touch()
        self._notify(self.record("inbound", **{"sid": sid, "from": number, "to": to, "body": body,
                                               "segments": segments(body), "act": act}),
                     self.inbound_url, self.messages[sid], number)
        return sid

    def serve(self, path: str, payload: Payload, mark: str, fresh: bool) -> None:
        """Somebody was answered a feed's payload; the first time of each is activity."""
        new = (path, payload.at) not in self.feeds.served
        if fresh and new:
            self.clock.touch()
        self.record("feed", path=path, status=payload.status if fresh else 304, new=new,
                    at=payload.at.isoformat(), etag=mark)

    def strike(self, where: Where, address: str) -> Fault | None:
        """The fault that strikes at a door, spent once by asking."""
        found = self.faults.next(where, address, self.clock.now())
        if found is None:
            return None
        self.record("fault_used", number=found[0], fault=found[1].kind, address=address)
        return found[1]

    def delivered(self, callback: Callback) -> None:
        """The house took a webhook."""
        self.clock.touch()
        more = {"action": calls.action_of(callback.reply)} if "Digits" in callback.form else {}
        self.record("callback", of=callback.of, url=callback.url, form=callback.form,
                    attempts=callback.attempts, **more)

    def _perform(self, act: Act) -> None:
        message = self._taken(act.sms)
        if act.says is not None:
            self.text_from(message.to, act.says, message.sender, act.key)
            return
        if act.keys is not None:
            self.clock.touch()
            url = self.calls[act.sms].action
            self._notify(self.record("key", sid=act.sms, keys=act.keys, url=url, act=act.key),
                         url or None, message, message.to)
            return
        self.clock.touch()
        entry = self.record("status", sid=act.sms, status=act.status, error=act.error, act=act.key)
        self._notify(entry, message.callback, message, message.to)

    def _taken(self, sid: str) -> Message | Call:
        return self.calls[sid] if sid in self.calls else self.messages[sid]

    def _notify(self, entry: Entry, url: str | None, message: Message | Call,
                number: str) -> None:
        if url is not None and self.strike("callback", number) is not None:
            self.record("callback_lost", of=entry["n"])

    def _apply(self, entry: Entry) -> None:
        apply: Callable[[Entry], None] | None = getattr(self, f"_on_{entry['kind']}", None)
        if apply is not None:
            apply(entry)

    def _on_start(self, entry: Entry) -> None:
        name = self.scenario.name if self.scenario else None
        if entry["scenario"] != name:
            raise Refused([Refusal(str(self.log.path), f"line {entry['n'] + 1}",
                                   f"scenario {entry['scenario']}", f"scenario {name}")])

    def _on_leap(self, entry: Entry) -> None:
        if self.clock.present is not None:
            self.clock.leap(datetime.fromisoformat(entry["to"]))

    def _on_sms(self, entry: Entry) -> None:
        machine = entry["machine"]
        self.messages[entry["sid"]] = Message(
            entry["sid"], entry["to"], entry["sender"], entry["body"], "outbound-api", "queued",
            entry["segments"], machine, machine, entry["callback"], entry["service"])
        rows = acts(entry["sid"], entry["plan"])
        self.acts.update((act.key, act) for act in rows)
        if entry["code"] and any(act.says for act in rows):
            self.answered.setdefault(entry["to"], set()).add(entry["code"])

    def _on_call(self, entry: Entry) -> None:
        machine = entry["machine"]
        self.calls[entry["sid"]] = Call(
            entry["sid"], entry["to"], entry["sender"], "queued",
            calls.action_of(entry["twiml"]), machine, machine, entry["callback"])
        self.acts.update((act.key, act) for act in acts(entry["sid"], entry["plan"]))

    def _on_key(self, entry: Entry) -> None:
        call = self.calls[entry["sid"]]
        self.acts.pop(entry["act"], None)
        call.action = ""
        self._wait_for_house(entry, entry["url"] or None, call, call.to,
                             {"Digits": entry["keys"], "FinishedOnKey": ""})

    def _on_status(self, entry: Entry) -> None:
        message = self._taken(entry["sid"])
        message.status, message.error = entry["status"], entry["error"]
        message.updated = entry["machine"]
        if message.sent is None:
            message.sent = entry["machine"]
        self.acts.pop(entry["act"], None)
        self._wait_for_house(entry, message.callback, message, message.to)

    def _on_inbound(self, entry: Entry) -> None:
        machine = entry["machine"]
        message = Message(entry["sid"], entry["to"], entry["from"], entry["body"], "inbound",
                          "received", entry["segments"], machine, machine, sent=machine)
        self.messages[entry["sid"]] = message
        self.acts.pop(entry["act"] or "", None)
        self._wait_for_house(entry, self.inbound_url, message, entry["from"])

    def _wait_for_house(self, entry: Entry, url: str | None, message: Message | Call,
                        number: str, more: Mapping[str, str] = MappingProxyType({})) -> None:
        if url is not None:
            self.pending.waiting[entry["n"]] = Callback(
                entry["n"], url, message.form(ACCOUNT) | dict(more), number)

    def _on_callback(self, entry: Entry) -> None:
        self.pending.waiting.pop(entry["of"], None)
        if entry.get("action"):
            self.calls[entry["form"]["CallSid"]].action = entry["action"]

    _on_callback_lost = _on_callback

    def _on_feed(self, entry: Entry) -> None:
        self.feeds.served[entry["path"], datetime.fromisoformat(entry["at"])] += 1

    def _on_payload(self, entry: Entry) -> None:
        self.feeds.put(entry["path"], Payload.of_facts(entry["payload"]))

    def _on_fault(self, entry: Entry) -> None:
        self.faults.add(entry["n"], datetime.fromisoformat(entry["city"]),
                        Fault.model_validate(entry["fault"]))

    def _on_fault_used(self, entry: Entry) -> None:
        self.faults.use(entry["number"])

    def _on_act(self, entry: Entry) -> None:
        self.done.add(entry["number"])

    def _on_faults_cleared(self, _entry: Entry) -> None:
        self.faults.clear()

    def _on_phone(self, entry: Entry) -> None:
        self.phones[entry["number"]] = Phone.model_validate(entry["phone"])
