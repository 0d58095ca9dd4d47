"""An account whose messages reach three real `yibao serve` processes over one storage."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from redis.asyncio import Redis

from bot.app import KEY_FILE
from bot.channels.wechat.wording import ON_ITS_WAY
from bot.storage.backends import storage
from bot.storage.pseudonyms import pseudonym
from tests.channels.wechat.fake_wechat import SECRET, FakeWeChat
from tests.channels.wechat.peer import APP_ID, ENCODED_KEY, KEY, TOKEN, Line, Peer, text_body
from tests.processes import STARTING_SECONDS, Process
from tests.storage.conftest import running
from tests.storage.servers import PostgresServer, RedisServer

WORKERS, CONNECTIONS, MESSAGES = 3, 16, 300
LONGEST_SECONDS = 55


@dataclass(frozen=True)
class Shared:
    """The storage that the workers share.

    Attributes:
        state, journal: its URLs.
        folder: the data folder.

    """

    state: str
    journal: str
    folder: Path

    @asynccontextmanager
    async def counting(self) -> AsyncIterator[Callable[[], Awaitable[int]]]:
        """Give what counts the places that messages have had in their user's queue since the first one."""
        async with AsyncExitStack() as held:
            if self.state.startswith("sqlite:"):
                connection = held.enter_context(closing(sqlite3.connect(self.folder / "yibao.db")))

                async def in_file() -> int:
                    await asyncio.sleep(0)  # let the replies in
                    query = "SELECT seq FROM sqlite_sequence WHERE name = 'place'"
                    return sum(seq for (seq,) in connection.execute(query))

                yield in_file
                return
            client = await held.enter_async_context(Redis.from_url(self.state))
            user = pseudonym((self.folder / KEY_FILE).read_bytes(), "wechat", "wechat:oUser")

            async def in_redis() -> int:
                async with client.pipeline(transaction=True) as both:
                    both.hget(f"yibao:{{{user}}}", "token")
                    both.llen(f"yibao:{{{user}}}:queue")
                    had_the_lock, waiting = await both.execute()
                return int(had_the_lock or 0) + int(waiting)

            yield in_redis


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    yield from running(RedisServer, "redis")


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    yield from running(PostgresServer, "postgres")


