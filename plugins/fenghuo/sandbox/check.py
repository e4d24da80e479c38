"""Hold what a scenario expects against what the sandbox saw: counted at the outside.

A mail counts by its Message-ID: no mail server can be asked what it took, so after a crash the
same one may be sent again and is merged by whoever reads it.

``expected`` of a scenario::

    expected:
      texts_total: 12
      mails_total: 9
      answers_total: 5                  # texts that simulated phones sent back
      texts:
        "+8613800000001":
          count: 2
          hold: ["约6度", "码"]         # every word stands in some text to this phone
          never: ["预警信号"]           # and this one in none
      silent: ["+8613800000009"]        # phones that must get nothing
      until: {"2026-06-08T03:30+08:00": 7}    # texts before that instant
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fenghuo.sandbox.log import Seen


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the table: what was counted, what was expected and what was found."""

    what: str
    expected: str
    found: str

    @property
    def good(self) -> bool:
        return self.expected == self.found


def check(expected: Mapping[str, Any], seen: Seen) -> list[Check]:
    """Every expectation of a scenario against the sandbox's own log."""
    texts = seen.texts()
    told = Counter(str(text["to"]) for text in texts)
    named = expected.get("texts", {})
    checks = [
        _count("texts in all", expected["texts_total"], len(texts)),
        _count("mails in all", expected["mails_total"],
               len({mail["message_id"] for mail in seen.mails()})),
        _count("answers sent back", expected["answers_total"], len(seen.replies())),
        _count("phones told", len(named), len(told)),
    ]
    for phone, wanted in named.items():
        bodies = [str(text["body"]) for text in seen.texts(phone)]
        checks.append(_count(f"texts to {phone}", wanted["count"], len(bodies)))
        for word, answer in _words(wanted):
            read = "yes" if any(word in body for body in bodies) else "no"
            checks.append(Check(f"{phone} reads {word}", answer, read))
    checks += [_count(f"texts before {instant}", wanted, before(seen, instant))
               for instant, wanted in expected.get("until", {}).items()]
    checks += [_count(f"texts to {phone}", 0, told[phone]) for phone in expected.get("silent", ())]
    twice = Counter((text["to"], text["body"]) for text in texts)
    checks.append(_count("texts that came twice", 0, sum(n > 1 for n in twice.values())))
    return checks


def before(seen: Seen, instant: str) -> int:
    """How many texts were taken before an instant of the city, written as ISO 8601."""
    end = datetime.fromisoformat(instant)
    return sum(datetime.fromisoformat(text["city"]) < end for text in seen.texts())


def _words(wanted: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from ((word, "yes") for word in wanted.get("hold", ()))
    yield from ((word, "no") for word in wanted.get("never", ()))


def _count(what: str, expected: object, found: int) -> Check:
    return Check(what, str(expected), str(found))
