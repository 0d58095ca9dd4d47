from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from wechatpy.enterprise.crypto import WeChatCrypto

from bot.app import STORAGE, build_app
from bot.channels.wechat.crypto import encrypt, sign
from bot.channels.wechat.errors import AppIdError, CiphertextError, MalformedError, SignatureError, StaleError
from bot.channels.wecom.protocol import WeComProtocol
from bot.config import Config
from bot.core import Core
from tests.channels.wechat.peer import ENCODED_KEY, KEY, NOW, Clock, strictly_read

CORP = "ww0123456789abcdef"
TOKEN = "a-token-of-tests"
NONCE = "1597212914"
THEIRS = WeChatCrypto(TOKEN, ENCODED_KEY, CORP)
OURS = WeComProtocol(token=TOKEN, corp_id=CORP, aes_key=KEY, clock=Clock())

Client = TestClient[Any, Any]


def verification(plain: bytes, *, corp: str = CORP, timestamp: int = NOW) -> dict[str, str]:
    echo = encrypt(KEY, plain, corp)
    signature = sign(TOKEN, str(timestamp), NONCE, echo)
    return {"msg_signature": signature, "timestamp": str(timestamp), "nonce": NONCE, "echostr": echo}


def test_an_encrypted_echostr_is_answered_opened() -> None:
    query = verification("4375120948345356249医".encode())

    assert OURS.verify(query) == "4375120948345356249医"
    signed = (query["msg_signature"], query["timestamp"], NONCE, query["echostr"])
    assert THEIRS.check_signature(*signed) == OURS.verify(query)


def test_a_plus_that_arrives_as_a_space_is_a_plus() -> None:
    queries = (verification(b"%d" % number) for number in range(50))
    query = next(query for query in queries if "+" in query["echostr"])

    assert OURS.verify(query | {"echostr": query["echostr"].replace("+", " ")}).isdigit()


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({}, MalformedError),
        (verification(b"7") | {"msg_signature": "0" * 40}, SignatureError),
        (verification(b"7", timestamp=NOW - 301), StaleError),
        (verification(b"7", corp="wwother"), AppIdError),
        (verification(b"\xff"), CiphertextError),
    ],
)
def test_an_echostr_that_is_not_theirs_is_refused(query: dict[str, str], error: type[Exception]) -> None:
    with pytest.raises(error):
        OURS.verify(query)


def message(kind: str, fields: str, user: str = "zhangsan") -> str:
    return (
        f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><FromUserName><![CDATA[{user}]]></FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>{fields}<AgentID>1</AgentID></xml>"
    )


@pytest.fixture
async def client(aiohttp_client: Callable[..., Awaitable[Client]], tmp_path: Path, core: Core) -> Client:
    app = {"token": TOKEN, "corp_id": CORP, "aes_key": ENCODED_KEY, "region": "wendeng"}
    config = Config.model_validate({"data_dir": tmp_path, "wecom_accounts": {"office": app}})
    return await aiohttp_client(build_app(config, core))


async def post(client: Client, body: str) -> str:
    """Send a message as the library that others use seals it."""
    moment = str(int(time.time()))
    sealed = strictly_read(THEIRS.encrypt_message(body, NONCE, moment))
    query = {"msg_signature": sealed["MsgSignature"], "timestamp": moment, "nonce": NONCE}
    raw = (
        f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><AgentID>1</AgentID>"
        f"<Encrypt><![CDATA[{sealed['Encrypt']}]]></Encrypt></xml>"
    )
    async with client.post("/wecom/office", params=query, data=raw.encode()) as answer:
        assert answer.status == 200
        return await answer.text()


def opened(answer: str) -> dict[str, str]:
    """Open an answer as the library that others use does."""
    sealed = strictly_read(answer)
    signed = (sealed["MsgSignature"], sealed["TimeStamp"], sealed["Nonce"])
    return strictly_read(THEIRS.decrypt_message(answer, *signed))


def text(content: str, number: int = 1) -> str:
    return message("text", f"<Content><![CDATA[{content}]]></Content><MsgId>{number}</MsgId>")


async def test_a_question_is_answered_with_numbers_and_no_links(client: Client) -> None:
    fields = opened(await post(client, text("住院花了五万能报多少")))

    assert (fields["ToUserName"], fields["FromUserName"], fields["MsgType"]) == ("zhangsan", CORP, "text")
    assert "\n1 " in fields["Content"]
    assert "weixin://" not in fields["Content"]
    (turn,) = await client.app[STORAGE].journal.turns()
    assert (turn.channel, turn.region) == ("wecom", "wendeng")


async def test_a_number_chooses(client: Client) -> None:
    await post(client, text("住院花了五万能报多少", 1))

    assert "1 " in opened(await post(client, text("1", 2)))["Content"]


async def test_a_menu_key_is_a_topic(client: Client) -> None:
    click = message("event", "<Event><![CDATA[click]]></Event><EventKey><![CDATA[premium]]></EventKey>")

    assert "元" in opened(await post(client, click))["Content"]


async def test_what_needs_no_answer_gets_an_empty_body(client: Client) -> None:
    assert await post(client, message("event", "<Event><![CDATA[enter_agent]]></Event>")) == ""
    assert await post(client, message("event", "<Event><![CDATA[unsubscribe]]></Event>")) == ""


async def test_a_plain_body_and_the_plain_signature_are_refused(client: Client) -> None:
    moment = str(int(time.time()))
    query = {"signature": sign(TOKEN, moment, NONCE), "timestamp": moment, "nonce": NONCE}
    for extra in ({}, {"msg_signature": query["signature"]}):
        async with client.post("/wecom/office", params=query | extra, data=text("你好").encode()) as answer:
            assert answer.status == 403


async def test_the_address_is_verified(client: Client) -> None:
    query = verification(b"1616140317555161061", timestamp=int(time.time()))

    async with client.get("/wecom/office", params=query) as answer:
        assert (answer.status, await answer.read()) == (200, b"1616140317555161061")
