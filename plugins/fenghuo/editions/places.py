"""Where a rule's parts stand: their paths, and the files' lines and columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fenghuo.agreements.conditions import Condition
from fenghuo.agreements.reading import FOLDER
from fenghuo.agreements.rule import Rule
from fenghuo.documents import yaml
from fenghuo.documents.yaml import Document, Path
from fenghuo.words import Level


def documents(files: Mapping[str, bytes]) -> dict[str, Document]:
    """The agreement files of an edition that could be read, by the agreement's name."""
    found = (yaml.parse(path, content) for path, content in sorted(files.items())
             if path.startswith(FOLDER) and path.endswith(".yaml"))
    return {document.value["agreement"]: document for document in found}


def conditions(rule: Rule) -> Iterator[tuple[Path, Level, Condition]]:
    """Every condition of a rule's tiers, ascending, with its path inside the rule."""
    for level in Level:
        spec = rule.tiers.get(level)
        if spec is None:
            continue
        name = "any" if spec.any else "all"
        for index, condition in enumerate(spec.conditions):
            inside: Path = () if condition is spec else (name, index)
            yield ("tiers", level.value, *inside), level, condition
