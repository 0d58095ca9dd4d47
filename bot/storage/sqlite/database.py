"""One SQLite file and the one thread that works on it.

What is asked of the thread while it is busy is done together afterwards, in one transaction, so that many
writers share one commit. The file is in WAL mode: whatever was reported as kept is there after the process is
killed. Several processes of one machine may share a file.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar, TypeVarTuple

from bot import metrics
from bot.storage.protocols import AwayError, StorageError
from bot.storage.sqlite.schema import connect, explained

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Work = Callable[[sqlite3.Connection], Any]

_LARGEST_BATCH = 512
_ANSWER_SECONDS = 2
"""How long whoever asks waits for the disk; what was asked is done all the same."""


class Database:
    """One SQLite file, its one connection and the thread that owns it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._users = 0
        self._queue = metrics.WRITER_QUEUE.labels("sqlite")
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
            self._connection = await self._in_thread(lambda: connect(self._path))
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
        self._queue.set(len(self._waiting))
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
                self._queue.set(len(self._waiting))
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
                done.set_exception(explained(self._path, result))
            case Exception():
                done.set_exception(result)
            case _:
                done.set_result(result)

    async def _in_thread(self, call: Callable[[*Ts], T], *arguments: *Ts) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call, *arguments)


class Opened:
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
