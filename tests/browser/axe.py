"""What axe-core finds wrong with a page for people who use a screen reader or a keyboard."""

from __future__ import annotations

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

_GRAVE = {"serious", "critical"}


async def grave_faults(page: Page) -> list[str]:
    """Tell the serious and critical faults of a page as it stands now, each with the elements concerned."""
    results = await Axe().run(page)
    return [
        f"{found['id']}: {found['help']}: {[node['target'] for node in found['nodes']]}"
        for found in results.response["violations"]
        if found["impact"] in _GRAVE
    ]
