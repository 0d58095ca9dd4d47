"""The turns of one user, one after the other, in the order in which their messages came in."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

ORDER_SECONDS: Final = 2.0
"""The longest that a turn waits for the one before it; then it goes ahead.

Less than WeChat waits: should two processes have taken two messages of a user in opposite order, each waits
for what the other has, and both answers are still in time.
"""


@dataclass(frozen=True, slots=True)
class Produced:
    """The answer to a message.

    Attributes:
        body: what is sent back for it.
        parts: its text in parts, should they have to be sent later.
        heading, choices: the text and what the user may choose of, where all of that fits one part.

    """

    body: str
    parts: tuple[str, ...] = ()
    heading: str = ""
    choices: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class Turn:
    """A turn that is under way in this process.

    Attributes:
        before: the turn of the same user that came in just before, while that is under way.
        produced: the answer, once there is one and if it was worked out here.
        is_here: whether it is worked out here (rather than in another process).
        finishing: sees it through when it is late.
        is_wanted: whether the user waits for it with another request.

    """

    before: asyncio.Task[str] | None
    produced: Produced | None = None
    is_here: bool = False
    finishing: asyncio.Task[None] | None = None
    is_wanted: bool = False

    async def in_order(self) -> None:
        """Wait until the turn before is over."""
        if self.before is not None:
            await asyncio.wait({self.before}, timeout=ORDER_SECONDS)
            self.before = None


class Turns:
    """The turns of this process: one for a key at a time, each knowing which it comes after.

    Another process may run a turn of the same user meanwhile; the lock of their session parts those.
    """

    def __init__(self) -> None:
        self._running: dict[str, tuple[Turn, asyncio.Task[str]]] = {}
        self._latest: dict[str, asyncio.Task[str]] = {}

    def start(
        self, user: str, key: str, run: Callable[[Turn], Awaitable[str]]
    ) -> tuple[Turn, asyncio.Task[str]]:
        """Start the turn of a message, or join it where it is under way; `run` awaits `in_order` in time."""
        running = self._running.get(key)
        if running is not None:
            return running
        turn = Turn(self._latest.get(user))

        async def go() -> str:
            return await run(turn)

        task = asyncio.create_task(go())
        self._running[key] = turn, task
        self._latest[user] = task
        task.add_done_callback(lambda done: self._end(user, key, done))
        return turn, task

    def tasks(self) -> set[asyncio.Task[str]]:
        """Give the turns that are under way."""
        return {task for _, task in self._running.values()}

    def _end(self, user: str, key: str, done: asyncio.Task[str]) -> None:
        del self._running[key]
        if (
            self._latest.get(user) is done
        ):  # none is there when a later turn, which ran elsewhere, ended before
            del self._latest[user]
        if not done.cancelled():
            done.exception()  # whoever waited has it; if nobody did, it needs no report of its own
