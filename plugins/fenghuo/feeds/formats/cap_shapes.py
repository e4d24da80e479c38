"""What a CAP alert has that is read, as JSON says it (``cap_record``).

Standard: https://docs.oasis-open.org/emergency/cap/v1.2/CAP-v1.2-os.html, section 3.2. What stands
here as a closed list of words is refused with any other: a System or a Draft is for nobody, an Ack
or an Error says nothing of a danger, and what is not public is not ours to relay.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

from msgspec import Struct

from fenghuo.feeds.formats.cap_area import Part

_Status = Literal["Actual", "Exercise", "Test"]
_Message = Literal["Alert", "Update", "Cancel"]
_Category = Literal["Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env",
                    "Transport", "Infra", "CBRNE", "Other"]
_Urgency = Literal["Immediate", "Expected", "Future", "Past", "Unknown"]
_Severity = Literal["Extreme", "Severe", "Moderate", "Minor", "Unknown"]
_Certainty = Literal["Observed", "Likely", "Possible", "Unlikely", "Unknown", "Very Likely"]
EXPECTED = {
    "scope": "Public: else not ours to relay", "restriction": "none on a public alert"} | {
    field: f"one of {', '.join(get_args(words))}" for field, words in (
        ("status", _Status), ("msgType", _Message), ("category", _Category),
        ("urgency", _Urgency), ("severity", _Severity), ("certainty", _Certainty))}
"""What a refusal says of a word that is none of ours."""
BLOCKS = frozenset(("info", "area", "eventCode", "parameter", "geocode"))
LISTS = BLOCKS | {"category", "responseType", "polygon", "circle"}
"""What has parts of its own, and what may stand more than once."""


class _Pair(Struct, rename="camel"):
    value_name: str | None = None
    value: str | None = None


class Area(Struct):
    polygon: list[str] | str | None = None
    circle: list[str] | str | None = None
    geocode: list[_Pair] | None = None

    @property
    def codes(self) -> list[tuple[str, str]]:
        """Its geocodes, each the name of its list and the code."""
        return [(pair.value_name or "", pair.value or "") for pair in self.geocode or ()]

    @property
    def part(self) -> Part:
        """What it draws. An empty polygon beside an EMMA_ID is how some members of MeteoAlarm say
        that they draw none."""
        polygons, circles = _several(self.polygon), _several(self.circle)
        codes = self.codes if polygons or circles else []
        if any(name == "EMMA_ID" for name, _ in codes):
            polygons = [text for text in polygons if text.strip()]
        return Part(polygons, circles, [
            code for name, code in codes if name == "EXCLUDE_POLYGON"])


class Info(Struct, rename="camel", eq=False):
    event: str = ""
    language: str = ""
    category: list[_Category] | _Category = []
    response_type: list[str] | str = []
    urgency: _Urgency | None = None
    severity: _Severity | None = None
    certainty: _Certainty | None = None
    effective: str = ""
    onset: str = ""
    expires: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    event_code: list[_Pair] = []
    parameter: list[_Pair] = []
    area: list[Area] = []

    @property
    def parameters(self) -> dict[str, str]:
        """The values by their names in small letters, the first of each."""
        return {(pair.value_name or "").lower(): pair.value or ""
                for pair in reversed(self.parameter)}


class Alert(Struct, rename="camel"):
    status: _Status
    msg_type: _Message
    scope: Literal["Public"]
    identifier: str = ""
    sender: str = ""
    sent: str = ""
    restriction: Literal[""] = ""
    references: str = ""
    info: list[dict[str, Any]] = []


def _several(said: list[str] | str | None) -> list[str]:
    return [said] if isinstance(said, str) and said else list(said or ())
