"""What each template is given, by example: the names a city may use when it edits a text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fenghuo.alarms import RINGS

_TAIL = {"signature": "[J]", "at": "06-08 16:05", "reply": "1/9 K47", "duty": "0750-3511110",
         "area": "A", "names": "A", "still": "", "upgraded": False, "others": ""}
_SIGNAL = {"issuer": "M", "issued": "06-08 14:52", "signal": "S", "previous": "", "start": "now",
           "detail": "D"}
_ASK = {"whom": "W", "measures": "M"}
_FOUND = {"found": "F", "threshold": "50", "agreed": "G", "cleared": "C",
          "note": "N", "noted": "06-08 16:05", "brief": "B"}
_ALARM = {"kind": "feed_stale", "led": False, "count": 1, "since": "16:05", "subject": "S",
          "caller": "C", "telephone": "13800000000", "link": "https://example.org",
          "rows": [{"subject": "S", "since": "16:05", "detail": "D", "count": 1}],
          "signature": "[J]"}

SAMPLES: Mapping[str, dict[str, Any]] = {
    "relay": {**_TAIL, **_SIGNAL, **_ASK, "arrival": ""},
    "cyclone": {**_TAIL, **_FOUND, **_ASK, "arrival": ""},
    "risk": {**_TAIL, **_FOUND, **_ASK},
    "water": {**_TAIL, **_FOUND, **_ASK, "over": "O", "trend": ""},
    "earthquake": {**_TAIL, **_FOUND, **_ASK, "issuer": "C", "review": "R", "foreign": False,
                   "intensity": "5"},
    "fire": {**_TAIL, **_FOUND, **_ASK, "distance": "5"},
    "lower": {**_TAIL, **_SIGNAL, **_FOUND, **_ASK, "over_signal": "", "ended_issuer": "",
              "ended_issued": ""},
    "left": {**_TAIL, **_SIGNAL, **_FOUND, "restart": "R", "lowered_to": "", "was": "",
             "back": ""},
    "cancel": {**_TAIL, **_SIGNAL, **_FOUND, "restart": "R", "back": ""},
    "lapse": {**_TAIL, **_SIGNAL, **_FOUND},
    "retract": {**_TAIL, **_FOUND, "issuer": "C", "sent": "06-08 03:31", "code": "K63",
                "quake": True, "signal": ""},
    "rung": {**_TAIL, **_FOUND, **_ASK, "silent": "A"},
    "voice": {**_TAIL, **_FOUND, **_ASK, "silent": "A"},
    "calls": {**_TAIL, **_FOUND, "silent": "A", "count": 3},
    "remind": {**_TAIL, **_FOUND, **_ASK, "lack": "L", "due": "16:05"},
    "visit": {**_TAIL, **_FOUND, "silent": "A", "count": 3, "due": "16:05"},
    "overdue": {**_TAIL, **_FOUND, "silent": "A", "count": 3, "lack": "L"},
    "bundle": {**_TAIL, "count": 2, "briefs": ["M 12:00 S", "M 12:01 S"], "rest": "",
               "measures": "M"},
    "alarm": _ALARM,
    "alarm_mail": _ALARM,
    "recovered": {**_ALARM, "ended": [{"at": "16:05", "subject": "S", "kind": "feed_stale"}]},
    "checkpoint": {"size": 12_345, "at": "2026-06-08 12:00", "note": "N"},
    "abort": {**_TAIL, "code": "Y08"},
    "approve": {"signature": "[J]", "hazard": "H", "area": "A", "count": 3, "code": "K47",
                "otherwise": "send", "due": "16:10", "late": "12 min"},
    "reply": {**_TAIL, "about": "which", "code": "K47", "number": 3},
    "fallback": {**_TAIL, "hazard": "H", "signal": "S"},
    "subject": {**_TAIL, "title": "T"},
    "mail": {**_TAIL, "text": "T", "article": "A", "agreement": "A", "signed": True,
             "code": "K47", "link": "https://example.org/confirm",
             "rows": [{"name": "A", "value": "1", "threshold": "1", "official": "",
                       "handling": "H", "measures": "M"}]},
}

KINDS: Mapping[str, tuple[str, ...]] = dict.fromkeys(
    ("alarm", "alarm_mail"), tuple(kind.value for kind in RINGS))
"""Templates that are tried with each kind of alarm that rings."""
