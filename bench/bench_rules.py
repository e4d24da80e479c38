"""How long an operator waits: rules read and checked, their tests run, a changed number adopted.

The change is the one of docs/rules.md, orange of the rain gauges from 50 to 45 mm in three hours,
with the examples that move with it; the bare limit beside it is reading the same files alone.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

from bench.figures import Figure, in_turn, timed
from fenghuo import changes, editions, rule_tests
from fenghuo.editions import files_on_disk
from fenghuo.settings import Settings
from fenghuo.store.engine import make_engine
from fenghuo.store.tables import metadata

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)
CHANGED = {
    "agreements/meteorological.yaml": {
        "orange: {window: 3h, at_least: 50}": "orange: {window: 3h, at_least: 45}"},
    "tests/rain.yaml": {
        "west: 0x6 20 20 10 20": "west: 0x4 5 0 20 20 5 20",
        "east: 0x6 20 20 9.9 20": "east: 0x6 20 20 4.9 20", "west: 0x6 15x5": "west: 0x6 14x5"},
}


def figures() -> Iterator[Figure]:
    """The figures of this page."""
    files = files_on_disk(ROOT / "rules", ROOT / "contacts")
    shipped = editions.read(files, "0" * 64)
    tests = rule_tests.on_disk(ROOT / "rules")
    yield Figure(f"rule tests, all {rule_tests.run(tests, shipped, settings=Settings()).tests}",
                 timed(lambda: rule_tests.run(tests, shipped, settings=Settings())), "s")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        folders = [home / name for name in ("old", "new")]
        for one in folders:
            shutil.copytree(ROOT / "rules", one)
        for path, pairs in CHANGED.items():
            text = (folders[1] / path).read_text()
            for old, new in pairs.items():
                assert old in text, old
                text = text.replace(old, new)
            (folders[1] / path).write_text(text)
        engine = make_engine(f"sqlite:///{home}/bench.db")
        metadata.create_all(engine)
        settings = Settings(home=home, contacts=ROOT / "contacts")
        turn = cycle(folders)

        def adopt() -> None:
            found = changes.adopt(engine, settings.model_copy(update={"rules": next(turn)}), NOW)
            assert found.did == 1

        whole, read = in_turn(adopt, lambda: editions.read(files, "0" * 64))
        yield Figure("adopt one changed number, the tests it touches run", whole, "s", 1.0,
                     f"read and checked alone {read:.3f} s")
        engine.dispose()
