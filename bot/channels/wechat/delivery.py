"""Answering in time, and once: what is late is held until the user asks for it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

log: Final = logging.getLogger(__name__)

ANSWER_SECONDS: Final = 600.0
"""How long an answer is kept for repeats: a signed request can come again for twice the replay window."""
HELD_SECONDS: Final = 3600.0
"""How long the rest of an answer waits for the user."""


class ReplyStore(Protocol):
    """What the channel keeps; shared by all workers of an account."""

    async def once(self, key: str, produce: Callable[[], Awaitable[str]], ttl: float) -> str:
        """Give what `produce` gave for `key`, running it only for the first caller within `ttl` seconds.

        All others, also those that come while it runs, get the same. An error of `produce` is not kept.
        """

    async def hold(self, user: str, parts: Sequence[str], ttl: float) -> None:
        """Hold these parts for the user for `ttl` seconds, in place of any that were held."""

    async def take_held(self, user: str) -> str | None:
        """Take the first part that is held for the user; None when there is none."""


@dataclass(frozen=True, slots=True)
class Produced:
    """The body that answers a message, and its text in parts, should they have to be held."""

    body: str
    parts: tuple[str, ...] = ()


@dataclass(slots=True)
class _Turn:
    """What this process knows of one turn: whether it runs here, and what it produced."""

    is_here: bool = False
    parts: tuple[str, ...] = ()


class Delivery:
    """Runs turns against the clock.

    Takes the store and the texts that stand in for an answer: one while it is still worked out, one when
    that failed.
    """

    def __init__(self, store: ReplyStore, *, still_working: str, sorry: str) -> None:
        self._store = store
        self._still_working = still_working
        self._sorry = sorry
        self._tasks: set[asyncio.Task[str] | asyncio.Task[None]] = set()
        self._late: dict[str, asyncio.Task[None]] = {}

    async def deliver(
        self, user: str, key: str, produce: Callable[[], Awaitable[Produced]], deadline: float
    ) -> str | None:
        """Give the body that answers the message `key`; None when it is not ready at `deadline` (loop time).

        The turn goes on then, and its parts are held for the user. Raises what `produce` or the store raises.
        """
        turn = _Turn()

        async def run() -> str:
            turn.is_here = True
            produced = await produce()
            turn.parts = produced.parts
            return produced.body

        async def once() -> str:
            return await self._store.once(key, run, ANSWER_SECONDS)

        task = asyncio.create_task(once())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if await self._is_done(task, deadline):
            return task.result()
        finishing = asyncio.create_task(self._finish(user, turn, task))
        self._tasks.add(finishing)
        self._late[user] = finishing
        finishing.add_done_callback(lambda done: self._drop(user, done))
        return None

    async def is_settled(self, user: str, deadline: float) -> bool:
        """Wait until no late answer to the user is under way here; False when one still is at `deadline`."""
        late = self._late.get(user)
        return late is None or await self._is_done(late, deadline)

    async def close(self, seconds: float) -> None:
        """Let late turns finish for at most so many seconds, then end them."""
        if self._tasks:
            _, unfinished = await asyncio.wait(self._tasks, timeout=seconds)
            for task in unfinished:
                task.cancel()
            await asyncio.gather(*unfinished, return_exceptions=True)

    async def _finish(self, user: str, turn: _Turn, task: asyncio.Task[str]) -> None:
        """See a late turn through and hold its answer; what runs elsewhere is held there."""
        try:
            if turn.is_here:
                await self._store.hold(user, (self._still_working,), HELD_SECONDS)
            await asyncio.wait({task})
            if task.exception() is not None:
                log.error("a late answer failed", exc_info=task.exception())
                turn.parts = (self._sorry,)
            if turn.is_here:
                await self._store.hold(user, turn.parts, HELD_SECONDS)
        except Exception:
            log.exception("a late answer could not be held")

    def _drop(self, user: str, finishing: asyncio.Task[None]) -> None:
        self._tasks.discard(finishing)
        if self._late.get(user) is finishing:
            del self._late[user]

    @staticmethod
    async def _is_done(task: asyncio.Task[str] | asyncio.Task[None], deadline: float) -> bool:
        left = max(0.0, deadline - asyncio.get_running_loop().time())
        done, _ = await asyncio.wait({task}, timeout=left)
        return bool(done)
