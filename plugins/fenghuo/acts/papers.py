"""What a clerk types of a letter, a fax, a call or an instruction; every fault is named at once.

Instants are ISO; one without an offset is the city's. The area is district codes (12 digits) or
a river reach: controlling stations with the hours from the onset until the water is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import isfinite
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

import pandas as pd

from fenghuo.contacts import Contacts
from fenghuo.documents.text import hidden_in, name_of, shown
from fenghuo.words import Hazard, Level, Refusal, Refused

SOURCE = "registration"
LATE = timedelta(minutes=5)
"""How far ahead of the city clock an issuer's clock may be."""

LONGEST = 2000
"""Characters of its text."""

LARGEST = 16 * 1024 * 1024
"""Bytes of a scan."""

FARTHEST = 240.0
"""Hours until the water arrives: ten days."""

FIELDS = ("form", "issuer", "caller", "document", "hazard", "level", "text", "issued", "onset",
          "expires", "districts", "stations", "scan", "message", "replaces")

Choice = TypeVar("Choice", bound=StrEnum)


class Form(StrEnum):
    """How it came."""

    letter = "letter"
    fax = "fax"
    call = "call"
    instruction = "instruction"


class Message(StrEnum):
    """What it does to an earlier registration (``replaces``)."""

    alert = "alert"
    update = "update"
    cancel = "cancel"


class Places(Protocol):
    """What of an edition an area is checked against."""

    @property
    def contacts(self) -> Contacts: ...
    @property
    def stations(self) -> pd.DataFrame: ...


@dataclass(frozen=True, slots=True)
class Paper:
    """A checked registration. ``stations`` are (station, hours) pairs; ``scan`` the image."""

    form: Form
    issuer: str
    caller: str
    document: str | None
    hazard: Hazard
    level: Level | None
    text: str
    issued: datetime
    onset: datetime
    expires: datetime | None
    districts: tuple[str, ...]
    stations: tuple[tuple[str, float], ...]
    scan: bytes | None
    message: Message
    replaces: int | None

    @property
    def area(self) -> dict[str, Any]:
        """The area as it is stored."""
        if self.stations:
            return {"stations": dict(self.stations)}
        return {"districts": list(self.districts)}


def read(what: Mapping[str, Any], edition: Places, zone: ZoneInfo, now: datetime) -> Paper:
    """A typed registration, checked. Raises Refused with every fault: field, found, expected."""
    form = _Form(what, zone)
    for name in sorted(set(what) - set(FIELDS)):
        form.fault(name, "a field nobody reads", "one of " + ", ".join(FIELDS))
    issued = form.instant("issued", required=True)
    onset = form.instant("onset") or issued
    expires = form.instant("expires")
    if issued and issued > now + LATE:
        form.fault("issued", shown(str(what["issued"])), "an instant that has come")
    if expires and onset and expires <= max(onset, now):
        form.fault("expires", shown(str(what["expires"])), "an end after its onset and after now")
    scan = what.get("scan") or None
    if scan is not None and (not isinstance(scan, bytes) or len(scan) > LARGEST):
        form.fault("scan", f"{len(scan)} bytes", f"at most {LARGEST} bytes")
    message = form.choice("message", Message, Message.alert)
    replaces = form.number("replaces")
    if (replaces is None) != (message in (Message.alert, None)):
        form.fault("replaces", "nothing" if replaces is None else str(replaces),
                   "the registration that an update or a cancel speaks of, and only then")
    districts = _districts(form, edition.contacts)
    stations = _stations(form, set(edition.stations["station"]))
    if bool(what.get("districts")) == bool(what.get("stations")):
        form.fault("districts", "both or neither", "either districts or stations")
    kind, hazard = form.choice("form", Form), form.choice("hazard", Hazard)
    level = form.choice("level", Level) if what.get("level") else None
    issuer, caller = form.text("issuer", 100), form.text("caller", 100)
    text, document = form.text("text", LONGEST), form.text("document", 100, required=False)
    if form.refusals or kind is None or hazard is None or message is None \
            or issued is None or onset is None:
        raise Refused(form.refusals)
    return Paper(kind, issuer, caller, document or None, hazard, level, text, issued, onset,
                 expires, districts, stations, scan, message, replaces)


class _Form:
    """Fields of one registration as they are read, and what is wrong with them."""

    def __init__(self, what: Mapping[str, Any], zone: ZoneInfo) -> None:
        self.what, self.zone, self.refusals = what, zone, list[Refusal]()

    def fault(self, name: str, found: str, expected: str) -> None:
        self.refusals.append(Refusal(SOURCE, name, found, expected))

    def raw(self, name: str) -> str:
        return str(self.what.get(name) or "").strip()

    def text(self, name: str, longest: int, required: bool = True) -> str:
        found = self.raw(name)
        hidden = hidden_in(found.replace("\n", "").replace("\t", ""))
        if hidden is not None:
            self.fault(name, name_of(hidden), "visible characters only")
        elif len(found) > longest or (required and not found):
            self.fault(name, f"{len(found)} characters", f"1 to {longest} characters")
        return found

    def choice(self, name: str, of: type[Choice], default: Choice | None = None) -> Choice | None:
        found = self.raw(name)
        if not found and default is not None:
            return default
        if found in {each.value for each in of}:
            return of(found)
        self.fault(name, shown(found) if found else "nothing", "one of " + ", ".join(of))
        return None

    def number(self, name: str) -> int | None:
        found = self.raw(name)
        if found and not (found.isascii() and found.isdigit() and len(found) < 10):
            self.fault(name, shown(found), "a number")
            return None
        return int(found) if found else None

    def instant(self, name: str, required: bool = False) -> datetime | None:
        found = self.raw(name)
        if not found:
            if required:
                self.fault(name, "nothing", "an ISO time")
            return None
        try:
            at = datetime.fromisoformat(found)
        except ValueError:
            self.fault(name, shown(found), "an ISO time: 2018-09-16T14:30")
            return None
        return at if at.tzinfo else at.replace(tzinfo=self.zone)


def _districts(form: _Form, contacts: Contacts) -> tuple[str, ...]:
    codes = _listed(form.what.get("districts"))
    for code in codes:
        if contacts.district(code) is None:
            form.fault("districts", shown(code), "a code of contacts/districts.csv")
    return tuple(dict.fromkeys(codes))


def _stations(form: _Form, known: set[str]) -> tuple[tuple[str, float], ...]:
    given = form.what.get("stations") or {}
    pairs: Iterable[Sequence[str]] = (
        [(str(name), str(hours)) for name, hours in given.items()] if isinstance(given, Mapping)
        else [each.partition("=")[::2] for each in _listed(given)])
    found: dict[str, float] = {}
    for name, hours in pairs:
        if name not in known:
            form.fault("stations", shown(name), "a station of rules/stations.csv")
        try:
            found[name] = float(hours)
        except ValueError:
            found[name] = -1.0
        if not (isfinite(found[name]) and 0 <= found[name] <= FARTHEST):
            form.fault("stations", shown(f"{name}={hours}"),
                       f"hours until arrival, 0 to {FARTHEST:g}: jinjiang=6")
    return tuple(found.items())


def _listed(given: Any) -> list[str]:
    """A list, or words parted by commas or blanks."""
    words = str(given or "").replace(",", " ").split() if not isinstance(given, list | tuple) \
        else given
    return [str(word).strip() for word in words]
