"""The chat page for everybody: small screens, large type, dark colours, keyboard, screen readers."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.axe import grave_faults
from tests.browser.chatting import QUESTION, ask, card_of, enter, overlaps, sideways
from tests.browser.conftest import Open, Serve

PHONE = {"width": 360, "height": 740}


async def converse(page: Page, url: str) -> None:
    """Have all that there is on the screen: answers, a card with all open, choices, a form for a reason."""
    await enter(page, url)
    answer = await ask(page, "一档和二档有什么区别？")
    await answer.get_by_role("button", name="没用").click()
    await ask(page, "长" * 60)
    await ask(page, QUESTION)
    card = await card_of(page)
    for fold in ("怎么算的", "比一比"):
        await card.get_by_text(fold).click()


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
async def test_nothing_is_wider_than_the_screen(serve: Serve, visit: Open, width: int, large: bool) -> None:  # noqa: FBT001  # a parameter of the test
    site, visitor = await serve(), await visit(viewport={"width": width, "height": 740})
    page = visitor.page
    if large:
        await page.goto(site.url)
        await page.get_by_role("button", name="大字").click()
    await converse(page, site.url)

    assert await sideways(page) <= 0
    assert await overlaps(page, ".bar button, .bar select, .bar h1") == []
    await page.get_by_role("button", name="算一算").click()
    assert await sideways(page) <= 0


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("large", [False, True])
async def test_axe_finds_no_grave_fault(serve: Serve, visit: Open, colours: str, large: bool) -> None:  # noqa: FBT001  # a parameter of the test
    site, visitor = await serve(), await visit(viewport=PHONE, color_scheme=colours)
    page = visitor.page
    await page.goto(site.url)
    await expect(page.get_by_role("button", name="文登区")).to_be_visible()
    if large:
        await page.get_by_role("button", name="大字").click()
    assert await grave_faults(page) == []

    await converse(page, site.url)
    assert await grave_faults(page) == []

    await page.get_by_role("button", name="算一算").click()
    assert await grave_faults(page) == []


async def test_large_type_makes_the_type_larger_and_stays(serve: Serve, visit: Open) -> None:
    site, visitor = await serve(), await visit(viewport=PHONE)
    page = visitor.page
    await enter(page, site.url)
    size = "getComputedStyle(document.querySelector('.bubble')).fontSize"
    usual = await page.evaluate(f"parseFloat({size})")

    await page.get_by_role("button", name="大字").click()
    assert await page.evaluate(f"parseFloat({size})") >= 1.35 * usual
    await page.reload()

    await expect(page.get_by_role("button", name="大字")).to_have_attribute("aria-pressed", "true")
    await page.get_by_role("button", name="大字").click()
    await expect(page.get_by_role("button", name="大字")).to_have_attribute("aria-pressed", "false")


async def test_colours_are_those_of_the_device_until_others_are_chosen(serve: Serve, visit: Open) -> None:
    site, visitor = await serve(), await visit(color_scheme="dark")
    page = visitor.page
    await enter(page, site.url)
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = await page.evaluate(ground)

    await page.get_by_role("button", name="深色").click()
    light = await page.evaluate(ground)
    await page.reload()

    assert dark != light
    assert await page.evaluate(ground) == light
    await expect(page.get_by_role("button", name="深色")).to_have_attribute("aria-pressed", "false")


async def test_everything_can_be_done_by_keyboard(serve: Serve, visit: Open) -> None:
    site, visitor = await serve(), await visit()
    page = visitor.page
    keys = page.keyboard
    await page.goto(site.url)
    await expect(page.get_by_role("button", name="文登区")).to_be_visible()

    async def tab_to(name: str, within: str = "body") -> None:
        for _ in range(60):
            await keys.press("Tab")
            told = f"""() => document.activeElement.closest({within!r}) !== null
              && [document.activeElement.getAttribute("aria-label"), document.activeElement.textContent,
                  document.activeElement.value, document.activeElement.labels?.[0]?.textContent]
                .some((text) => text?.startsWith({name!r}))"""
            if await page.evaluate(told):
                return
        raise AssertionError(f"no way to {name} by keyboard")

    await keys.press("Tab")
    await expect(page.get_by_role("link", name="跳到输入框")).to_be_focused()
    await tab_to("文登区", ".places")
    await keys.press("Enter")
    await expect(page.get_by_text("可以点一个问题")).to_be_visible()

    await tab_to("您的问题", "#composer")
    await keys.type("三级医院住院花了五万，能报多少")
    await keys.press("Enter")
    await expect(page.get_by_role("button", name="二档")).to_be_visible()
    await keys.press("Shift+Tab")  # back to what was said last
    for _ in range(12):
        if await page.evaluate("document.activeElement.textContent") == "二档":
            break
        await keys.press("Shift+Tab")
    await keys.press("Enter")
    card = await card_of(page)
    await expect(card.locator(".amount-large")).to_have_text("28,560 元")

    await tab_to("三级医院", ".levers")  # the chosen one of its group
    await keys.press("ArrowLeft")
    await expect(card.locator(".amount-large")).to_have_text("32,675 元")
    await keys.press("ArrowRight")
    await expect(card.locator(".amount-large")).to_have_text("28,560 元")
    await tab_to("怎么算的", "details")
    await keys.press("Enter")
    await expect(card.locator(".steps > li")).to_have_count(3)

    await tab_to("没用")
    await keys.press("Enter")
    await expect(page.get_by_label("答非所问")).to_be_focused()
    await keys.press("Escape")
    await expect(page.get_by_role("form", name="哪里不好")).to_have_count(0)
    await expect(page.get_by_role("button", name="没用").last).to_be_focused()


async def test_a_screen_reader_is_told_answers_and_new_results(serve: Serve, visit: Open) -> None:
    site, visitor = await serve(), await visit()
    page = visitor.page
    await enter(page, site.url)
    announcer = page.locator("#announcer")
    await expect(announcer).to_have_attribute("aria-live", "polite")

    await ask(page, QUESTION)
    await expect(announcer).to_contain_text("医保报销 28560 元，个人承担 21440 元")
    card = await card_of(page)
    await card.get_by_label("二级医院").first.check(force=True)
    await expect(card.get_by_role("status")).to_have_text("医保报销 32,675 元")

    for landmark in (page.get_by_role("banner"), page.get_by_role("main"), page.get_by_role("contentinfo")):
        await expect(landmark).to_have_count(1)
    await expect(page.locator(".message.mine .hidden")).to_have_text("您：")
