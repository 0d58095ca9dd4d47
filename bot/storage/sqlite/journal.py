"""The turns, in the order in which they came, and what users think of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from bot.storage.protocols import Feedback, Turn, Verdict
from bot.storage.rows import row_of, row_of_feedback
from bot.storage.sqlite.database import Opened


class SqliteJournal(Opened):
    """The journal in SQLite."""

    async def append(self, turn: Turn) -> None:
        """Keep a turn; when this returns it outlives the process."""
        id_, at, *rest = row_of(turn)
        row = (id_, _utc(at), *rest)
        insert = "INSERT OR IGNORE INTO turn VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        await self._database.run(lambda connection: connection.execute(insert, row))

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
        return tuple(Turn(row[0], datetime.fromisoformat(row[1]), *row[2:]) for row in rows)

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


def _utc(at: datetime) -> str:
    """Write a moment so that the order of texts is the order of moments."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
