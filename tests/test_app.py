"""The whole way of a WeChat message through the application: signed, answered by the documents, kept once."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from aiohttp.test_utils import TestClient
from pydantic import SecretStr
from wechatpy.crypto import WeChatCrypto

from bot.app import STORAGE, build_app
from bot.clock import now
from bot.config import Config
from bot.core import Core, read_core
from bot.forgetting import forget
from bot.storage.backends import storage
from bot.storage.protocols import Turn

Client = TestClient[Any, Any]

TOKEN = "token"
APP_ID = "wx1234567890abcdef"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


@pytest.fixture(scope="module")
def core() -> Core:
    return read_core()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data_dir=tmp_path, wechat_token=SecretStr(TOKEN), wechat_region="datong")


@pytest.fixture
async def plain(aiohttp_client: Callable[..., Awaitable[Client]], config: Config, core: Core) -> Client:
    return await aiohttp_client(build_app(config, core))


@pytest.fixture
async def secure(aiohttp_client: Callable[..., Awaitable[Client]], config: Config, core: Core) -> Client:
    key = {"wechat_app_id": APP_ID, "wechat_aes_key": SecretStr(AES_KEY)}
    return await aiohttp_client(build_app(config.model_copy(update=key), core))


def message(text: str, number: int = 1, user: str = "openid") -> str:
    return (
        f"<xml><ToUserName>gh</ToUserName><FromUserName>{user}</FromUserName><CreateTime>{int(time.time())}"
        f"</CreateTime><MsgType>text</MsgType><Content>{text}</Content><MsgId>{number}</MsgId></xml>"
    )


def unsubscribed(user: str = "openid") -> str:
    return (
        f"<xml><ToUserName>gh</ToUserName><FromUserName>{user}</FromUserName><CreateTime>{int(time.time())}"
        "</CreateTime><MsgType>event</MsgType><Event>unsubscribe</Event><EventKey></EventKey></xml>"
    )


async def post(client: Client, body: str) -> str:
    """Send a body as WeChat does in plain mode; return what comes back."""
    moment = str(int(time.time()))
    signature = hashlib.sha1("".join(sorted((TOKEN, moment, "nonce"))).encode()).hexdigest()
    query = {"signature": signature, "timestamp": moment, "nonce": "nonce", "openid": "openid"}
    response = await client.post("/wechat", params=query, data=body.encode())
    assert response.status == 200, await response.text()
    return await response.text()


def content(reply: str) -> str:
    return ET.fromstring(reply).findtext("Content") or ""


async def test_a_question_over_wechat_is_answered_for_the_account_s_region(plain: Client) -> None:
    assert "350" in content(await post(plain, message("孩子的医保一年交多少钱")))

    (turn,) = await plain.app[STORAGE].journal.turns()
    assert (turn.channel, turn.region) == ("wechat", "datong")


async def test_a_repeated_message_is_one_turn_with_equal_replies(plain: Client) -> None:
    body = message("孩子的医保一年交多少钱")

    replies = {content(reply) for reply in await asyncio.gather(*(post(plain, body) for _ in range(3)))}

    assert len(replies) == 1
    assert len(await plain.app[STORAGE].journal.turns()) == 1


async def test_many_messages_of_one_user_are_each_one_turn(plain: Client) -> None:
    await asyncio.gather(*(post(plain, message("你好", number)) for number in range(50)))

    assert len(await plain.app[STORAGE].journal.turns()) == 50


async def test_a_user_who_leaves_is_forgotten(plain: Client) -> None:
    await post(plain, message("深圳孩子的医保一年交多少钱"))
    await post(plain, unsubscribed())

    assert "350" in content(await post(plain, message("孩子的医保一年交多少钱", 2)))


async def test_a_secure_message_gets_an_answer_that_only_the_key_opens(secure: Client) -> None:
    crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
    moment = str(int(time.time()))
    sealed = crypto.encrypt_message(message("孩子的医保一年交多少钱"), "nonce", moment)
    signature = ET.fromstring(sealed).findtext("MsgSignature") or ""
    query = {"msg_signature": signature, "timestamp": moment, "nonce": "nonce", "encrypt_type": "aes"}

    response = await secure.post("/wechat", params=query, data=sealed.encode())
    reply = await response.text()

    signature, moment = (ET.fromstring(reply).findtext(name) or "" for name in ("MsgSignature", "TimeStamp"))
    opened = crypto.decrypt_message(reply, signature, moment, "nonce")
    assert "350" in content(opened)
    assert "350 元" not in reply


async def test_old_turns_leave_the_journal_where_days_are_set(
    aiohttp_client: Callable[..., Awaitable[Client]], config: Config, core: Core
) -> None:
    kept = storage(config.state_url, config.journal_url, config.data_dir)
    await kept.journal.open()
    for days in (1, 3):
        at = now() - timedelta(days=days)
        await kept.journal.append(Turn(str(days), at, "http", "u", None, None, "chat", "在吗", "在的"))
    await kept.journal.close()

    client = await aiohttp_client(build_app(config.model_copy(update={"journal_days": 2}), core))

    async with asyncio.timeout(60):
        while len(turns := await client.app[STORAGE].journal.turns()) == 2:  # noqa: ASYNC110  # nothing tells when
            await asyncio.sleep(0.01)
    assert [turn.id for turn in turns] == ["1"]


async def test_yibao_forget_finds_a_user_of_wechat(plain: Client, config: Config) -> None:
    await post(plain, message("孩子的医保一年交多少钱"))

    assert await forget(config, "openid") == 1
    assert await plain.app[STORAGE].journal.turns() == ()
