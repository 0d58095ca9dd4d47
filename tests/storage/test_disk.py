"""A real `yibao serve` whose disk is full, and whose disk does not answer: no reply is lost."""

from __future__ import annotations

import asyncio
import re
import resource
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp import ClientSession
from prometheus_client.parser import text_string_to_metric_families

from tests.processes import STARTING_SECONDS, Process

UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
FULL = (0, resource.RLIM_INFINITY)
"""No file can be written to: what a full disk is to a process."""


class Served:
    """A bot with one process, which keeps everything on one disk."""

    def __init__(self, process: Process, address: str, session: ClientSession) -> None:
        self.process = process
        self._address = address
        self._session = session
        self.asked = 0

    async def ask(self) -> None:
        """Ask, and see that there is an answer."""
        self.asked += 1
        message = {"user": f"u{self.asked}", "text": "大同小学生医保费交多少"}
        async with self._session.post(f"{self._address}api/chat", json=message) as response:
            assert "350" in (await response.json())["reply"]

    async def until(self, is_so: Callable[[], Awaitable[bool]]) -> None:
        """Ask until something is so."""
        while not await is_so():
            await self.ask()
            await asyncio.sleep(0.05)

    async def number(self, name: str) -> float:
        """Give a metric, summed over its labels."""
        async with self._session.get(f"{self._address}metrics") as response:
            told = text_string_to_metric_families(await response.text())
        return sum(sample.value for family in told for sample in family.samples if sample.name == name)

    async def is_well(self) -> bool:
        """Whether neither backend is away."""
        return await self.number("yibao_backend_away") == 0


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    settings = {"YIBAO_DATA_DIR": str(tmp_path), "YIBAO_PORT": "0"}
    async with (
        Process.running("-m", "bot", "serve", **settings) as process,
        ClientSession() as session,
        asyncio.timeout(2 * STARTING_SECONDS),
    ):
        found = await process.writes(r"chat here: (http://127\.0\.0\.1:\d+/)")
        yield Served(process, found[1], session)
    assert "Traceback" not in process.log


def turns(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "yibao.db")) as connection:
        (count,) = connection.execute("SELECT count(*) FROM turn").fetchone()
        return int(count)


async def test_with_the_disk_full_messages_are_answered_and_the_log_says_what_is_lost(
    served: Served, tmp_path: Path
) -> None:
    await served.ask()
    resource.prlimit(served.process.id, resource.RLIMIT_FSIZE, FULL)
    for _ in range(10):
        await served.ask()
    await served.process.writes("the state is away, .*yibao.db")
    await served.process.writes("turns are being lost: neither the journal nor the spool takes them: .*spool")
    assert await served.number("yibao_backend_errors_total") >= 2
    assert await served.number("yibao_backend_outages_total") == 2

    resource.prlimit(served.process.id, resource.RLIMIT_FSIZE, UNLIMITED)
    await served.until(served.is_well)
    await served.process.writes("the state is back")
    lost = await served.number("yibao_lost_turns_total")
    assert lost >= 1
    kept = turns(tmp_path)
    await served.ask()
    assert turns(tmp_path) == kept + 1
    assert kept + lost == served.asked - 1


async def test_with_a_disk_that_does_not_answer_messages_are_answered_and_kept_later(
    served: Served, tmp_path: Path
) -> None:
    await served.ask()
    with closing(sqlite3.connect(tmp_path / "yibao.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # nobody else can write meanwhile
        await asyncio.gather(*(served.ask() for _ in range(10)))
        other.execute("ROLLBACK")
    await served.process.writes(
        r"the (state|journal) is away, .*(has not answered for 2 s|no answer within 1)"
    )
    assert await served.number("yibao_spooled_turns_total") >= 1

    await served.until(served.is_well)
    while await served.number("yibao_spool_turns"):  # noqa: ASYNC110  # nothing tells when
        await asyncio.sleep(0.05)
    assert turns(tmp_path) == served.asked
    assert await served.number("yibao_lost_turns_total") == 0
    assert re.search("the journal is back: [0-9]+ turns were written", served.process.log)
