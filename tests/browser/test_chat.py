"""The chat page in a real browser: asking, choosing, what happens in an outage, feedback, other sites."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import expect
from pydantic import SecretStr

from bot.storage.protocols import Feedback, Journal
from tests.browser.chatting import ask, enter
from tests.browser.conftest import Open, Serve

NO_STORAGE = """
for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { get() { throw new DOMException("forbidden", "SecurityError"); } });
}
"""


async def test_a_first_visit_begins_with_the_place_and_goes_on_with_a_first_question(
    serve: Serve, visit: Open
) -> None:
    site, visitor = await serve(), await visit()
    page = visitor.page
    await enter(page, site.url, "大同市")

    first = page.get_by_role("button", name="孩子的医保一年交多少钱？")
    await expect(first).to_be_in_viewport()
    await first.click()

    answer = page.locator(".message.theirs").last
    await expect(answer).to_contain_text("350 元")
    await expect(answer.locator(".source")).to_contain_text("大同市致家长一封信")
    await expect(answer.locator("time")).to_have_text(re.compile(r"^\d{1,2}:\d\d$"))


async def test_choices_are_pressed_and_the_next_ones_take_their_place(serve: Serve, visit: Open) -> None:
    site, visitor = await serve(), await visit()
    page = visitor.page
    await enter(page, site.url)

    await ask(page, "三级医院住院花了五万，能报多少")
    await page.get_by_role("list", name="可以这样答").get_by_role("button", name="二档").click()

    await expect(page.locator(".card .amount-large")).to_have_text("28,560 元")
    await expect(page.get_by_role("list", name="可以这样答")).to_have_count(0)


async def test_the_place_is_remembered_and_may_be_switched(serve: Serve, visit: Open) -> None:
    site, visitor = await serve(), await visit()
    page = visitor.page
    await enter(page, site.url, "大同市")

    await page.reload()
    await expect(page.get_by_text("您的参保地是大同市")).to_be_visible()
    await page.get_by_label("参保地").select_option(label="文登区")
    await expect(page.get_by_text("好的，按《文登区2018年度居民医保缴费通知》回答您")).to_be_visible()

    await expect(await ask(page, "孩子的医保一年交多少钱")).to_contain_text("180 元")


async def test_a_place_that_is_named_is_chosen(serve: Serve, visit: Open) -> None:
    site, visitor = await serve(), await visit()
    await enter(visitor.page, site.url, place=None)

    await ask(visitor.page, "聊城的孩子一年交多少")

    await expect(visitor.page.get_by_label("参保地")).to_have_value("liaocheng")


async def test_what_was_typed_survives_an_outage_and_is_sent_again(serve: Serve, visit: Open) -> None:
    site, visitor = await serve(), await visit()
    visitor.expect("ERR_CONNECTION_REFUSED")
    page = visitor.page
    await enter(page, site.url, "大同市")

    await site.stop()
    await page.get_by_role("textbox", name="您的问题").fill("孩子的医保一年交多少钱")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("没有连上服务器")
    await expect(page.locator(".message.mine")).to_contain_text("孩子的医保一年交多少钱")

    await page.get_by_role("button", name="再发一次").click()
    await expect(page.get_by_role("alert")).to_contain_text("没有连上服务器")
    await site.start()
    await page.get_by_role("button", name="再发一次").click()

    await expect(page.locator(".message.theirs").last).to_contain_text("350 元")
    await expect(page.get_by_role("alert")).to_have_count(0)
    await expect(page.locator(".message.mine")).to_have_count(1)


async def test_a_page_opened_in_an_outage_connects_later(serve: Serve, visit: Open) -> None:
    site, visitor = await serve(), await visit()
    visitor.expect("ERR_FAILED")
    page = visitor.page
    await page.route("**/api/regions", lambda route: route.abort())
    await page.goto(site.url)
    await expect(page.get_by_text("没有连上服务器")).to_be_visible()

    await page.unroute("**/api/regions")
    await page.get_by_role("button", name="重新连接").click()

    await expect(page.get_by_role("button", name="文登区")).to_be_visible()


async def test_a_message_is_shown_as_it_was_typed_and_never_run(serve: Serve, visit: Open) -> None:
    site, visitor = await serve(), await visit()
    page = visitor.page
    typed = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    await enter(page, site.url)

    await ask(page, typed)

    await expect(page.locator(".message.mine .bubble")).to_have_text(typed)
    assert await page.locator("#log .bubble img, #log script").count() == 0
    assert await page.title() == "医保小助手"


async def test_beginning_anew_forgets_what_was_said(serve: Serve, visit: Open) -> None:
    site, visitor = await serve(), await visit()
    page = visitor.page
    await enter(page, site.url)
    await ask(page, "二档 三级医院住院花了五万能报多少")

    await page.get_by_role("button", name="重新开始").click()
    await expect(page.locator(".card")).to_have_count(0)

    await expect(await ask(page, "那二级呢")).not_to_contain_text("32675")


# --- feedback ---------------------------------------------------------------------------------------------


async def given(journal: Journal, verdict: str, reason: str) -> Feedback:
    """Wait until the journal holds such a feedback."""
    async with asyncio.timeout(60):
        while True:
            for feedback in await journal.feedback():
                if (feedback.verdict, feedback.reason) == (verdict, reason):
                    return feedback
            await asyncio.sleep(0.02)


async def test_a_thumb_down_and_its_reason_are_in_the_journal(serve: Serve, visit: Open) -> None:
    site, visitor = await serve(), await visit()
    page = visitor.page
    await enter(page, site.url, "大同市")
    answer = await ask(page, "孩子的医保一年交多少钱")

    await answer.get_by_role("button", name="没用").click()
    await given(site.journal, "down", "")
    form = page.get_by_role("form", name="哪里不好")
    await form.get_by_label("数字不对").check()
    await form.get_by_label("太难懂").check()
    await form.get_by_role("textbox").fill("今年不是这个数")
    await form.get_by_role("button", name="提交").click()

    await expect(answer.get_by_text("记下了，谢谢")).to_be_visible()
    await expect(answer.get_by_role("button", name="没用")).to_have_attribute("aria-pressed", "true")
    feedback = await given(site.journal, "down", "数字不对、太难懂：今年不是这个数")
    (turn,) = await site.journal.turns()
    assert (feedback.turn, feedback.user) == (turn.id, turn.user)


async def test_a_thumb_up_takes_one_press_and_replaces_a_thumb_down(serve: Serve, visit: Open) -> None:
    site, visitor = await serve(), await visit()
    page = visitor.page
    await enter(page, site.url, "大同市")
    answer = await ask(page, "孩子的医保一年交多少钱")

    await answer.get_by_role("button", name="没用").click()
    await answer.get_by_role("button", name="有用").click()

    await expect(answer.get_by_text("谢谢", exact=True)).to_be_visible()
    await given(site.journal, "up", "")
    assert len(await site.journal.feedback()) == 1


# --- where nothing can be kept, where a token is needed ------------------------------


async def test_a_browser_that_keeps_nothing_can_chat(serve: Serve, visit: Open) -> None:
    site, visitor = await serve(), await visit()
    page = visitor.page
    await visitor.context.add_init_script(NO_STORAGE)
    await enter(page, site.url, "大同市")

    await page.get_by_role("button", name="大字").click()

    await expect(page.get_by_role("button", name="大字")).to_have_attribute("aria-pressed", "true")
    await expect(await ask(page, "孩子的医保一年交多少钱")).to_contain_text("350 元")


async def test_residents_chat_without_the_token_that_programs_need(serve: Serve, visit: Open) -> None:
    site, visitor = await serve(api_token=SecretStr("only for programs")), await visit()
    visitor.expect("401")
    page = visitor.page
    await enter(page, site.url, "大同市")

    await expect(await ask(page, "孩子的医保一年交多少钱")).to_contain_text("350 元")


@pytest.mark.parametrize("region", ["atlantis", "../../x"])
async def test_a_region_of_the_address_that_is_none_is_passed_over(
    serve: Serve, visit: Open, region: str
) -> None:
    site, visitor = await serve(), await visit()

    await visitor.page.goto(f"{site.url}/?region={region}")

    await expect(visitor.page.get_by_role("button", name="文登区")).to_be_visible()
