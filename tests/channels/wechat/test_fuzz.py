"""A short run of the fuzz of tests/benchmarks, and hypothesis on what reads requests."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.wechat.crypto import encrypt
from bot.channels.wechat.errors import WeChatError
from bot.channels.wechat.protocol import WeChatProtocol
from tests.benchmarks.fuzz_wechat import Found, fuzz
from tests.channels.wechat.peer import APP_ID, KEY, TOKEN, Clock, Peer, text_body

PLAIN = WeChatProtocol(token=TOKEN, app_id=APP_ID, clock=Clock())
SECURE = WeChatProtocol(token=TOKEN, app_id=APP_ID, aes_key=KEY, clock=Clock())

PIECES = st.sampled_from(
    [
        "<",
        ">",
        "]]>",
        "<![CDATA[",
        "</xml>",
        "<MsgType>",
        "&",
        "&#0;",
        "\x02",
        "<!DOCTYPE x>",
        text_body("医保"),
    ]
)
BODIES = st.binary(max_size=300) | st.lists(PIECES | st.text(max_size=20), max_size=30).map(
    lambda pieces: "".join(pieces).encode("utf-8", "surrogatepass")
)


def status_of(protocol: WeChatProtocol, request: tuple[dict[str, str], bytes]) -> int:
    try:
        protocol.open(*request)
    except WeChatError as error:
        return error.status
    return 200


@settings(deadline=None, max_examples=150)
@given(BODIES)
def test_any_body_is_read_or_refused(body: bytes) -> None:
    sealed = Peer(key=KEY).sealed(encrypt(KEY, body, APP_ID))
    for protocol, request in (
        (PLAIN, Peer().request(body)),
        (SECURE, sealed),
        (SECURE, Peer().request(body)),
    ):
        assert 200 <= status_of(protocol, request) < 500


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(st.sampled_from(["timestamp", "nonce", "signature", "msg_signature"]), st.text()))
def test_any_query_is_refused(query: dict[str, str]) -> None:
    for protocol in (PLAIN, SECURE):
        with pytest.raises(WeChatError):
            protocol.open(query, text_body("x").encode())


@pytest.mark.parametrize("seed", [2, 3])
async def test_mutated_requests_break_nothing(seed: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)

    found = await fuzz(count=1000, seconds=60, seed=seed)

    assert found.sent == 1000
    assert found.is_clean, found
    assert found.statuses.keys() >= {200, 400, 403}
    assert not caplog.records


def test_a_run_that_broke_something_is_not_clean() -> None:
    assert Found().is_clean
    for found in (Found(tasks_left=1), Found(grown_bytes=10**9)):
        assert not found.is_clean
    broken = Found()
    broken.statuses[500] = 1
    assert not broken.is_clean
