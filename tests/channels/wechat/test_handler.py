from __future__ import annotations

import asyncio
import gzip
import io
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp.plugin import AiohttpClient

from bot.channels.wechat import wording
from bot.channels.wechat.actions import Texts
from bot.channels.wechat.crypto import AesKey
from bot.channels.wechat.errors import TooLargeError
from bot.channels.wechat.handler import Sender, Settings, WeChatHandler
from bot.channels.wechat.markup import MAX_BODY
from bot.channels.wechat.phone import MORE, size
from bot.channels.wechat.protocol import WeChatProtocol
from tests.channels.wechat.peer import (
    APP_ID,
    KEY,
    NOW,
    TOKEN,
    Bot,
    Clock,
    MemoryStore,
    Menu,
    Peer,
    Said,
    body_of,
    cases,
    links,
    text_body,
)

SHORT = Settings(budget=0.25)
"""A budget for tests of what is late: the bot's gate stays shut until the request was answered."""

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Account:
    """An Official Account with its server running, and WeChat as its peer."""

    client: TestClient[web.Request, web.Application]
    peer: Peer
    bot: Bot
    store: MemoryStore

    async def post(self, body: str | bytes, **changes: str) -> tuple[int, str]:
        """Send a signed message and give status and body of the answer."""
        query, raw = self.peer.request(body)
        async with self.client.post("/wechat", params=query | changes, data=io.BytesIO(raw)) as answer:
            return answer.status, await answer.text()

    async def fields(self, body: str | bytes) -> Mapping[str, str]:
        """Send a signed message and give the fields of the answer; none for `success`."""
        status, answer = await self.post(body)
        assert status == 200
        return self.peer.opened(answer)

    async def say(self, content: str, *, user: str = "oUser", message_id: str = "1") -> str:
        """Send a text and give the text that comes back."""
        return (await self.fields(text_body(content, user=user, message_id=message_id)))["Content"]


@dataclass
class Accounts:
    """Starts servers."""

    start_client: AiohttpClient
    store: MemoryStore = field(default_factory=MemoryStore)

    async def start(
        self, key: AesKey | None = None, settings: Settings | None = None, sender: Sender | None = None
    ) -> Account:
        bot = Bot()
        protocol = WeChatProtocol(token=TOKEN, app_id=APP_ID, aes_key=key, clock=Clock())
        handler = WeChatHandler(
            protocol,
            bot.answer,
            self.store,
            forget=bot.forget,
            phrases=Menu(),
            sender=sender,
            settings=settings,
        )
        app = web.Application()
        handler.register(app)
        return Account(await self.start_client(app), Peer(key=key), bot, self.store)


@pytest.fixture(params=[None, KEY], ids=["plain", "secure"])
async def account(request: pytest.FixtureRequest, accounts: Accounts) -> Account:
    return await accounts.start(request.param)


async def test_the_address_is_verified(account: Account) -> None:
    echo = "4375120948345356249 +/=&<>医"
    query = Peer().query() | {"echostr": echo}

    async with account.client.get("/wechat", params=query) as answer:
        assert (answer.status, await answer.read()) == (200, echo.encode())


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "changes", [None, {"signature": "0" * 40, "msg_signature": "0" * 40}, {"timestamp": "1"}]
)
async def test_what_is_not_signed_is_forbidden(
    account: Account, method: str, changes: dict[str, str] | None
) -> None:
    signed, raw = account.peer.request(text_body("x"))
    query = {} if changes is None else signed | {"echostr": "7"} | changes

    async with account.client.request(method, "/wechat", params=query, data=raw) as answer:
        assert answer.status == 403
        assert (await answer.json())["error"]["code"] == "bad_signature"
    assert not account.bot.asked


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
async def test_other_methods_are_not_allowed(account: Account, method: str) -> None:
    async with account.client.request(method, "/wechat") as answer:
        assert answer.status == 405


async def test_a_question_is_answered_to_the_one_who_asks(account: Account) -> None:
    fields = await account.fields(text_body("医保多少钱", user="oMe"))

    assert fields["Content"] == "您问的是：医保多少钱"
    assert (fields["ToUserName"], fields["FromUserName"], fields["MsgType"]) == ("oMe", "gh_account", "text")
    assert fields["CreateTime"] == str(NOW)
    (incoming,) = account.bot.asked
    assert (incoming.user, incoming.text, incoming.source) == ("wechat:oMe", "医保多少钱", "text")


