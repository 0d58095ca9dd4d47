"""The queue of each user."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from bot.storage.protocols import SESSION_LIFE
from bot.storage.queueing import LOCK_SECONDS, Taken
from bot.storage.sqlite.database import Database
from bot.storage.sqlite.kept import READ
from bot.storage.sqlite.signs import FARTHEST_SIGN
from bot.storage.sqlite.sweeping import Sweep

_HEAD = "SELECT process, number FROM place WHERE user = ? ORDER BY at LIMIT 1"
_TAKE = "INSERT OR IGNORE INTO lock (user, process, number, until) VALUES (?, ?, ?, ?)"
_GIVE_UP = "DELETE FROM place WHERE user = ? AND process = ? AND number = ?"
_GIVE_BACK = "DELETE FROM lock WHERE user = ? AND process = ? AND number = ?"
_SAVE = """
INSERT INTO kept VALUES ('session', ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET value = excluded.value, expires = excluded.expires, token = excluded.token
WHERE excluded.token >= kept.token
"""


class SqlitePlaces:
    """The places of all processes that share a database (see `Places`).

    A sign of life counts until its moment, and not if that is farther away than any sign reaches: then the
    clock was put back. Moments are read within the transaction, so that they are in its order.
    """

    def __init__(self, database: Database, clock: Callable[[], float], sweep: Sweep) -> None:
        self._database = database
        self._clock = clock
        self._sweep = sweep

    async def enter(self, user: str, process: str, number: int, *, first_here: bool) -> Taken | None:
        """Take a place, unless it is taken already; at the head, take the lock if it is free."""
        place = (user, process, number)

        def take(connection: sqlite3.Connection, now: float) -> Taken | None:
            run_out = "DELETE FROM lock WHERE user = ? AND (until <= ? OR until > ?)"
            connection.execute(run_out, (user, now, now + FARTHEST_SIGN))
            taken = connection.execute(_TAKE, (*place, now + LOCK_SECONDS))
            if not taken.rowcount or taken.lastrowid is None:
                return None
            kept = connection.execute(READ, ("session", user, now)).fetchone()
            return Taken(taken.lastrowid, None if kept is None else str(kept[0]))

        def work(connection: sqlite3.Connection) -> Taken | None:
            now = self._clock()
            nobody_waits = connection.execute(_HEAD, (user,)).fetchone() is None
            if nobody_waits and (taken := take(connection, now)) is not None:
                return taken  # without a place, as most messages are
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
            if connection.execute(_HEAD, (user,)).fetchone() != (process, number):
                return None
            if (taken := take(connection, now)) is not None:
                connection.execute(_GIVE_UP, place)
            return taken

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
            connection.execute(_GIVE_BACK, place)
            connection.execute(_GIVE_UP, place)

        await self._database.run(work)

    async def save_and_leave(self, user: str, process: str, number: int, token: int, session: str) -> bool:
        """Keep a session and give back the lock; False when the lock went on to a later token meanwhile."""

        def work(connection: sqlite3.Connection) -> bool:
            self._sweep(connection)
            newer = "SELECT 1 FROM lock WHERE user = ? AND token > ?"
            if connection.execute(newer, (user, token)).fetchone():
                return False
            expires = self._clock() + SESSION_LIFE.total_seconds()
            kept = connection.execute(_SAVE, (user, session, expires, token)).rowcount > 0
            connection.execute(_GIVE_BACK, (user, process, number))
            return kept

        return await self._database.run(work)
