"""The library that most Python accounts run is the peer, in both directions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto

from bot.channels.wechat.messages import TextMessage, text_reply
from bot.channels.wechat.protocol import WeChatProtocol
from tests.channels.wechat.peer import (
    APP_ID,
    ENCODED_KEY,
    KEY,
    NOW,
    TOKEN,
    Clock,
    Peer,
    strictly_read,
    text_body,
)

CRYPTO = WeChatCrypto(TOKEN, ENCODED_KEY, APP_ID)
PROTOCOL = WeChatProtocol(token=TOKEN, app_id=APP_ID, aes_key=KEY, clock=Clock())
QUESTIONS = (
    st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=200).map(str.strip).filter(bool)
)


@given(QUESTIONS)
def test_we_open_what_wechatpy_seals(question: str) -> None:
    sealed = CRYPTO.encrypt_message(text_body(question.replace("]]>", "")), "nonce-7", str(NOW))
    fields = strictly_read(sealed)
    query = {"timestamp": str(NOW), "nonce": "nonce-7", "msg_signature": fields["MsgSignature"]}

    opened = PROTOCOL.open(query, sealed.encode())

    assert isinstance(opened.message, TextMessage)
    assert opened.message.content == question.replace("]]>", "").strip()


@given(st.text(max_size=300))
def test_wechatpy_opens_what_we_seal(answer: str) -> None:
    opened = PROTOCOL.open(*Peer(key=KEY).request(text_body("x")))
    envelope = PROTOCOL.seal(opened, text_reply(opened.message, answer, NOW))
    fields = strictly_read(envelope)

    plain = CRYPTO.decrypt_message(envelope, fields["MsgSignature"], fields["TimeStamp"], fields["Nonce"])

    reply = strictly_read(plain)
    assert (reply["ToUserName"], reply["FromUserName"]) == ("oUser", "gh_account")


def test_wechatpy_reads_our_reply_as_a_text_message() -> None:
    opened = PROTOCOL.open(*Peer(key=KEY).request(text_body("x")))

    message = parse_message(text_reply(opened.message, "每人每年 350 元。]]><b>", NOW))

    assert (message.type, message.content, message.target) == ("text", "每人每年 350 元。]]><b>", "oUser")


@pytest.mark.parametrize("question", ["医保多少钱", "😀 表情", "<b>标签</b>"])
def test_both_sign_alike(question: str) -> None:
    ours, theirs = (
        Peer(key=KEY).request(text_body(question)),
        CRYPTO.encrypt_message(text_body(question), Peer().nonce, str(NOW)),
    )

    assert (
        PROTOCOL.open(*ours).message
        == PROTOCOL.open(
            Peer().query() | {"msg_signature": strictly_read(theirs)["MsgSignature"]}, theirs.encode()
        ).message
    )
