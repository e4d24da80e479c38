"""What a real browser is, and what no page may do in it. Shared by tests/browser and bench."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from console_cast import OFFICER
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import Engine

ARGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync"]
PHONE, DESK = (375, 667), (1280, 800)


@dataclass
class Seen:
    """What a page did that no page may do."""

    host: str
    wrong: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("dialog", lambda one: (self.wrong.append(f"dialog {one.message}"),
                                       one.dismiss()))
        page.on("console", lambda one: self.wrong.append(f"console {one.text}")
                if one.type == "error" else None)
        page.on("pageerror", lambda one: self.wrong.append(f"error {one}"))
        page.on("request", lambda one: self.wrong.append(f"request {one.url}")
                if urlsplit(one.url).netloc != self.host else None)


@dataclass
class Served:
    """The house, where it is served, and a browser."""

    house: Engine
    url: str
    browser: Browser

    def context(self, size: tuple[int, int], touch: bool = False,
                signed_in: bool = True) -> BrowserContext:
        return self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, has_touch=touch, locale="zh-CN",
            extra_http_headers=OFFICER if signed_in else {})