async def test_options_come_as_numbers_and_links(account: Account) -> None:
    account.bot.replies["住院"] = Said("您按几档缴费？", "clarify", ("一档", "二档"))
    account.bot.replies["缴费"] = Said("350 元。", "answer", ("微信怎么交",))

    choice, answer = await account.say("住院", message_id="1"), await account.say("缴费", message_id="2")

    assert choice.startswith("您按几档缴费？\n1 <a ")
    assert links(choice) == ["一档", "二档"]
    assert answer.startswith("350 元。\n还可以问：\n1 <a ")


async def test_speech_is_a_question(account: Account) -> None:
    heard = body_of("voice", "<Recognition><![CDATA[医保多少钱。]]></Recognition><MsgId>1</MsgId>")
    unheard = body_of("voice", "<Recognition><![CDATA[]]></Recognition><MsgId>2</MsgId>")

    assert (await account.fields(heard))["Content"] == "您问的是：医保多少钱。"
    assert (await account.fields(unheard))["Content"] == wording.PLEASE_TYPE
    assert [incoming.source for incoming in account.bot.asked] == ["voice"]


async def test_a_place_is_asked_about(account: Account) -> None:
    named = body_of("location", "<Label><![CDATA[山西省大同市平城区]]></Label><MsgId>1</MsgId>")
    unnamed = body_of("location", "<Label><![CDATA[]]></Label><MsgId>2</MsgId>")

    assert (await account.fields(named))["Content"] == "您问的是：山西省大同市平城区"
    assert (await account.fields(unnamed))["Content"] == wording.PLEASE_NAME_PLACE
    assert [incoming.source for incoming in account.bot.asked] == ["location"]


def event(name: str, key: str = "") -> str:
    return body_of("event", f"<Event><![CDATA[{name}]]></Event><EventKey><![CDATA[{key}]]></EventKey>")


async def test_a_follower_is_welcomed(account: Account) -> None:
    for key in ("", "last_trade_no_4008072001201701105817415015", "qrscene_unknown"):
        assert (await account.fields(event("subscribe", key)))["Content"] == wording.WELCOME
    assert not account.bot.asked


async def test_a_code_with_a_place_is_answered_after_the_welcome(account: Account) -> None:
    for name, key in (("subscribe", "qrscene_7"), ("SCAN", "7")):
        content = (await account.fields(event(name, key)))["Content"]
        assert content == f"{wording.WELCOME}\n\n您问的是：大同"
    assert [incoming.source for incoming in account.bot.asked] == ["scene", "scene"]


async def test_a_menu_key_is_a_topic(account: Account) -> None:
    assert (await account.fields(event("CLICK", "premium")))["Content"] == "您问的是：个人缴费标准"
    assert (await account.fields(event("CLICK", "gone")))["Content"] == wording.WELCOME
    assert [incoming.source for incoming in account.bot.asked] == ["menu"]


async def test_who_leaves_is_forgotten(account: Account) -> None:
    assert await account.post(event("unsubscribe")) == (200, "success")
    assert account.bot.forgotten == ["wechat:oUser"]


async def test_a_text_of_nothing_readable_gets_help(account: Account) -> None:
    assert await account.say(" \x02 ") == wording.ABILITIES


@pytest.mark.parametrize("case", cases("inbound_xml"))
async def test_every_sample_gets_a_fitting_answer(accounts: Accounts, case: dict[str, Any]) -> None:
    account = await accounts.start(KEY)

    fields = await account.fields(case["xml"])

    asks = {"text", "location", "event:CLICK", "event:subscribe", "event:SCAN"}
    says = asks | {"image", "video", "shortvideo", "link", "voice"}
    assert bool(fields) is (case["kind"] in says)
    if fields:
        assert fields["ToUserName"] == case["fields"]["FromUserName"]
        assert fields["FromUserName"] == case["fields"]["ToUserName"]
        assert fields["MsgType"] == "text"
    assert bool(account.bot.forgotten) is (case["kind"] == "event:unsubscribe")


HOSTILE_ANSWERED = {
    "ctrl-0x1d": "您问的是：c",
    "ctrl-0x02": "您问的是：ab",
    "nested-cdata": "您问的是：看 <status><![CDATA[x]]></status> 这段",
    "msgid-not-int": "您问的是：x",
    "subscribe-last-trade-no": wording.WELCOME,
    "voice-empty-recognition": wording.PLEASE_TYPE,
    "unknown-event": None,
}
"""The hostile bodies that are messages after all, and what they get."""
HOSTILE_SILENT = {"empty", "not-xml", "no-msgtype", "wrong-root"}
"""Those that hold no message, and are met with silence; the others are refused with 400."""


