"""A value that is produced once, whichever process is asked for it first.

Who produces holds a lease on the key, which counts only for a while after its last sign: when a process is
killed while it produces, the next one that asks takes over.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Literal, Protocol

from bot.storage.protocols import StorageError
from bot.storage.queueing import renewing

LEASE_SECONDS = 3.0
"""How long a lease outlives the last sign of its holder."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.01, 0.1

Produce = Callable[[], Awaitable[str]]


class Leases(Protocol):
    """Values and leases by key, in a place that all processes share. Every call is atomic."""

    async def claim(self, key: str, owner: str) -> tuple[Literal["value", "mine", "other"], str]:
        """Take the lease of a key, unless there is a value or somebody else's lease.

        Returns:
            What holds now, and the value where there is one.

        """

    async def renew_lease(self, key: str, owner: str) -> None:
        """Give a sign that the owner of a lease lives."""

    async def keep(self, key: str, owner: str, value: str, ttl: float) -> str:
        """Keep a value for `ttl` seconds and end the lease; return the value that counts.

        That is another's, where it was kept before because the owner's lease had run out.
        """

    async def drop(self, key: str, owner: str) -> None:
        """End the lease without a value."""


class Shared:
    """What runs once for a key in this process, for all who ask meanwhile."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[str]] = {}

    async def run(self, key: str, produce: Produce) -> str:
        """Return what `produce` gives, or join the run under way; one who gives up does not end it."""
        task = self._running.get(key)
        if task is None:
            task = asyncio.create_task(_awaited(produce))
            self._running[key] = task
            task.add_done_callback(lambda task: self._ended(key, task))
        return await asyncio.shield(task)

    async def finish(self) -> None:
        """Wait for whatever is under way."""
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    def _ended(self, key: str, task: asyncio.Task[str]) -> None:
        del self._running[key]
        if not task.cancelled():
            task.exception()  # whoever waited has it; if nobody did, it needs no report of its own


class Once:
    """Values that are produced once, over leases that are shared."""

    def __init__(self, leases: Leases) -> None:
        self._leases = leases
        self._process = secrets.token_hex(8)
        self._here = Shared()

    async def get(self, key: str, produce: Produce, ttl: float) -> str:
        """Return the one value of a key (see `State.once`)."""
        return await self._here.run(key, lambda: self._get(key, produce, ttl))

    async def finish(self) -> None:
        """Wait for what is being produced."""
        await self._here.finish()

    async def _get(self, key: str, produce: Produce, ttl: float) -> str:
        pause = _FIRST_PAUSE
        while True:
            holds, value = await self._leases.claim(key, self._process)
            if holds == "value":
                return value
            if holds == "mine":
                return await self._produce(key, produce, ttl)
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _produce(self, key: str, produce: Produce, ttl: float) -> str:
        try:
            with renewing(lambda: self._leases.renew_lease(key, self._process), LEASE_SECONDS):
                value = await produce()
        except BaseException:
            with suppress(StorageError):
                await self._leases.drop(key, self._process)
            raise
        return await self._leases.keep(key, self._process, value, ttl)


async def _awaited(produce: Produce) -> str:
    return await produce()
