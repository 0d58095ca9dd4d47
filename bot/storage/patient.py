"""A journal that bears the loss of its backend: what it does not take now goes to a spool, and to it later.

Appending never raises and never takes long. While entries (turns, and feedback on them) wait in the spool,
new ones queue up behind them, so that all are written in order; the journal knows them by their ids, so that
each is there once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar, TypeVarTuple

from bot import metrics
from bot.storage.protocols import AwayError, Feedback, Journal, StorageError, Tally, Turn, Verdict
from bot.storage.spool import Entry, SpoolFile

PATIENCE_SECONDS = 1.0
"""How long a reply waits for the journal before its turn goes to the spool, and for the spool."""
RETRY_SECONDS = 1.0
"""How often a journal that is away is tried again."""
SEARCH_SECONDS = 30.0
"""How often the folder is searched for what dead processes left behind."""
CLOSING_SECONDS = 5.0
"""How long the spool may still be written from when the bot stops."""

_BATCH = 500
_BATCH_SECONDS = 30.0

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
_log = logging.getLogger(__name__)


class PatientJournal:
    """The journal over a backend, with a spool in a folder."""

    def __init__(self, journal: Journal, folder: Path) -> None:
        self._journal = journal
        self._folder = folder
        self._spool: SpoolFile | None = None
        self._spooled = 0  # entries that are in the spool or on the way there
        self._lost = 0
        self._is_away = False
        self._thread: ThreadPoolExecutor | None = None
        self._working: asyncio.Task[None] | None = None
        self._filled = asyncio.Event()

    async def open(self) -> None:
        """Open the backend; one that is away is waited for meanwhile, one that is not usable raises."""
        metrics.BACKEND_AWAY.labels("journal").set(0)
        try:
            await self._journal.open()
        except AwayError as error:
            self._refused(str(error))
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="spool")
        self._working = asyncio.create_task(self._work())

    async def close(self) -> None:
        """Write what waits, as far as the backend takes it now; the rest stays in the spool."""
        if self._thread is not None and self._working is not None:
            self._working.cancel()
            with suppress(asyncio.CancelledError):
                await self._working
            with suppress(StorageError, TimeoutError):
                async with asyncio.timeout(CLOSING_SECONDS):
                    await self._write_own()
            if self._spool is not None:
                await self._in_thread(self._spool.close)
                self._spool = None
            self._thread.shutdown()
            self._thread = self._working = None
        await self._journal.close()

    async def ping(self) -> None:
        """Raise StorageError when the backend does not work now."""
        await self._journal.ping()

    async def append(self, turn: Turn) -> None:
        """Keep a turn, in the backend or in the spool; one that neither takes is told in the log."""
        await self._keep(turn)

    async def rate(self, feedback: Feedback) -> None:
        """Keep what a user thinks of a turn, in the backend or in the spool."""
        await self._keep(feedback)

    async def _keep(self, entry: Entry) -> None:
        if self._thread is None:
            raise StorageError("the journal is not open")
        if not self._spooled:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await self._put(entry)
            except (StorageError, TimeoutError) as error:
                self._refused(str(error) or f"no answer within {PATIENCE_SECONDS} s")
            else:
                self._took()
                return
        await self._to_spool(entry)

    async def _put(self, entry: Entry) -> None:
        if isinstance(entry, Turn):
            await self._journal.append(entry)
        else:
            await self._journal.rate(entry)

    async def turns(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        user: str | None = None,
        kind: str | None = None,
        limit: int = 100,
    ) -> tuple[Turn, ...]:
        """Return turns, the newest first, without those in the spool (see the Protocol)."""
        return await self._journal.turns(since=since, until=until, user=user, kind=kind, limit=limit)

    async def feedback(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        user: str | None = None,
        verdict: Verdict | None = None,
        limit: int = 100,
    ) -> tuple[Feedback, ...]:
        """Return feedback, the newest first, without that in the spool (see the Protocol)."""
        return await self._journal.feedback(since=since, until=until, user=user, verdict=verdict, limit=limit)

    async def turn(self, id_: str) -> Turn | None:
        """Return the turn of an id, unless it is in the spool."""
        return await self._journal.turn(id_)

    async def unanswered(
        self, *, since: datetime, until: datetime, known_topic: bool, limit: int
    ) -> tuple[Turn, ...]:
        """Return turns that went without an answer, without those in the spool (see the Protocol)."""
        return await self._journal.unanswered(since=since, until=until, known_topic=known_topic, limit=limit)

    async def by_region(self, since: date, until: date) -> tuple[Tally, ...]:
        """Count turns by region, without those in the spool (see the Protocol)."""
        return await self._journal.by_region(since, until)

    async def by_topic(self, since: date, until: date, region: str | None = None) -> tuple[Tally, ...]:
        """Count turns by topic, without those in the spool (see the Protocol)."""
        return await self._journal.by_topic(since, until, region)

    async def forget(self, user: str) -> int:
        """Remove all of a user, also what is in spools that nobody holds; return how many turns."""
        if self._spooled:
            raise AwayError("turns wait in the spool, among them perhaps some of this user")
        await self._write_left()
        return await self._journal.forget(user)

    async def prune(self, before: datetime) -> int:
        """Remove the turns and the feedback from before a moment; return how many turns."""
        return await self._journal.prune(before)

    def _refused(self, reason: str) -> None:
        metrics.BACKEND_ERRORS.labels("journal").inc()
        if not self._is_away:
            self._is_away = True
            metrics.BACKEND_OUTAGES.labels("journal").inc()
            metrics.BACKEND_AWAY.labels("journal").set(1)
            _log.error("the journal is away, turns go to the spool in %s: %s", self._folder, reason)

    def _took(self, from_spool: int = 0) -> None:
        if self._is_away:
            self._is_away = False
            metrics.BACKEND_AWAY.labels("journal").set(0)
            _log.warning("the journal is back: %d turns were written from the spool", from_spool)

    # --- the spool ------------------------------------------------------------------------------------------

    async def _to_spool(self, entry: Entry) -> None:
        self._spooled += 1
        metrics.SPOOLED.inc()
        metrics.SPOOL_TURNS.set(self._spooled)
        self._filled.set()
        writing = asyncio.ensure_future(self._in_thread(self._write, entry))
        writing.add_done_callback(self._written)
        await asyncio.wait({writing}, timeout=PATIENCE_SECONDS)  # a slow disk does not hold up the reply

    def _write(self, entry: Entry) -> None:
        if self._spool is None:
            try:
                self._spool = SpoolFile.new(self._folder)
            except OSError as error:
                raise StorageError(f"no spool in {self._folder}: {error.strerror}") from error
        self._spool.write(entry)

    def _written(self, writing: asyncio.Future[None]) -> None:
        error = None if writing.cancelled() else writing.exception()
        if error is None:
            if self._lost:
                _log.error("%d turns were lost; turns are kept again", self._lost)
                self._lost = 0
            return
        self._spooled -= 1
        self._lost += 1
        metrics.LOST.inc()
        metrics.SPOOL_TURNS.set(self._spooled)
        if self._lost == 1:
            _log.error("turns are being lost: neither the journal nor the spool takes them: %s", error)

    async def _work(self) -> None:
        """Write from the spool whatever there is, of this process and of dead ones."""
        loop = asyncio.get_running_loop()
        search = loop.time()
        while True:
            self._filled.clear()
            try:
                if loop.time() >= search:
                    search = loop.time() + SEARCH_SECONDS
                    await self._write_left()
                await self._write_own()
            except (StorageError, TimeoutError, OSError) as error:
                _log.debug("the journal does not take turns from the spool yet: %s", error)
                metrics.BACKEND_ERRORS.labels("journal").inc()
                await asyncio.sleep(RETRY_SECONDS)
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, search - loop.time())):
                    await self._filled.wait()

    async def _write_own(self) -> None:
        written = 0
        await self._in_thread(lambda: None)  # what is on its way to the file has arrived
        while self._spooled and self._spool is not None and (count := await self._write_batch(self._spool)):
            self._spooled -= count
            metrics.SPOOL_TURNS.set(self._spooled)
            written += count
        if self._spool is not None and not self._spooled:
            spool, self._spool = self._spool, None
            await self._in_thread(spool.remove)
            if written:  # else the turns were lost, and nothing is known of the journal
                self._took(written)

    async def _write_left(self) -> None:
        """Write what dead processes left behind."""
        while (
            spool := await self._in_thread(lambda: next(SpoolFile.left_in(self._folder), None))
        ) is not None:
            written = 0
            try:
                while count := await self._write_batch(spool):
                    written += count
            except BaseException:
                spool.close()
                raise
            await self._in_thread(spool.remove)
            _log.warning("%d turns were written from the spool of an earlier process", written)

    async def _write_batch(self, spool: SpoolFile) -> int:
        entries, unreadable = await self._in_thread(spool.read, _BATCH)
        if unreadable:
            _log.warning("%d lines of a spool cannot be read, perhaps cut off by a crash", unreadable)
        async with asyncio.timeout(_BATCH_SECONDS):
            await asyncio.gather(*(self._put(entry) for entry in entries))
        spool.done_with()
        return len(entries)

    async def _in_thread(self, call: Callable[[*Ts], T], *arguments: *Ts) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call, *arguments)
