"""The three kinds of a bureau's table: readings, numbers to come, its own warnings."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from pydantic import model_validator

from fenghuo.feeds.event_codes import event_word
from fenghuo.feeds.table_parts import Column, Numbers, Sheet
from fenghuo.words import Level
from fenghuo.words import metrics as words

STATUS = {"new": "Alert", "update": "Update", "cancel": "Cancel", "exercise": "Alert"}
"""A signal's status and the message that it is (CAP 1.2 msgType)."""
_CHINESE = {"红": "red", "橙": "orange", "黄": "yellow", "蓝": "blue", "白": "white"}
COLOURS = {level.value: level for level in Level}
WORDS = {"event": "a code of GB/T 35561 as 11B03, a hazard as rainstorm, or its Chinese name",
         "level": f"a colour: {', '.join(Level)}, or its Chinese name",
         "status": f"one of {', '.join(STATUS)}"}
"""What a signal's words must be once ``values`` has turned them."""


def level_word(word: str) -> Level | None:
    """A colour by our word or as 橙, 橙色; None for anything else: numbers count both ways."""
    return COLOURS.get(word.lower()) or COLOURS.get(_CHINESE.get(word.removesuffix("色"), ""))


def status_word(word: str) -> str | None:
    """What kind of message a status is, None for no status of ours."""
    return STATUS.get(word)


class Table(Numbers):
    """Readings of stations: ``subject`` names the station."""

    MAPPED = NEEDED = ("subject", "time")

    subject: Column | None = None
    time: Column | None = None

    @model_validator(mode="after")
    def _spans(self) -> Self:
        if "time" in self.constants:
            raise ValueError("time as a column")
        for one in self.metrics:
            if words.Metric(one.metric).summed != (one.span > timedelta(0)):
                raise ValueError(
                    "a span for rain and snow (the time a sum covers), none for others")
        return self


class ForecastTable(Numbers):
    """Numbers to come: of ``subject`` (one of the entry's ``points``), for the ``step`` that ends
    at ``end``; where ``begin`` is said too it must be that step, or for what is not a sum the
    same instant. ``issued`` is when the run was made."""

    MAPPED = ("subject", "issued", "begin", "end")
    NEEDED = ("subject", "issued", "end")

    subject: Column | None = None
    issued: Column | None = None
    begin: Column | None = None
    end: Column | None = None

    @model_validator(mode="after")
    def _spans(self) -> Self:
        if {"issued", "begin", "end"} & set(self.constants):
            raise ValueError("issued, begin and end as columns")
        if any(one.span for one in self.metrics):
            raise ValueError("no span: a forecast's sums are of the step")
        return self


class SignalTable(Sheet):
    """A bureau's own warnings. ``status`` is new, update, cancel or exercise; ``references`` the
    identifiers that a row takes the place of; ``district`` codes of 6 or 12 digits, or names of
    the entry's ``districts``."""

    MAPPED = ("identifier", "event", "level", "issued", "effective", "expires", "district",
              "issuer", "headline", "description", "status", "references")
    NEEDED = ("identifier", "event", "level", "issued", "district", "issuer")

    identifier: Column | None = None
    event: Column | None = None
    level: Column | None = None
    issued: Column | None = None
    effective: Column | None = None
    expires: Column | None = None
    district: Column | None = None
    issuer: Column | None = None
    headline: Column | None = None
    description: Column | None = None
    status: Column | None = None
    references: Column | None = None

    @model_validator(mode="after")
    def _columns(self) -> Self:
        if {"identifier", "issued", "effective", "expires"} & set(self.constants):
            raise ValueError("identifier, issued, effective and expires as columns")
        for name, said in (("event", event_word), ("level", level_word), ("status", status_word)):
            ours = [*self.values.get(name, {}).values(),
                    *([self.constants[name]] if name in self.constants else [])]
            for word in (one for one in ours if said(one) is None):
                raise ValueError(f"{word}: {WORDS[name]}")
        return self
