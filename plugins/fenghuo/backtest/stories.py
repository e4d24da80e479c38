"""Stories: what happened once, as small tables under ``rules/stories/NAME/``, to be run again.

``story.yaml`` says what it is and what in it is invented; it names a table of observations, a
table of events, or both, in its own folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from fenghuo.agreements.conditions import Span, Strict, Text
from fenghuo.agreements.history import Series
from fenghuo.agreements.schema import Title
from fenghuo.backtest import reading, tables
from fenghuo.backtest.chapters import Word
from fenghuo.documents import yaml
from fenghuo.editions import Edition
from fenghuo.words import Refusal, Refused, RuleKind
from fenghuo.words.metrics import Metric

FOLDER, FILE = "stories", "story.yaml"
Table = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+\.(csv|parquet|json)$")]


class StoryFile(Strict):
    """``story.yaml``."""

    title: Title
    about: Annotated[Title, Field(description="What is known and what is invented.")]
    observations: Table | None = None
    events: Table | None = None
    latency: Span = timedelta(minutes=10)
    source: Text | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """A story as it can be played."""

    title: Title
    about: Title
    series: tuple[Series, ...]
    words: tuple[Word, ...]


def names(rules: Path) -> list[str]:
    """The stories of a folder of rules."""
    return sorted(path.parent.name for path in (rules / FOLDER).glob(f"*/{FILE}"))


def load(rules: Path, name: str, edition: Edition) -> Story:
    """One story. Raises Refused with every fault, or with the names that there are."""
    if name not in names(rules):
        raise Refused([Refusal("--story", "1:1", name,
                               "one of " + (", ".join(names(rules)) or "no stories"))])
    folder = rules / FOLDER / name
    source = f"rules/{FOLDER}/{name}/{FILE}"
    told = yaml.model(source, (folder / FILE).read_bytes(), StoryFile)
    read = reading.observations(
        [folder / told.observations], stations_of(edition), metrics_of(edition),
        int(told.latency.total_seconds())) if told.observations else None
    if read is not None and read.faults:
        raise Refused(list(read.faults))
    return Story(told.title, told.about, read.series if read else (),
                 tuple(tables.events(folder / told.events)) if told.events else ())


def stations_of(*editions: Edition) -> set[str]:
    """The stations that editions know."""
    return {str(name) for edition in editions for name in edition.stations["station"]}


def metrics_of(*editions: Edition) -> set[Metric]:
    """The metrics that their rules ask of gauges."""
    return {metric for edition in editions for agreement in edition.agreements
            for rule in agreement.rules if rule.kind is RuleKind.observed
            for metric in rule.metrics}
