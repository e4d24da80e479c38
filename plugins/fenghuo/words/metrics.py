"""What is measured, forecast or computed, and in which unit. Shared by feeds and agreements."""

from __future__ import annotations

from enum import StrEnum


class Metric(StrEnum):
    """A number's name. ``unit`` is the one that thresholds, tables and texts are in."""

    rain = "rain"                  # of a span of time, as snow
    snow = "snow"                  # as water
    stage = "stage"                # of a river or a reservoir, above the station's datum
    flow = "flow"
    tide = "tide"                  # above the station's datum
    surge = "surge"                # observed less predicted tide
    wave_height = "wave_height"    # significant
    gust = "gust"
    wind_mean = "wind_mean"        # of 10 minutes
    temperature = "temperature"
    visibility = "visibility"
    fire_index = "fire_index"      # forest fire danger index of LY/T 1172
    wind = "wind"                  # of a cyclone: where its mean of 10 minutes is at least so much
    intensity = "intensity"        # of an earthquake, at a site
    fire_distance = "fire_distance"  # of a site to the nearest fire that a satellite saw

    @property
    def unit(self) -> str:
        """As texts print it: mm, m, m³/s, m/s, °C, kt, 度, km; nothing for an index."""
        return _UNITS[self]

    @property
    def summed(self) -> bool:
        """Whether it is an amount of a span of time, so that a sum means something."""
        return self in (Metric.rain, Metric.snow)

    @property
    def above_datum(self) -> bool:
        """Whether stations have marks and datum for it."""
        return self in (Metric.stage, Metric.tide)


_UNITS = {
    Metric.rain: "mm", Metric.snow: "mm", Metric.stage: "m", Metric.flow: "m³/s",
    Metric.tide: "m", Metric.surge: "m", Metric.wave_height: "m", Metric.gust: "m/s",
    Metric.wind_mean: "m/s", Metric.temperature: "°C", Metric.visibility: "m",
    Metric.fire_index: "", Metric.wind: "kt", Metric.intensity: "度",
    Metric.fire_distance: "km"}

OF_EVENTS = (Metric.intensity, Metric.wind, Metric.fire_distance)
"""What a quake, a cyclone or a fire is at a site."""
MEASURED = tuple(metric for metric in Metric if metric not in OF_EVENTS)
"""What gauges report and models forecast."""
