"""The whole conversation suite with planted personal numbers: nothing that the bot writes holds one."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import logging
import sqlite3
import time
import unicodedata
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from aiohttp import ClientSession, web
from pydantic import SecretStr

from bot.app import STORAGE, build_app
from bot.channels.guard import AccessLog
from bot.config import Config
from bot.core import Core, read_core
from bot.storage.backends import SPOOL_FOLDER
from tests.conversations.test_conversations import Conversation, conversations

TOKEN = "token"
OPENID = "oPlanted-openid_0123456789"
NUMBERS = (
    "440301199003071234",
    "44030119900307123X",
    "440301900307123",
    "6222020200112233445",
    "6228480402564890",
    "13800138000",
    "075525998877",
)
IDENTITY, IDENTITY_X, OLD_IDENTITY, CARD, SHORT_CARD, MOBILE, LANDLINE = NUMBERS
_FULL = str.maketrans("0123456789X-", "０１２３４５６７８９Ｘ－")
_WORDS = str.maketrans("0123456789", "零一二三四五六七八九")
PHRASES = ("，身份证{}", " 卡号：{}", "（电话{}）", "{}", "，我的是{}谢谢", "\n{}", "。{}你查下")


def parted(number: str, by: str, *sizes: int) -> str:
    """Write a number in parts."""
    at = [0, *itertools.accumulate(sizes), len(number)]
    return by.join(number[start:end] for start, end in itertools.pairwise(at) if start < end)


WRITINGS = (
    *NUMBERS,
    *(number.translate(_FULL) for number in NUMBERS),
    IDENTITY_X.lower(),
    f"{IDENTITY_X[:-1]} x",
    f"+86{MOBILE}",
    f"0086-{MOBILE}",
    f"{LANDLINE[:4]}-{LANDLINE[4:]}",
    f"（{LANDLINE[:4]}）{LANDLINE[4:]}",
    MOBILE.translate(_WORDS),
    *(
        writing
        for by in (" ", "  ", "-", "　", "－", "—", "\u200b", "\n")
        for writing in (
            parted(IDENTITY, by, 6, 8),
            parted(IDENTITY_X, by, 6, 4, 4),
            parted(IDENTITY_X, by, 4, 4, 4, 4),
            parted(CARD, by, 4, 4, 4, 4).translate(_FULL),
            parted(CARD, by, 6),
            parted(SHORT_CARD, by, 4, 4, 4),
            parted(MOBILE, by, 3, 4),
            parted(MOBILE, by, 3, 3),
            parted(MOBILE, by, *(1,) * 11),
        )
    ),
)


def messages() -> Iterator[tuple[str, str | None, str]]:
    """Give all messages of the suite with their user and region, every other one with a planted number."""
    planted = itertools.cycle(phrase.format(writing) for phrase in PHRASES for writing in WRITINGS)
    written = itertools.count()
    for number, parameter in enumerate(conversations()):
        conversation: Conversation = parameter.values[0]
        for turn, which in zip(conversation.turns, written, strict=False):
            apart = " " if turn.say[-1:].isnumeric() else ""
            rest = apart + next(planted) if which % 2 else ""
            yield f"user{number}", conversation.region, turn.say + rest


def leaks(content: bytes) -> list[str]:
    """Tell which numbers stand in a file, in whatever writing."""
    texts = [content.decode("utf-8", "replace")]
    if b"\\u" in content:
        texts.append(content.decode("unicode_escape", "replace"))
    found = []
    for text in texts:
        read = unicodedata.normalize("NFKC", text).translate(
            {ord(char): None for char in " -—–\n\r\t\u200b()"}
        )
        digits = read.translate(str.maketrans("零一二三四五六七八九", "0123456789")).upper()
        found += [number for number in NUMBERS if number in read.upper() or number in digits]
    return found


def test_the_scan_finds_every_writing() -> None:
    for writing in WRITINGS:
        assert leaks(f"前{writing}后".encode()), writing
        assert leaks(f"前{writing}后".encode("unicode_escape")) or not writing.isascii(), writing


@pytest.fixture(scope="module")
def core() -> Core:
    return read_core()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """Write all that is logged, at every level, to a file."""
    file = tmp_path / "log"
    handler = logging.FileHandler(file, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield file
    root.setLevel(level)
    root.removeHandler(handler)
    handler.close()


@pytest.fixture
async def app(tmp_path: Path, core: Core) -> web.Application:
    config = Config(
        data_dir=tmp_path,
        journal_url="sqlite:journal.db",
        wechat_token=SecretStr(TOKEN),
        wechat_region="datong",
    )
    return build_app(config, core)


@pytest.fixture
async def client(app: web.Application, log: Path) -> AsyncIterator[ClientSession]:
    """Serve the application as the server does."""
    assert log
    runner = web.AppRunner(app, access_log_class=AccessLog)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    async with ClientSession(f"http://{host}:{port}") as session:
        yield session
    await runner.cleanup()


async def over_wechat(client: ClientSession, text: str, number: int) -> str:
    """Send a message as WeChat does; return the text of its answer."""
    moment = str(int(time.time()))
    signature = hashlib.sha1("".join(sorted((TOKEN, moment, "nonce"))).encode()).hexdigest()
    query = {"signature": signature, "timestamp": moment, "nonce": "nonce", "openid": OPENID}
    body = (
        f"<xml><ToUserName>gh</ToUserName><FromUserName>{OPENID}</FromUserName><CreateTime>{moment}"
        f"</CreateTime><MsgType>text</MsgType><Content><![CDATA[{text}]]></Content><MsgId>{number}</MsgId></xml>"
    )
    response = await client.post("/wechat", params=query, data=body.encode())
    assert response.status == 200, await response.text()
    return ET.fromstring(await response.text()).findtext("Content") or ""


async def test_nothing_that_is_written_holds_a_planted_number(
    app: web.Application, client: ClientSession, tmp_path: Path
) -> None:
    sent = list(messages())
    away = range(len(sent) // 3, len(sent) // 3 + 200)
    blocker = sqlite3.connect(tmp_path / "journal.db", isolation_level=None)
    seen: dict[str, bytes] = {}

    def look() -> None:
        for file in tmp_path.rglob("*"):
            if file.is_file() and file.name != "pseudonyms.key":
                seen[file.relative_to(tmp_path).parts[0]] = seen.get(file.name, b"") + file.read_bytes()

    for number, (user, region, text) in enumerate(sent):
        if number == away.start:
            blocker.execute("BEGIN EXCLUSIVE")
        if number == away.stop:
            look()
            blocker.rollback()
        asked = {"user": user, "text": text, "region": region}
        response = await client.post("/api/chat", json=asked)
        replied = await response.json()
        assert response.status == 200, replied
        assert not leaks(replied["reply"].encode()), text
    blocker.close()
    for number, writing in enumerate(WRITINGS):
        assert await over_wechat(client, f"三级医院住院怎么报销 {writing}", number)
        assert await over_wechat(client, "继续", 10_000 + number)
    refused = await client.post("/api/chat", data=f'{{"user": "a", "text": {WRITINGS}}}')
    assert refused.status == 400
    journal = app[STORAGE].journal
    async with asyncio.timeout(30):
        while len(await journal.turns(limit=10_000)) < len(sent) + len(WRITINGS):
            await asyncio.wait([asyncio.ensure_future(journal.ping())])
    look()

    assert len(seen[SPOOL_FOLDER]) > 10_000
    assert {"journal.db", "journal.db-wal", "yibao.db", "yibao.db-wal", "log", SPOOL_FOLDER} <= set(seen)
    assert {name: leaks(content) for name, content in seen.items() if leaks(content)} == {}
    assert [name for name, content in seen.items() if OPENID.encode() in content] == []
    assert b"***" in seen["journal.db"] + seen["journal.db-wal"]
    assert len(seen["log"]) > 1_000
