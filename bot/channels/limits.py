"""How often one user and one address may ask, whichever worker they reach."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot import metrics
from bot.channels.addresses import Networks, address_of
from bot.channels.guard import API, RequestError

Admit = Callable[[str, str, int], Awaitable[float]]
"""Counts one more of (what, who) unless so many came within a minute; gives the seconds to wait, or 0."""


@dataclass(frozen=True)
class Limits:
    """The limits of the API.

    Attributes:
        admit: counts, across all workers.
        per_user, per_address: messages and calculations in a minute; 0 for any number.
        proxies: whose word on where a request comes from counts.

    """

    admit: Admit
    per_user: int
    per_address: int
    proxies: Networks = ()

    async def check_user(self, user: str) -> None:
        """Raise RequestError where a user has sent too many messages."""
        await self._check("user", user, self.per_user)

    def by_address(self) -> Middleware:
        """Make the middleware that refuses what is too much from one address, before its body is read."""

        @web.middleware
        async def limited(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.method == "POST" and request.path.startswith(API):
                await self._check("address", address_of(request, self.proxies), self.per_address)
            return await handler(request)

        return limited

    async def _check(self, what: Literal["user", "address"], who: str, per_minute: int) -> None:
        wait = await self.admit(what, who, per_minute) if per_minute else 0.0
        if wait:
            metrics.REFUSALS.labels(what).inc()
            seconds = math.ceil(wait)
            raise RequestError(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too_many_requests",
                f"问得太快了，请等 {seconds} 秒再发。",
                headers={"Retry-After": str(seconds)},
            )
