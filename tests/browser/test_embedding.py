"""The chat page within another site, which loads one script from the bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import expect

from tests.browser.chatting import overlaps
from tests.browser.conftest import Open, Serve

PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="style-src 'none'">
<title>某区医保局</title><h1>某区医保局</h1>
<script src="{bot}/embed.js" data-region="datong" defer></script>"""


@dataclass
class Neighbour:
    """A site at an address of its own, whose page names the bot at `bot`."""

    bot: str = ""
    url: str = ""

    async def page(self, _: web.Request) -> web.Response:
        return web.Response(text=PAGE.format(bot=self.bot), content_type="text/html")


@pytest_asyncio.fixture(loop_scope="session")
async def neighbour() -> AsyncIterator[Neighbour]:
    neighbour = Neighbour()
    app = web.Application()
    app.router.add_get("/", neighbour.page)
    async with TestServer(app) as server:
        neighbour.url = str(server.make_url("/")).rstrip("/")
        yield neighbour


async def test_a_named_site_shows_the_chat(serve: Serve, visit: Open, neighbour: Neighbour) -> None:
    site, visitor = await serve(embed_sites=(neighbour.url,)), await visit()
    page = visitor.page
    neighbour.bot = site.url
    await page.goto(neighbour.url)

    await page.get_by_role("button", name="医保小助手").click()
    frame = page.frame_locator("iframe")
    await expect(frame.get_by_text("您的参保地是大同市")).to_be_visible()
    await frame.get_by_role("textbox", name="您的问题").fill("孩子的医保一年交多少钱")
    await frame.get_by_role("button", name="发送").click()
    await expect(frame.locator(".message.theirs").last).to_contain_text("350 元")

    await page.get_by_role("button", name="收起").click()
    await expect(page.locator("iframe")).to_be_hidden()


async def test_another_site_cannot_show_the_chat(serve: Serve, visit: Open, neighbour: Neighbour) -> None:
    site, visitor = await serve(embed_sites=("https://www.example.cn",)), await visit()
    visitor.expect("frame-ancestors|Framing")
    page = visitor.page
    neighbour.bot = site.url
    await page.goto(neighbour.url)

    async with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        await page.get_by_role("button", name="医保小助手").click()

    await expect(page.frame_locator("iframe").get_by_role("textbox", name="您的问题")).to_have_count(0)


@pytest.mark.parametrize("width", [360, 1280])
async def test_the_button_and_the_frame_fit_the_screen(
    serve: Serve, visit: Open, neighbour: Neighbour, width: int
) -> None:
    site = await serve(embed_sites=(neighbour.url,))
    visitor = await visit(viewport={"width": width, "height": 740})
    page = visitor.page
    neighbour.bot = site.url
    await page.goto(neighbour.url)
    await page.get_by_role("button", name="医保小助手").click()
    await expect(page.frame_locator("iframe").get_by_text("您的参保地是大同市")).to_be_visible()

    frame = page.frames[1]
    assert await overlaps(frame, ".bar button, .bar select") == []
    for part in (page.locator("iframe"), page.get_by_role("button", name="收起")):
        box = await part.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= 740
