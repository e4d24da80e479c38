"""One pushed message tells the quake that EMSC's list tells."""

from __future__ import annotations

from fenghuo.feeds.parsed import read

from .samples import emsc_fdsn as listed
from .samples.emsc_message import CONFIG, RECEIVED, SAMPLE


def test_a_pushed_message_is_the_quake_of_the_list():
    (pushed,) = read("emsc_message", SAMPLE, CONFIG, RECEIVED).events
    told = read("emsc_fdsn", listed.SAMPLE, listed.CONFIG, RECEIVED).events
    assert pushed in told


def test_one_message_says_nothing_of_the_quakes_it_does_not_name():
    assert read("emsc_message", SAMPLE, CONFIG, RECEIVED).present is None
