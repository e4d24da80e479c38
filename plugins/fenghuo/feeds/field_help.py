"""What each field of ``rules/feeds.yaml`` is, in plain words: an editor shows it."""

from __future__ import annotations

from fenghuo.documents.editor_schema import Help

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
        "url": "its address; sandbox: invented, exists only there",
        "authority": "official, or foreign: its word waits and alone reaches only grave cases",
        "wait": "foreign: how long its word waits for an official one",
        "cadence": "how often it is asked, as 60s",
        "stale": "after how long without a good answer it counts as silent",
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
        "table": "how a table's columns are read",
        "points": "forecasts: the places they are asked for",
        "stations": "numbers of an office: its name of a station and ours",
        "step": "numbers of an office: the time between two of them",
        "datum": "tides: the level they are above, as MLLW or HKCD",
        "predictions": "observed tides: the feed of the predicted ones of the same datum; what is "
                       "observed above them is surge",
        "districts": "signals: an issuer's own area code (EMMA_ID, UGC) and our district",
    },
    "Table": {
        "kind": "csv, json or xlsx", "rows": "json: where the rows are, as data.rows",
        "subject": "the column that names the station", "time": "the column of the time",
        "zone": "the zone of times without an offset, as Asia/Shanghai",
        "step": "how often a station reports, as 5m",
        "missing": "what stands where there is no number",
        "metrics": "the columns of numbers",
    },
    "Metric": {
        "metric": "what it is", "column": "its column",
        "least": "a smaller number is not believed", "most": "a larger number is not believed",
        "scale": "the column's number times this is our unit (1)",
        "span": "the time that a sum covers, as 5m; none: an instant",
        "where": "long tables: the column that names the number of a row",
        "equals": "long tables: what stands there",
    },
    "Point": {"point": "its short name", "zh": "in Chinese", "en": "in English",
              "latitude": "degrees WGS84", "longitude": "degrees WGS84"},
}
