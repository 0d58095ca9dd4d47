"""The turns, in the order in which they came, and what users think of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal

from bot.storage.protocols import Feedback, Tally, Turn, Verdict
from bot.storage.rows import ALL, REGIONS, row_of, row_of_feedback, sorts_of
from bot.storage.sqlite.database import Opened

_INSERT = "INSERT OR IGNORE INTO turn VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_COUNT = """
INSERT INTO tally VALUES (?, ?, ?, ?, 1)
ON CONFLICT DO UPDATE SET count = count + 1
"""
_UNKNOWN = "topic IS NULL AND kind IN ('decline', 'clarify')"
_LEFT_OUT = "topic IS NOT NULL AND kind = 'decline'"
"""Each has an index of its own, which is found by the very words."""


class SqliteJournal(Opened):
    """The journal in SQLite."""

    async def append(self, turn: Turn) -> None:
        """Keep a turn; when this returns it outlives the process."""
        id_, at, *rest = row_of(turn)
        row = (id_, _utc(at), *rest)
        sorts = sorts_of(turn)

        def work(connection: sqlite3.Connection) -> None:
            if connection.execute(_INSERT, row).rowcount:
                connection.executemany(_COUNT, sorts)

        await self._database.run(work)

    async def turns(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        user: str | None = None,
        kind: str | None = None,
        limit: int = 100,
    ) -> tuple[Turn, ...]:
        """Return turns, the newest first (see the Protocol for the arguments)."""
        conditions = {
            "at >= ?": None if since is None else _utc(since),
            "at < ?": None if until is None else _utc(until),
            "user = ?": user,
            "kind = ?": kind,
        }
        rows = await self._newest("turn", conditions, limit)
        return tuple(map(_turn, rows))

    async def rate(self, feedback: Feedback) -> None:
        """Keep what a user thinks of a turn, in place of what they said before."""
        turn, user, at, *said = row_of_feedback(feedback)
        row = (turn, user, _utc(at), *said)
        keep = """
            INSERT INTO feedback VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET at = excluded.at, verdict = excluded.verdict, reason = excluded.reason
            WHERE excluded.at >= feedback.at
        """
        await self._database.run(lambda connection: connection.execute(keep, row))

    async def feedback(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        user: str | None = None,
        verdict: Verdict | None = None,
        limit: int = 100,
    ) -> tuple[Feedback, ...]:
        """Return feedback, the newest first (see the Protocol for the arguments)."""
        conditions = {
            "at >= ?": None if since is None else _utc(since),
            "at < ?": None if until is None else _utc(until),
            "user = ?": user,
            "verdict = ?": verdict,
        }
        rows = await self._newest("feedback", conditions, limit)
        return tuple(Feedback(row[0], row[1], datetime.fromisoformat(row[2]), *row[3:]) for row in rows)

    async def turn(self, id_: str) -> Turn | None:
        """Return the turn of an id; None when there is none."""
        query = "SELECT * FROM turn WHERE id = ?"
        row = await self._database.run(lambda connection: connection.execute(query, (id_,)).fetchone())
        return None if row is None else _turn(row)

    async def unanswered(
        self, *, since: datetime, until: datetime, known_topic: bool, limit: int
    ) -> tuple[Turn, ...]:
        """Return turns that went without an answer, the newest first (see the Protocol)."""
        query = (
            f"SELECT * FROM turn WHERE {_LEFT_OUT if known_topic else _UNKNOWN} "  # noqa: S608  # one of the two
            "AND at >= ? AND at < ? ORDER BY at DESC LIMIT ?"
        )
        given = (_utc(since), _utc(until), limit)
        rows = await self._database.run(lambda connection: connection.execute(query, given).fetchall())
        return tuple(map(_turn, rows))

    async def by_region(self, since: date, until: date) -> tuple[Tally, ...]:
        """Count turns by region from a day to another one, both included."""
        return await self._tallies(REGIONS, since, until)

    async def by_topic(self, since: date, until: date, region: str | None = None) -> tuple[Tally, ...]:
        """Count turns by topic from a day to another one, of all regions or of one."""
        return await self._tallies(region or ALL, since, until)

    async def _tallies(self, region: str, since: date, until: date) -> tuple[Tally, ...]:
        query = "SELECT day, name, kind, count FROM tally WHERE region = ? AND day BETWEEN ? AND ?"
        given = (region, since.isoformat(), until.isoformat())
        rows = await self._database.run(lambda connection: connection.execute(query, given).fetchall())
        return tuple(
            Tally(date.fromisoformat(day), name or None, kind, count) for day, name, kind, count in rows
        )

    async def forget(self, user: str) -> int:
        """Remove all turns of a user, and what they think of them; return how many turns."""
        return await self._remove("user = ?", user)

    async def prune(self, before: datetime) -> int:
        """Remove the turns and the feedback from before a moment; return how many turns."""
        return await self._remove("at < ?", _utc(before))

    async def _newest(
        self, table: Literal["turn", "feedback"], conditions: Mapping[str, str | None], limit: int
    ) -> list[Any]:
        given = {condition: value for condition, value in conditions.items() if value is not None}
        where = f"WHERE {' AND '.join(given)}" if given else ""
        query = f"SELECT * FROM {table} {where} ORDER BY at DESC, rowid DESC LIMIT ?"  # noqa: S608  # only the conditions above
        return await self._database.run(
            lambda connection: connection.execute(query, (*given.values(), limit)).fetchall(),
        )

    async def _remove(self, condition: Literal["user = ?", "at < ?"], value: str) -> int:
        def work(connection: sqlite3.Connection) -> int:
            connection.execute(f"DELETE FROM feedback WHERE {condition}", (value,))  # noqa: S608  # one of the two above
            return connection.execute(f"DELETE FROM turn WHERE {condition}", (value,)).rowcount  # noqa: S608  # so is this

        return await self._database.run(work)


def _turn(row: tuple[Any, ...]) -> Turn:
    return Turn(row[0], datetime.fromisoformat(row[1]), *row[2:])


def _utc(at: datetime) -> str:
    """Write a moment so that the order of texts is the order of moments."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
