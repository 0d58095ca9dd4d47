"""Knowledge that is changed while the bot serves: what is sound is used at once, what is broken never."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestClient

from bot.app import build_app
from bot.config import Config
from bot.reloading import RELOADING
from knowledge import PACKAGED

Client = TestClient[Any, Any]

QUESTIONS = (
    ("datong", "大同小学生医保费交多少", "350"),
    ("wendeng", "文登二档三级医院住院花了五万报多少", "28560"),
)
BREAKS: tuple[Callable[[str], str], ...] = (
    lambda text: text[: len(text) // 2] + "\n  - {",
    lambda text: text + "\nno_such_key: 1\n",
    lambda _: "\x00",
    lambda _: "[1, 2]",
)
FILES = ("region.yaml", "figures.yaml", "answers.yaml", "rules.yaml", "gaps.yaml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a copy of the packaged knowledge with two regions, to be changed."""
    folder = tmp_path / "knowledge"
    shutil.copytree(PACKAGED / "national", folder / "national")
    for region in ("datong", "wendeng"):
        shutil.copytree(PACKAGED / "regions" / region, folder / "regions" / region)
    return folder


@pytest.fixture
async def client(aiohttp_client: Callable[..., Awaitable[Client]], tmp_path: Path, folder: Path) -> Client:
    return await aiohttp_client(build_app(Config(data_dir=tmp_path, knowledge_dir=folder)))


async def ask(client: Client, user: str, region: str, text: str) -> str:
    response = await client.post("/api/chat", json={"user": user, "text": text, "region": region})
    assert response.status == 200, await response.text()
    reply: str = (await response.json())["reply"]
    return reply


async def test_a_broken_file_a_hundred_times_under_load_changes_no_reply(
    client: Client, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    reloading = client.app[RELOADING]
    expected = [await ask(client, text, region, text) for region, text, _ in QUESTIONS]
    assert all(figure in reply for (*_, figure), reply in zip(QUESTIONS, expected, strict=True))
    over = asyncio.Event()
    replies = [0]

    async def load(user: str) -> None:
        for (region, text, _), reply in itertools.cycle(zip(QUESTIONS, expected, strict=True)):
            assert await ask(client, f"{user} {replies[0]}", region, text) == reply
            replies[0] += 1
            if over.is_set():
                return

    users = [asyncio.create_task(load(f"user{number}")) for number in range(4)]
    breaking = itertools.cycle(itertools.product(BREAKS, FILES))
    for _, (broken, name) in zip(range(100), breaking, strict=False):
        file = folder / "regions" / "datong" / name
        sound = file.read_text(encoding="utf-8")
        file.write_text(broken(sound), encoding="utf-8")
        assert not await reloading.reload(), name
        told = await (await client.get("/readyz")).json()
        assert any(name in fault for fault in told["knowledge_faults"]), told
        assert told["status"] == "ready"
        file.write_text(sound, encoding="utf-8")
    over.set()
    await asyncio.gather(*users)

    assert replies[0] >= 100
    assert sum("that from before stays" in record.message for record in caplog.records) == 100
    assert await reloading.reload()
    assert "knowledge_faults" not in await (await client.get("/readyz")).json()


async def test_sound_knowledge_is_used_from_the_next_message_on(client: Client, folder: Path) -> None:
    reloading = client.app[RELOADING]
    region, text, figure = QUESTIONS[0]
    assert figure in await ask(client, "a", region, text)
    figures = folder / "regions" / "datong" / "figures.yaml"
    rules = folder / "regions" / "datong" / "rules.yaml"
    for file in (figures, rules):
        file.write_text(file.read_text(encoding="utf-8").replace("350", "351"), encoding="utf-8")

    assert await reloading.reload()

    assert "351" in await ask(client, "a", region, text)

    shutil.rmtree(folder / "regions" / "wendeng")
    assert await reloading.reload()
    regions = (await (await client.get("/api/regions")).json())["regions"]
    assert [one["id"] for one in regions] == ["datong"]
    assert await ask(client, "before", "datong", "二档呢")


async def test_an_account_of_a_region_that_is_gone_keeps_the_old_knowledge(
    aiohttp_client: Callable[..., Awaitable[Client]], tmp_path: Path, folder: Path
) -> None:
    config = Config.model_validate(
        {"data_dir": tmp_path, "knowledge_dir": folder, "wechat_token": "t", "wechat_region": "wendeng"}
    )
    client = await aiohttp_client(build_app(config))
    reloading = client.app[RELOADING]
    shutil.rmtree(folder / "regions" / "wendeng")

    assert not await reloading.reload()

    assert "wendeng" in reloading.faults[0]
    assert "28560" in await ask(client, "a", *QUESTIONS[1][:2])


async def test_a_hangup_reloads(tmp_path: Path, folder: Path) -> None:
    environment = {
        **os.environ,
        "YIBAO_DATA_DIR": str(tmp_path),
        "YIBAO_KNOWLEDGE_DIR": str(folder),
        "YIBAO_PORT": "0",
    }
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", env=environment, stderr=asyncio.subprocess.PIPE
    )
    assert server.stderr is not None

    async def logged(what: str) -> str:
        assert server.stderr is not None
        async with asyncio.timeout(60):
            while line := (await server.stderr.readline()).decode():
                if what in line:
                    return line
        raise AssertionError(f"the server ended without logging {what}")

    try:
        address = (await logged("chat here: ")).split("chat here: ")[1].strip()
        (folder / "regions" / "datong" / "gaps.yaml").write_text("- {", encoding="utf-8")
        server.send_signal(signal.SIGHUP)
        assert "gaps.yaml" in await logged("that from before stays")
        async with ClientSession() as session, session.get(f"{address}readyz") as response:
            assert "gaps.yaml" in (await response.json())["knowledge_faults"][0]
    finally:
        server.terminate()
        await server.communicate()
    assert server.returncode == 0
