"""State and journal in one SQLite file: what the bot uses where nothing else is configured.

One thread owns the connection. What is asked of it while it is busy is done together afterwards, in one
transaction, so that many writers share one commit. The file is in WAL mode: whatever was reported as kept
is there after the process is killed. Several processes of one machine may share a file.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar, TypeVarTuple

from bot.storage.leases import LEASE_SECONDS, Once, Produce
from bot.storage.protocols import SESSION_LIFE, AwayError, LostLockError, StorageError, Turn
from bot.storage.queueing import LOCK_SECONDS, UserLocks
from bot.storage.rows import row_of

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Work = Callable[[sqlite3.Connection], Any]

MIGRATIONS = (
    """
    CREATE TABLE kept (
        kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, expires REAL NOT NULL,
        PRIMARY KEY (kind, key)
    );
    CREATE INDEX kept_expires ON kept (expires);
    CREATE TABLE turn (
        id TEXT NOT NULL UNIQUE, at TEXT NOT NULL, channel TEXT NOT NULL, user TEXT NOT NULL,
        region TEXT, topic TEXT, kind TEXT NOT NULL, asked TEXT NOT NULL, answered TEXT NOT NULL
    );
    CREATE INDEX turn_at ON turn (at);
    CREATE INDEX turn_user_at ON turn (user, at);
    """,
    """
    ALTER TABLE kept ADD COLUMN token INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE place (
        at INTEGER PRIMARY KEY AUTOINCREMENT,
        user TEXT NOT NULL, process TEXT NOT NULL, number INTEGER NOT NULL,
        UNIQUE (user, process, number)
    );
    CREATE TABLE process (id TEXT PRIMARY KEY, until REAL NOT NULL);
    CREATE TABLE lock (
        token INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL UNIQUE,
        process TEXT NOT NULL, number INTEGER NOT NULL, until REAL NOT NULL
    );
    CREATE TABLE lease (key TEXT PRIMARY KEY, owner TEXT NOT NULL, until REAL NOT NULL);
    """,
)
"""The schema, one script a version; the file's user_version counts those that it has had."""

_READ = "SELECT value FROM kept WHERE kind = ? AND key = ? AND expires > ?"
_KEEP = "INSERT OR REPLACE INTO kept (kind, key, value, expires) VALUES (?, ?, ?, ?)"
_DROP = "DELETE FROM kept WHERE kind = ? AND key = ?"

_LARGEST_BATCH = 512
_BUSY_SECONDS = 5
_ANSWER_SECONDS = 2
"""How long whoever asks waits for the disk; what was asked is done all the same."""
_SWEEP_SECONDS = 60
_FARTHEST_SIGN = 2 * max(LOCK_SECONDS, LEASE_SECONDS)
"""No sign of life reaches as far, in seconds, unless the clock was put back since."""


class Database:
    """One SQLite file, its one connection and the thread that owns it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._users = 0
        self._waiting: deque[tuple[Work, asyncio.Future[Any]]] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._connection: sqlite3.Connection | None = None
        self._thread: ThreadPoolExecutor | None = None

    async def open(self) -> None:
        """Open the file, made and brought up to date where needed; state and journal may both ask.

        Raises:
            StorageError: the file cannot be opened, is no database, or was made by a newer version.

        """
        self._users += 1
        if self._users > 1:
            return
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")
        try:
            self._connection = await self._in_thread(lambda: _connect(self._path))
        except BaseException:
            self._users = 0
            self._thread.shutdown()
            self._thread = None
            raise

    async def close(self) -> None:
        """Finish the work that waits and close the file, once everyone who opened it has closed it."""
        self._users = max(0, self._users - 1)
        if self._users or self._thread is None or self._connection is None:
            return
        while self._writer is not None:
            await self._writer
        await self._in_thread(self._connection.close)
        self._thread.shutdown()
        self._connection = self._thread = None

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do work in the connection's thread, in a transaction that is committed when this returns.

        Work that raises is undone, without harm to other work of the same transaction.

        Raises:
            AwayError: the disk takes too long; the work may be done later.
            StorageError: the database is not open, or refuses the work.

        """
        if self._connection is None:
            raise StorageError(f"{self._path} is not open")
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, done))
        if self._writer is None:
            self._writer = asyncio.create_task(self._work_off(self._connection))
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                return await done
        except TimeoutError as error:
            raise AwayError(f"the database {self._path} has not answered for {_ANSWER_SECONDS} s") from error

    async def _work_off(self, connection: sqlite3.Connection) -> None:
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), _LARGEST_BATCH))]
                results: Sequence[Any]
                try:
                    results = await self._in_thread(_commit, connection, [work for work, _ in batch])
                except sqlite3.Error as error:
                    results = [error] * len(batch)
                for (_, done), result in zip(batch, results, strict=True):
                    self._settle(done, result)
        finally:
            self._writer = None

    def _settle(self, done: asyncio.Future[Any], result: object) -> None:
        if done.cancelled():
            return
        match result:
            case sqlite3.Error():
                done.set_exception(_explained(self._path, result))
            case Exception():
                done.set_exception(result)
            case _:
                done.set_result(result)

    async def _in_thread(self, call: Callable[[*Ts], T], *arguments: *Ts) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call, *arguments)


