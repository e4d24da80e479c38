"""What the SMS gateways of mainland China share: texts that were filed, and a secret each.

They send no text but the number of a filed one and its variables, and put the filed signature in
front. A text that none of the approved ones says word for word is refused here, before anything is
sent, so that the next gateway or channel gets it: nobody is told a sentence that is not in the
ledger. They do not sign their callbacks.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from fenghuo.channels import posting
from fenghuo.channels.base import Limits, Outcome, Outgoing, Rejected
from fenghuo.channels.cloud_signing import Key
from fenghuo.channels.doors import Door, Unsigned
from fenghuo.channels.kinds import Entry
from fenghuo.channels.secrets import secret_of
from fenghuo.notices.filed import Filed, fault
from fenghuo.settings import Settings
from fenghuo.words import Channel

LIMITS = Limits(templates=True, value_letters=35)
"""35 letters a variable of a notification (Aliyun,
https://help.aliyun.com/zh/sms/developer-reference/api-error-codes). Tencent lets new accounts
have 6 (https://cloud.tencent.com/document/product/382/39023); the console shows more."""
_SIGNATURE = re.compile(r"【([^】]*)】|\[[^\]]*\] ?")


@dataclass(slots=True, kw_only=True)
class FiledSms(Unsigned):
    """One of them; ``filed`` are its approved texts by their template's file."""

    base: str
    key: Key
    signature: str
    timeout: float
    channel: Channel = Channel.sms
    filed: Mapping[str, tuple[Filed, ...]] = field(default_factory=dict, repr=False)
    session: requests.Session = field(default_factory=posting.session, repr=False)

    @property
    def host(self) -> str:
        """The host that is signed, with its port."""
        return self.base.partition("://")[2]

    def submit(self, outgoing: Outgoing) -> Outcome:
        if not (self.key.id and self.key.secret):
            return Rejected("setup", False, "found no login or password in the gateway's secret, "
                                            "expected https://login:password@host/")
        found = self.form(outgoing)
        return found if isinstance(found, Rejected) else self.send(outgoing, *found)

    @abstractmethod
    def send(self, outgoing: Outgoing, code: str, values: Mapping[str, str]) -> Outcome:
        """Hand over the filed text ``code`` with its variables in their order."""

    def form(self, outgoing: Outgoing) -> tuple[str, dict[str, str]] | Rejected:
        """The approved text that says exactly this one: its number and its variables."""
        known = self.filed.get(outgoing.template or "", ())
        if not known:
            return _refused("no approved template")
        signed = _SIGNATURE.match(outgoing.text)
        if signed is None or signed[1] not in (None, self.signature):
            return _refused("a signature that is not filed")
        why = "no approved template says this"
        for one in known:
            values = one.fit(outgoing.values, outgoing.text[signed.end():])
            if values is None:
                continue
            wrong = fault(values, self.carries.value_letters)
            if wrong is None:
                return one.code, values
            why = wrong
        return _refused(why)


def told(entry: Entry, settings: Settings) -> dict[str, Any] | None:
    """What each of them is made of, None without its secret."""
    secret = secret_of(settings, entry.name)
    return None if secret is None else {
        "name": entry.name, "countries": entry.countries, "carries": entry.carries,
        "base": secret.base, "key": Key(secret.login, secret.password),
        "signature": entry.signature or "", "timeout": settings.gateway_timeout,
        "door": Door(settings, entry.name)}


def _refused(why: str) -> Rejected:
    return Rejected("content", True, why)
