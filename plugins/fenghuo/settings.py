"""Settings: every ``FENGHUO_*`` variable, read once where a process begins.

Secrets come from the environment, or under Airflow from its connections (orchestration/).
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from fenghuo.words import FenghuoError

GATEWAY_SECRETS = "FENGHUO_GATEWAY_SECRETS"
_GATEWAY = re.compile("[a-z][a-z0-9-]{0,31}")
_PRINTED = re.compile("[!-~]+")


class BadSetting(FenghuoError):
    """A setting that cannot be used; says what was expected, never its value."""


def secrets_of(said: object, source: str = GATEWAY_SECRETS) -> dict[str, SecretStr]:
    """The secret addresses of gateways by name, from an object or its JSON.

    Raises BadSetting, which names ``source`` and the gateway.
    """
    if isinstance(said, str):
        try:
            said = json.loads(said, object_pairs_hook=_once)
        except ValueError:
            raise BadSetting(f"{source}: found no JSON object with each gateway once, expected "
                             '{"gateway": "https://login:password@host/"}') from None
    if not isinstance(said, dict):
        raise BadSetting(f"{source}: found no object, expected an address for each gateway")
    made = {}
    for name, address in said.items():
        if not (isinstance(name, str) and _GATEWAY.fullmatch(name)):
            raise BadSetting(f"{source}: found a name that is no gateway's, expected a name of "
                             "rules/gateways.yaml")
        secret = address if isinstance(address, SecretStr) else SecretStr(str(address))
        if fault := _fault(secret.get_secret_value()):
            raise BadSetting(f"{source}: gateway {name}: found {fault}, expected "
                             "https://login:password@host/")
        made[name] = secret
    return made


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError
    return dict(pairs)


def _fault(address: str) -> str | None:
    """What is wrong with a secret address, in words without it."""
    if not _PRINTED.fullmatch(address):
        return "blanks or letters that an address does not hold"
    try:
        parts = urlsplit(address)
        whole = parts.scheme and parts.hostname and (parts.port is None or parts.port)
    except ValueError:
        return "an address that is broken"
    return None if whole else "an address without scheme or host"


class Settings(BaseSettings):
    """How this house is set up. Relative paths resolve against ``home``."""

    model_config = SettingsConfigDict(env_prefix="FENGHUO_", env_ignore_empty=True,
                                      extra="ignore", frozen=True)

    home: Path = Field(default_factory=Path.cwd)
    database_url: str = "sqlite:///var/fenghuo.db"
    rules: Path = Path("rules")
    contacts: Path = Path("contacts")
    archive: Path = Path("var/archive")
    drop: Path = Path("var/drop")
    """Where bureaus without an API put their tables, a folder each (``url: drop:folder``)."""
    checkpoints: Path = Path("var/checkpoints.txt")
    checkpoint_mail: str | None = None
    """Who keeps the ledger's signed heads outside of this house: an e-mail address."""
    call_pack: Path = Path("var/call-pack.html")
    """Who is still to be called and what to say, while orange or red is in force."""
    signing_key: Path = Path("var/signing.key")
    public_url: str = "http://127.0.0.1:8080/fenghuo"
    timezone: str = "Asia/Shanghai"
    clock: str = "system"
    tick: float = 60.0
    sandbox_url: str | None = None
    """Where everything sent goes when there are no credentials; feeds too while a scenario runs."""
    sandbox_smtp_port: int | None = None
    """Where the sandbox takes mail, on the host of ``sandbox_url``."""
    sandbox_feeds: bool = False
    """Pull every feed from the sandbox instead of its own address."""

    twilio_account: str | None = None
    twilio_token: SecretStr | None = None
    twilio_from: str | None = None
    smtp_url: SecretStr | None = None
    """``smtp://user:password@host:port`` or ``smtps://…``."""
    mail_from: str = "fenghuo@localhost"
    imap_url: SecretStr | None = None
    """``imaps://user:password@host/INBOX``: the mailbox of ``mail_from``, where replies and the
    mail system's reports come back; its server must deliver plus-addresses (RFC 5233)."""

    gateway_secrets: Annotated[dict[str, SecretStr], NoDecode,
                               BeforeValidator(secrets_of)] = Field(default_factory=dict)
    """By each gateway's name in ``rules/gateways.yaml``: ``https://login:password@host/``."""

    machinery_days: int = Field(default=7, ge=1)
    """Days for which Airflow's rows and task logs are kept; the night's cleaning removes older."""
    hot_days: int = Field(default=35, ge=8)
    """Days for which observations and fetches are kept; what a finding cites is kept for ever."""

    change_control: bool = False
    """Rules change by drafts alone: what is changed on disk is refused and alarmed."""
    signers: tuple[str, ...] = ()
    """Who may sign for less sensitive rules, beside those who hold a ``leader`` post."""
    approvers: tuple[str, ...] = ()
    """Airflow's ids of those who may answer an approval there; empty: whoever it lets answer."""

    heartbeat_url: str | None = None
    """Somebody outside who is asked (GET) at every good watch and alarms when the asking stops."""

    gateway_timeout: float = 10.0
    lease_seconds: float = 50.0
    lease_margin: float = 30.0
    """A claim lasts at least both gateway time-outs and this; tests of crashes shorten it."""
    lookup_delays: tuple[float, ...] = (5.0, 20.0, 60.0)
    """Machine seconds after which a notice in doubt is asked for at its gateway."""
    dispatch_budget: float = 40.0
    """Machine seconds one dispatch step may take for each gateway."""
    dispatchers: int = Field(default=1, ge=1, le=16)
    """Dispatches that run beside each other; more than one is for PostgreSQL."""

    def __hash__(self) -> int:
        """Gateways are kept by settings, one of which is a dict; equality compares all of them."""
        return hash((self.home, self.database_url, self.public_url))

    def path(self, path: Path) -> Path:
        """A setting's path, made absolute against ``home``."""
        return path if path.is_absolute() else self.home / path

    @property
    def url(self) -> str:
        """The database URL with a relative SQLite path made absolute against ``home``."""
        prefix = "sqlite:///"
        if self.database_url.startswith(prefix):
            return prefix + str(self.path(Path(self.database_url.removeprefix(prefix))))
        return self.database_url

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def live(self) -> bool:
        """Whether real credentials are set; without them everything sent goes to the sandbox."""
        return bool(self.twilio_account or self.smtp_url or self.gateway_secrets)
