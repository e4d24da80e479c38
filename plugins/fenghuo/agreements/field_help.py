"""What each field of an agreement is, in plain words: an editor shows it while somebody types."""

from __future__ import annotations

from fenghuo.documents.editor_schema import Help

_LIMIT = "a number in the metric's unit (rain mm, stage m), a mark such as station.warning or " \
         "site.stage, or a return period such as 20-year"
_CONDITION = {
    "metric": "what is measured; the rule's own where it is not written",
    "statistic": "how a window becomes one number; the rule's own where it is not written",
    "window": "over how long: 1h, 24h, 3d",
    "at_least": f"以上, the limit itself counts: {_LIMIT}",
    "above": f"超过, the limit itself does not count: {_LIMIT}",
    "at_most": f"以下, the limit itself counts: {_LIMIT}",
    "below": f"低于, the limit itself does not count: {_LIMIT}",
    "within": "so far before a mark already, as 0.5 m; only with a mark",
    "lasting": "with the statistic duration: how long in all, as 2h",
}

HELP: Help = {
    "Agreement": {
        "agreement": "its short name, once among all files; rules are called name/rule",
        "title": "its name in both languages",
        "signed": "yes only when it is signed: then texts are really sent. Needs document",
        "document": "the proof of the signature",
        "parties": "the bureaus that agreed",
        "rules": "each threshold clause",
        "release": "who is told at each tier, and by what; one for every tier a rule can give",
        "feedback": "who must answer at each tier, and what happens while nobody does; a tier "
                    "without one owes no answer",
    },
    "Title": {"zh": "in Chinese", "en": "in English"},
    "Parties": {"bureau": "the emergency bureau", "partner": "the bureau that warns"},
    "Party": {
        "now": "what it is called today; texts say this",
        "signed_as": "what it was called when it signed",
        "en": "what texts in English call it",
    },
    "SignedDocument": {
        "number": "the document's number", "date": "the day of the signature, as 2026-01-05",
        "scan_sha256": "SHA-256 of its scan, 64 digits of 0-9 and a-f",
    },
    "Release": {
        "tell": "posts: site.safety_officer, site.head, site.deputy, site.control_room, "
                "county.duty, city.duty",
        "by": "channels: sms, email, voice, call_list",
        "approve": "who lets our own finding go before enterprises are told; a relay never waits",
    },
    "Approval": {
        "ask": "posts that are asked, as city.duty",
        "else_after": "how long it waits for their word, as 5m",
        "else": "and then: send, or hold for the duty officer",
        "corroborated": "two findings that stand at the tier by themselves: send at once, or "
                        "wait (where it is not written)",
    },
    "Feedback": {
        "answer": "within what time a 1 is owed, as 30m",
        "measures": "when measures must be reported, from the text on",
        "visit": "how long who goes to a site that nothing reaches has to report, as 60m",
        "ladder": "what happens while nobody answers, one rung after the other",
    },
    "MeasuresDue": {"started": "report 2 (started) within, as 60m",
                    "done": "report 3 (done) within, as 120m",
                    "progress": "then a word each so long while the warning lasts, as 3h"},
    "LadderRung": {
        "after": "how long after the text, later than the rung before",
        "to": "the post that is called then", "by": "by what; call_list: somebody dials",
    },
    "Rule": {
        "id": "its short name, once in this file, or once for each of its editions",
        "hazard": "the danger it warns of",
        "kind": "signal: a bureau's signal is relayed; observed: a gauge; forecast: a model; "
                "event: an earthquake or a cyclone",
        "effective": "the days on which this edition counts; none: always",
        "match": "signal: whose code it relays",
        "levels": "signal: the colours that are relayed; others are kept and excused",
        "unlevelled": "signal: the tier of one that names no colour",
        "metric": "observed, forecast, event: what is measured",
        "statistic": "sum, max, mean, min, rise, drop, duration over a window, or last "
                     "(the newest value); last where it is not written",
        "tiers": "the threshold of each tier, each harder to reach than the one before",
        "digest": "event: from here on it stands in the morning's digest, without a text",
        "clear": "how a tier is left",
        "corroboration": "observed: the second word that graver tiers need; where it is not "
                         "written, rain has the house's own",
        "lowered": "a chain: limits count less after an earthquake",
        "reach": "which sites it is about: a radius, or by station",
        "stricter": "industries and tags that are handled so many tiers higher, as "
                    "tailings-pond: 1",
        "season": "days of the year on which it counts; none: all",
        "hours": "hours of the day in which it counts; none: all",
        "foreign": "what a foreign source reaches by its word alone",
        "lead": "forecast, wind: how far ahead it counts, as 12h",
        "source": "where its numbers stand, and how sure we are",
    },
    "Match": {
        "event_code": "the event's code, as 11B03 (rainstorm) of GB/T 35561",
        "scheme": "whose code it is: gb (national, matches every issuer's own), weathercn, "
                  "qweather, hko, cap, nws",
    },
    "Clear": {"ratio": "left below so much of the threshold, as 0.8; 1: below itself",
              "held": "and only after so long there, as 1h"},
    "ReachSpec": {"radius": "so far around, as 10 km",
                  "by": "station: the sites whose controlling station it is"},
    "Source": {
        "article": "the article, page or document", "edition": "which edition of it",
        "confidence": "verified: the text was read; secondary: a copy or report of it; "
                      "unverified: from memory or a sample; proposed: our own",
    },
    "Season": {"starts": "the first day, as 04-15", "ends": "the last day, as 10-15"},
    "Hours": {"starts": "from, as 22:00", "ends": "until, as 06:00"},
    "Effective": {"starts": "the first day, as 2026-06-01", "ends": "the last day"},
    "Corroboration": {
        "tier": "from this tier up",
        "readings": "so many readings one after the other (2)",
        "neighbour": "or a neighbour at that share of the threshold (0.7)",
        "radius": "how far a neighbour may be (10 km)",
    },
    "Lowered": {
        "after": "earthquake", "at_least": "felt at the station with this intensity",
        "lasting": "for so long, as 7d", "ratio": "every limit counts so much, as 0.7",
    },
    "Foreign": {"at_least": "the intensity that it reaches alone"},
    "Condition": _CONDITION,
    "TierSpec": _CONDITION | {
        "any": "one of several conditions is enough", "all": "all of several must hold"},
}
