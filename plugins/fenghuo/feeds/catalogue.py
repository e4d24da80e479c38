"""Every format a feed can have: what it brings, and what its entry in ``feeds.yaml`` must say.

Nothing here loads a parser: whoever reads the configuration needs neither XML nor tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fenghuo.words import RuleKind
from fenghuo.words.limits import LIMITS
from fenghuo.words.metrics import Metric


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    ``module`` of ``fenghuo.feeds.formats`` has ``parse``, and where ``asks`` its own
    ``address(config, now) -> str`` (else ``url`` is asked as it stands). ``brings``: the kind of
    rule it serves; ``metrics`` with the least and most of one number that is believed, in the
    metric's unit. ``needs`` are the fields of ``FeedConfig`` without which it cannot be read;
    a field that no format of a feed needs is refused. ``quiet``: silence is normal, a list of
    signals says nothing new in fair weather. ``documents``: the format of what an index lists;
    ``renews``: they change in their place and it does not say so, so all are read each time.
    ``pushes``: the format of one message where its source has a websocket (``push``).
    ``archived``: its source may have an archive that answers in it (``archive`` of the entry).
    ``headers`` are sent with each request beside our own: without them its source refuses.
    """

    module: str
    brings: RuleKind
    metrics: Mapping[Metric, tuple[float, float]] | None = None
    needs: tuple[str, ...] = ()
    quiet: bool = False
    asks: bool = False
    documents: str | None = None
    renews: bool = False
    archived: bool = False
    pushes: str | None = None
    headers: Mapping[str, str] | None = None


def _possible(*metrics: Metric) -> dict[Metric, tuple[float, float]]:
    return {one: (LIMITS[one].least, LIMITS[one].most) for one in metrics}


_INTENSITY = {Metric.intensity: (0.0, 12.0)}  # GB/T 17742
_WIND = {Metric.wind: (0.0, 50.0)}            # tracks draw areas of 30 and of 50 kt
_FIRE = {Metric.fire_distance: (0.0, 20_100.0)}  # half the way around the earth, km
_RAIN, _TIDE, _FLOW = (_possible(one) for one in (Metric.rain, Metric.tide, Metric.flow))
_RIVER = {Metric.stage: (-20.0, 1000.0), **_FLOW}  # offices abroad count from near the bed

