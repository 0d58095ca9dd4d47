"""The turns, in the order in which they came."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.storage.protocols import Turn
from bot.storage.rows import row_of
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
            "at >= ?": since and _utc(since),
            "at < ?": until and _utc(until),
            "user = ?": user,
            "kind = ?": kind,
        }
        given = {condition: value for condition, value in conditions.items() if value is not None}
        where = f"WHERE {' AND '.join(given)}" if given else ""
        query = f"SELECT * FROM turn {where} ORDER BY at DESC, rowid DESC LIMIT ?"  # noqa: S608  # only the conditions above
        rows = await self._database.run(
            lambda connection: connection.execute(query, (*given.values(), limit)).fetchall(),
        )
        return tuple(Turn(row[0], datetime.fromisoformat(row[1]), *row[2:]) for row in rows)

    async def forget(self, user: str) -> int:
        """Remove all turns of a user; return how many."""
        delete = "DELETE FROM turn WHERE user = ?"
        return await self._database.run(lambda connection: connection.execute(delete, (user,)).rowcount)

    async def prune(self, before: datetime) -> int:
        """Remove the turns from before a moment; return how many."""
        delete = "DELETE FROM turn WHERE at < ?"
        return await self._database.run(
            lambda connection: connection.execute(delete, (_utc(before),)).rowcount
        )


def _utc(at: datetime) -> str:
    """Write a moment so that the order of texts is the order of moments."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
