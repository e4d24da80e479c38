"""What ``rules/gateways.yaml`` says of each gateway, typed and checked.

The order in the file is the order of trial: a text goes to the first gateway that serves its
number's country, and to the next when that one fails. The file may be missing: then texts go by
Twilio and mails by SMTP, wherever credentials are set. Secrets never stand in it: each gateway's
is an address ``https://login:password@host`` under its name in ``FENGHUO_GATEWAY_SECRETS``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema, model_validator

from fenghuo.channels.base import Limits
from fenghuo.channels.catalogue import KINDS
from fenghuo.channels.kinds import Entry, Kind
from fenghuo.documents import yaml
from fenghuo.documents.decimals import Count, Number
from fenghuo.documents.editor_schema import Schema, editor_schema
from fenghuo.documents.nearest import one_of
from fenghuo.words import Channel

PATH = "rules/gateways.yaml"

_HELP = {"GatewaysFile": {"gateways": "each gateway by its short name, in the order of trial"},
         "GatewayConfig": {
    "name": "leave it out: the key above is the name",
    "kind": "the provider whose interface it speaks",
    "countries": "calling codes it serves, as +86; left out: all, of aliyun and tencent +86",
    "sender": "the number or short code texts come from; of tencent its SmsSdkAppId",
    "signature": "the filed signature, without its brackets",
    "per_second": "parts of texts it takes a second, by the contract with the provider",
    "value_letters": "letters one variable of a filed text may hold, as its console shows",
}}


class GatewayConfig(BaseModel):
    """One gateway; ``name`` is its key in the file, its word in notices, alarms and receipts."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    name: str = Field(default="", pattern=r"^([a-z][a-z0-9-]{0,31})?$")
    kind: Annotated[str, AfterValidator(one_of(*KINDS)), WithJsonSchema({"enum": [*KINDS]})]
    countries: tuple[Annotated[str, Field(pattern=r"^\+[1-9][0-9]{0,3}$")], ...] = ()
    sender: str | None = None
    signature: str | None = None
    per_second: Number | None = Field(default=None, gt=0)
    value_letters: Count | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for field in ("sender", "signature"):
            if getattr(self, field) is None and field in self.row.needs:
                raise ValueError(f"{field} for kind {self.kind}")
        if self.row.channel not in (Channel.sms, Channel.voice) and self.countries:
            raise ValueError("countries for texts and calls, and only there")
        refused = set(self.countries) & set(self.row.never)
        if refused:
            raise ValueError(f"no {', '.join(sorted(refused))} for kind {self.kind}: "
                             "it makes no calls there")
        return self

    @property
    def row(self) -> Kind:
        """What its kind is."""
        return KINDS[self.kind]

    @property
    def limits(self) -> Limits:
        """What its kind can carry, by the contract where that says more."""
        known = self.row.limits
        return replace(known, per_second=self.per_second or known.per_second,
                       value_letters=self.value_letters or known.value_letters)

    @property
    def entry(self) -> Entry:
        """What its kind's maker is told of it."""
        return Entry(self.name, self.countries or self.row.countries, self.limits, self.sender,
                     self.signature)

    @property
    def channel(self) -> Channel:
        """By which its messages travel."""
        return self.row.channel


class GatewaysFile(BaseModel):
    """The file as a whole."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    gateways: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")], GatewayConfig]


STANDARD = {name: GatewayConfig(name=name, kind=name) for name in ("twilio", "smtp")}
"""The gateways of a city without the file."""


def read(files: Mapping[str, bytes]) -> dict[str, GatewayConfig]:
    """The gateways of an edition's files in their order. Raises Refused with every fault."""
    if PATH not in files:
        return STANDARD
    found = yaml.model(PATH, files[PATH], GatewaysFile).gateways
    return {name: one.model_copy(update={"name": name}) for name, one in found.items()}


def json_schema() -> Schema:
    """The JSON Schema of the file, for editors."""
    return editor_schema(GatewaysFile, "Fenghuo gateways", _HELP)
