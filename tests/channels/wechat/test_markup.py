from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.wechat.errors import ForbiddenMarkupError, MalformedError, TooLargeError, WeChatError
from bot.channels.wechat.markup import MAX_BODY, MAX_DEPTH, cdata, read
from tests.channels.wechat.peer import cases, text_body


def flat(fields: dict[str, Any], above: str = "") -> dict[str, str]:
    """Give nested fields by their path; of lists the first element."""
    found: dict[str, str] = {}
    for name, value in fields.items():
        first = value[0] if isinstance(value, list) else value
        if isinstance(first, dict):
            found |= flat(first, f"{above}{name}.")
        else:
            found[above + name] = first or ""
    return found


@pytest.mark.parametrize("case", cases("inbound_xml"))
def test_samples_of_every_type_give_their_fields(case: dict[str, Any]) -> None:
    assert read(case["xml"].encode()) == flat(case["fields"])


@pytest.mark.parametrize("case", cases("replies", "fields"))
def test_replies_of_every_type_give_their_fields(case: dict[str, Any]) -> None:
    assert read(case["xml"].encode()) == flat(case["fields"])


@pytest.mark.parametrize(
    ("typed", "content"),
    [
        ("医保", "医保"),
        (" 前后有空格 \n", "前后有空格"),
        ("a\x02b\x10c\x1d", "abc"),
        ("a\x00b\ufffe\uffffc", "abc"),
        ("制表\t换行\n留下", "制表\t换行\n留下"),
        ("看 <status><![CDATA[x]]></status> 这段", "看 <status><![CDATA[x]]></status> 这段"),
        ("a]]>b", "a]]>b"),
        ("]]>", "]]>"),
        ("]]", "]]"),
        ("<Content><![CDATA[里面]]></Content>", "<Content><![CDATA[里面]]></Content>"),
        ("<!DOCTYPE html>", "<!DOCTYPE html>"),
        ("&amp; &lt; & &h;", "&amp; &lt; & &h;"),
        ("😀 <xml>", "😀 <xml>"),
        ("", ""),
    ],
)
def test_typed_text_is_taken_as_it_is(typed: str, content: str) -> None:
    fields = read(text_body(typed, message_id="77").encode())

    assert fields["Content"] == content
    assert (fields["FromUserName"], fields["MsgId"]) == ("oUser", "77")


@pytest.mark.parametrize(
    "injected",
    [
        "x]]></Content><FromUserName><![CDATA[oVictim]]></FromUserName><Content><![CDATA[y",
        "x]]></Content><MsgId>666</MsgId></xml>",
        "x]]></Content></xml><xml><FromUserName>oVictim</FromUserName>",
        "x]]></Content><Encrypt>AAAA</Encrypt><MsgType>event</MsgType><Content><![CDATA[",
    ],
)
def test_typed_text_cannot_become_fields(injected: str) -> None:
    fields = read(text_body(injected, message_id="77").encode())

    assert fields == {**read(text_body("", message_id="77").encode()), "Content": injected}


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_typed_text_leaves_the_other_fields_alone(typed: str) -> None:
    fields = read(text_body(typed, message_id="77").encode())

    assert {**fields, "Content": ""} == read(text_body("", message_id="77").encode())


def test_of_repeated_fields_the_first_counts_and_of_message_ids_the_last() -> None:
    assert read(b"<xml><A>1</A><A>2</A><MsgId>3</MsgId><MsgId>4</MsgId></xml>") == {"A": "1", "MsgId": "4"}


def test_a_title_with_markup_does_not_break_a_link() -> None:
    body = "<xml><Title><![CDATA[a]]>b<i>]]></Title><Description><![CDATA[c]]></Description></xml>"

    assert read(body.encode()) == {"Title": "a]]>b<i>", "Description": "c"}


def test_a_byte_order_mark_and_a_declaration_are_fine() -> None:
    body = '\ufeff\n<?xml version="1.0" encoding="gb2312"?><xml><A>医保</A></xml>\n'

    assert read(body.encode()) == {"A": "医保"}


@pytest.mark.parametrize(
    "body",
    [
        '<?xml version="1.0"?><!DOCTYPE xml><xml><A>1</A></xml>',
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><xml><A>&e;</A></xml>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><xml><A>1</A></xml>',
        '<!DOCTYPE x [<!ENTITY % p "1">%p;]><xml/>',
        "<xml>" * (MAX_DEPTH + 1) + "</xml>" * (MAX_DEPTH + 1),
        "<xml>" * 10_000,
    ],
)
def test_what_wechat_never_sends_is_refused(body: str) -> None:
    with pytest.raises(ForbiddenMarkupError):
        read(body.encode())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  ",
        b"hello",
        b'{"a": 1}',
        b"<xml>",
        b"<xml><A></B></xml>",
        b"<foo><MsgType>text</MsgType></foo>",
        b"<xml>&h;</xml>",
        b"<xml>&#2;</xml>",
        b"<xml/><xml/>",
        b"\xff\xfe<xml/>",
        "<xml><A>医保</A></xml>".encode("gb18030"),
        b"<xml><Content><![CDATA[never ends</xml>",
    ],
)
def test_what_is_no_message_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedError):
        read(body)


def test_the_longest_body() -> None:
    frame = len(text_body("").encode())

    assert len(read(text_body("m" * (MAX_BODY - frame)).encode())["Content"]) == MAX_BODY - frame
    with pytest.raises(TooLargeError):
        read(text_body("m" * (MAX_BODY - frame + 1)).encode())


@pytest.mark.parametrize(
    "piece",
    [
        "<Title><![CDATA[",
        "<Content><![CDATA[]]>",
        "<Content><![CDATA[]]></Content>",
        "]]></Content>",
        "<A>",
        "<A/>",
    ],
)
def test_no_body_takes_long(piece: str) -> None:
    body = ("<xml>" + piece * (MAX_BODY // len(piece)))[:MAX_BODY].encode()
    start = time.process_time()

    with pytest.raises(WeChatError):
        read(body)

    assert time.process_time() - start < 0.5


@settings(deadline=None)
@given(st.text(max_size=100))
def test_written_text_reads_back(text: str) -> None:
    once = read(f"<xml><A>{cdata(text)}</A></xml>".encode())["A"]

    assert read(f"<xml><A>{cdata(once)}</A></xml>".encode())["A"] == once
    assert once.replace("\r", "\n") == once


@pytest.mark.parametrize("text", ["a]]>b", "]]>]]>", "<a href='x'>词</a>", "a]]", "&lt;", "\x02x"])
def test_written_text_cannot_end_its_field(text: str) -> None:
    fields = read(f"<xml><A>{cdata(text)}</A></xml>".encode())

    assert fields == {"A": text.replace("\x02", "")}