FORMATS: Mapping[str, Format] = {
    "alertswiss": Format("alertswiss", RuleKind.signal, quiet=True),
    "bmkg": Format("bmkg", RuleKind.event, _INTENSITY, quiet=True),
    "brightsky_alerts": Format("brightsky_alerts", RuleKind.signal, quiet=True),
    "cap_document": Format("cap", RuleKind.signal, quiet=True),
    "cap_index": Format("cap_index", RuleKind.signal, quiet=True, documents="cap_document"),
    "cenc_list": Format("cenc_list", RuleKind.event, _INTENSITY, quiet=True),
    "cma_alarm_list": Format("cma_alarm_list", RuleKind.signal, quiet=True),
    "coops": Format("coops", RuleKind.observed, _TIDE, needs=("stations", "step", "datum")),
    "coops_predictions": Format("coops_predictions", RuleKind.forecast, _TIDE,
                                needs=("stations", "datum"), asks=True),
    "dwd_zip": Format("dwd_zip", RuleKind.signal, quiet=True),
    "ea_floods": Format("ea_floods", RuleKind.signal, quiet=True),
    "ea_readings": Format("ea_readings", RuleKind.observed, _RIVER, needs=("stations", "step")),
    "emsc_fdsn": Format("emsc_fdsn", RuleKind.event, _INTENSITY, quiet=True, archived=True,
                        pushes="emsc_message"),
    "emsc_message": Format("emsc_message", RuleKind.event, _INTENSITY, quiet=True),
    "fdsn_text": Format("fdsn_text", RuleKind.event, _INTENSITY, quiet=True, archived=True),
    "firms": Format("firms", RuleKind.event, _FIRE, quiet=True),
    "gdacs_events": Format("gdacs_events", RuleKind.event, _INTENSITY, quiet=True),
    "gdacs_rss": Format("gdacs_rss", RuleKind.event, _INTENSITY),
    "geonet": Format("geonet", RuleKind.event, _INTENSITY, quiet=True),
    "hko_nowcast": Format("hko_nowcast", RuleKind.forecast, _RAIN,
                          needs=("points",)),
    "hko_qem": Format("hko_qem", RuleKind.event, _INTENSITY, quiet=True),
    "hko_rhrread": Format("hko_rhrread", RuleKind.observed, _RAIN,
                          needs=("stations", "step")),
    "hko_swt": Format("hko_swt", RuleKind.signal, quiet=True),
    "hko_tide": Format("hko_tide", RuleKind.observed, _TIDE,
                       needs=("stations", "step", "datum")),
    "hko_tide_predictions": Format("hko_tide_predictions", RuleKind.forecast, _TIDE,
                                   needs=("stations", "datum"), asks=True),
    "hko_warning_info": Format("hko_warning_info", RuleKind.signal, quiet=True),
    "hko_warnsum": Format("hko_warnsum", RuleKind.signal, quiet=True),
    "ioc_sealevel": Format("ioc_sealevel", RuleKind.observed, _TIDE, needs=("stations", "step")),
    "jma_best_track": Format("jma_best_track", RuleKind.event, _WIND, quiet=True),
    "jma_typhoon": Format("jma_typhoon", RuleKind.event, _WIND, quiet=True,
                          documents="jma_typhoon_track"),
    "jma_typhoon_track": Format("jma_typhoon_track", RuleKind.event, _WIND, quiet=True),
    "meteoalarm_json": Format("meteoalarm_json", RuleKind.signal, quiet=True),
    "metno_alerts": Format("metno_alerts", RuleKind.signal, quiet=True),
    "nhc_advisory": Format("nhc_advisory", RuleKind.event, quiet=True),
    "nmc_typhoon": Format("nmc_typhoon", RuleKind.event, quiet=True,
                          documents="nmc_typhoon_track", renews=True),
    "nmc_typhoon_track": Format("nmc_typhoon_track", RuleKind.event, quiet=True),
    "nws_geojson": Format("nws_geojson", RuleKind.signal, quiet=True),
    "nws_text": Format("nws_text", RuleKind.signal, quiet=True),
    "openmeteo_flood": Format(
        "openmeteo_flood", RuleKind.forecast, _FLOW,
        needs=("points",), asks=True),
    "openmeteo_forecast": Format(
        "openmeteo_forecast", RuleKind.forecast,
        _possible(Metric.rain, Metric.gust), needs=("points",), asks=True),
    "openmeteo_marine": Format("openmeteo_marine", RuleKind.forecast,
                               _possible(Metric.wave_height), needs=("points",), asks=True),
    "quakeml": Format("quakeml", RuleKind.event, _INTENSITY, quiet=True, archived=True),
    "qweather_alert": Format("qweather_alert", RuleKind.signal, quiet=True),
    "qweather_storm": Format("qweather_storm", RuleKind.event, quiet=True),
    "qweather_storms": Format("qweather_storms", RuleKind.event, quiet=True,
                              documents="qweather_storm", renews=True),
    "table": Format("table", RuleKind.observed, needs=("table",)),
    "table_forecast": Format("table_forecast", RuleKind.forecast,
                             needs=("forecast_table", "points")),
    "table_signals": Format("table_signals", RuleKind.signal, needs=("signal_table",),
                            quiet=True),
    "usgs_geojson": Format("usgs_geojson", RuleKind.event, _INTENSITY, archived=True),
    "usgs_iv": Format("usgs_iv", RuleKind.observed, _RIVER, needs=("stations", "step")),
    "usgs_ogc": Format("usgs_ogc", RuleKind.observed, _RIVER, needs=("stations", "step")),
    "weathercn_alarm": Format(
        "weathercn_alarm", RuleKind.signal, quiet=True,
        headers={"Referer": "http://www.weather.com.cn/alarm/index.shtml"}),
    "wolfx_cenc": Format("wolfx_cenc", RuleKind.event, _INTENSITY, quiet=True),
    "zhejiang_typhoon": Format("zhejiang_typhoon", RuleKind.event, quiet=True, asks=True,
                               documents="zhejiang_typhoon_track", renews=True),
    "zhejiang_typhoon_track": Format("zhejiang_typhoon_track", RuleKind.event, quiet=True),
}
