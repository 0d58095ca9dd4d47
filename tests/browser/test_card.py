"""A calculation on the chat page: its card, its levers, its comparisons."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.chatting import QUESTION, ask, card_of, enter
from tests.browser.conftest import Open, Serve


async def test_a_calculation_comes_as_a_card_with_its_working_and_its_source(
    serve: Serve, visit: Open
) -> None:
    site, visitor = await serve(), await visit()
    page = visitor.page
    await enter(page, site.url)

    answer = await ask(page, QUESTION)
    card = await card_of(page)

    await expect(card.locator(".amount-large")).to_have_text("28,560 元")
    shares = "医保报销 28,560 元，占 57%；个人承担 21,440 元，占 43%"
    await expect(card.get_by_role("img", name=shares)).to_be_visible()
    await expect(card.locator(".source")).to_have_text("依据：《文登区2018年度居民医保缴费通知》住院待遇")
    await expect(answer.locator(".bubble")).not_to_contain_text("起付线")

    await card.get_by_text("怎么算的").click()
    steps = card.locator(".steps > li")
    await expect(steps).to_have_count(3)
    await expect(steps.nth(1)).to_contain_text("（40000 − 800） × 55%")
    await expect(steps.nth(1).locator(".clause")).to_have_text("住院待遇")
    assert await steps.nth(1).locator("rect.fund, rect.own").count() == 2


async def test_levers_change_the_case_and_it_is_worked_out_anew(serve: Serve, visit: Open) -> None:
    site, visitor = await serve(), await visit()
    page = visitor.page
    await enter(page, site.url)
    await ask(page, QUESTION)
    card = await card_of(page)
    amount = card.locator(".amount-large")

    await card.get_by_role("group", name="医院级别").get_by_label("二级医院").check(force=True)
    await expect(amount).to_have_text("32,675 元")
    await card.get_by_role("group", name="缴费档次").get_by_label("一档").check(force=True)
    await expect(amount).to_have_text("29,700 元")
    await card.get_by_label("合规住院费用", exact=True).fill("100000")
    await expect(amount).to_have_text("59,700 元")
    await card.get_by_role("slider").fill("50000")
    await expect(amount).to_have_text("29,700 元")
    await expect(card.locator(".given")).to_have_text("合规住院费用 50,000 元 · 一档 · 二级医院")


async def test_what_is_marked_in_a_field_stays_so_when_a_result_comes(serve: Serve, visit: Open) -> None:
    site, visitor = await serve(), await visit()
    page = visitor.page
    await enter(page, site.url)
    await ask(page, QUESTION)
    card = await card_of(page)
    field = card.get_by_label("合规住院费用", exact=True)

    await field.fill("20000")
    await field.select_text()
    await expect(card.locator(".row")).to_contain_text(["9,600", "10,560"])  # the levers have been shown anew
    await page.keyboard.insert_text("100000")

    await expect(field).to_have_value("100000")


async def test_an_amount_that_is_none_is_told_beside_it(serve: Serve, visit: Open) -> None:
    site, visitor = await serve(), await visit()
    visitor.expect("422")
    page = visitor.page
    await enter(page, site.url)
    await ask(page, QUESTION)
    card = await card_of(page)
    field = card.get_by_label("合规住院费用", exact=True)

    await field.fill("-5")
    await expect(card.get_by_role("alert")).to_have_text("金额不能是负数")
    await expect(field).to_be_focused()
    await field.fill("20000")

    await expect(card.locator(".amount-large")).to_have_text("10,560 元")
    await expect(card.get_by_role("alert")).to_have_text("")


async def test_levels_and_tiers_stand_side_by_side(serve: Serve, visit: Open) -> None:
    site, visitor = await serve(), await visit()
    page = visitor.page
    await enter(page, site.url)
    await ask(page, QUESTION)
    card = await card_of(page)

    await card.get_by_text("比一比").click()
    rows = card.locator(".row")
    await expect(rows).to_contain_text(["一档", "二档"])
    await expect(rows.nth(1)).to_contain_text("当前")
    await expect(rows.nth(1)).to_contain_text("多 3,960 元")

    await card.locator("details").get_by_label("医院级别").check(force=True)
    await expect(rows).to_contain_text(["一级及以下机构", "二级医院", "三级医院"])
    await expect(rows.nth(0)).to_contain_text("报得最多")


async def test_a_comparison_of_the_chat_weighs_the_premiums(serve: Serve, visit: Open) -> None:
    site, visitor = await serve(), await visit()
    visitor.expect("422")  # Chinese hospitals cannot be compared: the cost of herbs would have to be known
    page = visitor.page
    await enter(page, site.url, "垫江县")

    await ask(page, "一档二档 三级医院住院花了2万 分别报多少")
    card = await card_of(page)

    await expect(card.locator(".amount-large")).to_have_text("960 元")
    await expect(card.locator(".row").nth(1)).to_contain_text("多 960 元，保费 755 元，扣掉保费差多 585 元")
    await card.get_by_role("group", name="缴费档次").get_by_label("二档").check(force=True)
    await expect(card.locator(".amount-large")).to_have_text("10,560 元")


async def test_a_sum_without_a_question_asks_for_one_thing_after_the_other(serve: Serve, visit: Open) -> None:
    site, visitor = await serve(), await visit()
    visitor.expect("422")  # the server is asked what is missing
    page = visitor.page
    await enter(page, site.url)

    await page.get_by_role("button", name="算一算").click()
    await page.get_by_role("button", name="关闭").click()
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await page.get_by_role("button", name="算一算").click()
    await page.get_by_role("dialog").get_by_role("button", name="住院报销", exact=True).click()
    card = page.get_by_role("region", name="住院报销的计算")
    await card.get_by_label("合规住院费用", exact=True).fill("50000")
    await card.get_by_label("缴费档次").select_option(label="二档")
    await card.get_by_label("三级医院").check(force=True)

    await expect(card.locator(".amount-large")).to_have_text("28,560 元")


async def test_an_amount_that_the_user_cannot_tell_is_left_out(serve: Serve, visit: Open) -> None:
    site, visitor = await serve(), await visit()
    page = visitor.page
    await enter(page, site.url, "聊城市")

    await ask(page, "三级医院住院花了三万，起付线1000，能报多少")
    card = await card_of(page)
    await expect(card.locator(".amount-large")).to_have_text("17,400 元")
    await card.get_by_label("不知道").check()

    await expect(card.locator(".amount-large")).to_have_text("18,000 元")
    await expect(card).to_contain_text("这里没有扣起付线")
