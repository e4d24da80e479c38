"""One HTTP GET of a feed: conditional, bounded in bytes and in time, never raising.

The body is unpacked here and not by the client, so that a gzip bomb stops at the cap and a cut
gzip is an error instead of half the data. Redirects are not followed: a feed that moved is
named, not chased. Time-outs and the budget are of the machine clock.
"""

from __future__ import annotations

import os
import re
import time
import zlib
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Literal
from urllib.parse import quote

import requests
import urllib3

from fenghuo.clock import machine_now
from fenghuo.feeds.config import FeedConfig

_CHUNK = 64 * 1024
_HEADERS = {
    "User-Agent": "Fenghuo/0.1 (joint warning; polls by cadence)",
    "Accept": "*/*",
    "Accept-Encoding": "gzip",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``started`` machine epoch seconds; ``retry_after`` city seconds or None.

    ``body``: a whole body with status 200, or 204 without one; ``not_modified``: 304;
    ``failed``: all else, and ``detail`` says what. ``skew``: seconds that the server's clock is
    ahead of ours by its Date header (RFC 9110 6.6.1), None without one.
    """

    url: str
    outcome: Literal["body", "not_modified", "failed"]
    started: float
    seconds: float
    status: int | None = None
    body: bytes = b""
    etag: str | None = None
    last_modified: str | None = None
    retry_after: int | None = None
    detail: str | None = None
    skew: float | None = None


class _Stopped(Exception):
    """The body broke a bound."""


def session() -> requests.Session:
    """A session for one pull; connections are reused between a feed's documents."""
    made = requests.Session()
    made.headers.clear()
    made.headers.update(_HEADERS)
    return made


def get(client: requests.Session, url: str, config: FeedConfig, etag: str | None = None,
        last_modified: str | None = None, budget: float | None = None) -> Answer:
    """Fetch a URL within ``config.timeout`` a read and ``budget`` machine seconds in all.

    The feed's key stands for ``{key}`` in what is sent, and nowhere in the answer.
    """
    key = os.environ.get(config.key, "") if config.key else ""
    started, tick = machine_now(), time.monotonic()
    deadline = tick + (config.budget if budget is None else budget)
    asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    conditions = {name: value for name, value in asked.items() if value is not None}
    status: int | None = None
    skew: float | None = None

    def failed(detail: str, retry_after: int | None = None) -> Answer:
        hidden = detail.replace(quote(key), "{key}") if key else detail
        return Answer(url, "failed", started, time.monotonic() - tick, status,
                      retry_after=retry_after, detail=hidden, skew=skew)

    try:
        with client.get(url.replace("{key}", quote(key)), stream=True, timeout=config.timeout,
                        allow_redirects=False,
                        headers={**(config.kind.headers or {}), **conditions}) as response:
            status = response.status_code
            skew = _skew(response)
            if status == 304 and (etag or last_modified):
                return Answer(url, "not_modified", started, time.monotonic() - tick, status,
                              skew=skew)
            if status == 204:
                return Answer(url, "body", started, time.monotonic() - tick, status, skew=skew)
            if status != 200:
                return failed(_refusal(response), _seconds(response.headers.get("Retry-After")))
            body = _body(response, config.max_bytes, deadline)
            return Answer(url, "body", started, time.monotonic() - tick, status, body,
                          response.headers.get("ETag"), response.headers.get("Last-Modified"),
                          skew=skew)
    except _Stopped as error:
        return failed(str(error))
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        return failed(f"{type(error).__name__}: {_brief(error)}")
    except ValueError as error:  # an address or a header that cannot be sent
        return failed(f"bad request: {_brief(error)}")


def _body(response: requests.Response, cap: int, deadline: float) -> bytes:
    coding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in ("identity", "", "gzip", "x-gzip"):
        raise _Stopped(f"content encoding {coding!r}, expected gzip or none")
    unpack = zlib.decompressobj(wbits=31) if "gzip" in coding else None
    parts: list[bytes] = []
    size = 0
    while chunk := response.raw.read1(_CHUNK, decode_content=False):
        if time.monotonic() > deadline:
            raise _Stopped("the answer took longer than the feed's budget")
        while chunk:
            if unpack is None:
                part, chunk = chunk, b""
            else:
                part = _unpacked(unpack, chunk, cap + 1 - size)
                chunk = unpack.unconsumed_tail
            parts.append(part)
            size += len(part)
            if size > cap:
                raise _Stopped(f"a body of more than {cap} bytes")
    if unpack is not None and not unpack.eof:
        raise _Stopped("a gzip body that was cut off")
    return b"".join(parts)


def _unpacked(unpack: zlib._Decompress, chunk: bytes, most: int) -> bytes:
    try:
        return unpack.decompress(chunk, most)
    except zlib.error as error:
        raise _Stopped(f"a gzip body that is damaged: {error}") from None


def _skew(response: requests.Response) -> float | None:
    """Date is of when the answer was made; a cache says in Age how long it has kept it."""
    try:
        said = parsedate_to_datetime(response.headers["Date"])
        kept = int(response.headers.get("Age", "0"))
    except (KeyError, ValueError):
        return None
    said = said.replace(tzinfo=said.tzinfo or UTC)
    return round(said.timestamp() + kept - machine_now(), 1)


def _refusal(response: requests.Response) -> str:
    if 300 <= response.status_code < 400:
        return (f"HTTP {response.status_code} to {response.headers.get('Location', '')[:200]}; "
                "the feed moved: set its address in rules/feeds.yaml")
    return f"HTTP {response.status_code} {response.reason or ''}".strip()


def _seconds(text: str | None) -> int | None:
    return min(int(text), 3600) if text and re.fullmatch(r"[0-9]{1,6}", text) else None


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
