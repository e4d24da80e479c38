"""Signed links under which one person can answer one notice.

``v1.<notice>.<expires>.<mac>``: the notice's id, machine seconds since the epoch, HMAC-SHA256
in base64url under a key derived from the house's signing key. It names nobody, and alone it
answers nothing: the page asks for the code that stands in the text.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from fenghuo.clock import machine_now
from fenghuo.settings import Settings
from fenghuo.words import FenghuoError

VALID = 3 * 86_400
"""Machine seconds a link works; the answer itself also needs an open obligation."""
_FORM = re.compile(r"v1\.([0-9a-f]{32})\.([0-9]{1,12})\.([A-Za-z0-9_-]{43})")


class Forged(FenghuoError):
    """Not a link of this house."""


class Expired(FenghuoError):
    """A link of this house that works no more."""


def link_key(settings: Settings) -> bytes | None:
    """The key of links, None while the house has no signing key yet."""
    try:
        secret = settings.path(settings.signing_key).read_bytes()
    except FileNotFoundError:
        return None
    return hmac.digest(secret, b"fenghuo confirm link v1", "sha256")


def hook_word(settings: Settings, gateway: str) -> str | None:
    """The word in the address of a gateway's callbacks that stands for the signature they lack;
    None while the house has no signing key yet."""
    key = link_key(settings)
    if key is None:
        return None
    digest = hmac.digest(key, f"fenghuo receipts v1 {gateway}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:24]).decode()


def make(key: bytes, notice: str, expires: float | None = None) -> str:
    """A token for a notice's id, valid until the machine instant ``expires``."""
    until = int(machine_now() + VALID if expires is None else expires)
    return f"v1.{notice}.{until}.{_mac(key, notice, until)}"


def read(key: bytes, token: str) -> str:
    """The notice's id of a good token. Raises Forged for a broken one too, Expired."""
    found = _FORM.fullmatch(token)
    if found is None:
        raise Forged
    notice, until, mac = found[1], int(found[2]), found[3]
    if not hmac.compare_digest(mac, _mac(key, notice, until)):
        raise Forged
    if machine_now() >= until:
        raise Expired
    return notice


def _mac(key: bytes, notice: str, until: int) -> str:
    digest = hmac.digest(key, f"v1.{notice}.{until}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
