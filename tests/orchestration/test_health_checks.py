"""The health check of a service: good answers only, and a component by its own word."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from fenghuo.orchestration.health import healthy

ANSWERS = {"/well": (200, b"ok"), "/ill": (503, b"busy"),
           "/health": (200, b'{"scheduler": {"status": "healthy"},'
                            b' "triggerer": {"status": "unhealthy"}, "old": {"status": null}}')}


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, body = ANSWERS[self.path]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return None


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Page) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{made.server_port}"
        made.shutdown()


@pytest.mark.parametrize(("path", "component", "well"), [
    ("/well", None, True), ("/ill", None, False), ("/health", "scheduler", True),
    ("/health", "triggerer", False), ("/health", "old", False), ("/health", "unknown", False),
    ("/well", "scheduler", False)])
def test_only_a_good_answer_is_healthy(
        server: str, path: str, component: str | None, well: bool) -> None:
    assert healthy(server + path, component) is well


def test_nobody_there_is_not_healthy_and_no_proxy_is_asked(
        server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not healthy("http://127.0.0.1:9/health")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert healthy(f"{server}/well")
