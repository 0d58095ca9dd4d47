"""The console in a real browser: by mouse and keyboard, on a phone, in the dark, and by screen readers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from bot.clock import now
from bot.core import Core, read_core
from bot.evaluation import read_cases
from knowledge.overlay import QUESTIONS
from tests.browser import history
from tests.browser.axe import grave_faults
from tests.browser.conftest import Open, Serve
from tests.browser.site import Site
from tests.browser.visits import Visit
from tests.console.office import HASH, PASSWORD, UNKNOWN, small_knowledge

TRIAL = 240_000
"""Milliseconds that a trial may take on a machine that is busy."""
CASES = Path(__file__).parent.parent / "eval" / "datong.yaml"
VIEWS = (
    "/", "/questions", "/questions?sort=left_out&settled=1", "/questions/q1", "/additions", "/knowledge",
    "/knowledge/datong", "/knowledge/datong/premium", "/try",
)  # fmt: skip
XSS = "爱心卡充值 <img src=x onerror=alert(1)>"

Enter = Callable[..., Awaitable[Visit]]


@pytest.fixture(scope="session")
def knowledge_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_knowledge(tmp_path_factory.mktemp("knowledge"))


@pytest.fixture(scope="session")
def core(knowledge_dir: Path) -> Core:
    return read_core(knowledge_dir)


@pytest_asyncio.fixture(loop_scope="session")
async def site(serve: Serve, core: Core, knowledge_dir: Path, tmp_path: Path) -> Site:
    site = await serve(
        admin_password=HASH, knowledge_dir=knowledge_dir, knowledge_overlay=tmp_path / "overlay"
    )
    await history.write(site.journal, core.assistant, read_cases(CASES)[:40], now(), 10)
    return site


@pytest_asyncio.fixture(loop_scope="session")
async def enter(site: Site, visit: Open) -> Enter:
    """Let somebody log in; keywords are options of their profile."""

    async def start(**options: Any) -> Visit:
        visitor = await visit(**options)
        page = visitor.page
        await page.goto(f"{site.url}/admin/")
        await expect(page.get_by_role("heading", name="医保助手后台")).to_be_visible()
        await page.get_by_label("您的名字").fill("王敏")
        await page.get_by_label("密码").fill(PASSWORD)
        await page.get_by_role("button", name="登录").click()
        await expect(page.get_by_role("heading", name="一览")).to_be_visible()
        return visitor

    return start


async def ask(page: Page, site: Site, text: str) -> dict[str, Any]:
    response = await page.request.post(
        f"{site.url}/api/chat", data={"user": "resident", "text": text, "region": "datong"}
    )
    reply: dict[str, Any] = await response.json()
    return reply


async def assign(page: Page, site: Site, text: str, topic: str) -> None:
    """Open an unanswered question and assign it to a topic."""
    await page.goto(f"{site.url}/admin/questions")
    await page.get_by_role("link", name=re.compile(f"^{text}$")).click()
    await expect(page.get_by_role("heading", name="为什么没答上")).to_be_visible()
    await page.get_by_label("别的话题是哪个").select_option(label=topic)
    await expect(page.get_by_role("radio", name="别的话题")).to_be_checked()
    await page.get_by_role("button", name="试跑并上线").click()


async def test_an_unanswered_question_is_assigned_answered_at_once_and_undone(
    site: Site, enter: Enter
) -> None:
    page = (await enter()).page
    assert (await ask(page, site, UNKNOWN))["kind"] == "decline"

    await assign(page, site, UNKNOWN, "个人缴费标准")

    await expect(page.get_by_role("heading", name="已上线")).to_be_visible(timeout=TRIAL)
    await expect(page.get_by_text("350 元")).to_be_visible()
    assert (await ask(page, site, UNKNOWN))["topic"] == "premium"
    await page.get_by_role("link", name="继续看没答上的").click()
    await expect(page.get_by_role("link", name=re.compile(f"^{UNKNOWN}$"))).to_have_count(0)

    await page.get_by_role("link", name="新增说法").click()
    row = page.get_by_role("listitem").filter(has_text=UNKNOWN)
    await expect(row).to_contain_text("王敏")
    await row.get_by_role("button", name="撤下").click()
    await expect(page.get_by_role("heading", name="已撤下")).to_be_visible(timeout=TRIAL)
    assert (await ask(page, site, UNKNOWN))["kind"] == "decline"


async def test_an_addition_that_breaks_an_answer_is_held_and_dropped(
    site: Site, enter: Enter, tmp_path: Path
) -> None:
    own = tmp_path / "overlay" / QUESTIONS
    own.mkdir(parents=True)
    (own / "own.yaml").write_text(f"gaps:\n  - {{ask: {UNKNOWN}, region: datong}}\n", encoding="utf-8")
    page = (await enter()).page

    await assign(page, site, UNKNOWN, "个人缴费标准")

    await expect(page.get_by_role("heading", name="没有上线")).to_be_visible(timeout=TRIAL)
    await expect(page.get_by_role("heading", name="会变的回答")).to_be_visible()
    assert not await grave_faults(page)
    assert (await ask(page, site, UNKNOWN))["kind"] == "decline"
    await page.get_by_role("button", name="不要了").click()
    await expect(page.get_by_role("heading", name="已撤下")).to_be_visible()


async def test_a_question_is_assigned_by_the_keyboard_alone(site: Site, visit: Open) -> None:
    page = (await visit()).page
    await page.goto(f"{site.url}/admin/login")
    await page.keyboard.type("李雷")
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="一览")).to_be_visible()

    async def walk_to(name: str) -> None:
        """Press Tab until something of a name has the focus."""
        for _ in range(150):
            await page.keyboard.press("Tab")
            focused = page.locator(":focus")
            words = await focused.evaluate("e => e.innerText || e.labels?.[0]?.innerText || e.value || ''")
            if name in words:
                return
        raise AssertionError(f"Tab never comes to {name}")

    await walk_to("跳到正文")
    await walk_to("没答上的")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="没答上的")).to_be_visible()
    await walk_to(UNKNOWN)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="教机器人认这句话")).to_be_visible()
    await page.get_by_role("radio").first.focus()
    await page.keyboard.press("Space")
    await expect(page.get_by_role("radio").first).to_be_checked()
    await walk_to("试跑并上线")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name=re.compile("已上线|没有上线"))).to_be_visible(timeout=TRIAL)


@pytest.mark.parametrize("path", VIEWS)
@pytest.mark.parametrize(
    "options",
    [
        {"viewport": {"width": 360, "height": 720}},
        {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    ],
    ids=["phone", "dark"],
)
async def test_every_view_fits_and_has_no_grave_fault(
    site: Site, enter: Enter, path: str, options: dict[str, Any]
) -> None:
    page = (await enter(**options)).page

    response = await page.goto(f"{site.url}/admin{path}")

    assert response is not None
    assert response.status == 200
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert not await grave_faults(page)


async def test_the_login_fits_and_says_what_is_wrong(site: Site, visit: Open) -> None:
    visitor = await visit(viewport={"width": 360, "height": 720})
    page = visitor.page
    await page.goto(f"{site.url}/admin/login")
    assert not await grave_faults(page)
    visitor.expect("401")

    await page.get_by_label("您的名字").fill("王敏")
    await page.get_by_label("密码").fill("falsch")
    await page.get_by_role("button", name="登录").click()

    await expect(page.get_by_role("alert")).to_have_text("密码不对。")
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert not await grave_faults(page)


async def test_what_a_resident_writes_runs_nowhere(site: Site, enter: Enter) -> None:
    visitor = await enter()
    page = visitor.page
    alerts: list[str] = []
    page.on("dialog", lambda dialog: alerts.append(dialog.message))
    await ask(page, site, XSS)

    await page.goto(f"{site.url}/admin/questions")
    await page.get_by_role("link", name=re.compile("onerror")).first.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("<img src=x onerror=alert(1)>")
    await page.goto(f"{site.url}/admin/try")
    await page.get_by_label("说什么").fill(XSS)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("<img src=x")).to_be_visible()

    assert not alerts
    assert await page.locator("img[src=x]").count() == 0


async def test_the_overview_is_drawn_and_told_in_figures(enter: Enter) -> None:
    page = (await enter()).page

    drawing = page.get_by_role("img", name=re.compile("每天的消息"))
    assert await drawing.locator("rect.answered").count() >= 5
    await page.get_by_text("看数字").click()
    await expect(
        page.get_by_role("row", name=re.compile(f"{now().date() - timedelta(days=1)}"))
    ).to_be_visible()
    await page.get_by_role("link", name="大同市").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("大同市")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="导出 CSV").click()
    assert (await download.value).suggested_filename.endswith("-days.csv")


async def test_the_try_out_shows_how_a_reply_came_about(enter: Enter) -> None:
    page = (await enter()).page
    await page.get_by_role("link", name="试一试").click()
    await page.get_by_label("说什么").fill("大同住院花了三万能报多少")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="三级甲等医院").click()
    await expect(page.get_by_role("heading", name="计算步骤")).to_be_visible()
    await expect(page.get_by_role("region", name="候选话题")).to_be_visible()
