"""Who may use the console: one password, a name for what is done with it, and a visit that ends.

Visits and failed tries are kept in the state, so that they hold in every worker. While the state is away
nobody gets in.
"""

from __future__ import annotations

import asyncio
import hmac
import math
import secrets
import time
from collections.abc import Callable

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from bot.passwords import Password
from bot.storage.protocols import State
from bot.storage.pseudonyms import pseudonym

VISIT_SECONDS = 8 * 3600
"""How long a visit lasts: a working day."""
WINDOW_SECONDS = 15 * 60
"""For how long a failed try counts."""
MOST_TRIES = 5
"""So many tries may fail from one address within that time."""
MOST_TRIES_OF_ALL = 50
"""So many may fail from all addresses together."""
LONGEST_PASSWORD = 1_000
LONGEST_NAME = 20

_TRIES = "console:tries"


class WrongPasswordError(Exception):
    """A try with a password that is not that of the console."""


class TooManyTriesError(Exception):
    """Too many tries have failed; `seconds`: how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many tries, wait {seconds} s")
        self.seconds = seconds


class Visit(BaseModel):
    """A visit to the console.

    Attributes:
        name: who visits, as they call themselves; form: what every form of the visit carries.
        until: when it ends, as seconds since 1970.
        password: tells with which password it began.

    """

    model_config = ConfigDict(frozen=True)

    name: str
    form: str
    until: float
    password: str


_TRIES_TYPE = TypeAdapter(list[tuple[float, str]])


class Access:
    """Lets people in who know the password.

    Args:
        password: what the setting holds.
        state: where visits and tries are kept.
        key: the installation's key, under which addresses and tokens are kept as pseudonyms only.
        clock: tells the time in seconds.

    """

    def __init__(
        self, password: str, state: State, key: bytes, clock: Callable[[], float] = time.time
    ) -> None:
        self._password = Password.read(password)
        self._state = state
        self._key = key
        self._clock = clock
        self._with = pseudonym(key, "console password", password)

    async def enter(self, name: str, password: str, address: str) -> str:
        """Begin a visit and return its token.

        Args:
            name: who visits; password: what they gave; address: where they come from.

        Raises:
            WrongPasswordError: that is not the password.
            TooManyTriesError: too many tries have failed.
            StorageError: the state is away.

        """
        address = pseudonym(self._key, "console address", address)
        async with self._state.lock(_TRIES) as held:  # one try at a time, whichever worker it comes to
            failed = self._failed(held.session)
            self._refuse_many([at for at, _ in failed], MOST_TRIES_OF_ALL)
            self._refuse_many([at for at, where in failed if where == address], MOST_TRIES)
            fits = len(password) <= LONGEST_PASSWORD and await asyncio.to_thread(self._password.is_, password)
            if not fits:
                await held.save(_noted([*failed, (self._clock(), address)]))
                raise WrongPasswordError
            await held.save(_noted([(at, where) for at, where in failed if where != address]))
        token = secrets.token_urlsafe(32)
        visit = Visit(
            name=name,
            form=secrets.token_urlsafe(32),
            until=self._clock() + VISIT_SECONDS,
            password=self._with,
        )
        await self._state.save(self._place(token), visit.model_dump_json())
        return token

    async def visit(self, token: str) -> Visit | None:
        """Return the visit of a token; None when there is none, or it has ended.

        Raises:
            StorageError: the state is away.

        """
        kept = await self._state.session(self._place(token))
        if kept is None:
            return None
        try:
            visit = Visit.model_validate_json(kept)
        except ValidationError:  # of another version
            return None
        if visit.until <= self._clock() or not hmac.compare_digest(visit.password, self._with):
            return None
        return visit

    async def leave(self, token: str) -> None:
        """End a visit.

        Raises:
            StorageError: the state is away.

        """
        await self._state.forget(self._place(token))

    def _place(self, token: str) -> str:
        return f"console:visit:{pseudonym(self._key, 'console visit', token)}"

    def _failed(self, kept: str | None) -> list[tuple[float, str]]:
        try:
            tries = _TRIES_TYPE.validate_json(kept or "[]")
        except ValidationError:
            return []
        now = self._clock()
        return [(at, where) for at, where in tries if now - WINDOW_SECONDS < at <= now]

    def _refuse_many(self, times: list[float], most: int) -> None:
        if len(times) >= most:
            raise TooManyTriesError(math.ceil(times[-most] + WINDOW_SECONDS - self._clock()))


def _noted(tries: list[tuple[float, str]]) -> str:
    return _TRIES_TYPE.dump_json(tries[-MOST_TRIES_OF_ALL:]).decode()
