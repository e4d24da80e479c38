"""A signal rule's event code must stand in the table of event codes."""

from __future__ import annotations

from collections.abc import Iterator

from fenghuo.agreements.rule import Rule
from fenghuo.agreements.threshold_checks import Fault
from fenghuo.feeds.event_codes import find, nearest


def codes(rule: Rule) -> Iterator[Fault]:
    """A code or scheme that the table does not know; a code that means another hazard."""
    if rule.match is None:
        return
    row = find(rule.match.scheme, rule.match.event_code)
    if row is None:
        yield (("match", "event_code"), f"{rule.match.scheme} {rule.match.event_code}",
               nearest(rule.match.scheme, rule.match.event_code))
    elif row.hazard is not rule.hazard:
        yield (("match", "event_code"), f"{row.code} ({row.zh}, {row.hazard})",
               f"a code of the rule's hazard ({rule.hazard})")