@pytest.mark.parametrize("case", cases("hostile", "body"))
async def test_hostile_bodies(account: Account, case: dict[str, Any]) -> None:
    status, answer = await account.post(case["body"])

    if case["id"] == "field-injection":
        assert account.peer.opened(answer)["ToUserName"] == "oUser"
        assert [incoming.user for incoming in account.bot.asked] == ["wechat:oUser"]
    elif case["id"] in HOSTILE_ANSWERED:
        assert status == 200
        assert account.peer.opened(answer).get("Content") == HOSTILE_ANSWERED[case["id"]]
    else:
        silent = case["id"] in HOSTILE_SILENT
        assert (status, answer == "success") == ((200, True) if silent else (400, False))
        assert not account.bot.asked


async def test_a_body_that_is_no_message_never_reaches_the_bot(account: Account) -> None:
    for body in ("", "hello", '{"MsgType": "text"}', "<xml/>"):
        assert await account.post(body) == (200, "success")
    assert not account.bot.asked


async def test_an_unsigned_body_that_is_no_message_is_refused(account: Account) -> None:
    for body in (b"", b"hello", b"<xml/>", b"\xff\xfe\x00"):
        async with account.client.post("/wechat", data=body) as answer:
            assert 400 <= answer.status < 500


async def test_a_body_over_the_limit_is_refused(account: Account) -> None:
    status, answer = await account.post(text_body("m" * 1_000_000))

    assert (status, TooLargeError.code in answer) == (413, True)
    assert await account.say("还在吗") == "您问的是：还在吗"


