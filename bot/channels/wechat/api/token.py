"""The access token of an account: one for all its workers, fetched by one of them."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol, Self

KEPT_SECONDS: Final = 7200.0
"""How long a token is kept: WeChat gives none for longer."""
MARGIN_SECONDS: Final = 60.0
"""A token counts as expired so long before it is, at most half of its time."""


class Once(Protocol):
    """The part of the state that makes one worker fetch for all."""

    async def once(self, key: str, produce: Callable[[], Awaitable[str]], ttl: float) -> str:
        """Give what `produce` gave for `key`, running it only for the first caller within `ttl` seconds."""


Fetch = Callable[[bool], Awaitable[tuple[str, int]]]
"""Asks WeChat for the token, a fresh one if so told; gives it and for how many seconds it is valid."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token and until when it is used, in seconds since 1970."""

    value: str
    until: float

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a token as it is kept."""
        value, until = json.loads(text)
        return cls(str(value), float(until))

    def written(self) -> str:
        """Write the token as it is kept."""
        return json.dumps([self.value, self.until])

    @property
    def name(self) -> str:
        """What it is called in keys, which do not tell it."""
        return hashlib.sha256(self.written().encode()).hexdigest()[:32]


class Tokens:
    """Gives the token that is valid now.

    The tokens of an account form a chain: each is kept under a key made of the one before. All workers
    follow the same chain, so whoever finds the last one expired or refused either fetches the next or gets
    the one that another worker fetches. WeChat's stable_token gives the same token again while it is valid:
    a chain that has to be begun anew does no harm.
    """

    def __init__(self, app_id: str, store: Once, fetch: Fetch, clock: Callable[[], float]) -> None:
        self._root = hashlib.sha256(app_id.encode()).hexdigest()[:32]
        self._store = store
        self._fetch = fetch
        self._clock = clock
        self._last: Token | None = None

    async def current(self) -> Token:
        """Give the token; raises what `fetch` raises."""
        token = self._last or await self._next(self._root, "")
        while token.until <= self._clock():
            token = await self._next(token.name, "")
        self._last = token
        return token

    async def after(self, refused: Token) -> Token:
        """Give the token that follows one that WeChat refused; raises what `fetch` raises."""
        self._last = await self._next(f"{refused.name}-refused", refused.value)
        return await self.current()

    async def _next(self, key: str, refused: str) -> Token:
        async def produce() -> str:
            asked = self._clock()
            value, seconds = await self._fetch(False)  # noqa: FBT003
            if value == refused:
                value, seconds = await self._fetch(True)  # noqa: FBT003
            return Token(value, asked + seconds - min(MARGIN_SECONDS, seconds / 2)).written()

        return Token.read(await self._store.once(f"wechat-token:{key}", produce, KEPT_SECONDS))
