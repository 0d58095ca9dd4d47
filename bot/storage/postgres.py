"""The journal in PostgreSQL.

Turns that come while a batch is on its way go together in the next, as one statement.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any, Literal

import asyncpg
from asyncpg.exceptions import (
    AdminShutdownError,
    CannotConnectNowError,
    ConnectionDoesNotExistError,
    CrashShutdownError,
    InterfaceError,
    InternalClientError,
    PostgresConnectionError,
    PostgresError,
    ReadOnlySQLTransactionError,
    TooManyConnectionsError,
)

from bot import metrics
from bot.storage.protocols import AwayError, Feedback, StorageError, Tally, Turn, Verdict
from bot.storage.rows import ALL, REGIONS, Row, row_of, row_of_feedback
from bot.storage.urls import without_secrets

MIGRATIONS = (
    """
    CREATE TABLE yibao_turn (
        id text PRIMARY KEY, at timestamptz NOT NULL, channel text NOT NULL, "user" text NOT NULL,
        region text, topic text, kind text NOT NULL, asked text NOT NULL, answered text NOT NULL,
        number bigint GENERATED ALWAYS AS IDENTITY
    );
    CREATE INDEX yibao_turn_at ON yibao_turn (at, number);
    CREATE INDEX yibao_turn_user_at ON yibao_turn ("user", at);
    """,
    """
    CREATE TABLE yibao_feedback (
        turn text NOT NULL, "user" text NOT NULL, at timestamptz NOT NULL, verdict text NOT NULL,
        reason text NOT NULL, number bigint GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (turn, "user")
    );
    CREATE INDEX yibao_feedback_at ON yibao_feedback (at, number);
    CREATE INDEX yibao_feedback_user_at ON yibao_feedback ("user", at);
    """,
    """
    CREATE TABLE yibao_tally (
        region text NOT NULL, day date NOT NULL, name text NOT NULL, kind text NOT NULL,
        shard smallint NOT NULL, count bigint NOT NULL,
        PRIMARY KEY (region, day, name, kind, shard)
    );
    INSERT INTO yibao_tally
        SELECT sort.region, (at AT TIME ZONE 'UTC' + interval '8 hours')::date, sort.name, kind, 0, count(*)
        FROM yibao_turn AS turn, LATERAL (VALUES
            ('*', coalesce(turn.region, '')), ('', coalesce(topic, '')), (turn.region, coalesce(topic, ''))
        ) AS sort (region, name)
        WHERE sort.region IS NOT NULL GROUP BY 1, 2, 3, 4;
    CREATE INDEX yibao_turn_unknown_at ON yibao_turn (at)
        WHERE topic IS NULL AND kind IN ('decline', 'clarify');
    CREATE INDEX yibao_turn_left_out_at ON yibao_turn (at) WHERE topic IS NOT NULL AND kind = 'decline';
    """,
)
"""The schema, one script a version; the table yibao_schema holds how many of them the database has had."""

_LOCK_OF_MIGRATIONS = 0x79696261
"""Any number that nobody else uses in this database: one process at a time brings the schema up to date."""

_INSERT = """
WITH kept AS (
    INSERT INTO yibao_turn (id, at, channel, "user", region, topic, kind, asked, answered)
    SELECT id, at, channel, "user", region, topic, kind, asked, answered
    FROM unnest($2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                $9::text[], $10::text[])
         WITH ORDINALITY AS row (id, at, channel, "user", region, topic, kind, asked, answered, place)
    ORDER BY place
    ON CONFLICT (id) DO NOTHING
    RETURNING at, region, topic, kind
)
INSERT INTO yibao_tally AS tally (region, day, name, kind, shard, count)
SELECT sort.region, (at AT TIME ZONE 'UTC' + interval '8 hours')::date AS day, sort.name, kind, $1, count(*)
FROM kept, LATERAL (VALUES
    ('*', coalesce(kept.region, '')), ('', coalesce(topic, '')), (kept.region, coalesce(topic, ''))
) AS sort (region, name)
WHERE sort.region IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
ON CONFLICT (region, day, name, kind, shard) DO UPDATE SET count = tally.count + excluded.count
"""
"""Keeps turns, and counts those that are new; one order of counting for all, so that none waits in a ring."""

_SHARDS = 16
"""Each process counts in one of so many rows of a sort, so that they seldom wait for each other."""

_COLUMNS = 'id, at, channel, "user", region, topic, kind, asked, answered'
_SELECT = f"SELECT {_COLUMNS} FROM yibao_turn"  # noqa: S608  # only the columns above
_UNKNOWN = "topic IS NULL AND kind IN ('decline', 'clarify')"
_LEFT_OUT = "topic IS NOT NULL AND kind = 'decline'"
"""Each has an index of its own, which is found by the very words."""

_RATE = """
INSERT INTO yibao_feedback AS kept (turn, "user", at, verdict, reason) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (turn, "user") DO UPDATE
SET at = excluded.at, verdict = excluded.verdict, reason = excluded.reason WHERE excluded.at >= kept.at
"""

_LARGEST_BATCH = 500
_CONNECTIONS = 4
_ANSWER_SECONDS = 5
"""How long PostgreSQL may take for one answer."""
_REMOVAL_SECONDS = 600
"""How long it may take to remove many turns."""

_AWAY = (
    OSError,
    TimeoutError,
    InterfaceError,
    InternalClientError,  # a server that goes while a connection is given back
    AdminShutdownError,
    CannotConnectNowError,
    ConnectionDoesNotExistError,
    CrashShutdownError,
    PostgresConnectionError,
    ReadOnlySQLTransactionError,
    TooManyConnectionsError,
)


class PostgresJournal:
    """The journal in PostgreSQL."""

    def __init__(self, url: str) -> None:
        """Take the URL (postgresql://); nothing is opened yet."""
        self._url = url
        self._name = without_secrets(url)
        self._shard = secrets.randbelow(_SHARDS)
        self._is_open = False
        self._pool: asyncpg.Pool | None = None
        self._connecting = asyncio.Lock()
        self._queue = metrics.WRITER_QUEUE.labels("postgres")
        self._waiting: deque[tuple[Row, asyncio.Future[None]]] = deque()
        self._writer: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect, and bring the schema up to date (see the Protocol)."""
        self._is_open = True
        await self.ping()

    async def close(self) -> None:
        """Write what waits and close the connections."""
        while self._writer is not None:
            await self._writer
        self._is_open = False
        if self._pool is not None:
            try:
                async with asyncio.timeout(_ANSWER_SECONDS):
                    await self._pool.close()
            except TimeoutError:
                self._pool.terminate()
            self._pool = None

    async def ping(self) -> None:
        """Raise StorageError when PostgreSQL does not answer now."""
        async with self._connection() as connection:
            await connection.execute("SELECT 1")

    async def append(self, turn: Turn) -> None:
        """Keep a turn; when this returns it outlives the process."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((row_of(turn), done))
        self._queue.set(len(self._waiting))
        if self._writer is None:
            self._writer = asyncio.create_task(self._work_off())
        await done

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
        conditions = {"at >=": since, "at <": until, '"user" =': user, "kind =": kind}
        return tuple(Turn(*row) for row in await self._newest("turn", _COLUMNS, conditions, limit))

    async def rate(self, feedback: Feedback) -> None:
        """Keep what a user thinks of a turn, in place of what they said before."""
        async with self._connection() as connection:
            await connection.execute(_RATE, *row_of_feedback(feedback))

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
        conditions = {"at >=": since, "at <": until, '"user" =': user, "verdict =": verdict}
        columns = 'turn, "user", at, verdict, reason'
        return tuple(Feedback(*row) for row in await self._newest("feedback", columns, conditions, limit))

    async def turn(self, id_: str) -> Turn | None:
        """Return the turn of an id; None when there is none."""
        async with self._connection() as connection:
            row = await connection.fetchrow(f"{_SELECT} WHERE id = $1", id_)
        return None if row is None else Turn(*row)

    async def unanswered(
        self, *, since: datetime, until: datetime, known_topic: bool, limit: int
    ) -> tuple[Turn, ...]:
        """Return turns that went without an answer, the newest first (see the Protocol)."""
        query = (
            f"{_SELECT} WHERE {_LEFT_OUT if known_topic else _UNKNOWN} "
            "AND at >= $1 AND at < $2 ORDER BY at DESC LIMIT $3"
        )
        async with self._connection() as connection:
            rows = await connection.fetch(query, since, until, limit)
        return tuple(Turn(*row) for row in rows)

    async def by_region(self, since: date, until: date) -> tuple[Tally, ...]:
        """Count turns by region from a day to another one, both included."""
        return await self._tallies(REGIONS, since, until)

    async def by_topic(self, since: date, until: date, region: str | None = None) -> tuple[Tally, ...]:
        """Count turns by topic from a day to another one, of all regions or of one."""
        return await self._tallies(region or ALL, since, until)

    async def _tallies(self, region: str, since: date, until: date) -> tuple[Tally, ...]:
        query = """
            SELECT day, name, kind, sum(count)::bigint FROM yibao_tally
            WHERE region = $1 AND day BETWEEN $2 AND $3 GROUP BY 1, 2, 3
        """
        async with self._connection() as connection:
            rows = await connection.fetch(query, region, since, until)
        return tuple(Tally(day, name or None, kind, count) for day, name, kind, count in rows)

    async def forget(self, user: str) -> int:
        """Remove all turns of a user, and what they think of them; return how many turns."""
        return await self._remove('"user" = $1', user)

    async def prune(self, before: datetime) -> int:
        """Remove the turns and the feedback from before a moment; return how many turns."""
        return await self._remove("at < $1", before)

    async def _newest(
        self,
        table: Literal["turn", "feedback"],
        columns: str,
        conditions: Mapping[str, datetime | str | None],
        limit: int,
    ) -> list[Any]:
        given = {condition: value for condition, value in conditions.items() if value is not None}
        where = " AND ".join(f"{condition} ${number}" for number, condition in enumerate(given, 2))
        query = (
            f"SELECT {columns} FROM yibao_{table} "  # noqa: S608  # only the columns and conditions above
            f"WHERE {where or 'true'} ORDER BY at DESC, number DESC LIMIT $1"
        )
        async with self._connection() as connection:
            found: list[Any] = await connection.fetch(query, limit, *given.values())
        return found

    async def _remove(self, condition: str, value: object) -> int:
        done = ""
        async with self._connection() as connection, connection.transaction():
            for table in ("feedback", "turn"):
                done = await connection.execute(
                    f"DELETE FROM yibao_{table} WHERE {condition}",  # noqa: S608  # one of the two above
                    value,
                    timeout=_REMOVAL_SECONDS,
                )
        return int(done.removeprefix("DELETE "))

    async def _work_off(self) -> None:
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), _LARGEST_BATCH))]
                self._queue.set(len(self._waiting))
                failure: Exception | None = None
                try:
                    async with self._connection() as connection:
                        columns = zip(*(row for row, _ in batch), strict=True)
                        await connection.execute(_INSERT, self._shard, *columns)
                except Exception as error:  # noqa: BLE001  # handed to those who wait
                    failure = error
                for _, done in batch:
                    if done.cancelled():
                        continue
                    if failure is None:
                        done.set_result(None)
                    else:
                        done.set_exception(failure)
        finally:
            self._writer = None

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncpg.Connection]:
        if not self._is_open:
            raise StorageError(f"{self._name} is not open")
        try:
            async with (await self._connected()).acquire(timeout=_ANSWER_SECONDS) as connection:
                yield connection
        except _AWAY as error:
            raise AwayError(f"{self._name} is out of reach: {error or type(error).__name__}") from error
        except (PostgresError, ValueError) as error:
            raise StorageError(f"{self._name}: {error}") from error

    async def _connected(self) -> asyncpg.Pool:
        async with self._connecting:
            if self._pool is None:
                pool = await asyncpg.create_pool(
                    self._url,
                    min_size=0,
                    max_size=_CONNECTIONS,
                    timeout=_ANSWER_SECONDS,
                    command_timeout=_ANSWER_SECONDS,
                    server_settings={"application_name": "yibao"},
                )
                try:
                    async with pool.acquire() as connection:
                        await _migrate(self._name, connection)
                except BaseException:
                    pool.terminate()
                    raise
                self._pool = pool
            return self._pool


async def _migrate(name: str, connection: asyncpg.Connection) -> None:
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK_OF_MIGRATIONS)
        await connection.execute("CREATE TABLE IF NOT EXISTS yibao_schema (version integer NOT NULL)")
        version = await connection.fetchval("SELECT max(version) FROM yibao_schema") or 0
        if version > len(MIGRATIONS):
            raise StorageError(
                f"{name} has schema {version}, newer than this yibao's {len(MIGRATIONS)}: "
                "install the newer yibao"
            )
        for number, script in enumerate(MIGRATIONS[version:], version + 1):
            await connection.execute(script, timeout=_REMOVAL_SECONDS)
            await connection.execute("INSERT INTO yibao_schema VALUES ($1)", number)
