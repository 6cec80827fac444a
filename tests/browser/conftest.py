"""A real browser on the real pages. The journeys run at 390 px like a phone and at 1440 px like an office."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tests.cast import cast

__all__ = ["cast"]

PHONE, OFFICE = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all journeys; each page has a context of its own."""
    # playwright's loop makes Django believe that the test itself runs asynchronously.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    program = os.environ.get("PORTAL_BROWSER") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


class Browsing:
    """Opens pages as somebody, and remembers what a page must never do."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        self.outside: list[str] = []
        self.complaints: list[str] = []
        self.contexts: list[Any] = []

    def page(self, *, size: dict[str, int] = OFFICE, scripts: bool = True, **options: Any) -> Page:
        """A browser of its own, in Chinese; `scripts=False` is one with JavaScript off."""
        context = self.browser.new_context(
            viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", java_script_enabled=scripts, **options
        )
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("request", self._watch)
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def signed_in(self, user: Any, **options: Any) -> Page:
        """A page whose browser is already signed in as `user`."""
        from django.conf import settings
        from django.test import Client

        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        page = self.page(**options)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.address}]
        )
        return page

    def go(self, page: Page, path: str) -> Page:
        """Opens `path`; an answer of 400 or more is a failure."""
        answer = page.goto(self.address + path)
        assert answer is not None and answer.status < 400, f"{path}: {answer and answer.status}"
        return page

    def _watch(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:", "about:")):
            self.outside.append(request.url)

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "favicon" not in message.text:
            self.complaints.append(message.text)


@pytest.fixture
def browsing(chromium: Browser, live_server: Any) -> Iterator[Browsing]:
    """The journeys' browser; at the end no page has called outside and none has broken its own policy."""
    seen = Browsing(chromium, live_server.url)
    yield seen
    for context in seen.contexts:
        context.close()
    assert not seen.outside, f"Outside addresses were called: {seen.outside}"
    policy = [text for text in seen.complaints if "Content Security Policy" in text]
    assert not policy, policy


def fits(page: Page) -> None:
    """The page is not wider than its window: nobody scrolls sideways to read."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 1, f"{page.url} is {wide} px too wide"
