"""Nothing blocks the event loop: asyncio's own check, with a limit that only a blocking call reaches."""

from __future__ import annotations

import asyncio
import logging
import threading
from http import HTTPStatus
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.app import build_app
from bot.config import Config
from bot.core import Core, read_core
from bot.reloading import Reloading

LIMIT = 5.0
"""Seconds, since the machine may be busy; a turn takes some milliseconds."""


async def test_messages_and_sums_do_not_block(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    app = build_app(Config(data_dir=tmp_path))
    loop = asyncio.get_running_loop()
    async with TestClient(TestServer(app)) as client:
        loop.slow_callback_duration = LIMIT
        loop.set_debug(True)
        try:
            with caplog.at_level(logging.WARNING, logger="asyncio"):
                for number in range(20):
                    sent = {"user": f"u{number}", "text": "住院花了三万 三级医院能报多少", "region": "datong"}
                    assert (await client.post("/api/chat", json=sent)).status == HTTPStatus.OK
                    assert (await client.get("/api/regions")).status == HTTPStatus.OK
        finally:
            loop.set_debug(False)
    assert [record.getMessage() for record in caplog.records if record.name == "asyncio"] == []


async def test_knowledge_is_read_again_beside_the_loop(tmp_path: Path) -> None:
    threads: list[threading.Thread] = []
    core = read_core()

    def noted() -> Core:
        threads.append(threading.current_thread())
        return core

    assert await Reloading(noted, tmp_path, "", lambda _: None, ()).reload()
    assert len(threads) == 1
    assert threads[0] is not threading.current_thread()
