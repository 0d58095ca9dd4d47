from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from bot.app import build_app
from bot.config import Config
from bot.core import Core, read_core
from tests.console.office import HASH, PASSWORD, small_knowledge

Client = TestClient[Any, Any]
_FORM = re.compile(r'name="form" value="([^"]+)"')


@pytest.fixture(scope="session")
def knowledge_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a knowledge of one region and without test questions, which is quick to read."""
    return small_knowledge(tmp_path_factory.mktemp("knowledge"))


@pytest.fixture(scope="session")
def core(knowledge_dir: Path) -> Core:
    return read_core(knowledge_dir)


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    return tmp_path / "overlay"


@pytest.fixture
def config(tmp_path: Path, overlay: Path, knowledge_dir: Path) -> Config:
    return Config.model_validate(
        {
            "data_dir": tmp_path,
            "knowledge_dir": knowledge_dir,
            "knowledge_overlay": overlay,
            "admin_password": HASH,
            "user_limit": 0,  # a test asks faster than a person
        }
    )


@pytest.fixture
async def client(aiohttp_client: Callable[..., Awaitable[Client]], config: Config, core: Core) -> Client:
    return await aiohttp_client(build_app(config, core))


class Visitor:
    """Somebody at the console, with the form value of what they saw last."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.form = ""

    async def get(self, path: str) -> tuple[int, str]:
        response = await self._client.get(f"/admin{path}", allow_redirects=False)
        text = await response.text()
        if (found := _FORM.search(text)) is not None:
            self.form = found[1]
        return response.status, text

    async def post(self, path: str, **fields: str) -> tuple[int, str]:
        """Send a form; return the status, and where the answer leads or what it says."""
        response = await self._client.post(
            f"/admin{path}", data={"form": self.form, **fields}, allow_redirects=False
        )
        return response.status, response.headers.get("Location") or await response.text()

    async def enter(self, name: str = "王敏", password: str = PASSWORD) -> tuple[int, str]:
        await self.get("/login")
        came = await self.post("/login", name=name, password=password)
        if came[0] == 303:
            await self.get("/")
        return came


@pytest.fixture
async def visitor(client: Client) -> Visitor:
    """Give somebody who is logged in."""
    visitor = Visitor(client)
    assert await visitor.enter() == (303, "/admin/")
    return visitor
