"""A local WeChat: what a phone sends, signed and encrypted, to a bot that runs on this machine."""

import asyncio
import itertools
import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, Self
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.channels.wechat.crypto import AesKey, decrypt, encrypt, sign
from bot.channels.wechat.errors import CiphertextError
from bot.channels.wechat.markup import MAX_BODY

WAIT_SECONDS: Final = 5.0
"""How long WeChat waits for an answer."""
ATTEMPTS: Final = 3
"""How often WeChat sends a message that gets no answer, in all."""
ACCOUNT: Final = "gh_simulated"
USER: Final = "oSimulatedUser"

_LOCAL: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class SimulationError(Exception):
    """The simulator cannot run as it is asked to; the message says why."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What WeChat and the account share; `key` None is the plain mode.

    `corporate` is for 企业微信, which also encrypts the echostr.
    """

    token: str = field(repr=False)
    receiver: str
    key: AesKey | None = None
    corporate: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back: the status, the fields of the answer (none for silence), the milliseconds."""

    status: int
    fields: Mapping[str, str]
    milliseconds: float
    body: str = ""
    attempts: int = 1

    def __str__(self) -> str:
        times = "" if self.attempts == 1 else f"，第 {self.attempts} 次"
        told = f"[{self.status}，{self.milliseconds:.0f} 毫秒{times}]"
        if self.status != 200:  # noqa: PLR2004
            return f"{told} {self.body}"
        if self.fields.get("MsgType") == "transfer_customer_service":
            return f"{told} （转给人工客服 {self.fields.get('KfAccount', '')}）"
        return f"{told} {self.fields.get('Content', '（不回复）')}"


class Simulator:
    """WeChat as the peer of one account.

    Takes the address of the account on the running server, which has to be on this machine, and what the
    account and WeChat share. An async context manager that holds the connections.
    """

    def __init__(
        self,
        address: str,
        credentials: Credentials,
        *,
        clock: Callable[[], float] = time.time,
        wait: float = WAIT_SECONDS,
    ) -> None:
        host = urlsplit(address).hostname
        if urlsplit(address).scheme != "http" or host not in _LOCAL:
            raise SimulationError(f"{address} is not on this machine: write http://127.0.0.1:PORT/wechat")
        self._address = address
        self._shared = credentials
        self._clock = clock
        self._wait = wait
        self._numbers = itertools.count(int(clock() * 1000))
        self._session: ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = ClientSession(timeout=ClientTimeout(total=self._wait), trust_env=False)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    # --- bodies -------------------------------------------------------------------------------------------

    def text(self, content: str) -> str:
        """Write a text message, the content as it is."""
        return self.message("text", f"<Content><![CDATA[{content}]]></Content>")

    def message(self, kind: str, fields: str = "") -> str:
        """Write a message of another kind, with an id of its own."""
        return self._body(kind, f"{fields}<MsgId>{next(self._numbers)}</MsgId>")

    def event(self, name: str, key: str = "") -> str:
        """Write an event."""
        inner = f"<Event><![CDATA[{name}]]></Event><EventKey><![CDATA[{key}]]></EventKey>"
        return self._body("event", inner)

    def _body(self, kind: str, fields: str) -> str:
        to = self._shared.receiver if self._shared.corporate else ACCOUNT
        return (
            f"<xml><ToUserName><![CDATA[{to}]]></ToUserName><FromUserName><![CDATA[{USER}]]></FromUserName>"
            f"<CreateTime>{int(self._clock())}</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>{fields}</xml>"
        )

    # --- requests -----------------------------------------------------------------------------------------

    async def verify(self) -> bool:
        """Try the address as the console does when it is saved."""
        echo = secrets.token_hex(8)
        if self._shared.corporate and self._shared.key is not None:
            sealed = encrypt(self._shared.key, echo.encode(), self._shared.receiver)
            query = self._query(sealed) | {"echostr": sealed}
        else:
            query = self._query() | {"echostr": echo}
        async with self._request("GET", query, b"") as (status, body):
            return status == 200 and body == echo  # noqa: PLR2004

    async def send(self, body: str | bytes) -> Outcome:
        """Send a body signed, and encrypted where there is a key; without an answer, again as WeChat does.

        Raises SimulationError when there is no answer in the end, or one that WeChat would not take.
        """
        query, raw = self._sealed(body.encode() if isinstance(body, str) else body)
        for attempt in range(1, ATTEMPTS + 1):
            started = time.perf_counter()
            try:
                async with self._request("POST", query, raw) as (status, answer):
                    took = 1000 * (time.perf_counter() - started)
                    fields = self._opened(answer) if status == 200 else {}  # noqa: PLR2004
                    return Outcome(status, fields, took, answer, attempt)
            except TimeoutError:
                await asyncio.sleep(0)  # and once more, as WeChat does
        raise SimulationError(
            f"{ATTEMPTS} 次都没有在 {self._wait:g} 秒内收到回复，用户会看到“该公众号提供的服务出现故障”"
        )

    async def send_unsigned(self, query: Mapping[str, str], body: bytes) -> Outcome:
        """Send a request as it is given."""
        started = time.perf_counter()
        async with self._request("POST", query, body) as (status, answer):
            return Outcome(status, {}, 1000 * (time.perf_counter() - started), answer)

    @asynccontextmanager
    async def _request(
        self, method: str, query: Mapping[str, str], body: bytes
    ) -> AsyncIterator[tuple[int, str]]:
        assert self._session is not None, "the simulator is used within its context"
        try:
            async with self._session.request(
                method, self._address, params=query, data=body, allow_redirects=False
            ) as response:
                yield response.status, await response.text()
        except ClientError as error:
            raise SimulationError(f"{self._address} 没有应答：{error}") from error

    def _query(self, *sealed: str, now: float | None = None) -> dict[str, str]:
        timestamp = str(int(self._clock() if now is None else now))
        nonce = str(secrets.randbelow(10**10))
        query = {"timestamp": timestamp, "nonce": nonce}
        if sealed:
            query |= {
                "encrypt_type": "aes",
                "msg_signature": sign(self._shared.token, timestamp, nonce, *sealed),
            }
        if not self._shared.corporate:
            query |= {"signature": sign(self._shared.token, timestamp, nonce), "openid": USER}
        return query

    def _sealed(self, raw: bytes) -> tuple[dict[str, str], bytes]:
        if self._shared.key is None:
            return self._query(), raw
        return self._enveloped(encrypt(self._shared.key, raw, self._shared.receiver))

    def _enveloped(self, sealed: str) -> tuple[dict[str, str], bytes]:
        to = f"<ToUserName><![CDATA[{ACCOUNT}]]></ToUserName>"
        return self._query(sealed), f"<xml>{to}<Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()

    def _opened(self, answer: str) -> Mapping[str, str]:
        """Read an answer as strictly as WeChat may; none for silence."""
        if answer in {"", "success"}:
            return {}
        try:
            fields = _fields(answer)
            if self._shared.key is None:
                return fields
            signed = (fields["TimeStamp"], fields["Nonce"], fields["Encrypt"])
            if fields["MsgSignature"] != sign(self._shared.token, *signed):
                raise SimulationError("回复的签名不对")
            return _fields(decrypt(self._shared.key, fields["Encrypt"], self._shared.receiver).decode())
        except (ET.ParseError, KeyError, CiphertextError, UnicodeDecodeError) as error:
            raise SimulationError(f"回复的格式不对，微信不会收：{error!r}") from error

    # --- odd bodies ---------------------------------------------------------------------------------------

    async def odd(self) -> AsyncIterator[tuple[str, Outcome, bool]]:
        """Send what hostile or broken peers do; give the name of each, what came of it, and if that is right.

        Right is a refusal (4xx) of or silence to what is no message of WeChat's, and a 200 for what is.
        """
        for name, body, is_message in _bodies(self):
            outcome = await self.send(body)
            taken, refused = outcome.status == 200, 400 <= outcome.status < 500  # noqa: PLR2004
            yield name, outcome, taken if is_message else refused or (taken and not outcome.fields)
        raw = self.text("你好").encode()
        requests = {
            "没有签名": ({}, raw),
            "签名不对": (self._query("x") | {"signature": "0" * 40, "msg_signature": "0" * 40}, raw),
            "十分钟前的请求": self._stale(raw),
        }
        if self._shared.key is not None:
            requests["加密账号收到明文"] = (self._query(), raw)
            requests["密文不能解开"] = self._enveloped("AAAA")
            requests["给别的账号的密文"] = self._enveloped(encrypt(self._shared.key, raw, "wx-other"))
        for name, (query, sent) in requests.items():
            outcome = await self.send_unsigned(query, sent)
            yield name, outcome, 400 <= outcome.status < 500  # noqa: PLR2004

    def _stale(self, raw: bytes) -> tuple[dict[str, str], bytes]:
        old = self._clock() - 600
        if self._shared.key is None:
            return self._query(now=old), raw
        sealed = encrypt(self._shared.key, raw, self._shared.receiver)
        _, body = self._enveloped(sealed)
        return self._query(sealed, now=old), body


def _bodies(simulator: Simulator) -> tuple[tuple[str, str, bool], ...]:
    """Give bodies that are signed as they should be: what each is, the body, and whether it is a message."""
    entity = '<!DOCTYPE xml [<!ENTITY a "哈">]>'
    return (
        ("文字里有控制字符", simulator.text("医保\x02多少\x1d钱"), True),
        ("文字里贴了 XML", simulator.text("看 ]]><MsgType>x</MsgType><![CDATA[ 这个"), True),
        ("不认识的消息", simulator.message("hologram"), True),
        ("不认识的事件", simulator.event("hologram"), True),
        ("声明了文档类型", entity + simulator.text("&a;"), False),
        ("层层嵌套", "<xml>" + "<a>" * 1000 + "</a>" * 1000 + "</xml>", False),
        ("不是 XML", "你好", False),
        ("空的", "", False),
        ("少了发信人", "<xml><MsgType>text</MsgType></xml>", False),
        ("太长", simulator.text("长" * (MAX_BODY // 3)), False),
    )


def _fields(xml: str) -> dict[str, str]:
    return {element.tag: element.text or "" for element in ET.fromstring(xml).iter()}  # noqa: S314  # our own
