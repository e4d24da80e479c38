"""Calls as the sandbox plays them: who picks up, which keys are pressed, the provider's own words.

A phone of a scenario may say so (``manner`` is of its texts alone):

    "+85291230001": {manner: silent, call: {picks_up: person, after: 10s, presses: ["1"]}}
    "+85291230002": {manner: silent, call: {picks_up: person, presses: ["3", "26"]}}
    "+85291230003": {manner: silent, call: {picks_up: voicemail}}   # answers, presses nothing
    "+85291230004": {manner: silent}                                # nobody picks up

``picks_up``: person, voicemail, busy, nobody (default), failed. Format: Twilio's Call resource
(OpenAPI ``api.v2010.account.call``); its dates are on the machine clock, as a text's are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from xml.etree import ElementTree

from fenghuo.sandbox.instants import Duration, Strict
from fenghuo.sandbox.messages import VERSION, rfc2822

THINKS = timedelta(seconds=5)
"""Before each key, and before hanging up."""
RINGS, READS = timedelta(seconds=30), timedelta(seconds=150)


class CallManner(Strict):
    """What becomes of a call to a phone."""

    picks_up: Literal["person", "voicemail", "busy", "nobody", "failed"] = "nobody"
    after: Duration = timedelta(seconds=10)
    presses: tuple[str, ...] = ()

    def plan(self, now: datetime) -> list[dict[str, Any]]:
        """What follows a call placed at ``now`` (city): rows {due, status, keys} for the log."""
        ends = {"busy": (timedelta(seconds=2), "busy"), "nobody": (RINGS, "no-answer"),
                "failed": (timedelta(seconds=2), "failed")}.get(self.picks_up)
        rows = [_row(now, "ringing")]
        if ends is not None:
            return [*(rows if ends[1] != "failed" else []), _row(now + ends[0], ends[1])]
        up = now + self.after
        rows.append(_row(up, "in-progress"))
        keys = self.presses if self.picks_up == "person" else ("",)
        for key in keys or ("",):
            up += THINKS if key else READS
            rows.append(_row(up, keys=key))
        return [*rows, _row(up + THINKS, "completed")]


@dataclass(slots=True)
class Call:
    """One call; ``created`` and ``updated`` are epoch seconds. ``action`` is where its next key
    goes, empty while nothing is asked."""

    sid: str
    to: str
    sender: str
    status: str
    action: str
    created: float
    updated: float
    callback: str | None = None
    sent: float | None = None
    error: int | None = None

    def resource(self, account: str) -> dict[str, Any]:
        """As the REST side shows it."""
        uri = f"/{VERSION}/Accounts/{account}/Calls/{self.sid}"
        over = self.status in ("completed", "busy", "no-answer", "failed", "canceled")
        return {
            "account_sid": account, "annotation": None, "answered_by": None,
            "api_version": VERSION, "caller_name": None, "date_created": rfc2822(self.created),
            "date_updated": rfc2822(self.updated), "direction": "outbound-api",
            "duration": "60" if self.status == "completed" else None,
            "end_time": rfc2822(self.updated) if over else None, "forwarded_from": None,
            "from": self.sender, "from_formatted": self.sender, "group_sid": None,
            "parent_call_sid": None, "phone_number_sid": None, "price": None,
            "price_unit": "USD", "queue_time": "0", "sid": self.sid,
            "start_time": None if self.sent is None else rfc2822(self.sent),
            "status": self.status, "subresource_uris": {}, "to": self.to,
            "to_formatted": self.to, "trunk_sid": None, "uri": f"{uri}.json"}

    def form(self, account: str) -> dict[str, str]:
        """As a webhook tells it."""
        return {"CallSid": self.sid, "AccountSid": account, "From": self.sender, "To": self.to,
                "ApiVersion": VERSION, "Direction": "outbound-api", "CallStatus": self.status,
                "CallerCountry": "", "ToCity": ""}


def action_of(twiml: str) -> str:
    """Where the first key that is asked for goes; empty when none is."""
    gather = _tree(twiml).find("Gather")
    return gather.get("action", "") if gather is not None else ""


def said(twiml: str) -> str:
    """What a call reads out, once."""
    spoken = _tree(twiml).find(".//Say")
    return (spoken.text or "") if spoken is not None else ""


def good(twiml: str) -> bool:
    """Whether it can be played at all."""
    try:
        return ElementTree.fromstring(twiml).tag == "Response"
    except ElementTree.ParseError:
        return False


def _tree(twiml: str) -> ElementTree.Element:
    return ElementTree.fromstring(twiml) if good(twiml) else ElementTree.Element("Response")


def _row(due: datetime, status: str | None = None, keys: str | None = None) -> dict[str, Any]:
    return {"due": due.isoformat(), "status": status, "error": None, "says": None, "keys": keys}
