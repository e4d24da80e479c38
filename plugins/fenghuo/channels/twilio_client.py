"""The provider's own client as the house uses it: a pool of lines, and errors as outcomes.

Texts and calls go the same way. An error is never an acceptance; whatever is not a clear refusal
of the provider is Ambiguous, and what it says is repeated without addresses and texts.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from queue import Empty, LifoQueue
from typing import Any

import requests
from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]
from urllib3.exceptions import HTTPError

from fenghuo.channels.base import Ambiguous, Outcome, Outgoing, Rejected, Status
from fenghuo.channels.posting import never_left
from fenghuo.channels.twilio_codes import rejection
from fenghuo.channels.twilio_http import Wire
from fenghuo.settings import Settings

CLOCK_SKEW = 60.0
"""Seconds by which the provider's clock may be behind ours, and its whole seconds."""
LISTED = 200
FAULTS = (TwilioException, requests.RequestException, HTTPError, ValueError, TypeError, KeyError,
          AttributeError, OSError)  # the client trips over JSON that is no message
# The client writes whole bodies and numbers into its log. Not a logger of the registry: there
# anybody's dictConfig (Airflow's, uvicorn's) enables it again.
_silent = logging.Logger("fenghuo.twilio")
_silent.disabled = True


@dataclass(slots=True)
class Line:
    """A client with the headers of its last answer, used by one thread at a time.

    Two threads on one client would be handed each other's headers.
    """

    client: Any
    wire: Wire

    @property
    def headers(self) -> dict[str, str]:
        """Of its last answer, in lower case; empty while there is none."""
        return self.wire.headers


@dataclass(slots=True)
class Lines:
    """The lines to one account; ``base_url`` None is the provider itself."""

    account: str
    token: str = field(repr=False)
    timeout: float
    base_url: str | None = None
    _free: LifoQueue[Line] = field(default_factory=LifoQueue, repr=False)

    @contextmanager
    def one(self) -> Iterator[Line]:
        """A line for the calling thread alone."""
        try:
            line = self._free.get_nowait()
        except Empty:
            line = self._open()
        try:
            yield line
        finally:
            self._free.put(line)

    def _open(self) -> Line:
        wire = Wire(self.timeout, _silent)
        line = Line(Client(self.account, self.token, http_client=wire), wire)
        if self.base_url:
            line.client.api.base_url = self.base_url
        return line


def lines_of(settings: Settings) -> Lines | None:
    """The lines to the house's own account, None without its credentials."""
    account, token = settings.twilio_account, settings.twilio_token
    return Lines(account, token.get_secret_value(),
                 settings.gateway_timeout) if account and token else None


def newest(line: Line, kind: str, outgoing: Outgoing, since: float, sid: re.Pattern[str],
           is_it: Callable[[Any], bool] = lambda found: True) -> str | Ambiguous | None:
    """The sid of the newest of our ``messages`` or ``calls`` to an address, made at or after the
    machine instant ``since``, that ``is_it`` and is no other notice's; None when there is none.

    Never asked by the day of sending: what waits its turn has none and would be missed.
    """
    earliest = datetime.fromtimestamp(since - CLOCK_SKEW, UTC)
    try:
        for found in getattr(line.client, kind).list(to=outgoing.address, limit=LISTED,
                                                     page_size=LISTED):
            if (is_it(found) and found.sid not in outgoing.taken
                    and sid.fullmatch(str(found.sid))
                    and str(found.direction).startswith("outbound")
                    and (found.date_created is None or found.date_created >= earliest)):
                return str(found.sid)
    except FAULTS as error:
        return Ambiguous(words(error))
    return None


def statuses(line: Line, kind: str, sids: Sequence[str]) -> list[Status]:
    """What became of ``messages`` or ``calls``; those that cannot be learnt now are left out."""
    found = []
    for sid in sids:
        try:
            one = getattr(line.client, kind)(sid).fetch()
        except FAULTS:
            continue
        if one.sid == sid and one.status:
            code = getattr(one, "error_code", None)  # calls have none
            found.append(Status(sid, str(one.status), str(code) if code else None))
    return found


def outcome_of(error: Exception, headers: dict[str, str]) -> Outcome:
    """What an error of the client means for the message it was to carry."""
    if never_left(error):
        return Rejected("unreachable", False, words(error))
    status = getattr(error, "status", None)
    if not isinstance(status, int) or not 400 <= status < 500:
        return Ambiguous(words(error))
    code = getattr(error, "code", None)
    wait = headers.get("retry-after", "")
    return rejection(code if isinstance(code, int) else None, status, words(error),
                     float(wait) if wait.isascii() and wait.isdigit() else None)


def words(error: Exception) -> str:
    """An error without the addresses and texts that the client's own words may repeat."""
    status, code = getattr(error, "status", None), getattr(error, "code", None)
    return type(error).__name__ + (f" HTTP {status} code {code}" if status else "")
