"""2,000 messages of 50 users to three workers, whose servers are stopped in the middle.

A message that had no reply is sent again, to any worker, as WeChat does.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from bot.storage.backends import storage
from tests.storage.conftest import running
from tests.storage.servers import PostgresServer, RedisServer, free_port

ROOT = Path(__file__).parents[2]
USERS, EACH = 50, 40

WORKER = """
import asyncio, json, sys
from pathlib import Path
from bot.desk import Desk
from bot.message import Message
from bot.storage.backends import storage
from tests.storage.test_outages import Counting

async def main(state, journal, folder, port):
    kept = storage(state, journal, Path(folder))
    await kept.state.open()
    await kept.journal.open()
    desk = Desk(Counting(), kept.state, kept.journal, key=b"k" * 32)

    async def handle(reader, writer):
        user, text = json.loads(await reader.readline())

        async def produce():
            return (await desk.answer(Message("wechat", user, text, id=text))).text

        writer.write((await kept.state.once(f"{user} {text}", produce, 600)).encode())
        writer.close()

    await asyncio.start_server(handle, "127.0.0.1", int(port))
    print("up", flush=True)
    await asyncio.Event().wait()

asyncio.run(main(*sys.argv[1:]))
"""


class Workers:
    """Three processes over one storage."""

    def __init__(self, state: str, journal: str, folder: Path) -> None:
        self.arguments = (state, journal, str(folder))
        self.ports = [free_port() for _ in range(3)]
        self.running: dict[int, asyncio.subprocess.Process] = {}

    async def start(self, port: int) -> None:
        worker = await asyncio.create_subprocess_exec(
            sys.executable, "-c", WORKER, *self.arguments, str(port), cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        self.running[port] = worker
        assert worker.stdout is not None
        assert await worker.stdout.readline() == b"up\n"

    async def kill(self, port: int) -> None:
        self.running[port].kill()
        await self.running[port].wait()

    async def ask(self, user: str, text: str) -> str:
        """Send a message, and again to any worker until there is a reply."""
        while True:
            try:
                async with asyncio.timeout(10):
                    reader, writer = await asyncio.open_connection("127.0.0.1", random.choice(self.ports))
                    writer.write(json.dumps([user, text]).encode() + b"\n")
                    reply = await reader.read()
                    writer.close()
            except (OSError, TimeoutError):
                reply = b""
            if reply:
                return reply.decode()
            await asyncio.sleep(0.05)


async def replies_under(workers: Workers, trouble: Callable[[], Awaitable[None]]) -> dict[str, list[str]]:
    """Let all users send their messages, each after the reply to the one before; return what they read."""
    is_over = asyncio.Event()

    async def chat(user: str) -> list[str]:
        replies = []
        for number in range(EACH):
            replies.append(await workers.ask(user, f"{user} {number}"))
            if number == EACH // 2:
                await is_over.wait()  # the second half comes after the trouble
            await asyncio.sleep(random.random() * 0.1)
        return replies

    await asyncio.gather(*(workers.start(port) for port in workers.ports))
    users = [f"u{number}" for number in range(USERS)]
    chats = asyncio.gather(*(chat(user) for user in users))
    await asyncio.sleep(0.5)
    await trouble()
    is_over.set()
    replies = dict(zip(users, await chats, strict=True))
    await asyncio.sleep(3)  # whatever is in a spool is written
    await asyncio.gather(*(workers.kill(port) for port in workers.ports))
    return replies


async def journaled(workers: Workers) -> Counter[str]:
    """Count the turns of each message."""
    state, journal, folder = workers.arguments
    kept = storage(state, journal, Path(folder))
    await kept.journal.open()
    await asyncio.sleep(1)  # what killed workers left in a spool is written
    turns = await kept.journal.turns(limit=10 * USERS * EACH)
    await kept.journal.close()
    return Counter(turn.asked for turn in turns)


ALL_ONCE = Counter(f"u{user} {number}" for user in range(USERS) for number in range(EACH))


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    yield from running(RedisServer, "redis")


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    yield from running(PostgresServer, "postgres")


async def test_stopped_servers_lose_no_reply_and_no_turn(
    own_redis: RedisServer, own_postgres: PostgresServer, tmp_path: Path
) -> None:
    workers = Workers(own_redis.url, own_postgres.url, tmp_path)

    async def stop_each() -> None:
        for server in (own_postgres, own_redis):
            await asyncio.to_thread(server.stop)
            await asyncio.sleep(1)
            await asyncio.to_thread(server.start)
        await asyncio.sleep(1.5)  # Redis is tried again every second

    replies = await replies_under(workers, stop_each)

    assert all(len(chat) == EACH for chat in replies.values())
    assert {"第1条", "第2条"} & {chat[-1] for chat in replies.values()} == set()  # chats went on
    assert await journaled(workers) == ALL_ONCE
