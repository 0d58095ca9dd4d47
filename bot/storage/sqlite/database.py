"""One SQLite file and the one thread that works on it.

What is asked in one round of the event loop goes over to the thread together, and what is asked while it is
busy is done together afterwards, in one transaction, so that many writers share one commit. The file is in
WAL mode: whatever was reported as kept is there after the process is killed. Several processes of one machine
may share a file.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from bot import metrics
from bot.storage.protocols import AwayError, StorageError
from bot.storage.sqlite.schema import connect, explained

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], Any]
Asked = tuple[Work, asyncio.Future[Any]]

_LARGE_BATCH = 512
"""From so many on, what is asked besides waits for the next transaction."""
_ANSWER_SECONDS = 2
"""How long whoever asks waits for the disk; what was asked is done all the same."""


class Database:
    """One SQLite file, and the thread that has its one connection."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._users = 0
        self._waiting = metrics.WRITER_QUEUE.labels("sqlite")
        self._asked: SimpleQueue[list[Asked] | None] | None = None
        self._this_round: list[Asked] = []
        self._ended: asyncio.Future[None] | None = None

    async def open(self) -> None:
        """Open the file, made and brought up to date where needed; state and journal may both ask.

        Raises:
            StorageError: the file cannot be opened, is no database, or was made by a newer version.

        """
        self._users += 1
        if self._users > 1:
            return
        loop = asyncio.get_running_loop()
        opened: asyncio.Future[None] = loop.create_future()
        asked: SimpleQueue[list[Asked] | None] = SimpleQueue()
        self._ended = loop.create_future()
        worker = _Worker(self._path, asked, loop, self._settle)
        Thread(target=worker.run, args=(opened, self._ended), name="sqlite", daemon=True).start()
        try:
            await opened
        except BaseException:
            self._users = 0
            asked.put(None)  # the thread, if it runs at all, has nothing to do
            raise
        self._asked = asked

    async def close(self) -> None:
        """Finish the work that waits and close the file, once everyone who opened it has closed it."""
        self._users = max(0, self._users - 1)
        if self._users or self._asked is None or self._ended is None:
            return
        self._hand_over()
        asked, self._asked = self._asked, None
        asked.put(None)
        await self._ended

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do work in the connection's thread, in a transaction that is committed when this returns.

        Work that raises is undone, without harm to other work of the same transaction.

        Raises:
            AwayError: the disk takes too long; the work may be done later.
            StorageError: the database is not open, or refuses the work.

        """
        if self._asked is None:
            raise StorageError(f"{self._path} is not open")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        if not self._this_round:
            loop.call_soon(self._hand_over)
        self._this_round.append((work, done))
        self._waiting.inc()
        giving_up = loop.call_later(_ANSWER_SECONDS, self._give_up, done)
        try:
            return await done
        finally:
            giving_up.cancel()

    def _hand_over(self) -> None:
        if self._asked is not None and self._this_round:
            self._asked.put(self._this_round)
            self._this_round = []

    def _give_up(self, done: asyncio.Future[Any]) -> None:
        if not done.done():
            away = f"the database {self._path} has not answered for {_ANSWER_SECONDS} s"
            done.set_exception(AwayError(away))

    def _settle(self, batch: Sequence[Asked], results: Sequence[object]) -> None:
        """Tell those who asked what came of it; some may have given up."""
        self._waiting.dec(len(batch))
        for (_, done), result in zip(batch, results, strict=True):
            if done.done():
                continue
            match result:
                case sqlite3.Error():
                    done.set_exception(explained(self._path, result))
                case Exception():
                    done.set_exception(result)
                case _:
                    done.set_result(result)


class _Worker:
    """What the thread does: it works off what is asked, and hands the results over to the event loop."""

    def __init__(
        self,
        path: Path,
        asked: SimpleQueue[list[Asked] | None],
        loop: asyncio.AbstractEventLoop,
        settle: Callable[[Sequence[Asked], Sequence[object]], None],
    ) -> None:
        self._path = path
        self._asked = asked
        self._loop = loop
        self._settle = settle

    def run(self, opened: asyncio.Future[None], ended: asyncio.Future[None]) -> None:
        """Open the file, work until told to end, and close it."""
        try:
            connection = connect(self._path)
        except BaseException as error:  # noqa: BLE001  # raised where the opening is waited for
            self._loop.call_soon_threadsafe(_tell, opened, error)
            return
        self._loop.call_soon_threadsafe(_tell, opened, None)
        while batch := self._batch():
            try:
                results = _commit(connection, [work for work, _ in batch])
            except sqlite3.Error as error:
                results = [error] * len(batch)
            self._loop.call_soon_threadsafe(self._settle, batch, results)
        connection.close()
        self._loop.call_soon_threadsafe(ended.set_result, None)

    def _batch(self) -> list[Asked]:
        """Wait for work and take what there is of it; nothing at the end."""
        batch: list[Asked] = []
        try:
            while len(batch) < _LARGE_BATCH:
                asked = self._asked.get(block=not batch)
                if asked is None:
                    self._asked.put(None)  # for the next round, should there be work before the end
                    break
                batch += asked
        except Empty:
            pass
        return batch


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


def _tell(opened: asyncio.Future[None], error: BaseException | None) -> None:
    """Tell what came of the opening, unless nobody waits for it any more."""
    if opened.done():
        return
    if error is None:
        opened.set_result(None)
    else:
        opened.set_exception(error)


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
