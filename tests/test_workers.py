"""`yibao serve --workers`: several real processes on one port, and the one that looks after them."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession, TCPConnector

from bot.commands import DONE, NO, WRONG
from bot.workers import FIRST_PAUSE, LEAST_LIFE, LONGEST_PAUSE, Backoff
from knowledge import PACKAGED
from tests.processes import STARTING_SECONDS, STOPPING_SECONDS, Process

WORKERS = 2
QUESTION = {"user": "u", "text": "大同小学生医保费交多少"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give knowledge of one region, to be changed."""
    folder = tmp_path / "knowledge"
    shutil.copytree(PACKAGED / "national", folder / "national")
    shutil.copytree(PACKAGED / "regions" / "datong", folder / "regions" / "datong")
    return folder


class Served:
    """A bot with several workers."""

    def __init__(self, process: Process, address: str) -> None:
        self.process = process
        self.address = address

    def worker(self, number: int) -> int:
        """Give the process id of a worker, the latest of its number."""
        return int(re.findall(rf"worker {number} serves, as process (\d+)", self.process.log)[-1])

    async def each_worker(self, path: str, holds: str) -> None:
        """Ask over new connections until so many replies in a row hold something that all workers gave it."""
        async with asyncio.timeout(STARTING_SECONDS):
            in_a_row = 0
            while in_a_row < 10 * WORKERS:
                async with ClientSession() as session, session.get(self.address + path) as response:
                    in_a_row = in_a_row + 1 if holds in await response.text() else 0


def settings(tmp_path: Path, folder: Path) -> dict[str, str]:
    return {
        "YIBAO_DATA_DIR": str(tmp_path / "var"),
        "YIBAO_KNOWLEDGE_DIR": str(folder),
        "YIBAO_PORT": "0",
        "YIBAO_HOST": "127.0.0.1",
    }


@asynccontextmanager
async def serving(tmp_path: Path, folder: Path) -> AsyncIterator[Served]:
    settings = {
        "YIBAO_DATA_DIR": str(tmp_path / "var"),
        "YIBAO_KNOWLEDGE_DIR": str(folder),
        "YIBAO_PORT": "0",
    }
    arguments = ("-m", "bot", "serve", "--workers", str(WORKERS))
    async with Process.running(*arguments, **settings) as process:
        async with asyncio.timeout(STARTING_SECONDS):
            found = await process.writes(r"chat here: (http://127\.0\.0\.1:\d+/)")
            for number in range(1, WORKERS + 1):
                await process.writes(rf"worker {number} serves")
        yield Served(process, found[1])
    assert "Traceback" not in process.log


async def test_workers_serve_one_port_and_stop_when_asked_with_what_is_under_way_answered(
    tmp_path: Path, folder: Path
) -> None:
    async with serving(tmp_path, folder) as served, ClientSession() as session:
        assert served.process.log.count("chat here") == 1
        url = served.address + "api/chat"
        asked = [
            asyncio.create_task(session.post(url, json=QUESTION | {"user": str(user)})) for user in range(20)
        ]
        first, *_ = await asyncio.gather(asked[0])
        served.process.send(signal.SIGTERM)
        answered = 1
        for one in asked[1:]:
            with suppress(ClientError):  # it came after the end
                answered += "350" in await (await one).text()
        assert "350" in await first.text()
        async with asyncio.timeout(STOPPING_SECONDS):
            assert await served.process.ended() == DONE

        taken = served.process.log.count("POST /api/chat 200")
        assert answered == taken


async def test_a_dead_worker_is_replaced_and_knowledge_that_is_broken_stops_no_other(
    tmp_path: Path, folder: Path
) -> None:
    gaps = folder / "regions" / "datong" / "gaps.yaml"
    sound = gaps.read_text(encoding="utf-8")
    async with serving(tmp_path, folder) as served, asyncio.timeout(STARTING_SECONDS):
        process = served.process
        os.kill(served.worker(2), signal.SIGKILL)
        await process.writes(r"worker 2 was killed by signal 9; another one is started in 0\.0 s")
        await process.writes(r"(?s)worker 2 serves.*worker 2 serves")

        gaps.write_text("- {", encoding="utf-8")
        process.send(signal.SIGHUP)
        await served.each_worker("readyz", "gaps.yaml")
        assert process.log.count("that from before stays") == 1

        os.kill(served.worker(2), signal.SIGKILL)
        await process.writes(r"(?s)worker 2 ended with code 1: .*gaps\.yaml.*; another one is started in \d")
        async with ClientSession(connector=TCPConnector(force_close=True)) as session:
            for user in range(10):
                reply = await session.post(served.address + "api/chat", json=QUESTION | {"user": str(user)})
                assert "350" in await reply.text()

        gaps.write_text(sound, encoding="utf-8")
        process.send(signal.SIGHUP)
        await process.writes(r"(?s)(worker 2 serves.*){3}")
        await served.each_worker("readyz", '"regions": ["datong"]}')


async def test_the_metrics_are_those_of_all_workers_also_of_dead_ones(tmp_path: Path, folder: Path) -> None:
    counted = 'yibao_messages_total{channel="http",kind="answer",region="datong"} '
    async with serving(tmp_path, folder) as served, asyncio.timeout(STARTING_SECONDS):
        for user in range(40):  # a connection each, so that all workers have some
            async with ClientSession() as session:
                url = served.address + "api/chat"
                assert (await session.post(url, json=QUESTION | {"user": str(user)})).status == 200
        await served.each_worker("metrics", f"{counted}40.0\n")
        await served.each_worker("metrics", f"yibao_worker_starts_total {WORKERS}.0\n")

        os.kill(served.worker(1), signal.SIGKILL)
        await served.process.writes(r"(?s)worker 1 serves.*worker 1 serves")

        await served.each_worker("metrics", f"{counted}40.0\n")
        await served.each_worker("metrics", f"yibao_worker_starts_total {WORKERS + 1}.0\n")


async def test_workers_end_with_the_process_that_looks_after_them(tmp_path: Path, folder: Path) -> None:
    async with serving(tmp_path, folder) as served, asyncio.timeout(STOPPING_SECONDS):
        served.process.send(signal.SIGKILL)
        await served.process.ended()  # nobody has its output open any more


@pytest.mark.parametrize(
    ("wrong", "told", "code"),
    [
        ({"YIBAO_WECHAT_TOKEN": "t", "YIBAO_WECHAT_REGION": "nowhere"}, "there is no such region", WRONG),
        ({"YIBAO_STATE_URL": "sqlite:/proc/none/yibao.db"}, "cannot be opened", NO),
        ({}, "gaps.yaml", NO),
    ],
)
async def test_what_keeps_workers_from_serving_is_told_once(
    wrong: dict[str, str], told: str, code: int, tmp_path: Path, folder: Path
) -> None:
    if not wrong:
        (folder / "regions" / "datong" / "gaps.yaml").write_text("- {", encoding="utf-8")
    running = Process.running("-m", "bot", "serve", "--workers", "3", **settings(tmp_path, folder), **wrong)

    async with running as process, asyncio.timeout(STARTING_SECONDS):
        assert await process.ended() == code

    assert process.log.count(told) == 1
    assert "Traceback" not in process.log
    assert "chat here" not in process.log


def test_a_worker_that_dies_at_once_is_replaced_ever_later() -> None:
    backoff = Backoff()
    pauses = [backoff.after(LEAST_LIFE - 0.1) for _ in range(10)]

    assert pauses[:4] == [0.0, FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE
    assert [backoff.after(LEAST_LIFE), backoff.after(0)] == [0.0, FIRST_PAUSE]
