"""2,000 messages of 50 users to `yibao serve --workers 3`, whose workers are killed in the middle.

The messages come as WeChat sends them; one that has no answer in time is sent again, with the same id.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import signal
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bot.app import KEY_FILE
from bot.channels.wechat.wording import STILL_WORKING
from bot.clock import now
from bot.core import Core, read_core
from bot.dialogue.session import Session
from bot.storage.backends import storage
from bot.storage.pseudonyms import pseudonym
from tests.channels.wechat.peer import APP_ID, ENCODED_KEY, KEY, TOKEN, Line, Peer, text_body
from tests.processes import STARTING_SECONDS, Process
from tests.storage.conftest import running
from tests.storage.servers import PostgresServer, RedisServer

WORKERS, USERS, EACH = 3, 50, 40
PARTS = WORKERS + 1
AT_ONCE = 16
"""Messages under way: as many as a machine that runs other tests, too, answers within a second."""
PLACES = ("大同", "文登", "垫江", "聊城")
TALK = (
    "孩子的医保一年交多少钱",
    "住院花了5万能报多少",
    "三级医院",
    "算了",
    "微信怎么交",
    "那支付宝呢",
    "什么时候开始能报销",
)
"""What makes sense only with what was said before: the place, the hospital's level."""
UNANSWERED = 4.9
"""Seconds that WeChat waits for a reply."""

Said = tuple[str, str]


@pytest.fixture(scope="module")
def core() -> Core:
    return read_core()


def conversation(user: int) -> list[str]:
    """Give what a user writes: where they live, and then questions that do not say it."""
    return [PLACES[user % len(PLACES)], *itertools.islice(itertools.cycle(TALK), EACH - 1)]


def expected(core: Core, texts: list[str]) -> list[Said]:
    """Give what a chat comes to that nothing disturbs."""
    session, said = Session(), []
    for text in texts:
        session, reply = core.assistant.reply(session, text, today=now().date())
        said.append((text, reply.text))
    return said


class WeChat:
    """WeChat: what 50 users write, a few messages at a time, each after the reply to the one before.

    A chat has a part for each kill and one after the last; a part begins when its gate is opened.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._peer = Peer(key=KEY, timestamp=str(int(time.time())))
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._has_reply = asyncio.Condition()
        self._replies = 0
        self.gates = [asyncio.Event() for _ in range(PARTS)]

    async def chat(self, user: int) -> list[str]:
        """Send what a user writes; return what they read."""
        read = []
        for number, text in enumerate(conversation(user)):
            await self.gates[number * PARTS // EACH].wait()
            async with self._at_once:
                read.append(await self._ask(f"u{user}", text, user * EACH + number))
            async with self._has_reply:
                self._replies += 1
                self._has_reply.notify_all()
        return read

    async def replied(self, count: int) -> None:
        """Wait until there were so many replies."""
        async with self._has_reply:
            await self._has_reply.wait_for(lambda: self._replies >= count)

    async def _ask(self, user: str, text: str, number: int) -> str:
        """Send a message, and again until there is an answer."""
        body = text_body(text, user=user, message_id=str(number))
        while True:
            with suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
                async with asyncio.timeout(UNANSWERED):
                    line = await Line.to("127.0.0.1", self._port)
                    try:
                        line.send(*self._peer.request(body))
                        reply = self._peer.opened(await line.answer())
                    finally:
                        line.writer.close()
                if reply["Content"] != STILL_WORKING:
                    return reply["Content"]
            await asyncio.sleep(0.05)


async def kill_each(process: Process, wechat: WeChat) -> None:
    """Kill each worker by -9 in the middle of a part, and go on when another one serves in its place."""
    for number, gate in enumerate(wechat.gates[:-1], 1):
        gate.set()
        await wechat.replied((number - 1) * USERS * EACH // PARTS + USERS)
        serves = rf"worker {number} serves, as process (\d+)"
        os.kill(int((await process.writes(serves))[1]), signal.SIGKILL)
        await process.writes(rf"(?s){serves}.*{serves}")
    wechat.gates[-1].set()


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    yield from running(RedisServer, "redis")


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    yield from running(PostgresServer, "postgres")


@pytest.mark.parametrize("backends", ["sqlite", "servers"])
async def test_killed_workers_of_yibao_serve_lose_nothing_and_do_nothing_twice(
    backends: str, tmp_path: Path, core: Core, request: pytest.FixtureRequest
) -> None:
    state, journal = "sqlite:bot.db", "sqlite:bot.db"
    if backends == "servers":
        state, journal = (request.getfixturevalue(name).url for name in ("own_redis", "own_postgres"))
    settings = {
        "YIBAO_PORT": "0",
        "YIBAO_DATA_DIR": str(tmp_path),
        "YIBAO_STATE_URL": state,
        "YIBAO_JOURNAL_URL": journal,
        "YIBAO_WECHAT_TOKEN": TOKEN,
        "YIBAO_WECHAT_APP_ID": APP_ID,
        "YIBAO_WECHAT_AES_KEY": ENCODED_KEY,
        "YIBAO_WORKERS": str(WORKERS),
    }

    async with Process.running("-m", "bot", "serve", **settings) as process:
        async with asyncio.timeout(STARTING_SECONDS):
            port = int((await process.writes(r"chat here: http://127\.0\.0\.1:(\d+)/"))[1])
            for number in range(1, WORKERS + 1):
                await process.writes(f"worker {number} serves")
        wechat = WeChat(port)
        async with asyncio.timeout(8 * STARTING_SECONDS):
            chats = asyncio.gather(*(wechat.chat(user) for user in range(USERS)))
            await kill_each(process, wechat)
            read = await chats
        assert await process.end() == 0
    assert "Traceback" not in process.log
    assert len(re.findall(r"was killed by signal 9", process.log)) == WORKERS

    assert all(all(replies) for replies in read)
    kept = storage(state, journal, tmp_path).journal
    await kept.open()
    turns = await kept.turns(limit=10 * USERS * EACH)
    await kept.close()
    said: dict[str, list[Said]] = defaultdict(list)
    for turn in reversed(turns):
        said[turn.user].append((turn.asked, turn.answered))
    key = (tmp_path / KEY_FILE).read_bytes()
    wrong: dict[int, object] = {}
    for user in range(USERS):
        chat = said.pop(pseudonym(key, "wechat", f"wechat:u{user}"))
        right = expected(core, conversation(user))
        if chat != right:
            both = enumerate(itertools.zip_longest(chat, right))
            wrong[user] = next((number, *pair) for number, pair in both if pair[0] != pair[1])
    assert (wrong, said) == ({}, {})
