"""The desk over real servers that are stopped, killed, hung and started again in the middle."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path
from typing import Literal

import pytest

from bot.desk import I_FORGOT, Desk
from bot.dialogue.assistant import Assistant
from bot.dialogue.reply import Reply
from bot.dialogue.session import Session
from bot.message import Message
from bot.storage.backends import Storage, storage
from bot.storage.redis import RedisState
from tests.storage.conftest import running
from tests.storage.servers import PostgresServer, RedisServer


class Counting(Assistant):
    """Stands in for the core: counts a user's messages in the session; `呢` needs what was said before."""

    def __init__(self) -> None:
        pass

    def reply(
        self,
        session: Session,
        text: str,
        *,
        today: date,  # noqa: ARG002  # the assistant's signature
        preset: str | None = None,  # noqa: ARG002
    ) -> tuple[Session, Reply]:
        count = int(session.topic or "0") + 1
        kind: Literal["clarify", "answer"] = "clarify" if "呢" in text else "answer"
        return Session(topic=str(count)), Reply(text=f"第{count}条", kind=kind, topic="premium")


@pytest.fixture(scope="module")
def own_redis() -> Iterator[RedisServer]:
    yield from running(RedisServer, "redis")


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[PostgresServer]:
    yield from running(PostgresServer, "postgres")


@pytest.fixture
async def kept(
    own_redis: RedisServer, own_postgres: PostgresServer, tmp_path: Path
) -> AsyncIterator[Storage]:
    kept = storage(own_redis.url, own_postgres.url, tmp_path)
    await kept.state.open()
    await kept.journal.open()
    yield kept
    await kept.journal.close()
    await kept.state.close()


@pytest.fixture
def desk(kept: Storage) -> Desk:
    return Desk(Counting(), kept.state, kept.journal, key=b"k" * 32)


async def ask(desk: Desk, user: str, text: str = "多少钱") -> str:
    began = time.monotonic()
    reply = await desk.answer(Message("http", user, text))
    assert time.monotonic() - began < 4, "WeChat waits for five seconds"
    return reply.text


async def until(desk: Desk, user: str, text: str) -> None:
    """Ask until the reply is the one that is awaited."""
    async with asyncio.timeout(10):
        while await ask(desk, user) != text:  # noqa: ASYNC110  # nothing tells when it is so
            await asyncio.sleep(0.2)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL, signal.SIGSTOP])
async def test_without_redis_messages_are_answered_and_afterwards_chats_go_on(
    how: signal.Signals, desk: Desk, own_redis: RedisServer
) -> None:
    user = how.name
    assert [await ask(desk, user), await ask(desk, user)] == ["第1条", "第2条"]
    await asyncio.sleep(1.1)  # Redis writes to disk every second

    if how == signal.SIGSTOP:
        own_redis.send(how)
    else:
        own_redis.stop(how)
    assert await ask(desk, user) == "第1条"
    assert await ask(desk, user, "那二档呢") == f"第1条\n{I_FORGOT}"
    assert set(await asyncio.gather(*(ask(desk, f"u{number}") for number in range(50)))) == {"第1条"}
    if how == signal.SIGSTOP:
        own_redis.send(signal.SIGCONT)
    else:
        own_redis.start()

    await until(desk, user, "第3条")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL, signal.SIGSTOP])
async def test_without_postgres_nothing_is_lost_and_nothing_twice(
    how: signal.Signals, desk: Desk, kept: Storage, own_postgres: PostgresServer
) -> None:
    asked: list[str] = []

    async def load(seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            asked.append(f"{how.name} {len(asked)}")
            await ask(desk, f"u{len(asked) % 7}", asked[-1])
            await asyncio.sleep(0.005)

    await load(0.5)
    loading = asyncio.create_task(load(3))
    await asyncio.sleep(0.3)
    if how == signal.SIGSTOP:
        own_postgres.send(how)
        await asyncio.sleep(2)
        own_postgres.send(signal.SIGCONT)
    else:
        await asyncio.to_thread(own_postgres.stop, how)
        await asyncio.sleep(1)
        await asyncio.to_thread(own_postgres.start)
    await loading

    async with asyncio.timeout(20):
        while True:
            turns = [turn for turn in await kept.journal.turns(limit=10_000) if how.name in turn.asked]
            if len(turns) >= len(asked):
                break
            await asyncio.sleep(0.2)
    assert [turn.asked for turn in reversed(turns)] == asked


HOLDER = """
import asyncio, sys
from bot.storage.redis import RedisState

async def main():
    state = RedisState(sys.argv[1])
    await state.open()

    async def never():
        print("holds", flush=True)
        await asyncio.sleep(60)

    async with state.lock("killed"):
        await state.once("killed", never, 600)

asyncio.run(main())
"""


async def test_what_a_killed_worker_held_is_free_within_wechat_s_patience(own_redis: RedisServer) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, own_redis.url, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    assert await child.stdout.readline() == b"holds\n"
    child.kill()
    await child.communicate()
    state = RedisState(own_redis.url)
    await state.open()

    async def produce() -> str:
        return "答"

    async with asyncio.timeout(4), state.lock("killed"):
        assert await state.once("killed", produce, 600) == "答"
    await state.close()
