"""Accounts as a config describes them, over the real knowledge and storage."""

from __future__ import annotations

import asyncio
import functools
import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from pytest_aiohttp.plugin import AiohttpServer

from bot import wechat
from bot.app import STORAGE, build_app
from bot.channels.wechat import handler
from bot.channels.wechat.hours import OfficeHours
from bot.channels.wechat.wording import ON_ITS_WAY
from bot.config import Config, ConfigError, read_config
from bot.core import Core
from bot.desk import Desk
from bot.dialogue.reply import Reply
from bot.message import Message
from bot.storage.pseudonyms import pseudonym
from tests.channels.wechat.fake_wechat import SECRET, FakeWeChat
from tests.channels.wechat.peer import APP_ID, ENCODED_KEY, KEY, Clock, Line, Peer, body_of, text_body

Client = TestClient[Any, Any]

ALWAYS = "1-7 00:00-23:59"
ACCOUNTS = {
    "north": {"token": "token-north", "region": "datong"},
    "south": {
        "token": "token-south",
        "app_id": APP_ID,
        "aes_key": ENCODED_KEY,
        "region": "shenzhen",
        "hours": ALWAYS,
        "service_account": "kf1@south",
    },
}
NORTH, SOUTH = Peer(token="token-north"), Peer(token="token-south", key=KEY)


@dataclass
class Server:
    """The bot as a config builds it, and WeChat as its client."""

    client: Client
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    async def post(self, peer: Peer, path: str, body: str) -> tuple[int, str]:
        peer.timestamp = str(int(time.time()))
        query, raw = peer.request(body)
        async with self.client.post(path, params=query, data=raw) as answer:
            return answer.status, await answer.text()

    async def fields(self, peer: Peer, path: str, body: str) -> dict[str, str]:
        status, answer = await self.post(peer, path, body)
        assert status == 200
        return dict(peer.opened(answer))

    async def say(self, peer: Peer, path: str, text: str, user: str = "oUser") -> str:
        body = text_body(text, user=user, message_id=str(next(self.numbers)))
        return (await self.fields(peer, path, body))["Content"]


Start = Callable[..., Awaitable[Server]]


@pytest.fixture
def start(aiohttp_client: Callable[..., Awaitable[Client]], tmp_path: Path, core: Core) -> Start:
    async def begin(**settings: Any) -> Server:
        config = Config.model_validate({"data_dir": tmp_path} | settings)
        return Server(await aiohttp_client(build_app(config, core)))

    return begin


async def test_each_account_has_its_own_path_token_key_and_region(start: Start) -> None:
    server = await start(wechat_accounts=ACCOUNTS)

    north = await server.say(NORTH, "/wechat/north", "孩子的医保一年交多少钱")
    south = await server.say(SOUTH, "/wechat/south", "咨询电话")

    assert "350" in north
    assert "12345" in south
    for peer, path in ((NORTH, "/wechat/south"), (SOUTH, "/wechat/north")):
        status, _ = await server.post(peer, path, text_body("你好"))
        assert status == 403
    assert (await server.post(NORTH, "/wechat", text_body("你好")))[0] == 404
    assert (await server.post(NORTH, "/wechat/east", text_body("你好")))[0] == 404


async def test_a_user_of_two_accounts_is_two_users(start: Start) -> None:
    server = await start(wechat_token="token", wechat_region="datong", wechat_accounts=ACCOUNTS)

    await server.say(SOUTH, "/wechat/south", "你好")
    await server.say(NORTH, "/wechat/north", "你好")
    await server.say(Peer(token="token"), "/wechat", "你好")

    turns = await server.client.app[STORAGE].journal.turns()
    assert {turn.channel for turn in turns} == {"wechat"}
    assert len({turn.user for turn in turns}) == 3


async def test_menu_codes_and_places_are_asked_about(start: Start) -> None:
    server = await start(wechat_token="token")
    peer = Peer(token="token")

    def event(name: str, key: str, user: str) -> str:
        fields = f"<Event><![CDATA[{name}]]></Event><EventKey><![CDATA[{key}]]></EventKey>"
        return body_of("event", fields, user=user)

    label = "<Label><![CDATA[山西省大同市平城区]]></Label><MsgId>99</MsgId>"
    await server.fields(peer, "/wechat", event("subscribe", "qrscene_datong", "oScene"))
    await server.fields(peer, "/wechat", body_of("location", label, user="oPlace"))
    for user in ("oScene", "oPlace"):
        clicked = await server.fields(peer, "/wechat", event("CLICK", "premium", user))
        assert "350" in clicked["Content"]


@pytest.mark.parametrize("number", ["1-7 00:00-00:01", None])
async def test_who_asks_for_people_gets_the_contacts_when_nobody_is_there(
    start: Start, number: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OfficeHours, "is_open", lambda *_: False)
    server = await start(wechat_token="token", wechat_region="dianjiang", wechat_hours=number)

    said = await server.say(Peer(token="token"), "/wechat", "转人工")

    assert "74508536" in said
    assert said.startswith(
        "人工客服的时间是周一至周日 00:00至00:01，现在没有人值班。" if number else "我没法替您接通工作人员。"
    )


async def test_who_asks_for_people_of_no_place_is_told_the_hours(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OfficeHours, "is_open", lambda *_: False)
    server = await start(wechat_token="token", wechat_hours="7 00:00-00:01")

    assert "周日 00:00至00:01" in await server.say(Peer(token="token"), "/wechat", "转人工")


async def test_who_asks_for_people_gets_them_when_they_are_there(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OfficeHours, "is_open", lambda *_: True)
    server = await start(wechat_accounts=ACCOUNTS)

    fields = await server.fields(SOUTH, "/wechat/south", text_body("转人工"))

    assert (fields["MsgType"], fields["KfAccount"]) == ("transfer_customer_service", "kf1@south")


