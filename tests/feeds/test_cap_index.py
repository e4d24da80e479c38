"""Indexes of CAP documents: which of an item's links is followed."""

from __future__ import annotations

import pytest

from fenghuo.feeds.formats import cap_index

from .samples.cap_index import CONFIG, RECEIVED

PAGE = '<link href="https://x.example/event" type="text/html" rel="alternate"/>'
DOCUMENT = '<link href="https://x.example/event.cap" type="application/cap+xml" rel="related"/>'
OTHER = '<link href="https://x.example/event#felt" type="text/html" rel="related"/>'


def followed(*links):
    body = ('<feed xmlns="http://www.w3.org/2005/Atom"><updated>2026-06-08T04:00:00Z</updated>'
            f"<entry><updated>2026-06-08T03:50:00Z</updated>{''.join(links)}</entry></feed>")
    return [entry.url for entry in cap_index.parse(body.encode(), CONFIG, RECEIVED).entries]


@pytest.mark.parametrize("links", [(PAGE, DOCUMENT, OTHER), (OTHER, DOCUMENT, PAGE),
                                   ("<link>https://x.example/event</link>", DOCUMENT)])
def test_the_link_to_a_cap_document_is_followed_beside_a_page(links):
    assert followed(*links) == ["https://x.example/event.cap"]


def test_a_link_of_no_type_is_followed_where_it_is_the_only_one():
    assert followed('<link href="https://x.example/a.xml"/>', OTHER) == ["https://x.example/a.xml"]
