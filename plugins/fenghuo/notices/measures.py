"""What each industry is asked to do: ``rules/measures.yaml``.

Refused: an entry without a source, a text too long for its SMS, two entries for the same
(industry, hazard, level), a file without the entry ``any`` × ``any``. Wording is ours, after
the sources that every entry names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from fenghuo.documents import yaml
from fenghuo.documents.nearest import one_of
from fenghuo.words import Hazard, Level, Refusal, Refused

FILE = "rules/measures.yaml"
ANY = "any"
OFFICE = "office"


class Done(StrEnum):
    """What "3" reports."""

    done = "done"            # 3完成
    withdrawn = "withdrawn"  # 3撤完+人数
    checked = "checked"      # 3查完


class Entry(BaseModel):
    """One measure: for an industry (or ``any``), a hazard (or ``any``), from a level up.

    ``level: ended`` is what to do before restarting.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    industry: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]*$")]
    hazard: Annotated[str, AfterValidator(one_of(*Hazard, ANY))]
    level: Annotated[str, AfterValidator(one_of(*Level, "ended"))]
    zh: Annotated[str, StringConstraints(min_length=2, max_length=34)]
    en: Annotated[str, StringConstraints(min_length=2, max_length=90)]
    done: Done = Done.done
    source: Annotated[str, StringConstraints(min_length=2)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    measures: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Measures:
    """Entries by (industry, hazard, level word)."""

    entries: dict[tuple[str, str, str], Entry]
    _found: dict[tuple[str, Hazard, Level], Entry] = field(
        default_factory=dict, compare=False, repr=False)

    def find(self, industry: str, hazard: Hazard, tier: Level) -> Entry:
        """The entry that fits best: own industry before any, own hazard before any, then the
        highest level at or below the tier (else the lowest above it)."""
        key = industry, hazard, tier
        if key not in self._found:
            self._found[key] = self._find(*key)
        return self._found[key]

    def _find(self, industry: str, hazard: Hazard, tier: Level) -> Entry:
        order = [(industry, hazard.value), (ANY, hazard.value), (industry, ANY), (ANY, ANY)]
        if industry == OFFICE:  # a desk does a desk's work, whatever the hazard
            order = [(OFFICE, hazard.value), (OFFICE, ANY)]
        for name, danger in order:
            fitting = [level for level in Level if (name, danger, level.value) in self.entries]
            below = [level for level in fitting if level.rank <= tier.rank]
            if fitting:
                level = below[-1] if below else fitting[0]
                return self.entries[name, danger, level.value]
        raise KeyError((industry, hazard, tier))

    def ended(self, industry: str, hazard: Hazard) -> Entry:
        """What to do before restarting."""
        for key in ((industry, hazard.value), (industry, ANY), (ANY, hazard.value), (ANY, ANY)):
            found = self.entries.get((*key, "ended"))
            if found:
                return found
        raise KeyError((industry, hazard, "ended"))


def read(files: dict[str, bytes]) -> Measures:
    """Read an edition's measures. Raises Refused with every fault."""
    if FILE not in files:
        raise Refused([Refusal(FILE, "1:1", "no such file", "the measures of every industry")])
    document = yaml.parse(FILE, files[FILE])
    written = yaml.typed(document, _File)
    entries: dict[tuple[str, str, str], Entry] = {}
    refusals = []
    for place, entry in enumerate(written.measures):
        key = (entry.industry, entry.hazard, entry.level)
        if key in entries:
            refusals.append(document.refusal(("measures", place), "/".join(key) + " again",
                                             "one entry for each"))
        entries[key] = entry
    for industry in (ANY, OFFICE):
        for level in ("blue", "ended"):
            if (industry, ANY, level) not in entries:
                refusals.append(Refusal(FILE, "1:1 measures", f"no {industry}/any/{level}",
                                        "an entry that fits when no other does"))
    if refusals:
        raise Refused(refusals)
    return Measures(entries)
