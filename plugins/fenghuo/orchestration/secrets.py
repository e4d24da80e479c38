"""Secrets under Airflow: connections become settings.

``twilio_default``: login = account, password = token, extra ``{"from": "+1555…"}``.
``smtp_default``: host, port, login, password, extra ``{"from_email": …, "disable_ssl": …}``.
``imap_default``: the same, extra ``{"folder": …, "disable_ssl": …}``: where replies come back.
``fenghuo_gateways``: extra ``{"name": "https://login:password@host/", …}`` for all other gateways.
A house that plays a scenario never reads them: an invented danger must not reach real people.
"""

from __future__ import annotations

from typing import Protocol
from urllib.parse import quote

from pydantic import SecretStr

from fenghuo.settings import Settings, secrets_of
from fenghuo.words import FenghuoError

TWILIO = "twilio_default"
SMTP = "smtp_default"
IMAP = "imap_default"
GATEWAYS = "fenghuo_gateways"


class BadConnection(FenghuoError):
    """A connection lacks what its gateway needs; names the field, never its value."""


class ConnectionLike(Protocol):
    """What is read of an Airflow connection, be it the task's or the server's kind."""

    host: str | None
    port: int | None
    login: str | None
    password: str | None

    @property
    def extra_dejson(self) -> dict[str, object]: ...


def settings_of_task() -> Settings:
    """The settings of a task: the environment's, with the secrets of Airflow's connections.

    Raises BadConnection for one that is incomplete.
    """
    settings = Settings()
    if settings.clock != "system" or settings.sandbox_feeds:
        return settings
    return with_connections(settings, connection(TWILIO), connection(SMTP), connection(IMAP),
                            connection(GATEWAYS))


async def settings_of_trigger() -> Settings:
    """The same in a trigger, whose thread may not wait for Airflow's word."""
    from asgiref.sync import sync_to_async

    return await sync_to_async(settings_of_task)()


def connection(name: str) -> ConnectionLike | None:
    """A connection by name, from wherever Airflow keeps it; None when there is none."""
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        found: ConnectionLike = BaseHook.get_connection(name)
    except AirflowNotFoundException:
        return None
    return found


def with_connections(settings: Settings, twilio: ConnectionLike | None,
                     smtp: ConnectionLike | None,
                     imap: ConnectionLike | None = None,
                     others: ConnectionLike | None = None) -> Settings:
    """Settings with the secrets of the connections; what the environment names stays."""
    update: dict[str, object] = {}
    if twilio is not None and settings.twilio_account is None:
        update |= {"twilio_account": _field(TWILIO, "login", twilio.login),
                   "twilio_token": SecretStr(_field(TWILIO, "password", twilio.password)),
                   "twilio_from": _field(TWILIO, "extra.from", twilio.extra_dejson.get("from"))}
    if smtp is not None and settings.smtp_url is None:
        update["smtp_url"] = SecretStr(_smtp_url(smtp))
        if sender := smtp.extra_dejson.get("from_email"):
            update["mail_from"] = str(sender)
    if imap is not None and settings.imap_url is None:
        folder = quote(str(imap.extra_dejson.get("folder") or "INBOX"))
        update["imap_url"] = SecretStr(f"{_mail_url(IMAP, imap, 'imap', (143, 993))}/{folder}")
    if others is not None:
        found = secrets_of(others.extra_dejson, f"connection {GATEWAYS}")
        update["gateway_secrets"] = found | settings.gateway_secrets
    return settings.model_copy(update=update)


def _smtp_url(smtp: ConnectionLike) -> str:
    return _mail_url(SMTP, smtp, "smtp", (25, 465))


def _mail_url(name: str, found: ConnectionLike, scheme: str, ports: tuple[int, int]) -> str:
    """A connection as a URL; ``ports`` without and with TLS from the first byte."""
    plain = str(found.extra_dejson.get("disable_ssl", False)).lower() in ("true", "1")
    host = _field(name, "host", found.host)
    secret = f"{quote(found.login, '')}:{quote(found.password or '', '')}@" if found.login else ""
    port = found.port or ports[0 if plain else 1]
    return f"{scheme if plain else scheme + 's'}://{secret}{host}:{port}"


def _field(name: str, field: str, value: object) -> str:
    if not value:
        raise BadConnection(f"connection {name}: found no {field}, expected one")
    return str(value)