async def test_messages_of_one_user_are_counted_once_each_in_order(start: Start) -> None:
    """300 messages over 16 connections, each sent thrice: 300 turns, in the order of sending."""
    server = await start(wechat_token="token", wechat_region="datong")
    peer = Peer(token="token", timestamp=str(int(time.time())))
    address = server.client.server
    assert address.port is not None
    lines = [await Line.to(address.host, address.port) for _ in range(16)]

    replies: dict[int, set[str]] = {number: set() for number in range(300)}
    for first in range(0, 300, 5):  # five messages under way at a time, each with two repeats
        numbers = [number for number in range(first, first + 5) for _ in range(3)]
        for number, line in zip(numbers, lines, strict=False):
            line.send(*peer.request(text_body(f"第{number}个问题", message_id=str(number))))
        for number, line in zip(numbers, lines, strict=False):
            replies[number].add(peer.opened(await line.answer())["Content"])
    for line in lines:
        await line.close()

    turns = await server.client.app[STORAGE].journal.turns(limit=1000)
    assert [turn.asked for turn in reversed(turns)] == [f"第{number}个问题" for number in range(300)]
    assert all(len(said) == 1 for said in replies.values())


async def test_an_account_with_its_secret_sends_late_answers(
    start: Start, aiohttp_server: AiohttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeWeChat(Clock(time.time()))
    fake.writes("oUser")
    api = str((await aiohttp_server(fake.app())).make_url("")).rstrip("/")
    account = {"token": "t", "app_id": APP_ID, "app_secret": SECRET, "region": "datong", "api": api}
    answer, go_on = Desk.answer, asyncio.Event()

    async def slow(desk: Desk, message: Message) -> Reply:
        await go_on.wait()
        return await answer(desk, message)

    monkeypatch.setattr(Desk, "answer", slow)
    settings = functools.partial(handler.Settings, budget=0.1)
    monkeypatch.setattr(wechat, "Settings", settings)
    server = await start(wechat_accounts={"north": account})

    assert await server.say(Peer(token="t"), "/wechat/north", "孩子的医保一年交多少钱") == ON_ITS_WAY
    go_on.set()
    await server.client.close()  # lets it finish, and the API with it

    assert "350" in str(fake.sent)


async def test_users_are_kept_by_pseudonyms_of_their_account(start: Start, tmp_path: Path) -> None:
    server = await start(wechat_accounts=ACCOUNTS)

    await server.say(NORTH, "/wechat/north", "你好", user="oSecret")

    key = (tmp_path / "pseudonyms.key").read_bytes()
    (turn,) = await server.client.app[STORAGE].journal.turns()
    assert turn.user == pseudonym(key, "wechat", "wechat/north:oSecret")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"wechat_token": "t", "wechat_region": "atlantis"},
            "YIBAO_WECHAT_REGION='atlantis': there is no such",
        ),
        (
            {"wechat_accounts": {"a": {"token": "t", "region": "atlantis"}}},
            "wechat_accounts.a.region='atlantis'",
        ),
    ],
)
def test_an_unknown_region_is_named(
    settings: dict[str, Any], message: str, core: Core, tmp_path: Path
) -> None:
    config = Config.model_validate({"data_dir": tmp_path} | settings)

    with pytest.raises(ConfigError, match=message):
        build_app(config, core)


def test_accounts_stand_in_the_file_or_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "yibao.yaml"
    file.write_text("wechat_accounts:\n  north: {token: one, region: datong}\n", encoding="utf-8")
    monkeypatch.setenv("YIBAO_WECHAT_ACCOUNTS", '{"south": {"token": "two"}, "north": {"token": "three"}}')

    config = read_config(file)

    tokens = {path: account.token.get_secret_value() for path, account in config.official_accounts.items()}
    assert tokens == {"/wechat/north": "three", "/wechat/south": "two"}
    assert config.wechat_accounts["north"].region == "datong"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ('{"north": {"token": "geheim"', "is no JSON"),
        ('["geheim"]', "wechat_accounts (YIBAO_WECHAT_ACCOUNTS): "),
        (
            '{"north": {"tokn": "geheim", "token": "t"}}',
            "wechat_accounts.north.tokn (YIBAO_WECHAT_ACCOUNTS): ",
        ),
        ('{"North": {"token": "geheim"}}', "wechat_accounts.North"),
        ('{"n": {"token": ""}}', "wechat_accounts.n.token"),
        ('{"n": {"token": "t", "app_id": "a", "aes_key": "geheim"}}', "43 characters"),
        ('{"n": {"token": "t", "app_secret": "geheim"}}', "app_secret needs app_id"),
        ('{"n": {"token": "t", "hours": "geheim"}}', "as in 1-5"),
        ('{"n": {"token": "t", "service_account": "kf"}}', "service_account needs hours"),
        ('{"n": {"token": "t", "api": "ftp://geheim"}}', "write an address"),
    ],
)
def test_a_bad_account_is_named_and_its_secrets_are_not_shown(
    value: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIBAO_WECHAT_ACCOUNTS", value)

    with pytest.raises(ConfigError) as raised:
        read_config()

    assert message in str(raised.value)
    assert "geheim" not in str(raised.value)


def test_a_key_of_the_one_account_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("TOKEN", "t"), ("APP_ID", "a"), ("AES_KEY", "geheim")):
        monkeypatch.setenv(f"YIBAO_WECHAT_{name}", value)

    with pytest.raises(ConfigError, match="YIBAO_WECHAT_AES_KEY: an EncodingAESKey has 43 characters"):
        read_config()
