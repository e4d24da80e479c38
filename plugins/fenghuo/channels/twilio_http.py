"""The wire under the provider's client: ``urllib3`` alone for each message.

``requests`` under it (the client's own) prepares each message anew, which costs as much as sending
it. Here it only says once a host how that is reached: proxies and authorities of the environment.
Nothing is followed, tried again or written into a log.
"""

from __future__ import annotations

from dataclasses import dataclass
from logging import Logger
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from twilio.http import HttpClient  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]
from urllib3 import make_headers


@dataclass(frozen=True, slots=True)
class _Way:
    """How a host is reached: its connections, what stands before a path, and a proxy's headers."""

    pool: Any
    before: str
    headers: dict[str, str]


class Wire(HttpClient):  # type: ignore[misc]
    """A client's requests, one at a time; ``headers`` are those of the last answer.

    Raises urllib3's errors, and those of ``requests`` for an address that leads nowhere.
    """

    def __init__(self, timeout: float, logger: Logger) -> None:
        super().__init__(logger, False, timeout)
        self.headers: dict[str, str] = {}
        self._ways: dict[tuple[str, str], _Way] = {}

    def request(self, method: str, uri: str, params: dict[str, Any] | None = None,
                data: dict[str, Any] | None = None, headers: dict[str, str] | None = None,
                auth: tuple[str, str] | None = None, timeout: float | None = None,
                allow_redirects: bool = False) -> Response:
        self.headers = {}
        scheme, host, path, query, _ = urlsplit(uri)
        if (scheme, host) not in self._ways:
            self._ways[scheme, host] = _way(f"{scheme}://{host}/")
        way = self._ways[scheme, host]
        asked = "&".join(part for part in (query, _form(params)) if part)
        signed = make_headers(basic_auth=":".join(auth)) if auth else {}
        answer = way.pool.urlopen(
            method, f"{way.before}{path or '/'}{'?' if asked else ''}{asked}",
            body=_form(data) if data else None,
            headers={**(headers or {}), **signed, **way.headers},
            timeout=timeout or self.timeout, retries=False, redirect=False, assert_same_host=False)
        self.headers = {name.lower(): value for name, value in answer.headers.items()}
        return Response(answer.status, answer.data.decode("utf-8", "replace"), answer.headers)


def _form(values: dict[str, Any] | None) -> str:
    return urlencode({name: value for name, value in (values or {}).items() if value is not None},
                     doseq=True)


def _way(base: str) -> _Way:
    asked = requests.Request("GET", base).prepare()
    given = requests.Session().merge_environment_settings(base, {}, None, None, None)
    adapter, proxies = HTTPAdapter(max_retries=0), given["proxies"]
    pool = adapter.get_connection_with_tls_context(asked, given["verify"], proxies)
    url, proxy = adapter.request_url(asked, proxies), select_proxy(base, proxies)
    if proxy is None or url.startswith("/"):
        return _Way(pool, "", {})  # a tunnel's headers are its pool's own
    return _Way(pool, base.rstrip("/"), adapter.proxy_headers(proxy))
