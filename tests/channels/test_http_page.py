"""The chat page: whole, cacheable, and within its own Content-Security-Policy."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from bot.app import build_app
from bot.channels import page
from bot.config import Config
from bot.core import Core

Client = TestClient[Any, Any]


@pytest.fixture
async def client(aiohttp_client: Callable[..., Awaitable[Client]], tmp_path: Path, core: Core) -> Client:
    return await aiohttp_client(build_app(Config(data_dir=tmp_path), core))


ASSETS = Path(page.__file__).parent / "assets"
NAMESPACE = "http://www.w3.org/2000/svg"
OWN_ADDRESS = "https://bot.example.cn/"  # in the example of embed.js


async def test_the_page_names_all_its_files_and_they_are_served(client: Client) -> None:
    answer = await client.get("/")
    named = re.findall(r'(?:src|href)="(/[^"]+)"', await answer.text())

    assert answer.content_type == "text/html"
    for path in named:
        assert (await client.get(path)).status == 200, path
    files = {path.name for path in ASSETS.iterdir()} - {"chat.html", "embed.js"}
    assert {path.removeprefix("/assets/") for path in named} == files  # modules are loaded at once


def test_modules_import_what_there_is() -> None:
    for module in ASSETS.glob("*.js"):
        for name in re.findall(r'from "\./([^"]+)"', module.read_text(encoding="utf-8")):
            assert (ASSETS / name).is_file(), (module.name, name)


async def test_nothing_stands_inline_and_nothing_comes_from_outside(client: Client) -> None:
    answer = await client.get("/")
    text = await answer.text()

    assert not re.search(r"<style|style=|<script(?![^>]*src=)|\son\w+=", text)
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    for path in ASSETS.iterdir():
        content = path.read_text(encoding="utf-8").replace(NAMESPACE, "").replace(OWN_ADDRESS, "")
        assert not re.search(r"https?://", content), path.name
        assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\(", content), path.name


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
