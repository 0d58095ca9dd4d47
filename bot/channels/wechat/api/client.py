"""Calls of WeChat's API for one account."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Self

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.channels.wechat.api.faults import STALE_TOKEN, ApiError, BusyError, UnreachableError, fault
from bot.channels.wechat.api.token import Once, Tokens

CALL_SECONDS: Final = 10.0
BUSY_SECONDS: Final = 1.0
"""How long to wait before a call is tried once more that WeChat was too busy for."""


class WeChatApi:
    """The API as one account calls it; an async context manager that holds the connections.

    Takes the account's AppID and AppSecret, what its workers share, and where the API is reached.
    """

    def __init__(
        self,
        app_id: str,
        app_secret: str,
        store: Once,
        address: str,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._app_id = app_id
        self._app_secret = app_secret
        self._address = address
        self._tokens = Tokens(app_id, store, self._fetch, clock)
        self._session: ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = ClientSession(timeout=ClientTimeout(total=CALL_SECONDS))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def send_text(self, openid: str, text: str) -> None:
        """Send a customer-service message; raises an ApiError."""
        await self._send({"touser": openid, "msgtype": "text", "text": {"content": text}})

    async def send_choices(self, openid: str, heading: str, choices: Sequence[str]) -> None:
        """Send a text with choices to tap (msgmenu); raises an ApiError."""
        listed = [{"id": str(number), "content": choice} for number, choice in enumerate(choices, 1)]
        menu = {"head_content": heading, "list": listed, "tail_content": ""}
        await self._send({"touser": openid, "msgtype": "msgmenu", "msgmenu": menu})

    async def set_menu(self, menu: Mapping[str, Any]) -> None:
        """Put a menu in place of the account's menu; raises an ApiError."""
        await self._call("/cgi-bin/menu/create", menu)

    async def _send(self, message: Mapping[str, Any]) -> None:
        await self._call("/cgi-bin/message/custom/send", message)

    async def _call(self, path: str, content: Mapping[str, Any]) -> None:
        """Call with the token; where that is refused, once more with the next."""
        token = await self._tokens.current()
        try:
            await self._post(path, content, token.value)
        except ApiError as error:
            if error.code not in STALE_TOKEN:
                raise
            token = await self._tokens.after(token)
            await self._post(path, content, token.value)

    async def _fetch(self, force: bool) -> tuple[str, int]:  # noqa: FBT001
        answer = await self._post(
            "/cgi-bin/stable_token",
            {
                "grant_type": "client_credential",
                "appid": self._app_id,
                "secret": self._app_secret,
                "force_refresh": force,
            },
        )
        match answer:
            case {"access_token": str(value), "expires_in": int(seconds)} if value and seconds > 0:
                return value, seconds
            case _:
                raise UnreachableError(0, "an answer without a token")

    async def _post(self, path: str, content: Mapping[str, Any], token: str = "") -> Mapping[str, Any]:
        """Post JSON and read the answer; when WeChat is busy, once more."""
        try:
            return await self._post_once(path, content, token)
        except BusyError:
            await asyncio.sleep(BUSY_SECONDS)
            return await self._post_once(path, content, token)

    async def _post_once(self, path: str, content: Mapping[str, Any], token: str) -> Mapping[str, Any]:
        assert self._session is not None, "the API is used within its context"
        body = json.dumps(content, ensure_ascii=False).encode(
            "utf-8", "replace"
        )  # WeChat shows escapes as they are
        query = {"access_token": token} if token else {}
        try:
            async with self._session.post(self._address + path, params=query, data=body) as response:
                answer = json.loads(await response.read())
        except (ClientError, TimeoutError, ValueError) as error:
            # the cause is left out: it may show the address with the token
            raise UnreachableError(0, f"no answer ({type(error).__name__})") from None
        if not isinstance(answer, dict):
            raise UnreachableError(0, "an answer that is no object")
        match answer.get("errcode", 0):
            case 0:
                return answer
            case int(code):
                raise fault(code, str(answer.get("errmsg", "")))
            case _:
                raise UnreachableError(0, "an answer whose errcode is no number")
