"""One POST to a provider: its whole answer, or why there is none.

Refused as an answer: redirects, anything of 5xx, what is encoded (a cut gzip would look like a
shorter answer), larger than ``LARGEST``, slower than the time-out; of a provider that speaks JSON
also what is no object with each key once. None of that says whether the provider took what was
posted.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from fenghuo.channels.base import Ambiguous, Rejected
from fenghuo.clock import machine_now
from fenghuo.words import masked

LARGEST = 65_536
_HANDS = 64
_UNMADE = (NewConnectionError, ConnectTimeoutError)
_QUERY = re.compile(r"\?\S*|(?<=/hook/)\S+")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider said: the HTTP status, below 500, and a JSON object."""

    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """What a provider said: the HTTP status, below 500, and the bytes."""

    status: int
    content: bytes


class Session(requests.Session):
    """Takes proxies and authorities from the environment once a host: ``requests`` reads it all
    for every message, which is a quarter of what a message costs."""

    def __init__(self) -> None:
        super().__init__()
        self._settled: dict[tuple[Any, ...], Any] = {}

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any,
                                   cert: Any) -> Any:
        if proxies:
            return super().merge_environment_settings(url, proxies, stream, verify, cert)
        key = (*urlsplit(url)[:2], stream, verify, cert)
        if key not in self._settled:
            self._settled[key] = super().merge_environment_settings(url, {}, stream, verify, cert)
        return self._settled[key].copy()


def session() -> requests.Session:
    """A session of one gateway for many threads: no second try, and no password of a .netrc in
    the place of our signature."""
    made = Session()
    made.auth = lambda request: request
    for scheme in ("https://", "http://"):
        made.mount(scheme, HTTPAdapter(pool_maxsize=_HANDS, max_retries=0))
    return made


def page(by: requests.Session, url: str, body: bytes, headers: Mapping[str, str | bytes],
         timeout: float) -> Page | Rejected | Ambiguous:
    """Post once. Rejected only where no connection was made, so that nothing can be taken."""
    until = machine_now() + 2 * timeout
    try:
        with by.post(url, data=body, headers={**headers, "Accept-Encoding": "identity"},
                     timeout=timeout, allow_redirects=False, stream=True) as response:
            status, content = response.status_code, b""
            if not 200 <= status < 300 and not 400 <= status < 500:
                return Ambiguous(f"HTTP {status}")
            if response.headers.get("Content-Encoding", "identity") != "identity":
                return Ambiguous(f"HTTP {status}, an encoded answer")
            for chunk in response.iter_content(8_192):
                content += chunk
                if len(content) > LARGEST or machine_now() > until:
                    return Ambiguous(f"HTTP {status}, an answer without end")
    except requests.RequestException as error:
        if never_left(error):
            return Rejected("unreachable", False, type(error).__name__)
        return Ambiguous(type(error).__name__)
    return Page(status, content)


def post(by: requests.Session, url: str, body: bytes, headers: Mapping[str, str],
         timeout: float) -> Answer | Rejected | Ambiguous:
    """Post once to a provider that answers in JSON."""
    found = page(by, url, body, headers, timeout)
    if not isinstance(found, Page):
        return found
    try:
        said = loads(found.content)
    except ValueError:
        return Ambiguous(f"HTTP {found.status}, no JSON")
    if not isinstance(said, dict):
        return Ambiguous(f"HTTP {found.status}, no object")
    return Answer(found.status, said)


def loads(content: bytes) -> Any:
    """JSON in UTF-8, each key once, finite numbers. Raises ValueError."""
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_once, parse_constant=_never)
    except RecursionError as error:
        raise ValueError("too deep") from error


def never_left(error: Exception) -> bool:
    """Whether no connection was made at all, so that nothing can have been taken."""
    if isinstance(error, (requests.ConnectTimeout, *_UNMADE)):
        return True
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(error, requests.ConnectionError) and isinstance(
        reason, _UNMADE)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key that stands twice")
    return made


def _never(word: str) -> Any:
    raise ValueError(word)


def _mask_record(record: logging.LogRecord) -> bool:
    """Numbers and keys stand in queries, and a robot's token after ``/hook/``: urllib3 writes
    them down at DEBUG."""
    record.msg, record.args = masked(_QUERY.sub("?…", record.getMessage())), ()
    return True


logging.getLogger("urllib3.connectionpool").addFilter(_mask_record)
