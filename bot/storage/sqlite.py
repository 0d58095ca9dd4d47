"""State and journal in one SQLite file: what the bot uses where nothing else is configured.

One thread owns the connection. What is asked of it while it is busy is done together afterwards, in one
transaction, so that many writers share one commit. The file is in WAL mode: whatever was reported as kept
is there after the process is killed. One process at a time serves from a file: the lock of a user, and what
is produced once, hold within it.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, TypeVarTuple
from weakref import WeakValueDictionary

from bot.storage.protocols import SESSION_LIFE, StorageError, Turn

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
)
"""The schema, one script a version; the file's user_version counts those that it has had."""

_READ = "SELECT value FROM kept WHERE kind = ? AND key = ? AND expires > ?"
_DROP = "DELETE FROM kept WHERE kind = ? AND key = ?"

_LARGEST_BATCH = 512
_BUSY_SECONDS = 5
_SWEEP_SECONDS = 60


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
            StorageError: the database is not open, or refuses the work.

        """
        if self._connection is None:
            raise StorageError(f"{self._path} is not open")
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, done))
        if self._writer is None:
            self._writer = asyncio.create_task(self._work_off(self._connection))
        return await done

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
    """Sessions, answered messages and held answers in SQLite."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        super().__init__(database)
        self._clock = clock
        self._swept = clock()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._producing: dict[str, asyncio.Task[str]] = {}

    @asynccontextmanager
    async def lock(self, user: str) -> AsyncIterator[None]:
        """Let one message of a user in at a time, in the order in which they ask."""
        lock = self._locks.setdefault(user, asyncio.Lock())  # lives as long as somebody holds or awaits it
        async with lock:
            yield

    async def session(self, user: str) -> str | None:
        """Return the user's session; None when there is none or its time is over."""
        return await self._value("session", user)

    async def save(self, user: str, session: str) -> None:
        """Keep the user's session for SESSION_LIFE from now."""
        await self._keep("session", user, session, SESSION_LIFE.total_seconds())

    async def forget(self, user: str) -> None:
        """Remove the user's session."""
        await self._drop("session", user)

    async def once(self, key: str, produce: Callable[[], Awaitable[str]], ttl: float) -> str:
        """Return the one value of a key, produced by whoever asks first (see the Protocol)."""
        task = self._producing.get(key)
        if task is None:
            task = asyncio.create_task(self._produce(key, produce, ttl))
            self._producing[key] = task
            task.add_done_callback(lambda task: self._produced(key, task))
        return await asyncio.shield(task)  # one who gives up waiting takes nothing from the others

    async def _produce(self, key: str, produce: Callable[[], Awaitable[str]], ttl: float) -> str:
        value = await self._value("answer", key)
        if value is None:
            value = await produce()
            await self._keep("answer", key, value, ttl)
        return value

    def _produced(self, key: str, task: asyncio.Task[str]) -> None:
        del self._producing[key]
        if not task.cancelled():
            task.exception()  # whoever waited has it; if nobody did, it needs no report of its own

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

    async def close(self) -> None:
        """Finish what is under way and let go of the database."""
        await asyncio.gather(*self._producing.values(), return_exceptions=True)
        await super().close()

    async def _value(self, kind: str, key: str) -> str | None:
        now = self._clock()
        row = await self._database.run(
            lambda connection: connection.execute(_READ, (kind, key, now)).fetchone()
        )
        return None if row is None else str(row[0])

    async def _keep(self, kind: str, key: str, value: str, ttl: float) -> None:
        now = self._clock()
        sweep = not 0 <= now - self._swept < _SWEEP_SECONDS  # also when the clock was put back
        if sweep:
            self._swept = now

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", (kind, key, value, now + ttl)
            )
            if sweep:
                connection.execute("DELETE FROM kept WHERE expires <= ?", (now,))

        await self._database.run(work)

    async def _drop(self, kind: str, key: str) -> None:
        await self._database.run(lambda connection: connection.execute(_DROP, (kind, key)))


class SqliteJournal(_Opened):
    """The journal in SQLite."""

    async def append(self, turn: Turn) -> None:
        """Keep a turn; when this returns it outlives the process."""
        row = (
            turn.id,
            _utc(turn.at),
            turn.channel,
            turn.user,
            turn.region,
            turn.topic,
            turn.kind,
            turn.asked,
            turn.answered,
        )
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


def _utc(at: datetime) -> str:
    """Write a moment so that the order of texts is the order of moments."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
