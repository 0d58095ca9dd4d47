"""What the docs show of the pages: how each picture comes about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page, ViewportSize, expect

from bot.clock import now
from bot.evaluation import read_cases
from knowledge.overlay import QUESTIONS
from tests.browser import history
from tests.browser.chatting import QUESTION, ask, card_of, enter
from tests.browser.site import Site
from tests.console.office import HASH, PASSWORD, UNKNOWN

PHONE: ViewportSize = {"width": 390, "height": 780}
DESK: ViewportSize = {"width": 1024, "height": 1320}


@dataclass(frozen=True)
class Scene:
    """A picture of a page.

    Attributes:
        name: of the file; act: leads a page at an address to what is to be seen.
        viewport: its size; options: others of the browser's profile; settings: those of the server.
        before: what has happened at the server by then.

    """

    name: str
    act: Callable[[Page, str], Awaitable[None]]
    viewport: ViewportSize
    options: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    before: Callable[[Site], Awaitable[None]] | None = None


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


# --- the console ------------------------------------------------------------------------------------------

OFFICE: ViewportSize = {"width": 1280, "height": 860}
_CASES = Path(__file__).parent.parent / "eval"
_TRIAL = 170_000


async def _weeks(site: Site) -> None:
    """Have had some weeks of conversations."""
    await history.write(site.journal, site.core.assistant, read_cases(_CASES), now(), 56)


async def _weeks_and_own_questions(site: Site) -> None:
    """Have a test question of the office's own, besides, which must not be answered."""
    await _weeks(site)
    own = site.folder / "overlay" / QUESTIONS
    own.mkdir(parents=True)
    (own / "own.yaml").write_text(f"gaps:\n  - {{ask: {UNKNOWN}, region: liaocheng}}\n", encoding="utf-8")


async def _overview(page: Page, url: str) -> None:
    await page.goto(f"{url}/admin/")
    await page.get_by_label("您的名字").fill("王敏")
    await page.get_by_label("密码").fill(PASSWORD)
    await page.get_by_role("button", name="登录").click()
    await expect(page.get_by_role("heading", name="每天的消息")).to_be_visible()


async def _questions(page: Page, url: str) -> None:
    await _overview(page, url)
    await page.get_by_role("link", name="没答上的").click()


async def _one_question(page: Page, url: str) -> None:
    await _questions(page, url)
    await page.get_by_role("link", name=UNKNOWN, exact=True).click()
    await page.get_by_text("机器人是怎么想的").click()


async def _held(page: Page, url: str) -> None:
    await _one_question(page, url)
    await page.get_by_label("别的话题是哪个").select_option(label="个人缴费标准")
    await page.get_by_role("button", name="试跑并上线").click()
    await expect(page.get_by_role("heading", name="没有上线")).to_be_visible(timeout=_TRIAL)


async def _article(page: Page, url: str) -> None:
    await _overview(page, url)
    await page.goto(f"{url}/admin/knowledge/wendeng/inpatient_rate")


async def _tried(page: Page, url: str) -> None:
    await _overview(page, url)
    await page.get_by_role("link", name="试一试").click()
    await page.get_by_label("说什么").fill("大同三甲住院花了三万能报多少")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="计算步骤")).to_be_visible()


_GUARDED = {"admin_password": HASH}
CONSOLE = (
    Scene("console-overview", _overview, OFFICE, settings=_GUARDED, before=_weeks),
    Scene("console-questions", _questions, OFFICE, settings=_GUARDED, before=_weeks),
    Scene("console-question", _one_question, OFFICE, settings=_GUARDED, before=_weeks),
    Scene("console-held", _held, OFFICE, settings=_GUARDED, before=_weeks_and_own_questions),
    Scene("console-article", _article, OFFICE, settings=_GUARDED),
    Scene("console-try", _tried, OFFICE, settings=_GUARDED),
    Scene("console-phone-dark", _overview, PHONE, {"color_scheme": "dark"}, _GUARDED, _weeks),
)
