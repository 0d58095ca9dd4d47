"""Sessions, answered messages, held answers and locks."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager

from bot.storage.leases import Once, Produce
from bot.storage.limits import admitted
from bot.storage.protocols import SESSION_LIFE, Held
from bot.storage.queueing import UserLocks
from bot.storage.sqlite.database import Database, Opened
from bot.storage.sqlite.kept import DROP, KEEP, READ
from bot.storage.sqlite.leases import SqliteLeases
from bot.storage.sqlite.places import SqlitePlaces
from bot.storage.sqlite.sweeping import Sweep


class SqliteState(Opened):
    """Sessions, answered messages, held answers and locks in SQLite."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        super().__init__(database)
        self._clock = clock
        self._sweep = Sweep(clock)
        self._locks = UserLocks(SqlitePlaces(database, clock, self._sweep))
        self._once = Once(SqliteLeases(database, clock))

    async def close(self) -> None:
        """Finish what is under way and let go of the database."""
        await self._once.finish()
        await super().close()

    def lock(self, user: str) -> AbstractAsyncContextManager[Held]:
        """Let one message of a user in at a time, in the order in which they ask."""
        return self._locks.lock(user)

    async def session(self, user: str) -> str | None:
        """Return the user's session; None when there is none or its time is over."""
        return await self._value("session", user)

    async def save(self, user: str, session: str) -> None:
        """Keep the user's session for SESSION_LIFE from now (see the Protocol)."""
        row = ("session", user, session, self._clock() + SESSION_LIFE.total_seconds())

        def work(connection: sqlite3.Connection) -> None:
            self._sweep(connection)
            connection.execute(KEEP, row)

        await self._database.run(work)

    async def forget(self, user: str) -> None:
        """Remove the user's session."""
        await self._drop("session", user)

    async def once(self, key: str, produce: Produce, ttl: float) -> str:
        """Return the one value of a key, produced by whoever asks first (see the Protocol)."""
        return await self._once.get(key, produce, ttl)

    async def hold(self, user: str, parts: Sequence[str], ttl: float) -> None:
        """Hold the rest of an answer for a user, in place of what was held before; an empty one clears it."""
        if parts:
            await self._keep("held", user, json.dumps(list(parts), ensure_ascii=False), ttl)
        else:
            await self._drop("held", user)

    async def take_held(self, user: str) -> str | None:
        """Return the first part that is held for a user and hold it no longer; None when there is none."""
        now = self._clock()

        def work(connection: sqlite3.Connection) -> str | None:
            row = connection.execute(READ, ("held", user, now)).fetchone()
            if row is None:
                return None
            first, *rest = json.loads(row[0])
            if rest:
                connection.execute(
                    "UPDATE kept SET value = ? WHERE kind = ? AND key = ?",
                    (json.dumps(rest, ensure_ascii=False), "held", user),
                )
            else:
                connection.execute(DROP, ("held", user))
            return str(first)

        return await self._database.run(work)

    async def admit(self, key: str, per_minute: int) -> float:
        """Count one more of a key (see the Protocol)."""

        def work(connection: sqlite3.Connection) -> float:
            now = self._clock()
            row = connection.execute(READ, ("limit", key, now)).fetchone()
            wait, full_at = admitted(now if row is None else float(row[0]), now, per_minute)
            if not wait:
                connection.execute(KEEP, ("limit", key, repr(full_at), full_at))
            return wait

        return await self._database.run(work)

    async def _value(self, kind: str, key: str) -> str | None:
        now = self._clock()
        row = await self._database.run(
            lambda connection: connection.execute(READ, (kind, key, now)).fetchone()
        )
        return None if row is None else str(row[0])

    async def _keep(self, kind: str, key: str, value: str, ttl: float) -> None:
        row = (kind, key, value, self._clock() + ttl)
        await self._database.run(lambda connection: connection.execute(KEEP, row))

    async def _drop(self, kind: str, key: str) -> None:
        await self._database.run(lambda connection: connection.execute(DROP, (kind, key)))
