"""One quake as many agencies tell it: the same incident whatever the order of their words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import select

from fenghuo.observations import events, incidents
from fenghuo.observations.records import EarthquakeAttributes, EventRecord
from fenghuo.store.engine import writing
from fenghuo.store.tables import event, event_revision, incident
from fenghuo.words import EventKind, EventStatus

NOON = datetime(2026, 6, 8, 4, tzinfo=UTC)


def quake(name, *, after=0.0, issued=0.0, km=0.0, magnitude=5.6, review="automatic",
          status=EventStatus.actual, depth=10.0, aliases=()):
    """A word on a quake ``after`` s past noon, ``km`` north of Enping, said ``issued`` s later."""
    onset = NOON + timedelta(seconds=after)
    return EventRecord(
        EventKind.earthquake, name, status, onset + timedelta(seconds=issued), onset, None,
        EarthquakeAttributes(magnitude, "mw", 22.2 + km / 111.195, 112.3, depth, "Enping", review),
        aliases=aliases)


@pytest.fixture
def hear(engine):
    """Words of feeds in their order; which events of which feeds lie in one incident."""
    def heard(*words):
        with writing(engine) as connection:
            again = connection.begin_nested()
            for feed, record in words:
                events.record_events(connection, feed, [record], "p", NOON)
            rows = connection.execute(select(
                event.c.feed, event.c.external_id, event.c.incident_id)).all()
            found = {}
            for row in rows:
                found.setdefault(row.incident_id, set()).add(f"{row.feed}:{row.external_id}")
            places = {tuple(row)[1:] for row in connection.execute(select(incident))
                      if row.id in found}
            again.rollback()
        return {frozenset(names) for names in found.values()}, places
    return heard


def joined(*names):
    return {frozenset(each.split()) for each in names}


def test_an_aftershock_seconds_later_is_not_the_main_shock(hear):
    words = [("usgs", quake("main", magnitude=6.1)),
             ("cenc", quake("after", after=21, magnitude=5.2)),
             ("cenc", quake("main", after=2, magnitude=6.0)),
             ("usgs", quake("after", after=20, magnitude=5.1))]
    wanted = joined("usgs:main cenc:main", "usgs:after cenc:after")
    assert hear(*words)[0] == hear(*reversed(words))[0] == wanted
    # until the agency has told of the main shock, its aftershock is the nearest word there is
    assert hear(*words[:2])[0] == joined("usgs:main cenc:after")


def test_two_quakes_in_one_minute_far_apart_are_two(hear):
    assert hear(("usgs", quake("a")), ("cenc", quake("b", after=5, km=101)))[0] \
        == joined("usgs:a", "cenc:b")
    assert hear(("usgs", quake("a")), ("cenc", quake("b", after=5, km=99)))[0] \
        == joined("usgs:a cenc:b")


@pytest.mark.parametrize(("other", "one"), [
    ({"after": 60}, True), ({"after": 61}, False), ({"magnitude": 7.1}, True),
    ({"magnitude": 7.2}, False)])
def test_time_and_size_have_their_bounds(hear, other, one):
    found, _ = hear(("usgs", quake("a")), ("cenc", quake("b", **other)))
    assert (len(found) == 1) is one


def test_a_revision_that_comes_nearer_joins_and_one_that_goes_away_parts(hear):
    far, near = quake("b", km=140), quake("b", km=20, issued=60)
    assert hear(("usgs", quake("a")), ("cenc", far))[0] == joined("usgs:a", "cenc:b")
    assert hear(("usgs", quake("a")), ("cenc", far), ("cenc", near))[0] == joined("usgs:a cenc:b")
    gone = quake("b", km=300, issued=90)
    assert hear(("usgs", quake("a")), ("cenc", near), ("cenc", gone))[0] \
        == joined("usgs:a", "cenc:b")


def test_an_id_that_changes_with_the_preferred_network_stays_one_event(hear):
    found, _ = hear(("usgs", quake("us1")), ("cenc", quake("c")),
                    ("usgs", quake("gd1", issued=60, km=30, aliases=("us1",))))
    assert found == joined("usgs:us1 cenc:c")


def test_a_quake_told_anew_under_another_id_after_its_withdrawal_is_the_same(hear):
    found, _ = hear(("usgs", quake("old")), ("cenc", quake("c")),
                    ("usgs", quake("old", issued=9, status=EventStatus.deleted)),
                    ("usgs", quake("new", issued=10, km=3)))
    assert found == joined("usgs:old usgs:new cenc:c")


def test_the_word_that_counts_is_a_standing_then_a_reviewed_then_the_newest_one(hear):
    def magnitude(*words):
        ((_, _, _, _, size),) = hear(*words)[1]
        return size
    automatic = ("usgs", quake("a", magnitude=5.0, issued=90))
    reviewed = ("cenc", quake("b", magnitude=5.4, issued=30, review="reviewed"))
    deleted = ("cenc", quake("b", magnitude=5.4, issued=99, status=EventStatus.deleted))
    later = ("emsc", quake("e", magnitude=5.2, issued=95))
    assert magnitude(automatic, later) == magnitude(later, automatic) == 5.2
    assert magnitude(automatic, reviewed, later) == magnitude(reviewed, later, automatic) == 5.4
    assert magnitude(automatic, reviewed, deleted) == 5.0


def test_whatever_changes_has_every_member_assessed_again(engine):
    with writing(engine) as connection:
        for feed, record in (("usgs", quake("a")), ("cenc", quake("c")), ("emsc", quake("far",
                                                                                       km=900))):
            events.record_events(connection, feed, [record], "p", NOON)
        every = connection.scalars(select(event_revision.c.id)).all()
        events.mark_assessed(connection, every, NOON)
        events.withdraw(connection, "cenc", ["c"], "p", NOON)
        pending = {(one.feed, one.status) for one in events.pending(connection, NOON)}
    assert pending == {("usgs", EventStatus.actual), ("cenc", EventStatus.deleted)}


def test_how_far_agencies_disagree(engine):
    with writing(engine) as connection:
        for feed, record in (("usgs", quake("a", magnitude=5.9, depth=None)),
                             ("cenc", quake("c", km=50, depth=8.0)),
                             ("emsc", quake("e", magnitude=5.2, km=-10, depth=15.0))):
            events.record_events(connection, feed, [record], "p", NOON)
        said = incidents.reports(connection, 1)
    spread = incidents.spread(said)
    assert spread.feeds == ("usgs", "cenc", "emsc")
    assert spread.magnitude == (5.2, 5.9) and spread.depth_km == (8.0, 15.0)
    assert spread.apart_km == pytest.approx(60, abs=0.1)
    assert incidents.spread(said[:1]) is None


revised = st.builds(
    quake, name=st.just("x"), after=st.floats(0, 90), km=st.floats(0, 150),
    magnitude=st.sampled_from([4.5, 5.0, 5.5, 6.5]),
    review=st.sampled_from(["automatic", "reviewed"]),
    status=st.sampled_from([EventStatus.actual] * 4 + [EventStatus.deleted]))
stories = st.dictionaries(
    st.tuples(st.sampled_from(["usgs", "cenc", "emsc", "gd"]), st.sampled_from("ab")),
    st.lists(revised, min_size=1, max_size=3), min_size=2, max_size=6)


@settings(max_examples=30, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=stories, chance=st.randoms(use_true_random=False))
def test_any_order_of_the_agencies_words_gives_the_same_incidents(hear, story, chance):
    told = {key: [(key[0], replace(record, external_id=key[1], issued=NOON + timedelta(
        minutes=number))) for number, record in enumerate(records)]
        for key, records in story.items()}
    wanted = hear(*(word for words in told.values() for word in words))
    waiting = {key: list(words) for key, words in told.items()}
    mixed = []
    while waiting:
        key = chance.choice(sorted(waiting))
        mixed.append(waiting[key].pop(0))
        if not waiting[key]:
            del waiting[key]
    assert hear(*mixed) == wanted
