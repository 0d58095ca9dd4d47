"""A WeChat whose API keeps the rules: rights, the address list, tokens that expire, windows and quotas."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.channels.wechat.peer import APP_ID, Clock

SECRET = "a-secret-of-tests"
TWO_HOURS = 7200
TWO_DAYS = 48 * 3600


@dataclass
class FakeWeChat:
    """The API of one account; what is in the fields may be changed while it is served."""

    clock: Clock = field(default_factory=Clock)
    certified: bool = True
    listed: bool = True
    busy: int = 0
    broken: bytes | None = None
    fetches: list[bool] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    menu: dict[str, Any] | None = None
    tokens: int = 0
    token_until: float = 0
    forced_at: float = -1000
    wrote: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/cgi-bin/stable_token", self.stable_token)
        app.router.add_post("/cgi-bin/message/custom/send", self.send)
        app.router.add_post("/cgi-bin/menu/create", self.create_menu)
        return app

    def writes(self, user: str) -> None:
        """Let a user write to the account: that opens the window for five messages."""
        self.wrote[user] = self.clock.now
        self.counts[user] = 5

    @property
    def token(self) -> str:
        return f"TOKEN-{self.tokens}"

    def end_token(self) -> None:
        """End the token before its time, as happens when somebody resets it elsewhere."""
        self.tokens += 1
        self.token_until = self.clock.now + TWO_HOURS

    async def stable_token(self, request: web.Request) -> web.Response:  # noqa: PLR0911  # one a rule
        asked = await request.json()
        if self.broken is not None:
            return web.Response(body=self.broken)
        force = asked.get("force_refresh", False)
        self.fetches.append(force)
        if not self.listed:
            return error(40164, "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 1-2-3")
        if asked["appid"] != APP_ID:
            return error(40013, "invalid appid rid: 1-2-3")
        if asked["secret"] != SECRET:
            return error(40125, "invalid appsecret, view more at http://t.cn/RAEkdVq rid: 1-2-3")
        if force and self.clock.now - self.forced_at < 30:
            return error(45011, "api minute-quota reach limit mustslower retry next minute rid: 1-2-3")
        if force and self.fetches.count(True) > 20:
            return error(45009, "reach max api daily quota limit rid: 1-2-3")
        if force or self.clock.now > self.token_until - 300:
            self.end_token()
        if force:
            self.forced_at = self.clock.now
        left = int(self.token_until - self.clock.now)
        return web.json_response({"access_token": self.token, "expires_in": left})

    def refusal(self, request: web.Request) -> web.Response | None:
        given = request.query.get("access_token", "")
        if self.broken is not None:
            return web.Response(body=self.broken)
        if self.busy:
            self.busy -= 1
            return error(-1, "system error")
        if given != self.token:
            return error(
                40001, "invalid credential, access_token is invalid or not latest hint: [113faa02934469]"
            )
        if self.clock.now >= self.token_until:
            return error(42001, "access_token expired rid: 1-2-3")
        if not self.certified:
            return error(48001, "api unauthorized rid: 1-2-3")
        return None

    async def send(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        refused = self.refusal(request)
        if refused is not None:
            return refused
        message = json.loads(self.bodies[-1])
        user = message["touser"]
        if self.clock.now - self.wrote.get(user, -TWO_DAYS) >= TWO_DAYS:
            return error(
                45015, "response out of time limit or subscription is canceled hint: [G6cObA05284126]"
            )
        if self.counts[user] == 0:
            return error(45047, "out of response count limit rid: 608780e2-4b5d9662-035705c2")
        content = message.get("text", {}).get("content") or message.get("msgmenu", {}).get("head_content")
        if len(content.encode()) > 2048:
            return error(45002, "content size out of limit rid: 1-2-3")
        self.counts[user] -= 1
        self.sent.append(message)
        return error(0, "ok")

    async def create_menu(self, request: web.Request) -> web.Response:  # noqa: PLR0911  # one a rule
        refused = self.refusal(request)
        if refused is not None:
            return refused
        menu = await request.json()
        if not 1 <= len(menu["button"]) <= 3:
            return error(40016, "invalid button size")
        for button in menu["button"]:
            if len(button["name"].encode()) > 16:
                return error(40018, "invalid button name size")
            if not 1 <= len(button["sub_button"]) <= 5:
                return error(40023, "invalid sub button size")
            for entry in button["sub_button"]:
                if len(entry["name"].encode()) > 60 or entry["type"] != "click":
                    return error(40025, "invalid sub button name size")
                if not 1 <= len(entry["key"].encode()) <= 128:
                    return error(40026, "invalid sub button key size")
        self.menu = menu
        return error(0, "ok")


def error(code: int, words: str) -> web.Response:
    """Answer as WeChat does: JSON that calls itself plain text."""
    return web.Response(text=json.dumps({"errcode": code, "errmsg": words}), content_type="text/plain")
