"""The system's own Chromium, driven by Playwright and kept from the world outside this machine."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

PROGRAM = "chromium"
PACKAGES = "chromium fonts-noto-cjk"

_SWITCHES = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


@asynccontextmanager
async def running(program: Path) -> AsyncIterator[Browser]:
    """Run a browser with a profile of its own, which goes with it; as root it has no sandbox."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program,
            headless=True,
            chromium_sandbox=os.geteuid() != 0,
            args=_SWITCHES,
        )
        try:
            yield browser
        finally:
            await browser.close()
