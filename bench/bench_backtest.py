"""``python -m bench.bench_backtest``: ten years hourly, 200 stations, 1,000 sites.

An invented climate from a seed: some forty days of rain a year in cells a few tens of kilometres
wide, and rivers that answer the rain of their days, over their marks some times a year. One, five
and ten years of it are played; the figures are seconds, peak memory (this process and its
workers), and how the time grows with the years.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench.figures import Figure
from fenghuo.agreements.history import Series
from fenghuo.backtest.outcome import Outcome
from fenghuo.backtest.running import run
from fenghuo.contacts import Contacts
from fenghuo.editions import Edition, files_on_disk, read
from fenghuo.settings import Settings
from fenghuo.words.metrics import Metric

ROOT = Path(__file__).parents[1]
SEED, STATIONS, SITES = 20080615, 200, 1000
RAIN_DAYS = 40
START = int(datetime(2010, 1, 1, tzinfo=UTC).timestamp())
HOURS = 8766
"""Of a year."""
LATENCY = 600


def city(generator: np.random.Generator) -> Edition:
    """The shipped rules over invented stations and sites of the shipped counties."""
    shipped = read(files_on_disk(ROOT / "rules", ROOT / "contacts"), "0" * 64)
    counties = shipped.contacts.districts.query("kind == 'county'")["code"].to_numpy(object)
    names = np.array([f"s{number:03d}" for number in range(STATIONS)], dtype=object)
    latitude, longitude = _places(generator, STATIONS)
    stations = pd.DataFrame({
        **{name: shipped.stations[name].iloc[[0] * STATIONS].to_numpy()
           for name in shipped.stations.columns},
        "station": names, "name": names, "name_en": names, "latitude": latitude,
        "longitude": longitude, "warning": np.where(np.arange(STATIONS) < 60, 9.0, np.nan),
        "guarantee": 10.0, "record": 11.5, "step_seconds": 3600})
    stations.loc[60:, ["guarantee", "record"]] = np.nan
    latitude, longitude = _places(generator, SITES)
    row = np.arange(SITES)
    sites = pd.DataFrame({
        **{name: shipped.contacts.sites[name].iloc[[0] * SITES].to_numpy()
           for name in shipped.contacts.sites.columns},
        "site": [f"site-{number:04d}" for number in row], "latitude": latitude,
        "longitude": longitude, "county": counties[(longitude * 7).astype(int) % len(counties)],
        "industry": np.where(row % 20 == 0, "tailings-pond", "quarry"), "tags": "",
        "station": np.where(row % 4 == 0, names[row % 60], ""),
        "stage": np.where(row % 8 == 0, 9.5, np.nan)})
    sites["district"] = sites["county"]
    person = shipped.contacts.people.iloc[0]
    people = pd.DataFrame([{**person, "person": f"p{number:04d}",
                            "phone": f"+86139{number:08d}", "email": f"p{number}@example.org"}
                           for number in row])
    posts = {key: who for key, who in shipped.contacts.posts.items() if ":" in key[0]}
    posts |= {(f"site-{number:04d}", "safety_officer"): f"p{number:04d}" for number in row}
    everybody = pd.concat([shipped.contacts.people, people], ignore_index=True)
    return replace(shipped, stations=stations, contacts=Contacts(
        sites, everybody, shipped.contacts.districts, posts))


def climate(edition: Edition, years: int) -> list[Series]:
    """Rain and stages of so many years; the first years of more are the same."""
    latitude, longitude = (edition.stations[name].to_numpy() for name in ("latitude", "longitude"))
    rain = np.zeros((STATIONS, years * HOURS), dtype=np.float32)
    stage = np.zeros_like(rain)
    for year in range(years):
        generator = np.random.default_rng((SEED, year))
        days = np.sort(generator.choice(np.arange(60, 330), RAIN_DAYS, replace=False))
        for day in days.tolist():
            _storm(generator, rain, latitude, longitude, year * HOURS + day * 24)
    # a river: a slow reservoir of its own rain
    level = np.zeros(STATIONS, dtype=np.float32)
    for hour in range(rain.shape[1]):
        level += 0.012 * rain[:, hour] - 0.02 * level
        stage[:, hour] = 6.5 + level * 1.9
    names = edition.stations["station"].to_numpy(object)
    return [Series(Metric.rain, names, START, 3600, rain, LATENCY),
            Series(Metric.stage, names[:60], START, 3600, stage[:60], LATENCY)]


def _storm(generator: np.random.Generator, rain: NDArray[np.float32],
           latitude: NDArray[np.float64], longitude: NDArray[np.float64], hour: int) -> None:
    """A day with a few cells, each half a day at most and some 15 km wide."""
    for _ in range(int(generator.integers(2, 5))):
        middle = generator.uniform((21.7, 112.0), (23.3, 113.3))
        far = np.hypot(latitude - middle[0], (longitude - middle[1]) * 0.92) * 111
        length, peak = int(generator.integers(3, 10)), generator.gamma(2.0, 9.0)
        shape = peak * np.sin(np.linspace(0.3, np.pi - 0.3, length))
        begin = hour + int(generator.integers(0, 15))
        noise = generator.uniform(0.6, 1.2, (len(latitude), length))
        cell = np.exp(-0.5 * (far / 15) ** 2)[:, None] * shape * noise
        rain[:, begin:begin + length] += np.where(cell > 0.2, cell, 0).astype(np.float32)


def _places(generator: np.random.Generator,
            count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return generator.uniform(21.7, 23.3, count), generator.uniform(112.0, 113.3, count)


def play(edition: Edition, years: int) -> tuple[float, Outcome]:
    """Seconds of a run over so many years, and what came of it."""
    series = climate(edition, years)
    began = time.perf_counter()
    outcome = run(edition, Settings(), series)
    return time.perf_counter() - began, outcome


def figures() -> list[Figure]:
    """The promised figures."""
    edition = city(np.random.default_rng(SEED))
    seconds = {}
    for years in (1, 5, 10):
        seconds[years], outcome = play(edition, years)
        print(f"{years:2d} years: {seconds[years]:6.1f} s  {outcome.figures}", flush=True)
    here, workers = (resource.getrusage(who).ru_maxrss / 1024 ** 2
                     for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return [
        Figure("backtest: ten years, 200 stations, 1,000 sites", seconds[10], "s", 300),
        Figure("backtest: peak memory, this process and two workers", here + 2 * workers,
               "GiB", 2),
        Figure("backtest: ten years over twice five (linear: 1)",
               seconds[10] / (2 * seconds[5]), "", 1.2)]


def main() -> int:
    argparse.ArgumentParser(prog="python -m bench.bench_backtest",
                            description=__doc__).parse_args()
    found = figures()
    for figure in found:
        print(figure)
    return 0 if all(figure.reached is not False for figure in found) else 1


if __name__ == "__main__":
    sys.exit(main())
