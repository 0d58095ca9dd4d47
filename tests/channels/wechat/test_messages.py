from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.channels.wechat.errors import MalformedError
from bot.channels.wechat.markup import read
from bot.channels.wechat.messages import (
    Event,
    LocationMessage,
    MediaMessage,
    Message,
    TextMessage,
    VoiceMessage,
    from_fields,
    text_reply,
    transfer_reply,
)
from tests.channels.wechat.peer import NOW, body_of, cases, strictly_read, text_body

TYPES = {"text": TextMessage, "voice": VoiceMessage, "location": LocationMessage} | dict.fromkeys(
    ("image", "video", "shortvideo", "link"), MediaMessage
)


def parse(body: bytes) -> Message:
    return from_fields(read(body))


@pytest.mark.parametrize("case", cases("inbound_xml"))
def test_samples_of_every_type_become_messages(case: dict[str, Any]) -> None:
    message = parse(case["xml"].encode())
    fields = case["fields"]

    assert (message.user, message.account) == (fields["FromUserName"], fields["ToUserName"])
    assert message.created == int(fields["CreateTime"])
    if isinstance(message, Event):
        assert f"event:{message.name}" == case["kind"]
        assert message.key == case["dedupe_key"]
    else:
        assert type(message) is TYPES.get(case["kind"], Message)
        given = fields.get("MsgId", fields.get("MsgID"))
        assert message.key == f"{message.user}|{given}"


def test_a_text_message() -> None:
    tapped = parse(text_body(" 满意 ", message_id="9", rest="<bizmsgmenuid>101</bizmsgmenuid>").encode())

    assert tapped == TextMessage("gh_account", "oUser", NOW, "text", "oUser|9", "满意", "101")


def test_a_message_id_may_be_any_text() -> None:
    name = "49d72d67b16d115e7935ac386f2f0fa41535298877_1555684067"

    assert parse(text_body("x", message_id=name).encode()).key == f"oUser|{name}"


def test_a_message_without_id_is_told_by_what_it_says() -> None:
    keys = [parse(text_body(text, message_id="").encode()).key for text in ("甲", "乙", "甲")]

    assert keys[0] == keys[2] != keys[1]


def test_equal_ids_of_two_users_are_two_messages() -> None:
    assert parse(text_body("x", user="a").encode()).key != parse(text_body("x", user="b").encode()).key


@pytest.mark.parametrize(
    ("name", "event_key", "scene"),
    [
        ("subscribe", "qrscene_7", "7"),
        ("subscribe", "", ""),
        ("subscribe", "last_trade_no_4008072001201701105817415015", ""),
        ("SCAN", "7", "7"),
        ("CLICK", "7", ""),
    ],
)
def test_the_scene_of_a_code(name: str, event_key: str, scene: str) -> None:
    event = parse(body_of("event", f"<Event>{name}</Event><EventKey>{event_key}</EventKey>").encode())

    assert isinstance(event, Event)
    assert event.scene == scene


@pytest.mark.parametrize("missing", ["ToUserName", "FromUserName", "MsgType", "CreateTime"])
def test_a_message_needs_its_head(missing: str) -> None:
    body = text_body("x").replace(missing, "Other")

    with pytest.raises(MalformedError, match=missing):
        parse(body.encode())


def test_an_event_needs_a_name() -> None:
    with pytest.raises(MalformedError, match="Event"):
        parse(body_of("event").encode())


@pytest.mark.parametrize("time", ["x", "-1", "1.5", "١٢٣", "9" * 13, "9" * 5000])
def test_the_time_is_a_number_of_seconds(time: str) -> None:
    with pytest.raises(MalformedError, match="CreateTime"):
        parse(text_body("x").replace(str(NOW), time).encode())


DOCUMENTED = Message("fromUser", "toUser", 0, "text", "")


@pytest.mark.parametrize("case", cases("replies"))
def test_replies_are_written_as_documented(case: dict[str, Any]) -> None:
    low = replace(DOCUMENTED, account="fromuser", user="touser")
    written = {
        "reply-text": text_reply(DOCUMENTED, "你好", 12345678),
        "reply-transfer_customer_service": transfer_reply(low, 1399197672),
        "reply-transfer_customer_service+account": transfer_reply(low, 1399197672, "test1@test"),
    }

    if case["id"] in written:
        assert written[case["id"]] == case["xml"]
    else:  # forms that the bot does not send, but that hold the same head
        assert case["xml"].startswith(("<xml><ToUserName><![CDATA[toUser]]>", "<xml><Encrypt>"))


def test_a_reply_goes_back_to_the_sender() -> None:
    message = parse(text_body("x", user="oMe").encode())

    fields = strictly_read(text_reply(message, "a]]><MsgType>b\x02", NOW))

    assert (fields["ToUserName"], fields["FromUserName"], fields["MsgType"]) == ("oMe", "gh_account", "text")
    assert fields["Content"] == "a]]><MsgType>b"
