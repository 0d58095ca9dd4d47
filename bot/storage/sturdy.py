"""A state that bears the loss of its backend.

While the backend is away, every message is a first one: sessions raise AwayError at once, so that nobody
waits for what does not come; locks hold nothing. What was answered, and the rest of long answers, is
remembered in this process meanwhile, so that a repeated message is answered once and 继续 goes on. The
backend is tried again every second, by one call at a time, and used as before once it answers.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from typing import Generic, TypeVar

from bot import metrics
from bot.storage.leases import Produce, Shared
from bot.storage.limits import admitted
from bot.storage.protocols import AwayError, Held, LostLockError, State, StorageError

RETRY_SECONDS = 1.0
"""How long a backend that is away is left alone."""
MOST_REMEMBERED = 5_000
"""So many answers, rests of answers and limits each are remembered here at most."""

V = TypeVar("V")
_log = logging.getLogger(__name__)


class SturdyState:
    """The state over a backend, with what stands in for it while it is away."""

    def __init__(self, state: State, clock: Callable[[], float] = time.monotonic) -> None:
        self._state = state
        self._clock = clock
        self._away_since: float | None = None
        self._next_try = 0.0
        self._reason = ""
        self._running = Shared()
        self._answers = Remembered[str](clock)
        self._held = Remembered[list[str]](clock)
        self._used = Remembered[float](clock)

    async def open(self) -> None:
        """Open the backend; one that is away is waited for meanwhile, one that is not usable raises."""
        metrics.BACKEND_AWAY.labels("state").set(0)
        try:
            await self._state.open()
        except AwayError as error:
            self._lost(error)

    async def close(self) -> None:
        """Finish what is under way and close the backend."""
        await self._running.finish()
        await self._state.close()

    async def ping(self) -> None:
        """Raise StorageError when the backend does not work now."""
        with self._watched():
            await self._state.ping()

    @asynccontextmanager
    async def lock(self, user: str) -> AsyncIterator[Held]:
        """Let one message of a user in at a time; while the backend is away, let all in without a session."""
        async with AsyncExitStack() as stack:
            held: Held
            try:
                with self._watched():
                    held = await stack.enter_async_context(self._state.lock(user))
            except StorageError as error:
                _log.debug("a message goes without its user's lock: %s", error)
                held = _Unheld(error)
            yield _Watched(held, self._watched)

    async def session(self, user: str) -> str | None:
        """Return the user's session; StorageError while the backend is away."""
        with self._watched():
            return await self._state.session(user)

    async def save(self, user: str, session: str) -> None:
        """Keep the user's session; StorageError while the backend is away."""
        with self._watched():
            await self._state.save(user, session)

    async def forget(self, user: str) -> None:
        """Remove the user's session; StorageError while the backend is away."""
        with self._watched():
            await self._state.forget(user)

    async def once(self, key: str, produce: Produce, ttl: float) -> str:
        """Return the one value of a key; while the backend is away, the one that this process knows."""
        return await self._running.run(key, lambda: self._once(key, produce, ttl))

    async def _once(self, key: str, produce: Produce, ttl: float) -> str:
        known = self._answers.get(key)
        if known is not None:
            return known
        produced: list[str] = []
        asked = False

        async def produce_and_note() -> str:
            nonlocal asked
            asked = True
            produced.append(await produce())
            return produced[0]

        try:
            with self._watched():
                return await self._state.once(key, produce_and_note, ttl)
        except StorageError as error:
            if asked and not produced:
                raise
            _log.debug("an answer is kept in this process only: %s", error)
        value = produced[0] if produced else await produce()
        self._answers.put(key, value, ttl)
        return value

    async def hold(self, user: str, parts: Sequence[str], ttl: float) -> None:
        """Hold the rest of an answer for a user; while the backend is away, in this process."""
        self._held.drop(user)
        try:
            with self._watched():
                await self._state.hold(user, parts, ttl)
        except StorageError as error:
            _log.debug("the rest of an answer is held in this process only: %s", error)
            if parts:
                self._held.put(user, list(parts), ttl)

    async def take_held(self, user: str) -> str | None:
        """Return the first part that is held for a user and hold it no longer; None when there is none."""
        parts = self._held.get(user)
        if parts:
            return parts.pop(0)
        try:
            with self._watched():
                return await self._state.take_held(user)
        except StorageError as error:
            _log.debug("nothing is known of the rest of an answer: %s", error)
            return None

    async def admit(self, key: str, per_minute: int) -> float:
        """Count one more of a key; while the backend is away, in this process."""
        try:
            with self._watched():
                return await self._state.admit(key, per_minute)
        except StorageError as error:
            _log.debug("a limit holds in this process only: %s", error)
        now = self._clock()
        wait, full_at = admitted(self._used.get(key) or now, now, per_minute)
        if not wait:
            self._used.put(key, full_at, full_at - now)
        return wait

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Keep calls from a backend that is away, and note whether it is.

        Raises:
            AwayError: the backend is away, and it is not time to try it yet.

        """
        if self._away_since is not None:
            now = self._clock()
            if now < self._next_try:
                raise AwayError(f"the state is away: {self._reason}")
            self._next_try = now + RETRY_SECONDS  # whoever comes meanwhile does not wait for this try
        try:
            yield
        except LostLockError:
            raise
        except StorageError as error:
            self._lost(error)
            raise
        if self._away_since is not None:
            _log.warning("the state is back after %.0f s", self._clock() - self._away_since)
            self._away_since = None
            metrics.BACKEND_AWAY.labels("state").set(0)

    def _lost(self, error: StorageError) -> None:
        now = self._clock()
        self._next_try = now + RETRY_SECONDS
        self._reason = str(error)
        metrics.BACKEND_ERRORS.labels("state").inc()
        if self._away_since is None:
            self._away_since = now
            metrics.BACKEND_OUTAGES.labels("state").inc()
            metrics.BACKEND_AWAY.labels("state").set(1)
            _log.error("the state is away, messages are answered without what was said before: %s", error)


class _Watched:
    """A lock whose session is saved as the state does everything."""

    def __init__(self, held: Held, watched: Callable[[], AbstractContextManager[None]]) -> None:
        self._held = held
        self._watched = watched

    @property
    def session(self) -> str | None:
        return self._held.session

    async def save(self, session: str) -> None:
        with self._watched():
            await self._held.save(session)


class _Unheld:
    """What a message has that goes without its user's lock."""

    def __init__(self, error: StorageError) -> None:
        self._error = error

    @property
    def session(self) -> str | None:
        raise self._error

    async def save(self, session: str) -> None:  # noqa: ARG002  # it is not kept
        raise self._error


class Remembered(Generic[V]):
    """Values for a limited time, the latest MOST_REMEMBERED of them."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._values: OrderedDict[str, tuple[float, V]] = OrderedDict()

    def get(self, key: str) -> V | None:
        """Return the value of a key; None when there is none or its time is over."""
        expires, value = self._values.get(key, (0.0, None))
        return value if expires > self._clock() else None

    def put(self, key: str, value: V, ttl: float) -> None:
        """Remember a value for `ttl` seconds."""
        self.drop(key)
        self._values[key] = self._clock() + ttl, value
        if len(self._values) > MOST_REMEMBERED:
            self._values.popitem(last=False)

    def drop(self, key: str) -> None:
        """Remember the value of a key no longer."""
        self._values.pop(key, None)
