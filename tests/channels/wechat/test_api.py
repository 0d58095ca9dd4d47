from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from pytest_aiohttp.plugin import AiohttpServer

from bot.channels.wechat import wording
from bot.channels.wechat.api import client as api_client
from bot.channels.wechat.api import faults
from bot.channels.wechat.api.client import WeChatApi
from bot.channels.wechat.api.sender import ApiSender
from bot.channels.wechat.queueing import Produced
from tests.channels.wechat.fake_wechat import SECRET, TWO_DAYS, TWO_HOURS, FakeWeChat, error
from tests.channels.wechat.peer import APP_ID, KEY, MemoryStore, Said, cases
from tests.channels.wechat.test_handler import LONG, SHORT, Account, Accounts

LINKED = Produced("", ("按几档？\n1 一档\n2 二档",), "按几档？", ("一档", "二档"))


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_client, "BUSY_SECONDS", 0)


@dataclass
class Workers:
    """A fake WeChat, and as many workers of one account as are asked for, over one store."""

    fake: FakeWeChat
    address: str
    stack: AsyncExitStack
    store: MemoryStore = field(default_factory=MemoryStore)

    async def api(self, *, app_id: str = APP_ID, secret: str = SECRET) -> WeChatApi:
        api = WeChatApi(app_id, secret, self.store, self.address, clock=self.fake.clock)
        return await self.stack.enter_async_context(api)


@pytest.fixture
async def workers(aiohttp_server: AiohttpServer) -> AsyncIterator[Workers]:
    fake = FakeWeChat()
    fake.writes("oUser")
    server = await aiohttp_server(fake.app())
    async with AsyncExitStack() as stack:
        yield Workers(fake, str(server.make_url("")).rstrip("/"), stack)


async def test_a_text_is_sent_as_it_is(workers: Workers) -> None:
    api = await workers.api()

    await api.send_text("oUser", "每人每年 350 元。😀 <a>")

    assert workers.fake.sent == [
        {"touser": "oUser", "msgtype": "text", "text": {"content": "每人每年 350 元。😀 <a>"}}
    ]
    assert "每人每年".encode() in workers.fake.bodies[0]


@pytest.mark.parametrize("case", cases("kf_json", "json"))
async def test_kf_vectors(workers: Workers, case: dict[str, Any]) -> None:
    given = case["json"]
    api = await workers.api()
    if "msgmenu" in given:
        menu = given["msgmenu"]
        workers.fake.writes("OPENID")
        await api.send_choices("OPENID", menu["head_content"], [entry["content"] for entry in menu["list"]])
        [sent] = workers.fake.sent
        assert (sent["touser"], sent["msgtype"]) == (given["touser"], given["msgtype"])
        assert [entry["content"] for entry in sent["msgmenu"]["list"]] == ["msgmenu1", "msgmenu2"]
        assert sent["msgmenu"].keys() == menu.keys()
        return
    workers.fake.broken = json.dumps(given).encode()
    kinds = {45015: faults.WindowError, 45047: faults.CountError, 40001: faults.CredentialError}
    with pytest.raises(kinds[given["errcode"]], match=str(given["errcode"])):
        await api.send_text("OPENID", "x")


async def test_workers_share_one_token(workers: Workers) -> None:
    apis = [await workers.api() for _ in range(4)]
    for number in range(20):
        workers.fake.writes(f"o{number}")

    await asyncio.gather(*(apis[number % 4].send_text(f"o{number}", "x") for number in range(20)))

    assert len(workers.fake.sent) == 20
    assert workers.fake.fetches == [False]


async def test_an_expired_token_is_fetched_anew_once(workers: Workers) -> None:
    apis = [await workers.api() for _ in range(3)]
    for _ in range(3):
        await asyncio.gather(*(api.send_text("oUser", "x") for api in apis))
        workers.fake.clock.now += TWO_HOURS
        workers.fake.writes("oUser")

    assert workers.fake.fetches == [False] * 3


