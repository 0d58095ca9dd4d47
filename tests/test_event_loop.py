"""The event loop: which one serves, and that nothing blocks it.

The check of the latter is asyncio's own, with a limit that only a blocking call reaches.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from http import HTTPStatus
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestClient, TestServer

from bot.app import build_app
from bot.config import Config
from bot.core import Core, read_core
from bot.reloading import Reloading
from tests.processes import STARTING_SECONDS, Process

LIMIT = 5.0
"""Seconds, since the machine may be busy; a turn takes some milliseconds."""


SERVE = "import sys; from bot.cli import main; sys.exit(main(['serve']))"
WITHOUT_UVLOOP = f"import sys; sys.modules['uvloop'] = None; {SERVE}"


@pytest.mark.parametrize(
    ("program", "workers", "loop"),
    [(SERVE, "1", "uvloop"), (SERVE, "2", "uvloop"), (WITHOUT_UVLOOP, "1", "asyncio")],
)
async def test_what_serves_runs_on_uvloop_where_it_is_installed(
    tmp_path: Path, program: str, workers: str, loop: str
) -> None:
    settings = {"YIBAO_PORT": "0", "YIBAO_DATA_DIR": str(tmp_path), "YIBAO_WORKERS": workers}
    async with asyncio.timeout(STARTING_SECONDS), Process.running("-c", program, **settings) as process:
        await process.writes(f"bot.event_loop.*: event loop: {loop}")
        address = (await process.writes(r"chat here: (http://127\.0\.0\.1:\d+)/"))[1]
        sent = {"user": "u", "text": "大同小学生交多少"}
        async with ClientSession() as session, session.post(f"{address}/api/chat", json=sent) as response:
            assert "350" in (await response.json())["reply"]
    assert await process.end() == 0


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
