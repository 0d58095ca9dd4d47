"""Answering in time, and once: what is late is sent afterwards, or held until the user asks for it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol

from bot.channels.wechat.queueing import Produced, Turn, Turns

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


Push = Callable[[Produced], Awaitable[bool]]
"""Sends the first part of an answer to its user by itself; False when that was not possible."""


async def no_push(_: Produced) -> bool:
    """Send nothing: the account may not."""
    return False


class Delivery:
    """Runs turns against the clock.

    Takes the store and the texts that stand in for an answer: one while it is still worked out, one when
    that failed.
    """

    def __init__(self, store: ReplyStore, *, still_working: str, sorry: str) -> None:
        self._store = store
        self._still_working = still_working
        self._sorry = sorry
        self._turns = Turns()
        self._finishing: set[asyncio.Task[None]] = set()
        self._late: dict[str, Turn] = {}

    async def deliver(
        self,
        user: str,
        key: str,
        produce: Callable[[], Awaitable[Produced]],
        deadline: float,
        push: Push = no_push,
    ) -> str | None:
        """Give the body that answers the message `key`; None when it is not ready at `deadline` (loop time).

        The turn goes on then, and its answer is pushed, or held for the user where that cannot be. Turns of
        a user run in the order of these calls. Raises what `produce` or the store raises.
        """

        async def run(turn: Turn) -> str:
            async def work() -> str:
                turn.is_here = True
                await turn.in_order()
                turn.produced = await produce()
                return turn.produced.body

            return await self._store.once(key, work, ANSWER_SECONDS)

        turn, task = self._turns.start(user, key, run)
        if await _is_done(task, deadline):
            return task.result()
        if turn.finishing is None:
            turn.finishing = asyncio.create_task(self._finish(user, turn, task, push))
            self._finishing.add(turn.finishing)
            self._late[user] = turn
            turn.finishing.add_done_callback(lambda done: self._drop(user, turn, done))
        return None

    async def is_settled(self, user: str, deadline: float) -> bool:
        """Wait until no late answer to the user is under way here; False when one still is at `deadline`.

        An answer that is waited for is held, not pushed.
        """
        late = self._late.get(user)
        if late is None or late.finishing is None:
            return True
        late.is_wanted = True
        settled = await _is_done(late.finishing, deadline)
        late.is_wanted = False
        return settled

    async def close(self, seconds: float) -> None:
        """Let late turns finish for at most so many seconds, then end them."""
        tasks = self._turns.tasks() | self._finishing
        if tasks:
            _, unfinished = await asyncio.wait(tasks, timeout=seconds)
            for task in unfinished:
                task.cancel()
            await asyncio.gather(*unfinished, return_exceptions=True)

    async def _finish(self, user: str, turn: Turn, task: asyncio.Task[str], push: Push) -> None:
        """See a late turn through and pass its answer on; that of a turn elsewhere is passed on there."""
        try:
            if turn.is_here:
                await self._store.hold(user, (self._still_working,), HELD_SECONDS)
            await asyncio.wait({task})
            if task.exception() is not None:
                log.error("a late answer failed", exc_info=task.exception())
            if turn.is_here:
                produced = turn.produced or Produced("", (self._sorry,))
                is_sent = bool(produced.parts) and not turn.is_wanted and await _is_sent(push, produced)
                parts = produced.parts[1:] if is_sent else produced.parts
                await self._store.hold(user, parts, HELD_SECONDS)
        except Exception:
            log.exception("a late answer could not be held")

    def _drop(self, user: str, turn: Turn, finishing: asyncio.Task[None]) -> None:
        self._finishing.discard(finishing)
        if self._late.get(user) is turn:
            del self._late[user]


async def _is_sent(push: Push, produced: Produced) -> bool:
    try:
        return await push(produced)
    except Exception:
        log.exception("a late answer could not be sent")
        return False


async def _is_done(task: asyncio.Task[str] | asyncio.Task[None], deadline: float) -> bool:
    left = max(0.0, deadline - asyncio.get_running_loop().time())
    done, _ = await asyncio.wait({task}, timeout=left)
    return bool(done)
