"""What an editor completes and underlines: shipped schemas are current, take the shipped files as
an editor types them, and underline what the house would refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from fenghuo.agreements.reading import read_one
from fenghuo.cli.schema import SCHEMAS, Name
from fenghuo.documents.editor_schema import printed
from fenghuo.editions import files_on_disk
from fenghuo.words import Refused

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "rules" / "schema"
AGREEMENTS = sorted((ROOT / "rules" / "agreements").glob("*.yaml"))
TESTS = sorted((ROOT / "rules" / "tests").glob("*.yaml"))
LINE = "# yaml-language-server: $schema="
GOOD = """\
agreement: a
title: {zh: 甲, en: A}
signed: no
parties: {bureau: {now: 局}, partner: {now: 局}}
rules:
  - id: one
    hazard: storm_surge
    kind: signal
    match: {event_code: 11E02}
    levels: [yellow]
    effective: {starts: 2019-01-01}
    source: {article: 5, confidence: proposed}
  - id: two
    hazard: flood
    kind: observed
    metric: rain
    statistic: sum
    tiers:
      yellow: {window: 6h, at_least: 50}
      orange: {window: 6h, at_least: '80.5'}
    clear: {ratio: 0.8, held: 1h}
    reach: {radius: 10 km}
    season: {starts: 04-15, ends: 10-15}
    hours: {starts: 22:00, ends: 06:00}
    stricter: {tailings-pond: 1}
    source: {article: x, confidence: proposed}
release:
  yellow: {tell: [site.deputy], by: [sms]}
  orange: {tell: [site.deputy], by: [sms]}
  red: {tell: [site.deputy], by: [sms]}
feedback: {}
"""


def seen(text: str, version: str = "1.2") -> Any:
    """YAML as an editor types it."""
    reader = YAML(typ="safe", pure=True)
    reader.version = version
    # YAML 1.2 has no dates: an editor sees the word
    return json.loads(json.dumps(reader.load(text), default=str))


def underlined(text: str, version: str = "1.2") -> bool:
    schema = json.loads((FOLDER / "agreement.schema.json").read_text())
    return not jsonschema.Draft7Validator(schema).is_valid(seen(text, version))


@pytest.mark.parametrize("name", Name)
def test_the_shipped_schema_is_current_and_a_schema(name: Name) -> None:
    shipped = (FOLDER / f"{name}.schema.json").read_text()
    assert shipped == printed(SCHEMAS[name]()), "type: fenghuo schema --write"
    jsonschema.Draft7Validator.check_schema(json.loads(shipped))


def test_no_schema_is_part_of_an_edition() -> None:
    files = files_on_disk(ROOT / "rules", ROOT / "contacts")
    assert not any(path.startswith("rules/schema") for path in files)


@pytest.mark.parametrize("path", [*AGREEMENTS, *TESTS, ROOT / "rules" / "feeds.yaml"],
                         ids=lambda path: path.name)
def test_a_shipped_file_names_its_schema_and_is_good_by_it(path: Path) -> None:
    first, _, rest = path.read_text().partition("\n")
    assert first.startswith(LINE)
    schema = json.loads((path.parent / first.removeprefix(LINE)).resolve().read_text())
    for version in ("1.2", "1.1"):
        if version == "1.1" and ("22:00" in rest or path.name == "feeds.yaml"
                                 or path in TESTS):
            continue  # hours and words such as no are typed there; nobody's editor reads 1.1
        faults = list(jsonschema.Draft7Validator(schema).iter_errors(seen(rest, version)))
        assert [f"{list(one.path)} {one.message}"[:200] for one in faults] == []


def test_values_that_editors_type_otherwise_are_not_underlined() -> None:
    assert not underlined(GOOD)
    assert seen(GOOD)["rules"][0]["match"]["event_code"] == 1100.0  # as the editor has it
    assert read_one("a.yaml", GOOD.encode()).rules[0].match is not None
    for old, new in (("signed: no", "signed: false"), ("at_least: 50", "at_least: station.pump"),
                     ("at_least: 50", "at_least: 20-year"), ("id: one", "id: 1"),
                     ("title: {zh: 甲, en: A}", "title: {zh: 甲, en: NO}")):
        assert old in GOOD
        assert not underlined(GOOD.replace(old, new, 1)), new


@pytest.mark.parametrize(("old", "new"), [
    ("hazard: flood", "hazard: flod"), ("hazard: flood", "hazzard: flood"),
    ("at_least: 50", "at_least: 50%"), ("at_least: 50", "at_least: 50 mm"),
    ("at_least: 50", "at_least: ５０"), ("at_least: 50", "at_least: 1:30"),
    ("window: 6h", "window: 6"), ("window: 6h", "window: 6 hours"), ("radius: 10 km", "radius: 10"),
    ("ratio: 0.8", "ratio: 80%"), ("ratio: 0.8", "ratio: 1.5"), ("held: 1h", "held: 60"),
    ("yellow: {window", "yelow: {window"), ("tailings-pond: 1", "tailings-pond: 5"),
    ("tailings-pond: 1", "Tailings Pond: 1"), ("signed: no", "signed: maybe"),
    ("signed: no", "signed:"), ("kind: signal", "kind: signals"), ("site.deputy", "site.boss"),
    ("by: [sms]", "by: sms"), ("starts: 04-15", "starts: April"), ("22:00", "10 pm"),
    ("2019-01-01", "1.1.2019"), ("feedback: {}", ""), ("  - id: two\n    hazard", "  - hazard"),
])
def test_a_typical_slip_is_underlined_and_refused(old: str, new: str) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    assert underlined(text)
    with pytest.raises(Refused):
        read_one("a.yaml", text.encode())


@pytest.mark.parametrize("name", Name)
def test_every_field_has_help_and_no_help_is_left_over(name: Name) -> None:
    schema = SCHEMAS[name]()
    bare = [f"{model}.{field}" for model, field, known in fields(schema)
            if len(known.get("description", "")) < 5]
    assert bare == []


def fields(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for model, known in {"": schema, **schema["$defs"]}.items():
        for field, each in known.get("properties", {}).items():
            yield model, field, each
