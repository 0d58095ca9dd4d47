"""What the docs show of the pages: how each picture comes about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Locator, Page, ViewportSize

from tests.browser.chatting import QUESTION, ask, card_of, enter

PHONE: ViewportSize = {"width": 390, "height": 780}
DESK: ViewportSize = {"width": 1024, "height": 1320}


@dataclass(frozen=True)
class Scene:
    """A picture of a page.

    Attributes:
        name: of the file; act: leads a page at an address to what is to be seen.
        viewport: its size; options: others of the browser's profile; settings: those of the server.

    """

    name: str
    act: Callable[[Page, str], Awaitable[None]]
    viewport: ViewportSize
    options: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


_BAR = 90
"""How high the page's bar is, about, in pixels."""


async def _top(part: Locator) -> float:
    box = await part.bounding_box()
    assert box is not None
    return box["y"]


async def _first(page: Page, url: str) -> None:
    await enter(page, url, place=None)


async def _question(page: Page, url: str) -> None:
    await enter(page, url)
    await ask(page, QUESTION)
    await card_of(page)


async def _card(page: Page, url: str) -> None:
    await _question(page, url)
    card = await card_of(page)
    await card.get_by_text("怎么算的").click()
    await card.get_by_text("比一比").click()
    await page.locator("#scroll").evaluate("(room, top) => room.scrollBy(0, top)", await _top(card) - _BAR)


async def _reason(page: Page, url: str) -> None:
    await enter(page, url, "大同市")
    answer = await ask(page, "孩子的医保一年交多少钱？")
    await answer.get_by_role("button", name="没用").click()
    await page.get_by_label("数字不对").check()


async def _large(page: Page, url: str) -> None:
    await page.goto(url)
    await page.get_by_role("button", name="大字").click()
    await _question(page, url)


CHAT = (
    Scene("page-first", _first, PHONE),
    Scene("page-answer", _question, PHONE),
    Scene("page-card", _card, DESK),
    Scene("page-reason", _reason, PHONE),
    Scene("page-large-dark", _large, PHONE, {"color_scheme": "dark"}),
)
