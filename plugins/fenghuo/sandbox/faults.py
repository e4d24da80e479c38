"""Faults of the outside, injected by a scenario or by ``POST /control/faults``.

| kind | on | what the house sees | taken by the provider |
|---|---|---|---|
| hang | send | no reply for ``seconds`` (default an hour) | yes |
| delay | send | the reply after ``seconds`` | yes |
| status_500 | send | 500, code 20500 | no |
| html_201 | send | 201 with a proxy's HTML page | yes |
| empty_201 | send | 201 with ``{}`` | yes |
| rate_429 | send | 429, code 20429, Retry-After | no |
| read_500 | read | 500 on a list or fetch | |
| lost_callbacks | callback | a callback that is never sent | |
| mail_451 | mail | a temporary refusal after DATA | no |
| mail_drop | mail | the connection drops after DATA | yes |

``accepted`` overrides the last column, ``to`` narrows a fault to one address.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Where = Literal["send", "read", "callback", "mail"]
Kind = Literal["hang", "delay", "status_500", "html_201", "empty_201", "rate_429", "read_500",
               "lost_callbacks", "mail_451", "mail_drop"]
ELSEWHERE: dict[str, Where] = {"read_500": "read", "lost_callbacks": "callback",
                               "mail_451": "mail", "mail_drop": "mail"}
REFUSING = ("status_500", "rate_429", "mail_451")


class Fault(BaseModel):
    """One fault and how often it still strikes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    times: int = Field(default=1, ge=1)
    seconds: float | None = Field(default=None, ge=0)
    accepted: bool | None = None
    to: str | None = None

    @property
    def where(self) -> Where:
        """The door at which it strikes."""
        return ELSEWHERE.get(self.kind, "send")

    @property
    def takes(self) -> bool:
        """Whether the provider takes the message although the house may not learn of it."""
        return self.kind not in REFUSING if self.accepted is None else self.accepted


@dataclass(slots=True)
class Faults:
    """The faults in force, oldest first; each strikes ``times`` times."""

    standing: list[tuple[int, datetime, Fault]] = field(default_factory=list)
    left: dict[int, int] = field(default_factory=dict)

    def add(self, number: int, since: datetime, fault: Fault) -> None:
        """A fault known by a number, from a city instant on."""
        self.standing.append((number, since, fault))
        self.left[number] = fault.times

    def use(self, number: int) -> None:
        """One strike is spent."""
        self.left[number] = self.left.get(number, 0) - 1

    def clear(self) -> None:
        """None in force any more."""
        self.left = dict.fromkeys(self.left, 0)

    def next(self, where: Where, address: str, now: datetime) -> tuple[int, Fault] | None:
        """The fault that strikes now at a door, with its number."""
        for number, since, fault in self.standing:
            if (self.left[number] > 0 and since <= now and fault.where == where
                    and fault.to in (None, address)):
                return number, fault
        return None
