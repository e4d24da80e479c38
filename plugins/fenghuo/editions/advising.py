"""All advice on an edition, each piece at its line and column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fenghuo.channels import config as gateways
from fenghuo.documents import yaml
from fenghuo.editions import advising_days, advising_pace, advising_people, advising_rules
from fenghuo.editions.advice import Advice, Kind, Point, Points
from fenghuo.editions.bringing import brings, needs
from fenghuo.editions.places import documents
from fenghuo.editions.reading import Edition
from fenghuo.feeds import config

_UNPROVEN = ("unverified", "proposed")


@dataclass(frozen=True, slots=True)
class Unproven:
    """A rule whose numbers nobody has read in their source: ``place`` is that of its source."""

    confidence: str
    rule: str
    article: str
    source: str
    place: str


def advise(edition: Edition, files: Mapping[str, bytes], today: date) -> list[Advice]:
    """All advice, in the order of the files. ``files`` are those that the edition was read from,
    ``today`` a day of the city's calendar."""
    sources = documents(files) | {path: yaml.parse(path, files[path])
                                  for path in (config.PATH, gateways.PATH) if path in files}
    found = [*advising_rules.points(edition, today), *advising_people.points(edition),
             *advising_days.points(edition, today), *advising_pace.points(edition),
             *_feeds(edition)]
    return sorted((_placed(point, sources) for point in found), key=_where)


def _placed(point: Point, sources: Mapping[str, yaml.Document]) -> Advice:
    document = sources.get(point.of)
    if document is None:  # a table: its advice is about a column or many rows
        return Advice(point.kind, point.of, f"1:1 {point.path[0]}", point.said)
    return Advice(point.kind, document.source, document.place(point.path), point.said)


def _where(advice: Advice) -> tuple[str, int, int]:
    line, column = advice.place.partition(" ")[0].split(":")
    return advice.source, int(line), int(column)


def _feeds(edition: Edition) -> Points:
    asked = {need for agreement in edition.agreements for rule in agreement.rules
             for need in needs(rule)}
    for name, feed in edition.feeds.items():
        if not asked & brings(feed).keys():
            yield Point(Kind.feed_unused, config.PATH, ("feeds", name),
                        "no rule asks for what this feed brings")


def unproven(edition: Edition, files: Mapping[str, bytes]) -> list[Unproven]:
    """Every rule that is not verified yet, or that the city's house proposed itself."""
    sources = documents(files)
    return [Unproven(rule.source.confidence, f"{agreement.agreement}/{rule.id}",
                     rule.source.article, document.source,
                     document.place(("rules", index, "source")))
            for agreement in edition.agreements
            for document in (sources[agreement.agreement],)
            for index, rule in enumerate(agreement.rules)
            if rule.source.confidence in _UNPROVEN]
