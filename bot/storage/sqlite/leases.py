"""Who produces a value, and the values that were produced."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Literal

from bot.storage.leases import LEASE_SECONDS
from bot.storage.sqlite.database import Database
from bot.storage.sqlite.kept import KEEP, READ
from bot.storage.sqlite.signs import FARTHEST_SIGN


class SqliteLeases:
    """The leases of all processes that share a database (see `Leases`)."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def claim(self, key: str, owner: str) -> tuple[Literal["value", "mine", "other"], str]:
        """Take the lease of a key, unless there is a value or somebody else's lease."""

        def work(connection: sqlite3.Connection) -> tuple[Literal["value", "mine", "other"], str]:
            now = self._clock()
            row = connection.execute(READ, ("answer", key, now)).fetchone()
            if row is not None:
                return "value", str(row[0])
            take = """
                INSERT INTO lease VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET owner = excluded.owner, until = excluded.until
                WHERE owner = excluded.owner OR until <= ? OR until > ?
            """
            taken = connection.execute(
                take, (key, owner, now + LEASE_SECONDS, now, now + FARTHEST_SIGN)
            ).rowcount
            return ("mine" if taken else "other"), ""

        return await self._database.run(work)

    async def renew_lease(self, key: str, owner: str) -> None:
        """Give a sign that the owner of a lease lives."""

        def work(connection: sqlite3.Connection) -> None:
            until = self._clock() + LEASE_SECONDS
            renewed = "UPDATE lease SET until = ? WHERE key = ? AND owner = ?"
            connection.execute(renewed, (until, key, owner))

        await self._database.run(work)

    async def keep(self, key: str, owner: str, value: str, ttl: float) -> str:
        """Keep a value for `ttl` seconds and end the lease; return the value that counts."""

        def work(connection: sqlite3.Connection) -> str:
            now = self._clock()
            connection.execute("DELETE FROM lease WHERE key = ? AND owner = ?", (key, owner))
            row = connection.execute(READ, ("answer", key, now)).fetchone()
            if row is not None:
                return str(row[0])
            connection.execute(KEEP, ("answer", key, value, now + ttl))
            return value

        return await self._database.run(work)

    async def drop(self, key: str, owner: str) -> None:
        """End the lease without a value."""
        ended = "DELETE FROM lease WHERE key = ? AND owner = ?"
        await self._database.run(lambda connection: connection.execute(ended, (key, owner)))
