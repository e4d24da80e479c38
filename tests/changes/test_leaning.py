"""Each difference in words leans one way; what wakes nobody leans nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from fenghuo import editions
from fenghuo.changes.leaning import Leaning, leanings
from fenghuo.editions.differences import differences

ROOT = Path(__file__).parents[2]
FILES = editions.files_on_disk(ROOT / "rules", ROOT / "contacts")
OLD = editions.read(FILES, "old")


def leaning(name: str, old: str, new: str) -> tuple[list[Leaning | None], list[Leaning | None]]:
    """Of a change of a file of agreements, and of the way back."""
    path = f"rules/agreements/{name}.yaml"
    text = FILES[path].decode()
    assert old in text, old
    other = editions.read({**FILES, path: text.replace(old, new, 1).encode()}, "new")
    return (list(leanings(differences(OLD, other, "en"), OLD, other)),
            list(leanings(differences(other, OLD, "zh"), other, OLD)))


@pytest.mark.parametrize(("name", "old", "new"), [
    ("meteorological", "orange: {window: 3h, at_least: 50}", "orange: {window: 3h, at_least: 45}"),
    ("meteorological", "reach: {radius: 10 km}", "reach: {radius: 12 km}"),
    ("meteorological", "clear: {ratio: 0.8, held: 1h}", "clear: {ratio: 0.8, held: 2h}"),
    ("seismic", "orange:\n    answer: 10m", "orange:\n    answer: 9m"),
    ("seismic", "measures: {done: 1h}", "measures: {done: 50m}"),
    ("seismic", "{after: 20m, to: county.duty", "{after: 15m, to: county.duty"),
    ("seismic", "yellow: {tell: [", "yellow: {tell: [site.deputy, ")])
def test_more_one_way_is_less_the_other(name: str, old: str, new: str) -> None:
    assert leaning(name, old, new) == ([Leaning.more], [Leaning.less])


def test_what_cannot_be_compared_says_so() -> None:
    change = "orange: {window: 3h, at_least: 50}", "orange: {window: 1h, at_least: 30}"
    assert leaning("meteorological", *change)[0] == [Leaning.unclear]


def test_a_name_or_an_article_leans_nowhere() -> None:
    assert leaning("seismic", "article: Agreement Art. 3 (sample)", "article: Art. 3")[0] == [None]
