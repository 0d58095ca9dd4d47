"""The tests with a real browser: one Chromium for all of them, a server and a profile for each."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from bot.core import Core, read_core
from tests.browser import chromium
from tests.browser.site import Site
from tests.browser.visits import Visit
from tests.storage.servers import program

Serve = Callable[..., Awaitable[Site]]
Open = Callable[..., Awaitable[Visit]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run these tests in one loop, that of the browser, which takes long to start."""
    for item in items:
        here = item.path.is_relative_to(Path(__file__).parent)
        if here and inspect.iscoroutinefunction(getattr(item, "function", None)):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def core() -> Core:
    return read_core()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium.running(program(chromium.PROGRAM, chromium.PACKAGES)) as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def serve(tmp_path: Path, core: Core) -> AsyncIterator[Serve]:
    """Start servers; keywords are settings, as in `await serve(api_token="…")`."""
    sites: list[Site] = []

    async def start(**settings: Any) -> Site:
        site = Site(tmp_path / f"site{len(sites)}", core, **settings)
        sites.append(site)
        await site.start()
        return site

    yield start
    for site in sites:
        await site.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser) -> AsyncIterator[Open]:
    """Let visitors in; keywords are options of their profiles, as in `await visit(color_scheme="dark")`."""
    async with AsyncExitStack() as stack:

        async def start(**options: Any) -> Visit:
            return await stack.enter_async_context(Visit(browser, **options))

        yield start