def _explained(path: Path, error: sqlite3.Error) -> StorageError:
    return StorageError(f"the database {path}: {error}")


def _connect(path: Path) -> sqlite3.Connection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise StorageError(f"the database {path} cannot be opened: {error}") from error
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        _migrate(path, connection)
    except sqlite3.Error as error:
        connection.close()
        raise _explained(path, error) from error
    except StorageError:
        connection.close()
        raise
    return connection


def _migrate(path: Path, connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")  # two processes may open a new file at the same moment
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        connection.execute("ROLLBACK")
        raise StorageError(
            f"the database {path} has schema {version}, newer than this yibao's {len(MIGRATIONS)}: "
            "install the newer yibao"
        )
    for script in MIGRATIONS[version:]:
        for statement in script.split(";"):
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    connection.execute("COMMIT")


def _commit(connection: sqlite3.Connection, batch: Sequence[Work]) -> list[Any]:
    """Do a batch of work in one transaction; the result of work that fails is its exception."""
    results: list[Any] = []
    connection.execute("BEGIN IMMEDIATE")
    try:
        for work in batch:
            connection.execute("SAVEPOINT work")
            try:
                results.append(work(connection))
            except Exception as error:  # noqa: BLE001  # handed to the one who gave the work
                connection.execute("ROLLBACK TO work")
                results.append(error)
            connection.execute("RELEASE work")
        connection.execute("COMMIT")
    except sqlite3.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return results


class _Opened:
    """What state and journal have in common: the database that they share or have to themselves."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self) -> None:
        """Open the database; StorageError when that fails."""
        await self._database.open()

    async def close(self) -> None:
        """Finish what is under way and let go of the database."""
        await self._database.close()

    async def ping(self) -> None:
        """Raise StorageError when the database does not take a transaction now."""
        await self._database.run(lambda connection: connection.execute("SELECT 1").fetchone())


class SqliteState(_Opened):
    """Sessions, answered messages, held answers and locks in SQLite."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        super().__init__(database)
        self._clock = clock
        self._swept = clock()
        shared = _Shared(database, clock)
        self._locks = UserLocks(shared)
        self._once = Once(shared)

    async def close(self) -> None:
        """Finish what is under way and let go of the database."""
        await self._once.finish()
        await super().close()

    def lock(self, user: str) -> AbstractAsyncContextManager[None]:
        """Let one message of a user in at a time, in the order in which they ask."""
        return self._locks.lock(user)

    async def session(self, user: str) -> str | None:
        """Return the user's session; None when there is none or its time is over."""
        return await self._value("session", user)

    async def save(self, user: str, session: str) -> None:
        """Keep the user's session for SESSION_LIFE from now (see the Protocol)."""
        token = self._locks.token(user) or 0
        expires = self._clock() + SESSION_LIFE.total_seconds()

        sweep = self._is_time_to_sweep()

        def work(connection: sqlite3.Connection) -> bool:
            if sweep is not None:
                _sweep(connection, sweep)
            newer = "SELECT 1 FROM lock WHERE user = ? AND token > ?"
            if token and connection.execute(newer, (user, token)).fetchone():
                return False
            keep = """
                INSERT INTO kept VALUES ('session', ?, ?, ?, ?)
                ON CONFLICT DO UPDATE
                SET value = excluded.value, expires = excluded.expires, token = excluded.token
                WHERE excluded.token = 0 OR excluded.token >= kept.token
            """
            return connection.execute(keep, (user, session, expires, token)).rowcount > 0

        if not await self._database.run(work):
            raise LostLockError

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
            row = connection.execute(_READ, ("held", user, now)).fetchone()
            if row is None:
                return None
            first, *rest = json.loads(row[0])
            if rest:
                connection.execute(
                    "UPDATE kept SET value = ? WHERE kind = ? AND key = ?",
                    (json.dumps(rest, ensure_ascii=False), "held", user),
                )
            else:
                connection.execute(_DROP, ("held", user))
            return str(first)

        return await self._database.run(work)

    async def _value(self, kind: str, key: str) -> str | None:
        now = self._clock()
        row = await self._database.run(
            lambda connection: connection.execute(_READ, (kind, key, now)).fetchone()
        )
        return None if row is None else str(row[0])

    async def _keep(self, kind: str, key: str, value: str, ttl: float) -> None:
        row = (kind, key, value, self._clock() + ttl)
        await self._database.run(lambda connection: connection.execute(_KEEP, row))

    async def _drop(self, kind: str, key: str) -> None:
        await self._database.run(lambda connection: connection.execute(_DROP, (kind, key)))

    def _is_time_to_sweep(self) -> float | None:
        """Return the moment by which to sweep; None when that was done a while ago only."""
        now = self._clock()
        if 0 <= now - self._swept < _SWEEP_SECONDS:  # outside of it also when the clock was put back
            return None
        self._swept = now
        return now


def _sweep(connection: sqlite3.Connection, now: float) -> None:
    """Remove what nobody can ask for any more."""
    connection.execute("DELETE FROM kept WHERE expires <= ?", (now,))
    for table in ("lock", "lease", "process"):
        connection.execute(f"DELETE FROM {table} WHERE until <= ?", (now,))  # noqa: S608  # one of these three
    connection.execute("DELETE FROM place WHERE process NOT IN (SELECT id FROM process)")


class _Shared:
    """The places and leases of all processes that share a database.

    A sign of life counts until its moment, and not if that is farther away than any sign reaches: then the
    clock was put back. Moments are read within the transaction, so that they are in its order.
    """

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def enter(self, user: str, process: str, number: int, *, first_here: bool) -> int | None:
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
            connection.execute(dead, (user, now, now + _FARTHEST_SIGN))
            run_out = "DELETE FROM lock WHERE user = ? AND (until <= ? OR until > ?)"
            connection.execute(run_out, (user, now, now + _FARTHEST_SIGN))
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
        def work(connection: sqlite3.Connection) -> None:
            until = self._clock() + LOCK_SECONDS
            connection.execute("INSERT OR REPLACE INTO process VALUES (?, ?)", (process, until))
            renewed = "UPDATE lock SET until = ? WHERE user = ? AND process = ? AND number = ?"
            connection.execute(renewed, (until, user, process, number))

        await self._database.run(work)

    async def leave(self, user: str, process: str, number: int) -> None:
        place = (user, process, number)

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM lock WHERE user = ? AND process = ? AND number = ?", place)
            connection.execute("DELETE FROM place WHERE user = ? AND process = ? AND number = ?", place)

        await self._database.run(work)

    async def claim(self, key: str, owner: str) -> tuple[Literal["value", "mine", "other"], str]:
        def work(connection: sqlite3.Connection) -> tuple[Literal["value", "mine", "other"], str]:
            now = self._clock()
            row = connection.execute(_READ, ("answer", key, now)).fetchone()
            if row is not None:
                return "value", str(row[0])
            take = """
                INSERT INTO lease VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET owner = excluded.owner, until = excluded.until
                WHERE owner = excluded.owner OR until <= ? OR until > ?
            """
            taken = connection.execute(
                take, (key, owner, now + LEASE_SECONDS, now, now + _FARTHEST_SIGN)
            ).rowcount
            return ("mine" if taken else "other"), ""

        return await self._database.run(work)

    async def renew_lease(self, key: str, owner: str) -> None:
        def work(connection: sqlite3.Connection) -> None:
            until = self._clock() + LEASE_SECONDS
            renewed = "UPDATE lease SET until = ? WHERE key = ? AND owner = ?"
            connection.execute(renewed, (until, key, owner))

        await self._database.run(work)

    async def keep(self, key: str, owner: str, value: str, ttl: float) -> str:
        def work(connection: sqlite3.Connection) -> str:
            now = self._clock()
            connection.execute("DELETE FROM lease WHERE key = ? AND owner = ?", (key, owner))
            row = connection.execute(_READ, ("answer", key, now)).fetchone()
            if row is not None:
                return str(row[0])
            connection.execute(_KEEP, ("answer", key, value, now + ttl))
            return value

        return await self._database.run(work)

    async def drop(self, key: str, owner: str) -> None:
        ended = "DELETE FROM lease WHERE key = ? AND owner = ?"
        await self._database.run(lambda connection: connection.execute(ended, (key, owner)))


class SqliteJournal(_Opened):
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
