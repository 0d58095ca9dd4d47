"""Taking away, from time to time, what has run out."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

_SWEEP_SECONDS = 60


class Sweep:
    """Removes what nobody can ask for any more: once in a while, in a transaction that runs anyway."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._swept = clock()

    def __call__(self, connection: sqlite3.Connection) -> None:
        """Sweep, unless that was done a while ago only."""
        now = self._clock()
        if 0 <= now - self._swept < _SWEEP_SECONDS:  # outside of it also when the clock was put back
            return
        self._swept = now
        connection.execute("DELETE FROM kept WHERE expires <= ?", (now,))
        for table in ("lock", "lease", "process"):
            connection.execute(f"DELETE FROM {table} WHERE until <= ?", (now,))  # noqa: S608  # one of these three
        connection.execute("DELETE FROM place WHERE process NOT IN (SELECT id FROM process)")
