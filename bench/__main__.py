"""``python -m bench``: every figure the house promises, as medians and ratios in one run.

Ends with 0 if every figure is reached, else with 1 and the ones that are not. ``--json PATH``
writes them as well.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bench import (
    bench_announce,
    bench_assess,
    bench_console,
    bench_dispatch,
    bench_exposure,
    bench_feeds,
    bench_history,
    bench_night,
    bench_rules,
)
from bench.figures import Figure


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    figures: list[Figure] = []
    for module in (bench_assess, bench_exposure, bench_announce, bench_night, bench_dispatch,
                   bench_history, bench_console, bench_rules, bench_feeds):
        for figure in module.figures():
            print(figure, flush=True)
            figures.append(figure)
    if chosen.json:
        chosen.json.write_text(json.dumps([figure.plain() for figure in figures], indent=1))
    missed = [figure.name for figure in figures if figure.reached is False]
    if missed:
        print(f"not reached: {'; '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
