"""The queue of each user."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from bot.storage.queueing import LOCK_SECONDS
from bot.storage.sqlite.database import Database
from bot.storage.sqlite.signs import FARTHEST_SIGN


class SqlitePlaces:
    """The places of all processes that share a database (see `Places`).

    A sign of life counts until its moment, and not if that is farther away than any sign reaches: then the
    clock was put back. Moments are read within the transaction, so that they are in its order.
    """

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def enter(self, user: str, process: str, number: int, *, first_here: bool) -> int | None:
        """Take a place, unless it is taken already; at the head, take the lock if it is free."""
        place = (user, process, number)

        def work(connection: sqlite3.Connection) -> int | None:
            now = self._clock()
            connection.execute("INSERT OR IGNORE INTO place (user, process, number) VALUES (?, ?, ?)", place)
            connection.execute("INSERT OR REPLACE INTO process VALUES (?, ?)", (process, now + LOCK_SECONDS))
            if first_here:
                left = "DELETE FROM place WHERE user = ? AND process = ? AND number < ?"
                connection.execute(left, place)
            dead = """
                DELETE FROM place WHERE user = ?
                AND process NOT IN (SELECT id FROM process WHERE until > ? AND until <= ?)
            """
            connection.execute(dead, (user, now, now + FARTHEST_SIGN))
            run_out = "DELETE FROM lock WHERE user = ? AND (until <= ? OR until > ?)"
            connection.execute(run_out, (user, now, now + FARTHEST_SIGN))
            head = "SELECT process, number FROM place WHERE user = ? ORDER BY at LIMIT 1"
            if connection.execute(head, (user,)).fetchone() != (process, number):
                return None
            take = "INSERT OR IGNORE INTO lock (user, process, number, until) VALUES (?, ?, ?, ?)"
            taken = connection.execute(take, (*place, now + LOCK_SECONDS))
            if not taken.rowcount:
                return None
            connection.execute("DELETE FROM place WHERE user = ? AND process = ? AND number = ?", place)
            return taken.lastrowid

        return await self._database.run(work)

    async def renew(self, user: str, process: str, number: int) -> None:
        """Give a sign that the holder of the lock lives, and its process with it."""

        def work(connection: sqlite3.Connection) -> None:
            until = self._clock() + LOCK_SECONDS
            connection.execute("INSERT OR REPLACE INTO process VALUES (?, ?)", (process, until))
            renewed = "UPDATE lock SET until = ? WHERE user = ? AND process = ? AND number = ?"
            connection.execute(renewed, (until, user, process, number))

        await self._database.run(work)

    async def leave(self, user: str, process: str, number: int) -> None:
        """Give back the lock, or give up the place."""
        place = (user, process, number)

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM lock WHERE user = ? AND process = ? AND number = ?", place)
            connection.execute("DELETE FROM place WHERE user = ? AND process = ? AND number = ?", place)

        await self._database.run(work)
