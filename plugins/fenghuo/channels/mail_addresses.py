"""Addresses by which a mail that comes back names the notice it belongs to (VERP).

``city+b.<notice><mac>@example.org`` is where the mail system reports to, ``city+a.…`` where a
person replies to. The notice's id and a cut HMAC-SHA256 under a key derived from the house's
signing key, both in base32, so that case may be lost on the way; nobody who never had the mail
can write one. Plus-addressing: RFC 5233; an address's local part holds 64 characters (RFC 5321).
"""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Literal

from fenghuo.settings import Settings

Purpose = Literal["a", "b"]
"""``a``: an answer of a person; ``b``: a report of the mail system."""
LOCAL = 64
_FORM = re.compile(r"\+([ab])\.([a-z2-7]{26})([a-z2-7]{16})@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Makes and reads the addresses of one mailbox; ``sender`` may carry a display name."""

    sender: str
    key: bytes

    def make(self, purpose: Purpose, notice: str) -> str | None:
        """The address for a notice's id (32 hex); None when the mailbox's name is too long."""
        name, _, host = parseaddr(self.sender)[1].rpartition("@")
        local = f"{name}+{purpose}.{_base32(bytes.fromhex(notice))}{self._mac(purpose, notice)}"
        return f"{local}@{host}" if len(local) <= LOCAL else None

    def read(self, text: str) -> tuple[Purpose, str] | None:
        """What an address line names: (purpose, notice's id); None for a forged or other one."""
        for found in _FORM.finditer(text):
            purpose: Purpose = "a" if found[1].lower() == "a" else "b"
            notice = base64.b32decode(found[2].upper() + "=" * 6)[:16].hex()
            if hmac.compare_digest(found[3].lower(), self._mac(purpose, notice)):
                return purpose, notice
        return None

    def _mac(self, purpose: str, notice: str) -> str:
        return _base32(hmac.digest(self.key, f"{purpose}.{notice}".encode(), "sha256")[:10])


def addresses(settings: Settings) -> Addresses | None:
    """The house's own; None while it reads no mailbox or has no signing key yet."""
    if settings.imap_url is None:
        return None
    try:
        secret = settings.path(settings.signing_key).read_bytes()
    except FileNotFoundError:
        return None
    return Addresses(settings.mail_from,
                     hmac.digest(secret, b"fenghuo mail address v1", "sha256"))


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()
