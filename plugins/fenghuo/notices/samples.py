"""What each template is given, by example: the names a city may use when it edits a text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_TAIL = {"signature": "[J]", "at": "06-08 16:05", "reply": "1/9 K47", "duty": "0750-3511110",
         "area": "A", "names": "A", "still": "", "upgraded": False, "others": ""}
_SIGNAL = {"issuer": "M", "issued": "06-08 14:52", "signal": "S", "previous": "", "start": "now",
           "detail": "D"}
_ASK = {"whom": "W", "measures": "M"}
_FOUND = {"found": "F", "threshold": "50", "note": "N", "noted": "06-08 16:05", "brief": "B"}

SAMPLES: Mapping[str, dict[str, Any]] = {
    "relay": {**_TAIL, **_SIGNAL, **_ASK},
    "risk": {**_TAIL, **_FOUND, **_ASK},
    "water": {**_TAIL, **_FOUND, **_ASK, "over": "O", "trend": ""},
    "earthquake": {**_TAIL, **_FOUND, **_ASK, "issuer": "C", "review": "R", "foreign": False,
                   "intensity": "5"},
    "lower": {**_TAIL, **_SIGNAL, **_FOUND, **_ASK, "over_signal": "", "ended_issuer": "",
              "ended_issued": ""},
    "left": {**_TAIL, **_SIGNAL, **_FOUND, "restart": "R", "lowered_to": "", "was": ""},
    "cancel": {**_TAIL, **_SIGNAL, **_FOUND, "restart": "R"},
    "lapse": {**_TAIL, **_SIGNAL, **_FOUND},
    "retract": {**_TAIL, **_FOUND, "issuer": "C", "sent": "06-08 03:31", "code": "K63",
                "quake": True},
    "rung": {**_TAIL, **_FOUND, **_ASK, "silent": "A"},
    "calls": {**_TAIL, **_FOUND, "silent": "A", "count": 3},
    "fallback": {**_TAIL, "hazard": "H", "signal": "S"},
    "subject": {**_TAIL, "title": "T"},
    "mail": {**_TAIL, "text": "T", "article": "A", "agreement": "A", "signed": True,
             "code": "K47", "link": "https://example.org/confirm",
             "rows": [{"name": "A", "value": "1", "threshold": "1", "official": "",
                       "handling": "H", "measures": "M"}]},
}