async def test_a_token_that_ended_early_is_replaced_once_without_force(workers: Workers) -> None:
    apis = [await workers.api() for _ in range(3)]
    await asyncio.gather(*(api.send_text("oUser", "x") for api in apis))
    workers.fake.end_token()
    workers.fake.writes("oUser")

    await asyncio.gather(*(api.send_text("oUser", "x") for api in apis))

    assert len(workers.fake.sent) == 6
    assert workers.fake.fetches == [False, False]


async def test_a_token_that_is_refused_though_it_is_the_latest_is_forced(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = await workers.api()
    refused = workers.fake.refusal
    monkeypatch.setattr(
        workers.fake,
        "refusal",
        lambda request: refused(request) if workers.fake.tokens > 1 else refused_token(),
    )

    await api.send_text("oUser", "x")

    assert workers.fake.fetches == [False, False, True]
    assert len(workers.fake.sent) == 1


def refused_token() -> web.Response:
    return error(42001, "access_token expired")


async def test_a_call_is_repeated_once_only(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    api = await workers.api()
    monkeypatch.setattr(workers.fake, "refusal", lambda _: refused_token())

    with pytest.raises(faults.CredentialError):
        await api.send_text("oUser", "x")

    assert len(workers.fake.bodies) == 2
    assert workers.fake.fetches == [False, False, True]


async def test_a_short_lived_token_is_used_for_a_while(workers: Workers) -> None:
    workers.fake.end_token()
    workers.fake.token_until = workers.fake.clock.now + 301
    api = await workers.api()

    await api.send_text("oUser", "x")
    workers.fake.clock.now += 240
    await api.send_text("oUser", "x")

    assert workers.fake.fetches == [False]
    workers.fake.clock.now += 2
    await api.send_text("oUser", "x")
    assert workers.fake.fetches == [False, False]


async def test_a_busy_wechat_is_asked_once_more(workers: Workers) -> None:
    api = await workers.api()
    workers.fake.busy = 1
    await api.send_text("oUser", "x")
    assert len(workers.fake.sent) == 1

    workers.fake.busy = 2
    with pytest.raises(faults.BusyError):
        await api.send_text("oUser", "x")


Change = Callable[[FakeWeChat], object]


@pytest.mark.parametrize(
    ("change", "kind", "told"),
    [
        (lambda fake: setattr(fake, "listed", False), faults.AddressError, "203.0.113.7"),
        (lambda fake: setattr(fake, "certified", False), faults.RightError, "微信认证"),
        (lambda fake: fake.wrote.clear(), faults.WindowError, "48 hours"),
        (lambda fake: setattr(fake.clock, "now", fake.clock.now + TWO_DAYS), faults.WindowError, "48 hours"),
        (lambda fake: fake.counts.update(oUser=0), faults.CountError, "until they write again"),
        (lambda fake: setattr(fake, "broken", b"<html>502</html>"), faults.UnreachableError, "no answer"),
        (lambda fake: setattr(fake, "broken", b"[]"), faults.UnreachableError, "no object"),
        (lambda fake: setattr(fake, "broken", b"{}"), faults.UnreachableError, "without a token"),
        (lambda fake: setattr(fake, "broken", b'{"errcode": "x"}'), faults.UnreachableError, "no number"),
        (lambda fake: setattr(fake, "broken", b'{"errcode": 99}'), faults.ApiError, "全局返回码"),
    ],
)
async def test_what_wechat_refuses_says_what_to_do(
    workers: Workers, change: Change, kind: type[faults.ApiError], told: str
) -> None:
    api = await workers.api()
    change(workers.fake)

    with pytest.raises(kind) as raised:
        await api.send_text("oUser", "x")

    assert told in str(raised.value)
    assert type(raised.value) is kind
    for secret in (SECRET, workers.fake.token, "oUser"):
        assert secret not in str(raised.value)


@pytest.mark.parametrize("wrong", [{"app_id": "wxother"}, {"secret": "other"}])
async def test_a_wrong_secret_is_said(workers: Workers, wrong: dict[str, str]) -> None:
    api = await workers.api(**wrong)

    with pytest.raises(faults.SecretError, match="AppID and AppSecret"):
        await api.send_text("oUser", "x")


async def test_a_text_over_the_limit_is_refused(workers: Workers) -> None:
    api = await workers.api()

    with pytest.raises(faults.LengthError):
        await api.send_text("oUser", "医" * 700)


async def test_nobody_listening_is_said_without_the_token(workers: Workers) -> None:
    api = await workers.stack.enter_async_context(
        WeChatApi(APP_ID, SECRET, MemoryStore(), "http://127.0.0.1:9", clock=workers.fake.clock)
    )

    with pytest.raises(faults.UnreachableError) as raised:
        await api.send_text("oUser", "x")

    assert raised.value.__cause__ is None
    assert "no answer" in str(raised.value)


# --- late answers -----------------------------------------------------------------------------------------


@pytest.fixture
async def late(accounts: Accounts, workers: Workers) -> Account:
    """An account that may send, and whose bot is slow."""
    account = await accounts.start(KEY, SHORT, ApiSender(await workers.api()))
    account.bot.gate.clear()
    return account


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  # what is waited for has no event
            await asyncio.sleep(0.01)


async def test_a_late_answer_is_sent(late: Account, workers: Workers) -> None:
    assert await late.say("住院") == wording.ON_ITS_WAY
    late.bot.gate.set()
    await until(lambda: bool(workers.fake.sent))

    [message] = workers.fake.sent
    assert (message["touser"], message["text"]) == ("oUser", {"content": "您问的是：住院"})
    await until(lambda: late.store.held["wechat:oUser"] == [])


async def test_a_late_choice_is_sent_as_a_menu(late: Account, workers: Workers) -> None:
    late.bot.replies["住院"] = Said("您按几档缴费？", "clarify", ("一档", "二档"))
    await late.say("住院")
    late.bot.gate.set()
    await until(lambda: bool(workers.fake.sent))

    menu = workers.fake.sent[0]["msgmenu"]
    assert menu["head_content"] == "您按几档缴费？"
    assert menu["list"] == [{"id": "1", "content": "一档"}, {"id": "2", "content": "二档"}]


async def test_the_rest_of_a_late_answer_is_held(late: Account, workers: Workers) -> None:
    late.bot.replies["住院"] = Said(LONG)
    await late.say("住院")
    late.bot.gate.set()
    await until(lambda: bool(workers.fake.sent))

    first = workers.fake.sent[0]["text"]["content"]
    assert first.startswith("第1条")
    assert "第60条" in "".join([await late.say("继续", message_id=str(number)) for number in (2, 3)])


async def test_a_late_answer_that_is_waited_for_is_not_sent(late: Account, workers: Workers) -> None:
    await late.say("住院")
    waiting = asyncio.ensure_future(late.say("继续", message_id="2"))
    await asyncio.sleep(0.05)
    late.bot.gate.set()

    assert await waiting == "您问的是：住院"
    assert not workers.fake.sent


@pytest.mark.parametrize(
    ("change", "level"),
    [
        (lambda fake: setattr(fake, "certified", False), logging.ERROR),
        (lambda fake: fake.counts.update(oUser=0), logging.WARNING),
    ],
)
async def test_what_cannot_be_sent_is_held_and_the_reason_is_logged(
    late: Account, workers: Workers, change: Change, level: int, caplog: pytest.LogCaptureFixture
) -> None:
    change(workers.fake)
    await late.say("住院")
    late.bot.gate.set()
    await until(lambda: late.store.held.get("wechat:oUser") == ["您问的是：住院"])

    assert await late.say("继续", message_id="2") == "您问的是：住院"
    [record] = [record for record in caplog.records if record.name.endswith("sender")]
    assert (record.levelno, "WeChat says 4" in record.getMessage()) == (level, True)
    for secret in (SECRET, workers.fake.token, "oUser", "住院"):
        assert secret not in caplog.text


async def test_choices_are_sent_by_the_sender(workers: Workers) -> None:
    assert await ApiSender(await workers.api()).send("oUser", LINKED)

    assert workers.fake.sent[0]["msgtype"] == "msgmenu"
