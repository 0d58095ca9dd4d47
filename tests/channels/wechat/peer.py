"""WeChat's side of the protocol, and what else stands around the channel in its tests."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import xml.etree.ElementTree as ET
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote, urlencode

import pytest
from _pytest.mark import ParameterSet

from bot.channels.wechat.crypto import AesKey, decrypt, encrypt, sign
from bot.channels.wechat.handler import Incoming

NOW = 1_714_112_500
TOKEN = "a-token-of-tests"
APP_ID = "wx0123456789abcdef"
ENCODED_KEY = base64.b64encode(bytes(range(32))).decode().rstrip("=")
KEY = AesKey.parse(ENCODED_KEY)
VECTORS = Path(__file__).parents[4] / "shared" / "wechat_vectors.json"


ABSENT = "the public vectors (../shared/wechat_vectors.json) are not here"
REQUIRED = os.environ.get("WECHAT_VECTORS") == "required"
"""Whether tests that need the vectors fail without them; otherwise they are skipped."""


def cases(group: str, *need: str) -> list[ParameterSet]:
    """Give the public vectors of a group that have the fields `need`; a skip where they are not here.

    Raises:
        FileNotFoundError: they are not here, and WECHAT_VECTORS=required.

    """
    if not VECTORS.exists():
        if REQUIRED:
            raise FileNotFoundError(ABSENT)
        return [pytest.param({}, id=group, marks=pytest.mark.skip(reason=ABSENT))]
    groups: dict[str, list[dict[str, Any]]] = json.loads(VECTORS.read_text(encoding="utf-8"))
    found = [
        pytest.param(case, id=case["id"])
        for case in groups[group]
        if all(case.get(name) is not None for name in need)
    ]
    assert found, f"no vector of {group} has {need}"  # pytest would skip the test
    return found


def text_body(content: str, *, user: str = "oUser", message_id: str = "1", rest: str = "") -> str:
    """Write a text message as WeChat does: the content goes in as it is."""
    return (
        f"<xml><ToUserName><![CDATA[gh_account]]></ToUserName><FromUserName><![CDATA[{user}]]></FromUserName>"
        f"<CreateTime>{NOW}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{content}]]></Content><MsgId>{message_id}</MsgId>{rest}</xml>"
    )


def body_of(kind: str, fields: str = "", *, user: str = "oUser") -> str:
    """Write a message or event of another kind."""
    return (
        f"<xml><ToUserName><![CDATA[gh_account]]></ToUserName><FromUserName><![CDATA[{user}]]></FromUserName>"
        f"<CreateTime>{NOW}</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>{fields}</xml>"
    )


def strictly_read(xml: str) -> dict[str, str]:
    """Read an answer as a strict parser does, fields by name."""
    return {element.tag: element.text or "" for element in ET.fromstring(xml).iter()}


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: float = NOW

    def __call__(self) -> float:
        return self.now


@dataclass
class Peer:
    """WeChat as the sender: signs requests, and opens answers, with the token and key of one account."""

    token: str = TOKEN
    app_id: str = APP_ID
    key: AesKey | None = None
    timestamp: str = str(NOW)
    nonce: str = "486452656"

    def query(self) -> dict[str, str]:
        signature = sign(self.token, self.timestamp, self.nonce)
        return {"signature": signature, "timestamp": self.timestamp, "nonce": self.nonce, "openid": "oUser"}

    def request(self, body: str | bytes, *, beside: str = "") -> tuple[dict[str, str], bytes]:
        """Give query and body of a POST; in secure mode `beside` are plain fields next to the ciphertext."""
        raw = body.encode() if isinstance(body, str) else body
        if self.key is None:
            return self.query(), raw
        return self.sealed(encrypt(self.key, raw, self.app_id), beside=beside)

    def sealed(self, encrypted: str, *, beside: str = "") -> tuple[dict[str, str], bytes]:
        signature = sign(self.token, self.timestamp, self.nonce, encrypted)
        query = self.query() | {"encrypt_type": "aes", "msg_signature": signature}
        to = "<ToUserName><![CDATA[gh_account]]></ToUserName>"
        return query, f"<xml>{to}{beside}<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode()

    def opened(self, answer: str) -> Mapping[str, str]:
        """Check and open an answer, and give its fields (none for `success`)."""
        if answer == "success":
            return {}
        fields = strictly_read(answer)
        if self.key is None:
            return fields
        signed = (fields["TimeStamp"], fields["Nonce"], fields["Encrypt"])
        assert fields["MsgSignature"] == sign(self.token, *signed)
        assert fields["Nonce"] == self.nonce
        return strictly_read(decrypt(self.key, fields["Encrypt"], self.app_id).decode())


@dataclass(frozen=True)
class Line:
    """A connection of WeChat to a server that speaks HTTP; it stays open from one message to the next."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def to(cls, host: str, port: int) -> Self:
        return cls(*await asyncio.open_connection(host, port))

    def send(self, query: Mapping[str, str], body: bytes) -> None:
        """Send a message to the account at /wechat."""
        head = f"POST /wechat?{urlencode(query)} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
        self.writer.write(head.encode() + body)

    async def answer(self) -> str:
        """Read the answer to what was sent, which has to be no refusal."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        assert head.startswith("http/1.1 200")
        length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
        return (await self.reader.readexactly(length)).decode()

    async def close(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


@dataclass
class MemoryStore:
    """What the channel needs of storage, in memory."""

    held: dict[str, list[str]] = field(default_factory=dict)
    turns: dict[str, asyncio.Task[str]] = field(default_factory=dict)

    async def once(self, key: str, produce: Callable[[], Awaitable[str]], ttl: float) -> str:
        assert ttl > 0
        if key not in self.turns:

            async def run() -> str:
                return await produce()

            self.turns[key] = asyncio.create_task(run())
        try:
            return await asyncio.shield(self.turns[key])
        except Exception:
            self.turns.pop(key, None)
            raise

    async def hold(self, user: str, parts: Sequence[str], ttl: float) -> None:
        assert ttl > 0
        self.held[user] = list(parts)

    async def take_held(self, user: str) -> str | None:
        return self.held[user].pop(0) if self.held.get(user) else None


@dataclass(frozen=True)
class Said:
    """A reply of the bot, as far as the channel looks at it."""

    text: str
    kind: str = "answer"
    options: tuple[str, ...] = ()


@dataclass
class Bot:
    """A bot that says back what it was asked, or what it is told to; it waits while its gate is shut."""

    asked: list[Incoming] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    replies: dict[str, Said | Exception] = field(default_factory=dict)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    was_asked: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def answer(self, incoming: Incoming) -> Said:
        self.asked.append(incoming)
        self.was_asked.set()
        await self.gate.wait()
        reply = self.replies.get(incoming.text, Said(f"您问的是：{incoming.text}"))
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def forget(self, user: str) -> None:
        self.forgotten.append(user)


class Menu:
    """One menu key and one QR scene."""

    def for_menu(self, key: str) -> str | None:
        return {"premium": "个人缴费标准"}.get(key)

    def for_scene(self, scene: str) -> str | None:
        return {"7": "大同"}.get(scene)

    def for_location(self, label: str) -> str | None:
        return label or None


def links(text: str) -> list[str]:
    """Give what the bizmsgmenu links of a text send, decoded as the phone does."""
    return [unquote(piece.split("&", 1)[0]) for piece in text.split("msgmenucontent=")[1:]]
