"""Allen, Wald & Worden 2012 as we write it against openquake, over a grid of quakes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from fenghuo.agreements.intensity import Floats, allen_2012_rhypo, allen_2012_rrup

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / "var" / "oracle" / ".venv" / "bin" / "python"


@pytest.fixture(scope="module")
def quakes() -> tuple[Floats, Floats]:
    """Magnitudes 3 to 9 by distances from 1 to 500 km, 50 km (where one relation bends) in it."""
    km = np.append(np.geomspace(1.0, 500.0, 60), 50.0)
    magnitude, away = np.meshgrid(np.arange(3.0, 9.01, 0.25), km)
    return magnitude.ravel(), away.ravel()


@pytest.fixture(scope="module")
def openquake(quakes: tuple[Floats, Floats]) -> dict[str, Floats]:
    """What openquake says of the same quakes, by relation."""
    assert PYTHON.exists(), "no oracle: make oracle"
    asked = json.dumps({"magnitude": quakes[0].tolist(), "km": quakes[1].tolist()})
    done = subprocess.run([PYTHON, Path(__file__).with_name("oracle_openquake.py")], input=asked,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return {name: np.array(values) for name, values in json.loads(done.stdout).items()}


def test_by_distance_to_the_rupture_openquake_says_the_same(
    quakes: tuple[Floats, Floats], openquake: dict[str, Floats],
) -> None:
    assert np.max(np.abs(allen_2012_rrup(*quakes) - openquake["rrup"])) <= 0.05


def test_by_distance_to_the_hypocentre_openquake_says_the_same(
    quakes: tuple[Floats, Floats], openquake: dict[str, Floats],
) -> None:
    assert np.max(np.abs(allen_2012_rhypo(*quakes) - openquake["rhypo"])) <= 0.05
