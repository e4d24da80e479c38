"""One GET against a real server: conditions, bounds, broken bodies."""

from __future__ import annotations

import gzip

import pytest

from fenghuo.feeds import archive, fetch
from fenghuo.feeds.archive import ArchiveDamaged


@pytest.fixture
def get(server, configured):
    """Fetch /feed with the bounds of a small feed."""
    with fetch.session() as client:
        client.trust_env = False
        yield lambda **options: fetch.get(
            client, f"{server.url}/feed",
            configured("usgs", max_bytes=10_000, **{name: options.pop(name) for name in
                                                    ("timeout", "budget") if name in options}),
            **options)


def test_a_body_comes_with_its_validators(server, get):
    server.page("/feed", b"hello", ETag='"1"', Last_Modified="Mon, 08 Jun 2026 04:00:00 GMT")
    answer = get()
    assert (answer.outcome, answer.body, answer.status) == ("body", b"hello", 200)
    assert answer.etag == '"1"' and answer.last_modified == "Mon, 08 Jun 2026 04:00:00 GMT"
    assert answer.seconds >= 0 and answer.started > 1_600_000_000


def test_an_unchanged_page_is_not_sent_again(server, get):
    server.page("/feed", b"hello", ETag='"1"')
    assert get(etag='"1"').outcome == "not_modified"
    assert server.requests[-1][1]["If-None-Match"] == '"1"'


def test_what_a_source_refuses_to_answer_without_is_sent(server, configured):
    server.page("/feed", b"hello")
    with fetch.session() as client:
        client.trust_env = False
        for feed in ("weathercn", "usgs"):
            fetch.get(client, f"{server.url}/feed", configured(feed))
    page, other = (headers for _, headers in server.requests)
    assert page["Referer"] == "http://www.weather.com.cn/alarm/index.shtml"
    assert "Fenghuo" in page["User-Agent"] and "Referer" not in other


def test_a_gzip_body_is_unpacked_within_the_cap(server, get):
    server.page("/feed", gzip.compress(b"x" * 9_000), Content_Encoding="gzip")
    assert get().body == b"x" * 9_000


@pytest.mark.parametrize(("body", "headers", "detail"), [
    (b"x" * 10_001, {}, "more than 10000 bytes"),
    (gzip.compress(b"\0" * 50_000_000), {"Content_Encoding": "gzip"}, "more than 10000 bytes"),
    (gzip.compress(bytes(range(256)) * 20)[:-20], {"Content_Encoding": "gzip"}, "cut off"),
    (b"not gzip", {"Content_Encoding": "gzip"}, "damaged"),
    (b"x", {"Content_Encoding": "br"}, "content encoding 'br'"),
])
def test_a_body_that_breaks_a_bound_is_a_failure(server, get, body, headers, detail):
    server.page("/feed", body, **headers)
    answer = get()
    assert answer.outcome == "failed" and detail in answer.detail
    assert answer.body == b""


def test_a_connection_that_breaks_off_is_a_failure_and_not_half_the_data(server, get):
    server.page("/feed", b"half", length=400)
    answer = get()
    assert answer.outcome == "failed" and "IncompleteRead" in answer.detail


def test_a_dripping_body_ends_with_the_budget(server, get):
    server.page("/feed", b"x" * 5_000, drip=0.05)
    answer = get(budget=0.3)
    assert answer.outcome == "failed" and "budget" in answer.detail


def test_a_redirect_is_named_and_not_followed(server, get):
    server.page("/feed", status=302, Location="http://192.0.2.1/elsewhere")
    answer = get()
    assert answer.outcome == "failed" and "http://192.0.2.1/elsewhere" in answer.detail
    assert len(server.requests) == 1


def test_a_busy_server_says_when_to_come_back(server, get):
    server.page("/feed", status=429, Retry_After="90")
    assert get().retry_after == 90


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x", "http://no such host/"])
def test_no_answer_is_a_failure_with_its_cause(configured, url):
    with fetch.session() as client:
        client.trust_env = False
        answer = fetch.get(client, url, configured("usgs"))
    assert answer.outcome == "failed" and answer.detail and answer.status is None


def test_the_archive_keeps_a_body_once_and_gives_it_back(tmp_path):
    digest = archive.keep(tmp_path, b"payload")
    first = archive.place(tmp_path, digest)
    written = first.stat().st_mtime_ns
    assert archive.keep(tmp_path, b"payload") == digest
    assert first.stat().st_mtime_ns == written
    assert archive.read(tmp_path, digest) == b"payload"
    assert [path.name for path in first.parent.iterdir()] == [first.name]


def test_a_changed_or_missing_body_is_found(tmp_path):
    digest = archive.keep(tmp_path, b"payload")
    archive.place(tmp_path, digest).write_bytes(gzip.compress(b"forged"))
    with pytest.raises(ArchiveDamaged, match="found a body of"):
        archive.read(tmp_path, digest)
    archive.place(tmp_path, digest).write_bytes(b"noise")
    with pytest.raises(ArchiveDamaged):
        archive.read(tmp_path, digest)
    with pytest.raises(ArchiveDamaged):
        archive.read(tmp_path, "0" * 64)
    with pytest.raises(ValueError, match="64 hex digits"):
        archive.read(tmp_path, "../../etc/passwd")
