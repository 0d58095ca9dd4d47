"""The behaviours that the vectors list, each shown on a server of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from bot.channels.wechat import wording
from bot.channels.wechat.markup import MAX_BODY
from tests.channels.wechat.peer import KEY, body_of, cases, text_body
from tests.channels.wechat.test_handler import Account, Accounts, event

Show = Callable[[Account], Awaitable[None]]


async def get(account: Account, **changes: str) -> tuple[int, bytes]:
    query = account.peer.query() | {"echostr": "4375120948345356249"} | changes
    async with account.client.get("/wechat", params=query) as answer:
        return answer.status, await answer.read()


async def get_ok(account: Account) -> None:
    assert await get(account) == (200, b"4375120948345356249")


async def get_bad(account: Account) -> None:
    assert (await get(account, signature="0" * 40))[0] == 403
    status, _ = await account.post(text_body("x"), signature="0" * 40, msg_signature="0" * 40)
    assert status == 403
    async with account.client.post("/wechat", data=text_body("x").encode()) as answer:
        assert answer.status in {400, 403}


async def no_handler(account: Account) -> None:
    assert await account.post(event("LOCATION")) == (200, "success")


async def swap(account: Account) -> None:
    fields = await account.fields(text_body("x", user="oMe"))
    assert (fields["ToUserName"], fields["FromUserName"]) == ("oMe", "gh_account")


async def event_reply(account: Account) -> None:
    assert (await account.fields(event("subscribe")))["Content"] == wording.WELCOME


async def options(account: Account) -> None:
    async with account.client.options("/wechat") as answer:
        assert answer.status == 405


async def parse_error(account: Account) -> None:
    assert await account.post("this is no XML") == (200, "success")
    assert not account.bot.asked


async def dup_msgid(account: Account) -> None:
    assert await account.say("x") == await account.say("x")
    assert len(account.bot.asked) == 1


async def dup_msgid_other_user(account: Account) -> None:
    await account.say("x", user="oA")
    await account.say("x", user="oB")
    assert [incoming.user for incoming in account.bot.asked] == ["wechat:oA", "wechat:oB"]


async def dup_event(account: Account) -> None:
    for name, key in (("CLICK", "premium"), ("CLICK", "premium"), ("SCAN", "7")):
        await account.fields(event(name, key))
    assert [incoming.source for incoming in account.bot.asked] == ["menu", "scene"]


async def max_body(account: Account) -> None:
    status, _ = await account.post(body_of("text", "<Content>" + "m" * MAX_BODY + "</Content>"))
    assert status == 413


SHOWN: Mapping[str, Show] = {
    "get-ok": get_ok,
    "get-bad": get_bad,
    "no-handler": no_handler,
    "swap": swap,
    "event-reply": event_reply,
    "options": options,
    "parse-error": parse_error,
    "dup-msgid": dup_msgid,
    "dup-msgid-other-user": dup_msgid_other_user,
    "dup-event": dup_event,
    "max-body": max_body,
}


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "secure"])
@pytest.mark.parametrize("case", cases("server_behaviour"))
async def test_server_behaviour(case: dict[str, Any], key: Any, accounts: Accounts) -> None:
    await SHOWN[case["id"]](await accounts.start(key))
