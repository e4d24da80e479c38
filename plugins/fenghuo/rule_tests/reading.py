"""Reading ``rules/tests/*.yaml``: each test with its cast, held against the edition it tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path as Folder
from typing import Any

from fenghuo.agreements.schema import Agreement
from fenghuo.documents import yaml
from fenghuo.documents.nearest import guided
from fenghuo.documents.yaml import Document, Path
from fenghuo.editions import Edition
from fenghuo.rule_tests.cast import Cast, cast_of, districts_of, place_in
from fenghuo.rule_tests.schema import Cast as Specs
from fenghuo.rule_tests.schema import RuleTest, RuleTests
from fenghuo.rule_tests.values import Place, at
from fenghuo.words import Refusal, Refused
from fenghuo.words.metrics import MEASURED

FOLDER = "rules/tests/"

Fault = tuple[Path, str, str]
"""Path within the test, found, expected."""


@dataclass(frozen=True, eq=False)
class Case:
    """One test of a file, with its cast; ``specs`` are the file's and the test's own together."""

    document: Document
    number: int
    test: RuleTest
    specs: Specs
    cast: Cast
    edition: Edition

    @property
    def starts(self) -> datetime:
        """When the first slot of every series ends."""
        return self.test.starts

    def at(self, moment: Any) -> datetime:
        """The instant of a moment of this test."""
        return at(moment, self.test.starts)

    def line(self, *path: str | int) -> str:
        """``rules/tests/rain.yaml:12:5`` of a part of the test, as written."""
        place = self.document.place(("tests", self.number, *path))
        return f"{self.document.source}:{place.partition(' ')[0]}"

    def written(self, *path: str) -> list[str]:
        """The keys as they are written at a path, in the order of the file."""
        return list(self.document.at(("tests", self.number, *path)) or {})

    @cached_property
    def agreements(self) -> tuple[Agreement, ...]:
        """What is asked: the rule, the agreement or all that the test names."""
        return asked(self.test, self.edition.agreements)

    def spot(self, place: Place) -> tuple[float, float]:
        """Latitude and longitude of a place that the test writes."""
        return place_in(self.specs, self.edition, place)


def asked(test: RuleTest, agreements: tuple[Agreement, ...]) -> tuple[Agreement, ...]:
    """The agreements with the rules that a test names, and no others; every edition of a rule."""
    if test.rule is None:
        return tuple(one for one in agreements if test.agreement in (None, one.agreement))
    name, _, rule = test.rule.partition("/")
    return tuple(one.model_copy(update={"rules": rules}) for one in agreements
                 if one.agreement == name
                 and (rules := tuple(each for each in one.rules if each.id == rule)))


def on_disk(rules: Folder) -> dict[str, bytes]:
    """The files of rule tests by path (``rules/tests/…``); none where there is no folder.

    Editors' hidden files are left out. Raises Refused for a link that leads out of the rules.
    """
    paths = [path for path in sorted((rules / "tests").glob("*.yaml"))
             if path.is_file() and not path.name.startswith(".")]
    refusals = [Refusal(FOLDER + path.name, "1:1", "a link out of its folder", "a file of its own")
                for path in paths if not path.resolve().is_relative_to(rules.resolve())]
    if refusals:
        raise Refused(refusals)
    return {FOLDER + path.name: path.read_bytes() for path in paths}


def read(files: Mapping[str, bytes], edition: Edition) -> list[Case]:
    """Every test of the files under ``rules/tests/``. Raises Refused with every fault."""
    cases: list[Case] = []
    refusals: list[Refusal] = []
    districts = districts_of(edition)
    for source in sorted(files):
        if not source.startswith(FOLDER):
            continue
        try:
            document = yaml.parse(source, files[source])
            cases += _cases(document, yaml.typed(document, RuleTests), edition, districts)
        except Refused as refused:
            refusals += refused.refusals
    if refusals:
        raise Refused(refusals)
    return cases


def _cases(document: Document, tests: RuleTests, edition: Edition,
           districts: Mapping[str, str]) -> list[Case]:
    cases: list[Case] = []
    refusals: list[Refusal] = []
    shared = _cast(document, (), tests, edition, districts, refusals)
    names: dict[str, int] = {}
    for number, test in enumerate(tests.tests):
        path: Path = ("tests", number)
        if test.name in names:
            refusals.append(document.refusal((*path, "name"), "a name again", "each name once"))
        names[test.name] = number
        specs: Specs = tests
        cast = shared
        if test.sites or test.stations or test.points:
            specs = Specs(sites=tests.sites | test.sites, stations=tests.stations | test.stations,
                          points=tests.points | test.points)
            cast = _cast(document, path, specs, edition, districts, refusals)
        if cast is not None:
            case = Case(document, number, test, specs, cast, edition)
            refusals += [document.refusal((*path, *where), found, expected)
                         for where, found, expected in _faults(case)]
            cases.append(case)
    if refusals:
        raise Refused(refusals)
    return cases


def _cast(document: Document, path: Path, specs: Specs, edition: Edition,
          districts: Mapping[str, str], refusals: list[Refusal]) -> Cast | None:
    try:
        return cast_of(specs, edition, districts)
    except (LookupError, ValueError) as error:
        refusals.append(document.refusal(path, str(error.args[0]), "what is known"))
        return None


def _faults(case: Case) -> Iterator[Fault]:
    """What a test names and nobody knows; a test that expects nothing."""
    test, edition = case.test, case.edition
    names = [f"{one.agreement}/{rule.id}" for one in edition.agreements for rule in one.rules]
    if test.rule is not None and test.rule not in names:
        yield ("rule",), test.rule, guided("a rule of rules/agreements", test.rule, names)
    agreements = [one.agreement for one in edition.agreements]
    if test.agreement is not None and (test.rule or test.agreement not in agreements):
        yield ("agreement",), test.agreement, (
            "either rule or agreement" if test.rule
            else guided("an agreement", test.agreement, agreements))
    if not (test.expect or test.people or test.texts or test.quiet):
        yield (), "nothing expected", "expect, people, texts or quiet: yes"
    yield from _subjects(case)
    yield from _words(case)
    yield from _expected(case)


def _subjects(case: Case) -> Iterator[Fault]:
    stations = case.cast.stations["station"].tolist()
    for key in case.test.series:
        metric, _, station = key.partition(" ")
        if metric not in list(MEASURED):
            yield ("series", key), metric, guided("a metric", metric, list(MEASURED))
        if station not in stations:
            yield ("series", key), station, guided("a station", station, stations)
    points = [point.point for feed in case.cast.feeds.values() for point in feed.points]
    for index, run in enumerate(case.test.forecasts):
        if run.point not in points:
            yield ("forecasts", index, "point"), run.point, guided("a point", run.point, points)
        if run.metric not in list(MEASURED):
            yield ("forecasts", index, "metric"), run.metric, guided(
                "a metric", run.metric, list(MEASURED))


def _words(case: Case) -> Iterator[Fault]:
    ids = [signal.id for signal in case.test.signals if signal.id]
    for index, signal in enumerate(case.test.signals):
        for place, name in enumerate(signal.districts):
            if name not in case.cast.districts and not case.specs.sites:
                yield ("signals", index, "districts", place), name, guided(
                    "a district", name, case.cast.districts)
        if signal.replaces is not None and signal.replaces not in ids:
            yield ("signals", index, "replaces"), signal.replaces, "the id of another signal"
    places: list[tuple[Path, Place]] = [
        (("quakes", index, "place"), quake.place) for index, quake in enumerate(case.test.quakes)]
    places += [(("fires", index, "place"), fire.place)
               for index, fire in enumerate(case.test.fires)]
    places += [(("cyclone", index, "fixes", place, "place"), fix.place)
               for index, advisory in enumerate(case.test.cyclone)
               for place, fix in enumerate(advisory.fixes)]
    for path, written in places:
        try:
            case.spot(written)
        except LookupError as error:
            yield path, str(error.args[0]), "a place that is known"


def _expected(case: Case) -> Iterator[Fault]:
    sites = case.cast.contacts.sites["site"].tolist()
    for moment, verdicts in zip(case.written("expect"), case.test.expect.values(), strict=True):
        for site in verdicts:
            if site not in sites:
                yield ("expect", moment, site), site, guided("a site", site, sites)
    people = case.cast.contacts.people["person"].tolist()
    named: list[tuple[Path, str]] = [
        (("people", moment, index), name) for moment, told in zip(
            case.written("people"), case.test.people.values(), strict=True)
        for index, name in enumerate(told)]
    for index, text in enumerate(case.test.texts):
        named.append((("texts", index, "to"), text.to))
        if (text.text is None) == (not text.contains):
            yield ("texts", index), "not exactly one of text and contains", "one of them"
    for path, name in named:
        if case.cast.person(name) is None:
            yield path, name, guided("a person or post", name, people)

