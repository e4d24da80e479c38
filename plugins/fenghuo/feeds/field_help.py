"""What each field of ``rules/feeds.yaml`` is, in plain words: an editor shows it."""

from __future__ import annotations

from fenghuo.documents.editor_schema import Help

_SHEET = {
    "kind": "csv, json or xlsx", "rows": "json: where the rows are, as data.rows",
    "sheet": "xlsx: the sheet's name; none: the first that is not hidden",
    "head": "the row of the column names (1)",
    "zone": "the zone of times without an offset, as Asia/Shanghai",
    "time_format": "how times are written, as %Y/%m/%d %H:%M; none: 2026-06-08 12:00",
    "missing": "what stands where there is nothing",
    "constants": "what no column says, as issuer: 江门市水利局",
    "values": "a field's words and what they are here, as level: {二级: orange}",
}

HELP: Help = {
    "FeedsFile": {"feeds": "each source by its short name"},
    "Title": {"zh": "in Chinese", "en": "in English"},
    "Box": {"south": "degrees", "west": "degrees", "north": "degrees", "east": "degrees"},
    "FeedConfig": {
        "name": "leave it out: the key above is the name",
        "title": "its name in both languages",
        "on": "no: never asked, as where its terms are not open; yes unless said",
        "terms": "its licence and whom to name",
        "key": "the environment variable with the key that stands for {key} in url",
        "archive": "its FDSN event service with the past; starttime and endtime are added",
        "push": "beside the pulls: a websocket's address, or how often it is asked, as 5s",
        "fallback_for": "another feed; this one is asked only while that one is silent",
        "bureau": "which step pulls it",
        "format": "how it is read",
        "url": "its address; drop:folder: a folder of FENGHUO_DROP into which its files are put; "
               "sandbox: invented, exists only there",
        "authority": "official, or foreign: its word waits and alone reaches only grave cases",
        "wait": "foreign: how long its word waits for an official one",
        "cadence": "how often it is asked, as 60s",
        "stale": "after how long without a good answer it counts as silent",
        "frozen": "lists: how old the time may be at which it says it was made (as stale)",
        "window": "lists: how young an entry is whose disappearance means something",
        "missing_polls": "lists: after how many answers without it an entry is gone (3)",
        "area": "a place outside is refused: swapped, or not ours",
        "lifetime": "how long a signal counts that names no end (24h)",
        "documents": "how many documents one pull reads (20)",
        "hosts": "indexes: other hosts on which its documents may lie, asked by https",
        "encoding": "utf-8 or gb18030",
        "max_bytes": "the largest answer that is read",
        "timeout": "seconds for one answer (10)",
        "budget": "seconds for one pull (30)",
        "table": "readings of stations in a table: how its columns are read",
        "signal_table": "a bureau's own warnings in a table: how its columns are read",
        "forecast_table": "numbers to come in a table: how its columns are read",
        "points": "forecasts: the places they are asked for",
        "stations": "numbers of an office: its name of a station and ours",
        "step": "numbers of an office: the time between two of them",
        "datum": "tides: the level they are above, as MLLW or HKCD",
        "predictions": "observed tides: the feed of the predicted ones of the same datum; what is "
                       "observed above them is surge",
        "districts": "signals: an issuer's own area code (EMMA_ID, UGC) and our district",
    },
    "Table": _SHEET | {
        "subject": "the column that names the station", "time": "the column of the time",
        "step": "how often a station reports, as 5m",
        "metrics": "the columns of numbers",
    },
    "ForecastTable": _SHEET | {
        "subject": "the column that names the point", "issued": "when the run was made",
        "begin": "where the step of a number begins; leave it out where the table has only ends",
        "end": "where the step of a number ends, or its instant",
        "step": "the time between two numbers, as 1h",
        "metrics": "the columns of numbers",
    },
    "SignalTable": _SHEET | {
        "identifier": "the column of the warning's own number; the same again is a revision",
        "event": "what it warns of", "level": "its colour", "issued": "when it was issued",
        "effective": "from when it counts; empty: from its issue",
        "expires": "until when it counts; empty: the entry's lifetime",
        "district": "codes of 6 or 12 digits, or names of districts in the entry",
        "issuer": "who issued it", "headline": "its title", "description": "its text",
        "status": "new, update, cancel or exercise; no column: new",
        "references": "the numbers of the warnings whose place it takes",
    },
    "Metric": {
        "metric": "what it is", "column": "its column",
        "least": "a smaller number is not believed", "most": "a larger number is not believed",
        "unit": "the column's unit, as cm or 0.1 mm; none: ours (mm, m, m³/s, m/s, °C)",
        "span": "the time that a sum covers, as 5m; none: an instant",
        "where": "long tables: the column that names the number of a row",
        "equals": "long tables: what stands there",
    },
    "Point": {"point": "its short name", "zh": "in Chinese", "en": "in English",
              "latitude": "degrees WGS84", "longitude": "degrees WGS84"},
}
