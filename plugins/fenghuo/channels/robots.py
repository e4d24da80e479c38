"""Robots of chat groups: a text into a group, and no word back.

Whom a robot reaches, nobody knows: it gives no receipt, hears no reply and cannot be asked what it
took. So it informs; it never proves that somebody was told. Its address in ``people.csv`` is the
name of its entry in ``rules/gateways.yaml``, its secret the whole address that the service shows.

HTTP 200 says nothing: only the code in the body does. Posted is to the service's own host alone, by
https; the sandbox's is the one exception.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, TypeVar

import requests

from fenghuo.channels import posting
from fenghuo.channels.base import Accepted, Gateway, Outcome, Outgoing, Rejected
from fenghuo.channels.cloud_codes import outcome
from fenghuo.channels.kinds import Entry
from fenghuo.channels.secrets import Secret, secret_of
from fenghuo.settings import Settings
from fenghuo.words import Channel

MINUTE = 60.0
PLAYED = "robots"
"""Where the sandbox plays them: ``/robots/<name>``."""
_JSON = {"Content-Type": "application/json; charset=utf-8"}


@dataclass(slots=True, kw_only=True)
class Robot(Gateway):
    """The robot of one group, of one service."""

    secret: Secret
    timeout: float
    channel: Channel = Channel.chat
    session: requests.Session = field(default_factory=posting.session, repr=False)

    HOSTS: ClassVar[tuple[str, ...]]
    CODES: ClassVar[Mapping[str, str]]
    """The class of each of the service's codes (``cloud_codes``)."""
    CODE: ClassVar[str] = "errcode"
    """The field of an answer that holds its code, 0 for yes."""

    @abstractmethod
    def signed(self, text: str) -> tuple[str, Mapping[str, Any]]:
        """What is added to the address, and the body, of a text posted now."""

    def submit(self, outgoing: Outgoing) -> Outcome:
        scheme, _, host = self.secret.base.partition("://")
        if not self.sandbox and (scheme != "https" or host not in self.HOSTS):
            return Rejected("setup", False, f"found {scheme}://{host} as the robot's address, "
                                            f"expected https://{' or '.join(self.HOSTS)}")
        more, body = self.signed(outgoing.text)
        query = "&".join(part for part in (self.secret.query, more) if part)
        said = posting.post(
            self.session, f"{self.secret.base}/{self.secret.path}" + (f"?{query}" if query else ""),
            json.dumps(body, ensure_ascii=False).encode(), _JSON, self.timeout)
        return self._outcome(outgoing, said) if isinstance(said, posting.Answer) else said

    def serves(self, address: str) -> bool:
        return address == self.name

    def _outcome(self, outgoing: Outgoing, said: posting.Answer) -> Outcome:
        code = said.body.get(self.CODE)
        whole = isinstance(code, int) and not isinstance(code, bool)
        if whole and code == 0 and said.status == 200:
            return Accepted(outgoing.id)
        found = outcome(self.CODES, str(code) if whole and code else "", said.status)
        if isinstance(found, Rejected) and found.reason == "busy":
            return replace(found, retry_after=MINUTE)
        return found


Made = TypeVar("Made", bound=Robot)


def made(robot: type[Made], entry: Entry, settings: Settings) -> Made | None:
    """The robot of an entry, None without its secret."""
    secret = secret_of(settings, entry.name)
    return None if secret is None else robot(
        name=entry.name, carries=entry.carries, secret=secret, timeout=settings.gateway_timeout,
        sandbox=secret.base == (settings.sandbox_url or "").rstrip("/"))