async def test_a_body_of_unknown_length_is_counted(account: Account) -> None:
    async def endless() -> Any:
        for _ in range(MAX_BODY // 1000 + 1):
            yield b"m" * 1000

    async with account.client.post("/wechat", params=account.peer.query(), data=endless()) as answer:
        assert answer.status == 413


async def test_a_compressed_body_is_refused(account: Account) -> None:
    headers = {"Content-Encoding": "gzip"}
    for raw in (gzip.compress(b"m" * 10_000_000), b"no gzip at all"):
        async with account.client.post("/wechat", data=raw, headers=headers) as answer:
            assert answer.status == 415


async def test_a_body_that_never_arrives_is_given_up(accounts: Accounts) -> None:
    account = await accounts.start(settings=SHORT)
    server = account.client.server
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(b"POST /wechat HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n<xml>")

    assert await reader.readline() == b"HTTP/1.1 408 Request Timeout\r\n"

    writer.close()
    await writer.wait_closed()


@pytest.fixture
async def raw(account: Account) -> AsyncIterator[Connection]:
    server = account.client.server
    reader, writer = await asyncio.open_connection(server.host, server.port)
    yield reader, writer
    writer.close()
    await writer.wait_closed()


async def test_who_hangs_up_is_only_noted(caplog: pytest.LogCaptureFixture) -> None:
    app, bot = web.Application(), Bot()
    protocol = WeChatProtocol(token=TOKEN, app_id=APP_ID, clock=Clock())
    WeChatHandler(protocol, bot.answer, MemoryStore(), forget=bot.forget, phrases=Menu()).register(app)
    runner = web.AppRunner(app)  # unlike the server of the other tests it lets a handler go on, as in service
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    [(host, port)] = runner.addresses

    reader, writer = await asyncio.open_connection(host, port)
    writer.write(b"POST /wechat HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n")
    assert b" 100 " in await reader.readline()  # the handler has begun
    writer.close()
    await writer.wait_closed()
    await runner.cleanup()

    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == [
        "wechat: refused a request: malformed (the body broke off)"
    ]


async def test_a_body_in_broken_chunks_is_refused(account: Account, raw: Connection) -> None:
    reader, writer = raw
    head = b"POST /wechat HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    writer.write(head + b"5\r\n<xml>\r\nzz\r\n")

    assert b" 400 " in await reader.readline()
    assert await account.say("还在吗") == "您问的是：还在吗"


async def test_a_repeat_gets_the_same_answer_and_is_asked_once(account: Account) -> None:
    body = text_body("医保多少钱")

    answers = [await account.fields(body) for _ in range(3)]

    assert answers[0] == answers[1] == answers[2] != {}
    assert len(account.bot.asked) == 1


async def test_repeats_at_the_same_time_wait_for_one_answer(account: Account) -> None:
    account.bot.gate.clear()
    requests = [asyncio.ensure_future(account.fields(text_body("医保"))) for _ in range(3)]
    await account.bot.was_asked.wait()
    account.bot.gate.set()

    answers = await asyncio.gather(*requests)

    assert answers[0] == answers[1] == answers[2] != {}
    assert len(account.bot.asked) == 1


async def test_a_repeated_event_is_handled_once(account: Account) -> None:
    for _ in range(2):
        await account.fields(event("CLICK", "premium"))
        await account.post(event("unsubscribe"))

    assert (len(account.bot.asked), len(account.bot.forgotten)) == (1, 1)


async def test_equal_ids_of_two_users_are_two_questions(account: Account) -> None:
    answers = [await account.fields(text_body("医保", user=user)) for user in ("oA", "oB")]

    assert [answer["ToUserName"] for answer in answers] == ["oA", "oB"]
    assert len(account.bot.asked) == 2


async def test_two_workers_answer_a_repeat_once(accounts: Accounts) -> None:
    one, two = await accounts.start(KEY), await accounts.start(KEY)

    answers = [await worker.fields(text_body("医保")) for worker in (one, two)]

    assert answers[0] == answers[1]
    assert len(one.bot.asked + two.bot.asked) == 1


LONG = "".join(f"第{number}条：超过起付线的部分按比例报销，要看医院的级别。" for number in range(1, 61))


async def test_a_long_answer_is_given_part_by_part(account: Account) -> None:
    account.bot.replies["住院"] = Said(LONG)

    pieces = [await account.say("住院", message_id="1")]
    while pieces[-1].endswith(MORE):
        pieces.append(await account.say("继续。", message_id=str(len(pieces) + 1)))

    assert "".join(piece.removesuffix(MORE) for piece in pieces) == LONG
    assert all(size(piece) <= 2000 for piece in pieces)
    assert len(account.bot.asked) == 1


async def test_a_repeated_continue_gives_the_same_part(account: Account) -> None:
    account.bot.replies["住院"] = Said(LONG)
    first = await account.say("住院", message_id="1")

    again = [await account.say("继续", message_id="2") for _ in range(2)]

    assert again[0] == again[1] != first
    assert await account.say("继续", message_id="3") not in {first, again[0]}


async def test_continue_with_nothing_held_is_a_question(account: Account) -> None:
    assert await account.say("继续") == "您问的是：继续"


async def test_held_parts_belong_to_their_user(account: Account) -> None:
    account.bot.replies["住院"] = Said(LONG)
    await account.say("住院", user="oA")

    assert await account.say("继续", user="oB", message_id="2") == "您问的是：继续"


async def test_a_late_answer_is_held(accounts: Accounts) -> None:
    account = await accounts.start(KEY, SHORT)
    account.bot.gate.clear()

    assert await account.say("住院", message_id="1") == wording.STILL_WORKING
    assert links(wording.STILL_WORKING) == ["继续"]
    account.bot.gate.set()

    assert await account.say("继续", message_id="2") == "您问的是：住院"
    assert await account.say("继续", message_id="3") == "您问的是：继续"


async def test_a_late_answer_of_several_parts_is_held_whole(accounts: Accounts) -> None:
    account = await accounts.start(KEY, SHORT)
    account.bot.replies["住院"] = Said(LONG)
    account.bot.gate.clear()
    await account.say("住院", message_id="1")
    account.bot.gate.set()

    pieces = [await account.say("继续", message_id=str(number)) for number in (2, 3, 4)]

    assert "".join(piece.removesuffix(MORE) for piece in pieces) == LONG


async def test_continue_waits_and_says_so_again_when_that_is_late_too(accounts: Accounts) -> None:
    account = await accounts.start(KEY, SHORT)
    account.bot.gate.clear()

    for number in range(3):
        said = await account.say("继续" if number else "住院", message_id=str(number))
        assert said == wording.STILL_WORKING
    assert len(account.bot.asked) == 1
    account.bot.gate.set()
    assert await account.say("继续", message_id="9") == "您问的是：住院"


async def test_a_repeat_of_a_late_message_does_not_ask_again(accounts: Accounts) -> None:
    account = await accounts.start(KEY, SHORT)
    account.bot.gate.clear()

    assert [await account.say("住院") for _ in range(2)] == [wording.STILL_WORKING] * 2
    account.bot.gate.set()

    assert await account.say("住院") == "您问的是：住院"
    assert len(account.bot.asked) == 1


async def test_another_worker_says_that_an_answer_is_under_way(accounts: Accounts) -> None:
    one, two = await accounts.start(KEY, SHORT), await accounts.start(KEY, SHORT)
    one.bot.gate.clear()
    await one.say("住院", message_id="1")

    assert await two.say("继续", message_id="2") == wording.STILL_WORKING
    one.bot.gate.set()
    assert await one.say("继续", message_id="3") == "您问的是：住院"


async def test_a_late_answer_survives_the_next_question(accounts: Accounts) -> None:
    account = await accounts.start(KEY, SHORT)
    account.bot.gate.clear()
    await account.say("住院", message_id="1")
    account.bot.gate.set()

    assert await account.say("缴费", message_id="2") == "您问的是：缴费"
    assert await account.say("继续", message_id="3") == "您问的是：住院"


async def test_a_failing_bot_is_excused_and_asked_again(
    account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    account.bot.replies["住院"] = RuntimeError("broken")

    assert await account.say("住院") == wording.SORRY
    del account.bot.replies["住院"]
    assert await account.say("住院") == "您问的是：住院"
    assert ["broken" in (record.exc_text or "") for record in caplog.records] == [True]
    assert "oUser" not in caplog.text
    assert "住院" not in caplog.text


async def test_a_late_failure_is_excused_on_continue(accounts: Accounts) -> None:
    account = await accounts.start(KEY, SHORT)
    account.bot.replies["住院"] = RuntimeError("broken")
    account.bot.gate.clear()
    await account.say("住院", message_id="1")
    account.bot.gate.set()

    assert await account.say("继续", message_id="2") == wording.SORRY


async def test_an_answer_of_nothing_is_silence(account: Account) -> None:
    account.bot.replies["嗯"] = Said("")

    assert await account.post(text_body("嗯")) == (200, "success")


async def test_people_take_over_when_they_are_there(accounts: Accounts) -> None:
    there = [True]
    settings = Settings(staffed=lambda: there[0], service_account="kf1@account")
    account = await accounts.start(KEY, settings)
    account.bot.replies["转人工"] = account.bot.replies["个人缴费标准"] = Said("请打咨询电话。", "handoff")

    handed = await account.fields(text_body("转人工", message_id="1"))
    clicked = await account.fields(event("CLICK", "premium"))
    there[0] = False
    alone = await account.fields(text_body("转人工", message_id="2"))

    assert (handed["MsgType"], handed["KfAccount"]) == ("transfer_customer_service", "kf1@account")
    assert clicked["MsgType"] == alone["MsgType"] == "text"
    assert alone["Content"] == "请打咨询电话。"


async def test_an_office_words_its_own_welcome(accounts: Accounts) -> None:
    account = await accounts.start(settings=Settings(texts=Texts(welcome="这里是平城区医保")))

    assert (await account.fields(event("subscribe")))["Content"] == "这里是平城区医保"


async def test_late_answers_finish_when_the_server_stops(accounts: Accounts) -> None:
    account = await accounts.start(KEY, SHORT)
    account.bot.gate.clear()
    await account.say("住院")
    closing = asyncio.ensure_future(account.client.close())
    await asyncio.sleep(0)
    account.bot.gate.set()

    await closing

    assert account.store.held["wechat:oUser"] == ["您问的是：住院"]


async def test_three_hundred_messages_over_sixteen_connections(account: Account) -> None:
    room = asyncio.Semaphore(16)

    async def ask(number: int) -> str:
        async with room:
            return await account.say(f"问题{number}", message_id=str(number))

    answers = await asyncio.gather(*(ask(number % 100) for number in range(300)))

    assert answers == [f"您问的是：问题{number % 100}" for number in range(300)]
    assert len(account.bot.asked) == 100


async def test_no_task_is_left_behind(accounts: Accounts) -> None:
    account = await accounts.start(KEY, replace(SHORT))
    before = len(asyncio.all_tasks())
    account.bot.gate.clear()
    await account.say("住院", message_id="1")
    account.bot.gate.set()
    await account.say("继续", message_id="2")
    for body in ("", "<xml/>", text_body("a"), event("CLICK", "premium")):
        await account.post(body)

    assert len(asyncio.all_tasks()) <= before + 1  # the connection of the test's client
