"""Make the docs' pictures from a running server: python -m tests.browser.screenshots docs/images [NAME…]."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.async_api import Browser

from bot.clock import CHINA
from bot.core import Core, read_core
from tests.browser import chromium
from tests.browser.scenes import CHAT, CONSOLE, Scene
from tests.browser.site import Site
from tests.browser.visits import Visit

SCENES: tuple[Scene, ...] = (*CHAT, *CONSOLE)
TIME = dt.datetime(2026, 11, 22, 9, 30, tzinfo=CHINA)
"""What the clock of the browser shows, so that a picture changes only with the page."""


async def make(scene: Scene, browser: Browser, core: Core, folder: Path) -> Path:
    """Make a picture in a folder and return its file."""
    file = folder / f"{scene.name}.png"
    with tempfile.TemporaryDirectory() as data:
        site = Site(Path(data), core, **scene.settings)
        await site.start()
        try:
            if scene.before is not None:
                await scene.before(site)
            async with Visit(browser, viewport=scene.viewport, **scene.options) as visitor:
                await visitor.page.clock.set_fixed_time(TIME)
                await scene.act(visitor.page, site.url)
                await visitor.page.screenshot(path=file, animations="disabled", caret="hide")
        finally:
            await site.stop()
    return file


async def make_all(scenes: Sequence[Scene], folder: Path) -> None:
    """Make pictures in a folder and tell how large they are."""
    program = shutil.which(chromium.PROGRAM)
    if program is None:
        raise SystemExit(f"{chromium.PROGRAM} is not installed: apt-get install {chromium.PACKAGES}")
    core = read_core()
    async with chromium.running(Path(program)) as browser:
        for scene in scenes:
            file = await make(scene, browser, core, folder)
            print(f"{file}: {file.stat().st_size / 1024:.0f} KiB")  # noqa: T201  # that is what the command says


def main() -> None:
    """Make the pictures that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", choices=[[], *(scene.name for scene in SCENES)])
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(
        make_all([scene for scene in SCENES if not given.names or scene.name in given.names], given.folder)
    )


if __name__ == "__main__":
    main()
