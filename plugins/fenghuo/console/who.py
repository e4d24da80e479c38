"""Who is at the console, what they may do there, and the mark that a form is their own.

A form's mark is an HMAC under a key of the house over the signed-in name, the form's path and
its last machine second: another site cannot make one, nor another user reuse it.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from fenghuo.clock import machine_now
from fenghuo.settings import Settings
from fenghuo.words import FenghuoError

VALID = 3600
"""Machine seconds between a confirm page and its act."""

MayAct = Callable[[Any], bool]


class NoKey(FenghuoError):
    """The house has no signing key yet, so no form can be marked; the first watch makes one."""


@dataclass(frozen=True, slots=True)
class Who:
    """A signed-in user: the name that the ledger gets, and whether they may act."""

    name: str
    acts: bool


def nobody(user: Any) -> bool:
    """The answer to "may this user act?" where nobody said who may."""
    return False


def who_of(user: Any, may_act: MayAct) -> Who:
    """The signed-in user as the console knows them; Airflow's users have ``get_name``."""
    named = getattr(user, "get_name", None)
    return Who(str(named() if callable(named) else user), may_act(user))


def mark(settings: Settings, who: Who, path: str) -> str:
    """The mark of a form at ``path``. Raises NoKey."""
    until = int(machine_now()) + VALID
    return f"{until}.{_mac(settings, who, path, until)}"


def marked(settings: Settings, who: Who, path: str, found: str) -> bool:
    """Whether a form's mark is this user's, for this path, and still good. Raises NoKey."""
    until, _, mac = found.partition(".")
    if not (until.isascii() and until.isdigit() and len(until) < 13):
        return False
    good = hmac.compare_digest(mac.encode(), _mac(settings, who, path, int(until)).encode())
    return good and machine_now() < int(until)


def _mac(settings: Settings, who: Who, path: str, until: int) -> str:
    try:
        secret = settings.path(settings.signing_key).read_bytes()
    except FileNotFoundError:
        raise NoKey("no signing key yet: the first watch step makes it") from None
    key = hmac.digest(secret, b"fenghuo console form v1", "sha256")
    return hmac.new(key, f"{until}\n{path}\n{who.name}".encode(), sha256).hexdigest()
