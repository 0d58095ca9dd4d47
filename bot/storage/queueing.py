"""One message of a user at a time, whichever process has it: places in a queue that all of them see.

A message takes its place when it asks, so that messages go in the order in which they came. Whoever is at the
head polls. A lock, like a process that waits, counts only for a while after it was last heard of: what a
killed process held is free again LOCK_SECONDS later. Every lock has a token, larger than that of the one
before; a session that is saved under an older token is refused, should its holder have been asleep so long
that the lock went on to another. The session comes with the lock, and is saved as it is given back: a message
makes one call of the backend before it is answered, and one after.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import NamedTuple, Protocol
from weakref import WeakValueDictionary

from bot.storage.protocols import Held, LostLockError, StorageError

LOCK_SECONDS = 3.0
"""How long a lock outlives the last sign of its holder, and a place in the queue that of its process."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.005, 0.1
_log = logging.getLogger(__name__)


class Taken(NamedTuple):
    """A lock that was taken: its token, and the user's session, if there is one."""

    token: int
    session: str | None


class Places(Protocol):
    """A queue for each user, in a place that all processes share. Every call is atomic."""

    async def enter(self, user: str, process: str, number: int, *, first_here: bool) -> Taken | None:
        """Take a place, unless it is taken already; at the head of the queue, take the lock if it is free.

        Args:
            user: whose queue.
            process, number: who asks; together they name a place.
            first_here: no earlier number of this process waits any more; places that it left behind go.

        Returns:
            The lock, or None while somebody else is before this one.

        """

    async def renew(self, user: str, process: str, number: int) -> None:
        """Give a sign that the holder of the lock lives, and its process with it."""

    async def leave(self, user: str, process: str, number: int) -> None:
        """Give back the lock, or give up the place."""

    async def save_and_leave(self, user: str, process: str, number: int, token: int, session: str) -> bool:
        """Keep a session and give back the lock; False when the lock went on to a later token meanwhile."""


class _Here:
    """Those of this process that ask for one user: first each takes its place, then each has its turn."""

    def __init__(self) -> None:
        self.asking = asyncio.Lock()
        self.turn = asyncio.Lock()


class UserLocks:
    """The locks of all users, over places that are shared."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._process = secrets.token_hex(8)
        self._numbers = itertools.count()
        self._here: WeakValueDictionary[str, _Here] = WeakValueDictionary()

    @asynccontextmanager
    async def lock(self, user: str) -> AsyncIterator[Held]:
        """Hold the lock of a user, once those who asked before have had it.

        Raises:
            StorageError: the places are out of reach; the lock is not held.

        """
        here = self._here.setdefault(user, _Here())  # lives as long as somebody here asks for this user
        place = _Place(self._places, user, self._process, next(self._numbers))
        try:
            async with here.asking:
                taken = await place.enter(first_here=False)
            async with here.turn:
                taken = taken or await place.reach_the_head()
                with renewing(place.renew, LOCK_SECONDS):
                    yield _Held(place, taken)
        finally:
            await place.leave()


class _Place:
    """The place of one message."""

    def __init__(self, places: Places, user: str, process: str, number: int) -> None:
        self._places = places
        self._name = user, process, number
        self._is_to_leave = True

    async def enter(self, *, first_here: bool) -> Taken | None:
        try:
            return await self._places.enter(*self._name, first_here=first_here)
        except StorageError:
            self._is_to_leave = False  # whatever came of it runs out by itself
            raise

    async def reach_the_head(self) -> Taken:
        """Wait until the lock is free for the first one of this process."""
        pause = _FIRST_PAUSE
        while (taken := await self.enter(first_here=True)) is None:
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        return taken

    async def renew(self) -> None:
        await self._places.renew(*self._name)

    async def save_and_leave(self, token: int, session: str) -> None:
        if not await self._places.save_and_leave(*self._name, token, session):
            raise LostLockError
        self._is_to_leave = False

    async def leave(self) -> None:
        if not self._is_to_leave:
            return
        try:
            await self._places.leave(*self._name)
        except StorageError as error:
            _log.info("a user's lock ends by itself, for it could not be given back: %s", error)


class _Held:
    """The lock, held at a place (see `Held`)."""

    def __init__(self, place: _Place, taken: Taken) -> None:
        self._place = place
        self._taken = taken

    @property
    def session(self) -> str | None:
        return self._taken.session

    async def save(self, session: str) -> None:
        await self._place.save_and_leave(self._taken.token, session)


@contextmanager
def renewing(renew: Callable[[], Awaitable[None]], life: float) -> Iterator[None]:
    """Call `renew` thrice in each `life` seconds while the body runs; a call may fail."""
    loop = asyncio.get_running_loop()
    task: asyncio.Task[None] | None = None

    async def go_on() -> None:
        while True:
            with suppress(StorageError):
                await renew()
            await asyncio.sleep(life / 3)

    def begin() -> None:
        nonlocal task
        task = loop.create_task(go_on())

    timer = loop.call_later(life / 3, begin)  # most bodies are done by then, and need no task
    try:
        yield
    finally:
        timer.cancel()
        if task is not None:
            task.cancel()