@pytest.fixture(params=["sqlite", "servers"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Shared:
    if request.param == "sqlite":
        return Shared("sqlite:yibao.db", "sqlite:yibao.db", tmp_path)
    redis, postgres = (request.getfixturevalue(name) for name in ("own_redis", "own_postgres"))
    return Shared(redis.url, postgres.url, tmp_path)


@asynccontextmanager
async def serving(shared: Shared) -> AsyncIterator[list[int]]:
    """Run the workers, started at the same moment, and give their ports; none may leave a traceback."""
    settings = {
        "YIBAO_PORT": "0",
        "YIBAO_DATA_DIR": str(shared.folder),
        "YIBAO_STATE_URL": shared.state,
        "YIBAO_JOURNAL_URL": shared.journal,
        "YIBAO_WECHAT_TOKEN": TOKEN,
        "YIBAO_WECHAT_APP_ID": APP_ID,
        "YIBAO_WECHAT_AES_KEY": ENCODED_KEY,
        "YIBAO_WECHAT_REGION": "datong",
    }
    async with AsyncExitStack() as entered:
        workers = [
            await entered.enter_async_context(Process.running("-m", "bot", "serve", **settings))
            for _ in range(WORKERS)
        ]
        async with asyncio.timeout(STARTING_SECONDS):
            listening = [await worker.writes(r"chat here: http://127\.0\.0\.1:(\d+)/") for worker in workers]
        yield [int(found[1]) for found in listening]
    for worker in workers:
        assert "Traceback" not in worker.log, worker.log


class WeChat:
    """WeChat, which sends what one user writes to any of the workers, over 16 connections in all."""

    def __init__(self) -> None:
        self._peer = Peer(key=KEY, timestamp=str(int(time.time())))
        self._lines: list[asyncio.Queue[Line]] = [asyncio.Queue() for _ in range(WORKERS)]
        self.replies: dict[int, list[Mapping[str, str]]] = {number: [] for number in range(MESSAGES)}

    @asynccontextmanager
    async def connected(self, ports: list[int]) -> AsyncIterator[None]:
        """Hold the connections to the workers, of which each gets a third."""
        async with AsyncExitStack() as held:
            for number in range(CONNECTIONS):
                line = await Line.to("127.0.0.1", ports[number % WORKERS])
                held.push_async_callback(line.close)
                self._lines[number % WORKERS].put_nowait(line)
            yield

    async def send(self, number: int, to: int) -> None:
        """Send a message to a worker and note the reply."""
        lines = self._lines[to % WORKERS]
        line = await lines.get()
        query, body = self._peer.request(text_body(f"第{number}个问题", message_id=str(number)))
        line.send(query, body)
        self.replies[number].append(self._peer.opened(await line.answer()))
        lines.put_nowait(line)

    async def send_all(self, places: Callable[[], Awaitable[int]]) -> None:
        """Send each message thrice, once to each worker, and once the one before has its place in the queue.

        Of every other message all three come at the same moment; of the rest, the repeats come while a
        worker has the message and the next ones come in.
        """
        async with asyncio.TaskGroup() as sending:
            for number in range(MESSAGES):
                sending.create_task(self.send(number, number))
                if number % 2:
                    await self._taken(number, places)
                for repeat in (1, 2):
                    sending.create_task(self.send(number, number + repeat))
                await self._taken(number, places)

    async def _taken(self, number: int, places: Callable[[], Awaitable[int]]) -> None:
        while not self.replies[number] and await places() <= number:
            pass


async def test_messages_of_one_user_are_counted_once_each_in_order(shared: Shared) -> None:
    wechat = WeChat()
    async with serving(shared) as ports, wechat.connected(ports), shared.counting() as places:
        async with asyncio.timeout(LONGEST_SECONDS):
            await wechat.send_all(places)

    journal = storage(shared.state, shared.journal, shared.folder).journal
    await journal.open()
    turns = await journal.turns(limit=10 * MESSAGES)
    await journal.close()
    assert [turn.asked for turn in reversed(turns)] == [f"第{number}个问题" for number in range(MESSAGES)]
    said = [turn.answered for turn in reversed(turns)]
    for number, replies in wechat.replies.items():
        assert len(replies) == 3
        assert replies[0] == replies[1] == replies[2]
        assert replies[0]["Content"].startswith(said[number])


async def test_processes_share_one_access_token(
    shared: Shared, aiohttp_server: Callable[..., Awaitable[TestServer]]
) -> None:
    wechat = FakeWeChat()
    users = ("oFirst", "oSecond")
    api = await aiohttp_server(wechat.app())
    account = {
        "token": TOKEN,
        "app_id": APP_ID,
        "app_secret": SECRET,
        "api": str(api.make_url("")).rstrip("/"),
    }
    settings = {
        "YIBAO_PORT": "0",
        "YIBAO_DATA_DIR": str(shared.folder),
        "YIBAO_STATE_URL": shared.state,
        "YIBAO_JOURNAL_URL": shared.journal,
        "YIBAO_WECHAT_ACCOUNTS": json.dumps({"main": account}),
    }
    state = storage(shared.state, shared.journal, shared.folder).state
    await state.open()
    async with AsyncExitStack() as entered, ClientSession() as session, asyncio.timeout(STARTING_SECONDS):
        running = [
            await entered.enter_async_context(Process.running("-m", "bot", "serve", **settings))
            for _ in users
        ]
        listening = [await process.writes(r"chat here: (http://127\.0\.0\.1:\d+/)") for process in running]
        key = (shared.folder / KEY_FILE).read_bytes()

        async def send(user: str, address: str) -> str:
            wechat.writes(user)
            query, body = Peer(timestamp=str(int(time.time()))).request(text_body("在吗", user=user))
            response = await session.post(f"{address}wechat/main", params=query, data=body)
            return await response.text()

        async with AsyncExitStack() as held:  # so that the answers are late, and are sent by the API
            for user in users:
                await held.enter_async_context(state.lock(pseudonym(key, "wechat", f"wechat/main:{user}")))
            asked = [send(user, at[1]) for user, at in zip(users, listening, strict=True)]
            said = await asyncio.gather(*asked)
        assert all(ON_ITS_WAY in text for text in said)
        while {message["touser"] for message in wechat.sent} != set(users):  # noqa: ASYNC110  # nothing tells
            await asyncio.sleep(0.05)
    await state.close()

    assert wechat.fetches == [False]
