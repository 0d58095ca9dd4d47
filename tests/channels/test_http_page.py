"""The chat page: whole, cacheable, and within its own Content-Security-Policy."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from bot.app import build_app
from bot.config import Config
from bot.core import Core

Client = TestClient[Any, Any]


@pytest.fixture
async def client(aiohttp_client: Callable[..., Awaitable[Client]], tmp_path: Path, core: Core) -> Client:
    return await aiohttp_client(build_app(Config(data_dir=tmp_path), core))


async def test_the_page_names_only_files_that_are_served(client: Client) -> None:
    page = await client.get("/")
    text = await page.text()

    named = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert page.content_type == "text/html"
    assert len(named) == 3
    for path in named:
        assert (await client.get(path)).status == 200


async def test_nothing_stands_inline_and_nothing_comes_from_outside(client: Client) -> None:
    page = await client.get("/")
    texts = [await page.text()]
    texts += [await (await client.get(f"/assets/chat.{kind}")).text() for kind in ("css", "js")]

    assert not re.search(r"<style|style=|<script(?![^>]*src=)|\son\w+=", texts[0])
    assert not any("http://" in text or "https://" in text for text in texts)
    assert "innerHTML" not in texts[2]
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy


async def test_a_browser_that_has_the_file_is_not_sent_it_again(client: Client) -> None:
    first = await client.get("/assets/chat.js")
    again = await client.get("/assets/chat.js", headers={"If-None-Match": first.headers["ETag"]})
    stale = await client.get("/assets/chat.js", headers={"If-None-Match": '"other"'})

    assert (first.status, again.status, stale.status) == (200, 304, 200)
    assert first.content_type == "text/javascript"
    assert await again.read() == b""


async def test_other_sites_show_the_page_only_where_they_are_named(
    aiohttp_client: Callable[..., Awaitable[Client]], tmp_path: Path, core: Core, client: Client
) -> None:
    site = "https://www.example.cn"
    named = await aiohttp_client(build_app(Config(data_dir=tmp_path, embed_sites=(site,)), core))

    alone, shown = await client.get("/"), await named.get("/")
    assert alone.headers["Content-Security-Policy"].endswith("frame-ancestors 'self'")
    assert shown.headers["Content-Security-Policy"].endswith(f"frame-ancestors 'self' {site}")
    assert (await client.get("/embed.js")).headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize("path", ["/assets/..%2f__init__.py", "/assets/%2e%2e/__init__.py", "/assets/x.js"])
async def test_nothing_but_the_assets_is_served(client: Client, path: str) -> None:
    assert (await client.get(path)).status == 404


async def test_every_first_question_is_answered_in_its_region(client: Client) -> None:
    regions = (await (await client.get("/api/regions")).json())["regions"]

    for region in regions:
        assert len(region["starters"]) >= 6, region["id"]
        for text in region["starters"]:
            asked = {"user": f"{region['id']} {text}", "text": text, "region": region["id"]}
            answer = await (await client.post("/api/chat", json=asked)).json()
            assert answer["kind"] in {"answer", "calculation", "clarify"}, (region["id"], text)
            assert answer["region"] == region["id"]
