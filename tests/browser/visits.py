"""A visitor's browser, which notes whatever a page must never do."""

from __future__ import annotations

import re
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Route, expect

PATIENCE = 60_000
"""For how many milliseconds something is waited for: the machine may be busy."""
expect.set_options(timeout=PATIENCE)

_OURS = {"127.0.0.1", "localhost"}
_LOCAL = {"about", "blob", "data"}

# A policy forbids with an event; what Chromium prints about it is not always an error.
_TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => {
  const place = `${event.sourceFile}:${event.lineNumber}`;
  console.error(`content policy: ${event.effectiveDirective} ${event.blockedURI} ${place}`);
});
"""


class Visit:
    """A browser profile of its own, with a page, for one visitor.

    At the end it fails the test when a request went anywhere but this machine, a script failed, the content
    policy was violated, or the console showed an error, unless the test says that it expects it.
    """

    def __init__(self, browser: Browser, **options: Any) -> None:
        self._browser = browser
        self._options = {
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "reduced_motion": "reduce",
            **options,
        }
        self._expected: list[re.Pattern[str]] = []
        self._noted: list[str] = []
        self.context: BrowserContext
        self.page: Page

    async def __aenter__(self) -> Self:
        self.context = await self._browser.new_context(**self._options)
        self.context.set_default_timeout(PATIENCE)
        await self.context.add_init_script(_TELL_VIOLATIONS)
        await self.context.route(_is_outside, self._refuse)
        self.context.on("console", self._note_console)
        self.context.on("weberror", lambda error: self._noted.append(f"script: {error.error}"))
        self.page = await self.context.new_page()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.context.close()
        if kind is None:
            assert not self.faults, "\n".join(self.faults)

    @property
    def faults(self) -> list[str]:
        """What a page did that it must not do and that the test does not expect."""
        return [noted for noted in self._noted if not any(one.search(noted) for one in self._expected)]

    def expect(self, pattern: str) -> None:
        """Take what matches a pattern for right in this visit."""
        self._expected.append(re.compile(pattern))

    async def _refuse(self, route: Route, request: Request) -> None:
        self._noted.append(f"outside: {request.url}")
        await route.abort()

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._noted.append(f"console: {message.text}")


def _is_outside(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme not in _LOCAL and parts.hostname not in _OURS
