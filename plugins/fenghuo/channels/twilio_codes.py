"""Twilio's error codes and what they ask of us.

Source: docs/errors of the provider as of 2023-05, in our own classes. The
provider says that codes may change, so an unknown one is tried once more and then given up
for the next channel.
"""

from __future__ import annotations

from fenghuo.channels.base import Rejected

ADDRESS = frozenset({21211, 21214, 21217, 21401, 21407, 21604, 21614, 30005, 30006})
OPTED_OUT = frozenset({21610})
SETUP = frozenset({
    20003, 20005, 20008, 20404, 21203, 21210, 21212, 21215, 21408, 21603, 21606, 21607, 21608,
    21609, 21612, 21701, 21703, 21704, 21705, 30002, 30018, 30024, 30032, 30033, 30034, 30035})
CONTENT = frozenset({21216, 21602, 21605, 21617, 21618, 30004, 30007, 30019, 30450})
BUSY = frozenset({20429, 21611, 30001, 30022, 30023, 30027})
HANDSET = frozenset({30003, 30008, 30009, 30017, 30410})


def rejection(code: int | None, http_status: int, error: str,
              retry_after: float | None = None) -> Rejected:
    """The class of a clear refusal by its code (or, without one, by its HTTP status)."""
    if code in ADDRESS:
        return Rejected("address", True, error)
    if code in OPTED_OUT:
        return Rejected("opted_out", True, error)
    if code in CONTENT:
        return Rejected("content", True, error)
    if code in SETUP or http_status in (401, 403):
        return Rejected("setup", False, error)
    if code in BUSY or http_status == 429:
        return Rejected("busy", False, error, retry_after)
    if code in HANDSET:
        return Rejected("handset", False, error, retries=1)
    return Rejected("unknown", False, error, retries=1)
