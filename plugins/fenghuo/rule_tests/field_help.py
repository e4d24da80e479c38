"""What an editor says of each field of a file of rule tests."""

from __future__ import annotations

from collections.abc import Mapping

_AT = "When: a city time such as 2026-06-08 06:00, or +6h from the test's start."
_PLACE = "Degrees north and east such as 22.23 112.27, or 9.9 km north of a station, point or site."
_CAST = {
    "sites": "Invented sites, in place of the city's own; every post of theirs is filled.",
    "stations": "Invented stations, beside those of stations.csv.",
    "points": "Invented points of forecasts, in place of those of feeds.yaml."}

HELP: Mapping[str, Mapping[str, str]] = {
    "RuleTests": {**_CAST, "tests": "The tests, each by itself."},
    "RuleTest": {
        **_CAST,
        "name": "What must hold, in a sentence.",
        "rule": "The rule that is asked, agreement/id.",
        "agreement": "All rules of this agreement; neither rule nor agreement: every rule.",
        "starts": "The city time at which the first slot of every series ends.",
        "step": "The length of a slot; 1h where it is not written.",
        "series": "By metric and station, such as rain gauge: 0x6 10 20+5x3 _ 0x6.",
        "forecasts": "Runs of a model.", "signals": "Bureaus' own signals.",
        "quakes": "Earthquakes.", "cyclone": "Advisories on one cyclone.",
        "fires": "Pixels in which a satellite saw fire.",
        "expect": "By time, the tier of each site: none, a colour, digest, or yellow unknown.",
        "people": "By time, everybody who has been told anything so far.",
        "texts": "The newest text that somebody has by a time.",
        "quiet": "yes: no site ever has a tier."},
    "SiteSpec": {
        "place": _PLACE, "industry": "As in contacts/sites.csv.",
        "tags": "As in contacts/sites.csv.", "district": "A name or a code of districts.csv.",
        "city": "Of a district that districts.csv does not have.",
        "station": "Its controlling river station.", "stage": "Its own action stage, m.",
        "marks": "Columns of the city's own in contacts/sites.csv."},
    "StationSpec": {
        "place": _PLACE, "marks": "Columns of rules/stations.csv, such as warning: 9.00.",
        "returns": "Return levels, such as flow 20-year: 1250 or rain 24h 20-year: 260."},
    "PointSpec": {"place": _PLACE},
    "SignalSpec": {
        "at": f"{_AT} The start, if not written.", "code": "Its event code.",
        "scheme": "Whose code it is; gb if not written.",
        "level": "Its colour; none where it names none.", "districts": "Names or codes.",
        "id": "A name by which a later signal replaces it.",
        "replaces": "The id of the signal that it updates or cancels.",
        "status": "alert, update, cancel or exercise.", "until": "When it ends; after 24 hours.",
        "issuer": "Whose it is, such as 恩平市气象台.",
        "event": "How its document calls the event.",
        "text": "What it says."},
    "QuakeSpec": {
        "at": f"{_AT} The start, if not written.", "magnitude": "Its magnitude.",
        "place": _PLACE, "depth": "In km; 10.",
        "authority": "official, or foreign: its word waits."},
    "ForecastSpec": {
        "point": "A point of the test or of feeds.yaml.", "metric": "Such as rain.",
        "issued": _AT, "starts": "The end of the first step; one step after the issue.",
        "step": "The length of a step; 1h.", "values": "The numbers, such as 0x6 10x5."},
    "CycloneSpec": {"at": _AT, "fixes": "Where it is and will be; later than at is forecast."},
    "FireSpec": {
        "at": f"When it was seen. {_AT} The start, if not written.", "place": _PLACE,
        "heard": "When it is heard; as soon as it was seen, if not written.",
        "confidence": "low, nominal or high; nominal, if not written.",
        "satellite": "Which one saw it; the pixels of one instant are one pass."},
    "FixSpec": {
        "at": _AT, "place": _PLACE, "winds": "How far it blows, km: 30kt: 200."},
    "TextSpec": {
        "at": _AT, "to": "A post such as quarry.safety_officer, or a person.",
        "by": "sms or email; sms.", "text": "Word for word.", "contains": "What stands in it."},
}
