"""A zip of CAP documents: read one by one, bounded against bombs."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import pytest
import shapely

from fenghuo.feeds.formats import dwd_zip
from fenghuo.feeds.parsed import FeedError, read
from fenghuo.words import EventStatus, Hazard, Level

from .samples.dwd_zip import CONFIG, RECEIVED, SAMPLE, document, packed


def parse(body):
    return read("dwd_zip", body, CONFIG, RECEIVED)


def test_every_document_is_read_with_its_holes_and_colours():
    first, ended = parse(SAMPLE).events
    said = first.attributes
    assert (said.level, said.hazard, said.event_code) == (Level.orange, Hazard.rainstorm, "61")
    assert said.headline == "en WARNING of RAIN" and said.issuer == "met.example"
    area = shapely.geometry.shape(first.area)
    assert area.area == pytest.approx(0.96) and not area.contains(shapely.Point(10.5, 51.5))
    assert ended.status is EventStatus.cancelled
    assert parse(SAMPLE).as_of == datetime(2026, 6, 8, 3, 55, tzinfo=UTC)


def test_a_faulty_document_is_refused_alone_and_still_listed():
    parsed = parse(packed(a1=document("a1"), a2=document("a2", hole="1,2"), a3=b"<alert"))
    assert [event.external_id for event in parsed.events] == ["a1"]
    assert [refusal.place[:13] for refusal in parsed.refusals] == ["documents[1].", "documents[2]."]
    assert parsed.present == {"a1", "a2", "a3"}


def test_of_two_with_one_id_the_newest_counts():
    newer = document("a1", "229 57 53", sent="2026-06-08T06:00:00+02:00")
    (event,) = parse(packed(x=newer, y=document("a1"))).events
    assert event.attributes.level is Level.red


def test_an_empty_zip_means_that_nothing_is_in_force():
    assert parse(packed()).present == frozenset()


@pytest.mark.parametrize("body", [b"", b"PK", b"<html></html>", b"[]", SAMPLE[:200], SAMPLE[:-30],
                                  SAMPLE[:60] + b"\x00" * 20 + SAMPLE[80:]])
def test_what_is_no_zip_is_refused(body):
    with pytest.raises(FeedError):
        parse(body)


def test_a_bomb_is_refused_without_unpacking_it():
    bomb = packed(a=b" " * (dwd_zip.MOST_BYTES + 1))
    assert len(bomb) < 20_000
    with pytest.raises(FeedError, match="more than the bounds"):
        parse(bomb)


def test_a_zip_of_many_documents_is_bounded_in_all(monkeypatch):
    monkeypatch.setattr(dwd_zip, "MOST_IN_ALL", 3000)
    with pytest.raises(FeedError, match="in all"):
        parse(packed(a1=document("a1"), a2=document("a2"), a3=document("a3")))


def test_a_zip_of_too_many_members_is_refused(monkeypatch):
    monkeypatch.setattr(dwd_zip, "MOST_DOCUMENTS", 1)
    with pytest.raises(FeedError, match="2 documents"):
        parse(SAMPLE)


def test_a_name_is_no_path():
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("../../a1.xml", document("a1"))
        archive.writestr("folder/", b"")
    parsed = parse(body.getvalue())
    assert parsed.present == {"a1"} and not parsed.refusals
