"""The report's pictures as plotly figures (plain JSON); nothing in them is fetched from anywhere.

A map is a plane of degrees, drawn true at its own latitude: outlines would need tiles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from fenghuo.backtest.outcome import Outcome
from fenghuo.backtest.sweeping import Swept
from fenghuo.contacts import Contacts
from fenghuo.words import LEVELS, Level

Figure = dict[str, Any]
INK = {Level.white: "#9aa5b1", Level.blue: "#2a6fdb", Level.yellow: "#d9a400",
       Level.orange: "#e0731d", Level.red: "#c0271c"}
OLD, NEW = "#7b8794", "#0b6e4f"
_LAYOUT: Figure = {
    "margin": {"l": 60, "r": 20, "t": 10, "b": 40}, "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)", "font": {"family": "system-ui, sans-serif", "size": 13},
    "hoverlabel": {"align": "left"}, "legend": {"orientation": "h", "y": 1.08, "x": 0}}


def timeline(outcomes: Mapping[str, Outcome], until: datetime, tier: Callable[[Level], str],
             place: Callable[[str, str], str]) -> Figure:
    """Every warning as a bar from its opening to its end, one lane a hazard and place, one row
    an edition, coloured by its highest tier."""
    frames = [outcome.warnings.assign(edition=name) for name, outcome in outcomes.items()]
    rows = pd.concat(frames, ignore_index=True)
    if rows.empty:
        return {"data": [], "layout": {**_LAYOUT, "height": 120}}
    rows["lane"] = [place(hazard, scope) for hazard, scope in
                    zip(rows["hazard"], rows["scope"], strict=True)]
    lanes = sorted(rows["lane"].unique(), reverse=True)
    offset = {name: (place + .5) / len(outcomes) - .5 for place, name in enumerate(outcomes)}
    rows["y"] = rows["lane"].map({lane: i for i, lane in enumerate(lanes)}) - rows["edition"].map(
        offset) * .7
    closed = pd.to_datetime(rows["closed"], utc=True).fillna(pd.Timestamp(until))
    data = []
    for level in LEVELS:
        mine = rows["tier"] == level.rank
        if not mine.any():
            continue
        some, ends = rows[mine], closed[mine]
        gap = [None] * len(some)
        text = [f"{lane}<br>{edition}" for lane, edition in
                zip(some["lane"], some["edition"], strict=True)]
        data.append({
            "type": "scatter", "mode": "lines+markers", "name": tier(level),
            "x": _braid(_iso(some["opened"]), _iso(ends), gap),
            "y": _braid(some["y"].tolist(), some["y"].tolist(), gap),
            "text": _braid(text, text, gap), "hovertemplate": "%{text}<br>%{x}<extra></extra>",
            "line": {"width": 9, "color": INK[level]},
            "marker": {"size": 6, "symbol": "line-ns", "color": INK[level],
                       "line": {"width": 2, "color": INK[level]}}})
    return {"data": data, "layout": {
        **_LAYOUT, "height": 120 + (26 + 12 * len(outcomes)) * len(lanes),
        "margin": {**_LAYOUT["margin"], "l": 190}, "hovermode": "closest",
        "xaxis": {"type": "date", "gridcolor": "#8884", "rangeslider": {"visible": False}},
        "yaxis": {"tickvals": list(range(len(lanes))), "ticktext": lanes, "zeroline": False,
                  "gridcolor": "#8882", "range": [-.7, len(lanes) - .3]}}}


def months(outcomes: Mapping[str, Outcome], title: str) -> Figure:
    """Messages by month, one bar an edition."""
    colours = [OLD, NEW] if len(outcomes) > 1 else [NEW]
    data = []
    for (name, outcome), colour in zip(outcomes.items(), colours, strict=False):
        table = outcome.table("month")
        data.append({"type": "bar", "name": name, "x": table["month"].tolist(),
                     "y": table["messages"].tolist(), "marker": {"color": colour}})
    return {"data": data, "layout": {
        **_LAYOUT, "height": 260, "barmode": "group", "bargap": .25,
        "xaxis": {"type": "category"}, "yaxis": {"title": {"text": title},
                                                 "gridcolor": "#8884", "rangemode": "tozero"}}}


def nights(outcome: Outcome, contacts: Contacts, language: str, title: str) -> Figure:
    """Each site where it lies, coloured and sized by the nights on which somebody was woken."""
    sites = contacts.sites
    count = outcome.nights_by_site().reindex(sites["site"]).fillna(0).to_numpy(np.int64)
    latitude = sites["latitude"].to_numpy(np.float64)
    names = sites["name_en"].where(sites["name_en"] != "", sites["name"]) \
        if language == "en" else sites["name"]
    return {"data": [{
        "type": "scatter", "mode": "markers", "x": sites["longitude"].tolist(),
        "y": latitude.tolist(), "text": names.tolist(), "customdata": count.tolist(),
        "hovertemplate": "%{text}: %{customdata}<extra></extra>",
        "marker": {"size": (9 + 2 * np.sqrt(count)).tolist(), "color": count.tolist(),
                   "colorscale": [[0, "#b8c4ce"], [.001, "#f3c969"], [1, "#a3161a"]],
                   "cmin": 0, "cmax": max(int(count.max(initial=0)), 1),
                   "line": {"width": 1, "color": "#fff"},
                   "colorbar": {"title": {"text": title}, "thickness": 12}}}],
        "layout": {**_LAYOUT, "height": 460, "xaxis": {"gridcolor": "#8884", "ticksuffix": "°E"},
                   "yaxis": {"gridcolor": "#8884", "ticksuffix": "°N", "scaleanchor": "x",
                             "scaleratio": float(1 / np.cos(np.radians(
                                 np.nanmean(latitude) if len(latitude) else 0)))}}}


def swept(points: Sequence[Swept], now: float | None, words: Mapping[str, str]) -> Figure:
    """Messages and people woken, and POD where it is known, as one number moves."""
    x = [point.value for point in points]
    data: list[Figure] = [
        {"type": "scatter", "name": words["messages"], "x": x,
         "y": [point.figures.messages for point in points], "line": {"color": OLD, "width": 3}},
        {"type": "scatter", "name": words["woken_nights"], "x": x,
         "y": [point.figures.woken_nights for point in points],
         "line": {"color": INK[Level.orange], "width": 3}}]
    if any(point.pod is not None for point in points):
        data.append({"type": "scatter", "name": "POD", "x": x, "yaxis": "y2",
                     "y": [_finite(point.pod) for point in points],
                     "line": {"color": NEW, "width": 3, "dash": "dot"}})
    shapes = [] if now is None else [{
        "type": "line", "x0": now, "x1": now, "y0": 0, "y1": 1, "yref": "paper",
        "line": {"color": "#8888", "dash": "dash"}}]
    return {"data": data, "layout": {
        **_LAYOUT, "height": 320, "shapes": shapes, "margin": {**_LAYOUT["margin"], "r": 60},
        "xaxis": {"gridcolor": "#8884"}, "yaxis": {"rangemode": "tozero", "gridcolor": "#8884"},
        "yaxis2": {"overlaying": "y", "side": "right", "range": [0, 1.05], "title": {
            "text": "POD"}, "showgrid": False}}}


def _finite(value: float | None) -> float | None:
    return None if value is None or value != value else value


def _iso(at: pd.Series) -> list[str]:
    return pd.to_datetime(at, utc=True).dt.tz_convert("Asia/Shanghai").dt.strftime(
        "%Y-%m-%d %H:%M").tolist()


def _braid(*columns: Sequence[Any]) -> list[Any]:
    """One after the other, row by row."""
    return [value for row in zip(*columns, strict=True) for value in row]
