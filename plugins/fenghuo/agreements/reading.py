"""Reading ``rules/agreements/*.yaml`` and ``rules/stations.csv`` of one edition."""

from __future__ import annotations

import pandas as pd

from fenghuo.agreements import return_levels
from fenghuo.agreements.checks import faults
from fenghuo.agreements.schema import Agreement
from fenghuo.documents import csv, yaml
from fenghuo.words import Refusal, Refused

FOLDER = "rules/agreements/"
STATIONS = "rules/stations.csv"
MARKS = ("warning", "guarantee", "record")

_COLUMNS = {
    "station": csv.WORD, "name": csv.TEXT, "name_en": csv.TEXT, "river": csv.TEXT.or_empty(),
    "latitude": csv.NUMBER, "longitude": csv.NUMBER,
    "warning": csv.NUMBER.or_empty(), "guarantee": csv.NUMBER.or_empty(),
    "record": csv.NUMBER.or_empty(), "datum": csv.TEXT.or_empty(), "step_seconds": csv.COUNT,
}


def read(files: dict[str, bytes]) -> tuple[Agreement, ...]:
    """The agreements of an edition's files, by name.

    Raises Refused with every fault of every file.
    """
    refusals: list[Refusal] = []
    found: dict[str, Agreement] = {}
    sources = sorted(path for path in files
                     if path.startswith(FOLDER) and path.endswith(".yaml"))
    if not sources:
        refusals.append(Refusal(FOLDER, "1:1", "no agreement", "at least one *.yaml"))
    for source in sources:
        try:
            agreement = read_one(source, files[source])
            if agreement.agreement in found:
                raise Refused([Refusal(source, "1:1 agreement", f"{agreement.agreement!r} again",
                                       "each agreement in one file")])
            found[agreement.agreement] = agreement
        except Refused as refused:
            refusals += refused.refusals
    if refusals:
        raise Refused(refusals)
    return tuple(found[name] for name in sorted(found))


def read_one(source: str, content: bytes) -> Agreement:
    """One agreement file. Raises Refused with every fault."""
    document = yaml.parse(source, content)
    agreement = yaml.typed(document, Agreement)
    refusals = [document.refusal(*fault) for fault in faults(agreement)]
    if refusals:
        raise Refused(refusals)
    return agreement


def own_marks(stations: pd.DataFrame) -> list[str]:
    """The city's own columns of the stations, which marks may name beside ``MARKS``."""
    return [name for name in stations.columns if name not in _COLUMNS and " " not in name]


def read_stations(files: dict[str, bytes]) -> pd.DataFrame:
    """The gauges: station, name, name_en, river, latitude, longitude (WGS84), warning,
    guarantee, record (m above ``datum``, NaN where unknown), datum, step_seconds; then the
    numbers of the city's own columns, and of each return period (``return_column``).

    Raises Refused with every fault; marks that are known must ascend.
    """
    if STATIONS not in files:
        raise Refused([Refusal(STATIONS, "1:1", "no such file", "the file")])
    table = csv.frame(STATIONS, files[STATIONS], _COLUMNS, csv.NUMBER.or_empty())
    bad: list[tuple[str, pd.Series, str]] = [
        ("station", table["station"].duplicated(), "each station once"),
        ("latitude", ~table["latitude"].between(20, 27), "latitude 20 to 27"),
        ("longitude", ~table["longitude"].between(109, 118), "longitude 109 to 118"),
        ("step_seconds", ~table["step_seconds"].between(60, 86400), "60 to 86400 seconds"),
    ]
    bad += [(high, table[high] <= table[low], f"higher than {low}")
            for low, high in (MARKS[:2], MARKS[1:], (MARKS[0], MARKS[2]))]
    marked = table[list(MARKS)].notna().any(axis=1)
    bad.append(("datum", marked & (table["datum"] == ""), "the datum its marks are above"))
    refusals = [csv.refusal(STATIONS, table, int(line), column, expected)
                for column, wrong, expected in bad for line in table.index[wrong]]
    if refusals:
        raise Refused(refusals)
    stations = table[[*_COLUMNS, *own_marks(table)]].reset_index(drop=True)
    return return_levels.joined(stations, files) if return_levels.FILE in files else stations
