"""Events and revisions in the database: what is new, what is one thing, what waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import func, insert, select

from fenghuo.observations import events
from fenghuo.observations.records import EarthquakeAttributes, EventRecord, SignalAttributes
from fenghuo.store.engine import reading, writing
from fenghuo.store.tables import event, event_alias, event_revision, fetch, incident, ledger_entry
from fenghuo.words import EventKind, EventStatus, Hazard, Level

URL = "http://example.org/list"


def quake(now, name="us1", *, after=0.0, latitude=22.2, magnitude=5.6, **changes):
    onset = now + timedelta(seconds=after)
    return replace(EventRecord(
        EventKind.earthquake, name, EventStatus.actual, onset, onset, None,
        EarthquakeAttributes(magnitude, "mw", latitude, 112.3, 10.0, "Enping", "automatic")),
        **changes)


def signal(now, name, *, district="440781000000", **changes):
    said = SignalAttributes(name, Hazard.rainstorm, "暴雨", "11B03", Level.orange, "台山市气象台",
                            "Alert", "台山市气象台发布暴雨橙色预警信号", "", "", (district,))
    return replace(EventRecord(EventKind.signal, name, EventStatus.actual, now, now,
                               now + timedelta(hours=6), said), **changes)


@pytest.fixture
def record(engine, now):
    """Record a payload of a feed; the ids of the new revisions."""
    def recorded(*records, feed="usgs", at=now, wait=timedelta(0), payload="p"):
        with writing(engine) as connection:
            return events.record_events(connection, feed, list(records), payload, at, wait)
    return recorded


def count(engine, table):
    with reading(engine) as connection:
        return connection.scalar(select(func.count()).select_from(table))


def newest(engine, revision_id):
    with reading(engine) as connection:
        return events.revision(connection, revision_id)


def test_a_revision_is_read_back_as_it_was_written(engine, now, record):
    area = {"type": "Polygon", "coordinates": [[[112.0, 22.0], [113.0, 22.0], [113.0, 23.0],
                                                [112.0, 22.0]]]}
    told = signal(now, "s1", area=area, supersedes=("s0",))
    (made,) = record(told, feed="cma", payload="abc")
    kept = newest(engine, made)
    assert kept.attributes == told.attributes and kept.area == area
    assert (kept.supersedes, kept.payload, kept.feed, kept.number) == (("s0",), "abc", "cma", 1)
    assert (kept.issued, kept.expires, kept.incident_id) == (told.issued, told.expires, None)
    with reading(engine) as connection:
        entry = connection.execute(select(ledger_entry)).one()
    assert (entry.kind, entry.subject) == ("event.revised", "cma:s1")


def test_a_record_that_says_nothing_new_is_no_revision(engine, now, record):
    assert len(record(quake(now))) == 1
    assert record(quake(now)) == []
    touched = replace(quake(now), issued=now + timedelta(minutes=9))
    assert record(touched) == [], "only the issuer's clock moved"
    assert len(record(quake(now, magnitude=5.7))) == 1


def test_an_older_word_than_the_newest_is_a_replay(engine, now, record):
    later = replace(quake(now, magnitude=6.0), issued=now + timedelta(minutes=1))
    record(later)
    assert record(quake(now)) == []
    assert count(engine, event_revision) == 1


def test_a_changed_id_joins_the_same_event(engine, now, record):
    record(quake(now, "us1"))
    (made,) = record(quake(now, "new", magnitude=5.8, aliases=("us1",)))
    assert newest(engine, made).number == 2
    assert newest(engine, made).external_id == "us1"
    assert count(engine, event) == 1 and count(engine, event_alias) == 2
    assert record(quake(now, "new", magnitude=5.8)) == []


def test_two_events_that_turn_out_to_be_one_are_joined_and_the_second_taken_back(
        engine, now, record):
    record(quake(now, "a"), quake(now, "b", magnitude=5.0))
    record(quake(now, "a", magnitude=5.7, aliases=("b",)))
    with reading(engine) as connection:
        rows = connection.execute(select(event.c.external_id, event_revision.c.status).join(
            event, event.c.id == event_revision.c.event_id).order_by(event_revision.c.id)).all()
    assert [tuple(row) for row in rows] == [
        ("a", "actual"), ("b", "actual"), ("b", "deleted"), ("a", "actual")]
    assert record(quake(now, "b", magnitude=5.7)) == []


def test_two_feeds_tell_of_one_incident(engine, now, record):
    (first,) = record(quake(now, "us1"))
    (second,) = record(quake(now, "gd1", after=8, latitude=22.4, magnitude=5.3), feed="gd")
    assert newest(engine, first).incident_id == newest(engine, second).incident_id
    assert count(engine, incident) == 1


@pytest.mark.parametrize("other", [
    {"after": 90}, {"latitude": 23.5}, {"magnitude": 3.0}])
def test_what_is_far_in_time_place_or_size_is_another_incident(engine, now, record, other):
    record(quake(now, "us1"))
    record(quake(now, "gd1", **other), feed="gd")
    assert count(engine, incident) == 2


def test_an_aftershock_is_a_new_incident_however_near(engine, now, record):
    record(quake(now, "us1"))
    record(quake(now, "us2", after=24, magnitude=5.2))
    assert count(engine, incident) == 2
    (third,) = record(quake(now, "gd2", after=25, magnitude=5.2), feed="gd")
    assert newest(engine, third).incident_id == 2, "of two near ones the nearer"


def test_pending_is_the_newest_of_each_event_and_marking_covers_the_older(engine, now, record):
    (first,) = record(quake(now))
    (second,) = record(quake(now, magnitude=5.9))
    (other,) = record(quake(now, "us2", latitude=30.0))
    with writing(engine) as connection:
        assert [each.id for each in events.pending(connection, now)] == [second, other]
        events.mark_assessed(connection, [second], now)
        assert [each.id for each in events.pending(connection, now)] == [other]
        events.mark_assessed(connection, [other], now)
        assert events.pending(connection, now) == []
        assert events.next_pending(connection) is None
    with reading(engine) as connection:
        assert connection.scalar(select(event_revision.c.assessed)
                                 .where(event_revision.c.id == first)) == now


def test_marking_an_older_revision_leaves_the_newer_to_be_assessed(engine, now, record):
    (first,) = record(quake(now))
    (second,) = record(quake(now, magnitude=5.9))
    with writing(engine) as connection:
        events.mark_assessed(connection, [first], now)
        assert [each.id for each in events.pending(connection, now)] == [second]


def test_a_foreign_word_waits_from_its_first_receipt(engine, now, record):
    wait = timedelta(minutes=5)
    record(quake(now), wait=wait)
    record(quake(now, magnitude=5.9), at=now + timedelta(minutes=2), wait=wait)
    late = record(quake(now, magnitude=5.8), at=now + timedelta(minutes=9), wait=wait)
    with reading(engine) as connection:
        assert events.next_pending(connection) == now + wait
        assert events.pending(connection, now + timedelta(minutes=4)) == []
        due = {each.id for each in events.pending(connection, now + timedelta(minutes=9))}
    assert due == set(late)


def test_a_withdrawal_keeps_the_last_attributes_and_is_assessed_at_once(engine, now, record):
    record(quake(now, aliases=("gd1",)), wait=timedelta(0))
    with writing(engine) as connection:
        (made,) = events.withdraw(connection, "usgs", ["gd1", "unknown"], "q", now)
        assert events.withdraw(connection, "usgs", ["us1"], "q", now) == []
    gone = newest(engine, made)
    assert gone.status is EventStatus.deleted and gone.attributes.magnitude == 5.6
    assert gone.payload == "q"


@pytest.fixture
def poll(engine):
    """A good answer of the list, naming some ids; the ids of revisions that ended something."""
    def polled(at, present, feed="usgs", window=timedelta(minutes=50)):
        with writing(engine) as connection:
            connection.execute(insert(fetch).values(
                feed=feed, url=URL, at=at, started=0.0, seconds=0.0, outcome="changed", bytes=1))
            return events.missing(connection, feed, present, at, window, 3, url=URL, payload="l")
    return polled


def test_three_good_answers_without_it_delete_a_quake(engine, now, record, poll):
    record(quake(now))
    minute = timedelta(minutes=1)
    assert poll(now + minute, ["us1"]) == []
    assert poll(now + 2 * minute, []) == []
    assert poll(now + 3 * minute, None) == [], "the same list again"
    (gone,) = poll(now + 4 * minute, None)
    assert newest(engine, gone).status is EventStatus.deleted
    assert poll(now + 5 * minute, []) == []


def test_one_answer_that_names_it_again_starts_the_count_anew(engine, now, record, poll):
    record(quake(now, aliases=("gd1",)))
    answers = ([], [], ["gd1"], [], [])
    assert [poll(now + timedelta(minutes=number), named)
            for number, named in enumerate(answers, 1)] == [[]] * 5
    assert poll(now + timedelta(minutes=6), []) != []


def test_what_is_older_than_the_window_or_expired_is_not_missed(engine, now, record, poll):
    record(quake(now))
    record(signal(now, "s1", expires=now + timedelta(minutes=5)), feed="cma")
    for minute in range(60, 64):
        at = now + timedelta(minutes=minute)
        assert poll(at, []) == [] and poll(at, [], feed="cma", window=timedelta(hours=48)) == []


def test_a_signal_missing_from_its_index_lapses(engine, now, record, poll):
    record(signal(now, "s1"), feed="cma")
    gone = [poll(now + timedelta(minutes=minute), [], feed="cma") for minute in (1, 2, 3)]
    assert gone[:2] == [[], []]
    assert newest(engine, gone[2][0]).status is EventStatus.lapsed


def test_a_withdrawn_quake_that_is_named_again_comes_back(engine, now, record, poll):
    record(quake(now))
    for minute in (1, 2, 3):
        poll(now + timedelta(minutes=minute), [])
    (back,) = record(quake(now))
    assert newest(engine, back).status is EventStatus.actual
    assert newest(engine, back).number == 3
    assert record(quake(now)) == []


def test_an_older_word_does_not_bring_a_withdrawn_quake_back(engine, now, record):
    record(replace(quake(now), issued=now + timedelta(minutes=1)))
    with writing(engine) as connection:
        events.withdraw(connection, "usgs", ["us1"], "q", now + timedelta(minutes=2))
    assert record(quake(now, magnitude=5.0)) == []


def test_an_end_without_a_reference_means_the_issuers_signal_of_that_hazard_and_place(
        engine, now, record):
    record(signal(now, "here"), signal(now, "elsewhere", district="440783000000"), feed="cma")
    after = now + timedelta(hours=1)
    (made,) = record(signal(after, "end", status=EventStatus.cancelled), feed="cma")
    assert newest(engine, made).supersedes == ("here",)
    (other,) = record(signal(after, "named", status=EventStatus.cancelled,
                             supersedes=("elsewhere",)), feed="cma")
    assert newest(engine, other).supersedes == ("elsewhere",)


def test_the_same_id_in_another_feed_is_another_event(engine, now, record):
    record(quake(now, latitude=22.2))
    record(quake(now, latitude=40.0), feed="gd")
    assert count(engine, event) == 2


def test_an_unknown_revision_is_a_key_error(engine):
    with reading(engine) as connection, pytest.raises(KeyError):
        events.revision(connection, 7)
