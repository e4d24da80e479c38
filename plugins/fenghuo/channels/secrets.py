"""A gateway's secret address, taken apart: ``https://login:password@host/``."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from fenghuo.settings import Settings


@dataclass(frozen=True, slots=True)
class Secret:
    """``base`` is scheme, host and port; ``login`` and ``password`` are unescaped, empty where
    the address has none; ``path`` without its first slash."""

    base: str
    login: str = field(repr=False)
    password: str = field(repr=False)
    path: str = field(repr=False)
    query: str = field(repr=False)


def secret_of(settings: Settings, gateway: str) -> Secret | None:
    """The secret of a gateway by its name, None while it has none."""
    address = settings.gateway_secrets.get(gateway)
    if address is None:
        return None
    parts = urlsplit(address.get_secret_value())
    return Secret(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}",
                  unquote(parts.username or ""), unquote(parts.password or ""),
                  parts.path.removeprefix("/"), parts.query)
