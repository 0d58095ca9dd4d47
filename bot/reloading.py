"""Knowledge that changes while the bot serves: read and checked aside, then used from the next message on."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from aiohttp import web

from bot import metrics
from bot.config import ConfigError
from bot.core import Core
from knowledge.faults import KnowledgeError
from knowledge.overlay import version_of

LOOKING_SECONDS = 1.0
"""How often it is looked whether another process has changed the overlay."""

_log = logging.getLogger(__name__)


class Reloading:
    """Reads the knowledge again on demand, and whenever its overlay has changed.

    Args:
        read: reads it, and raises KnowledgeError where it cannot be used.
        overlay: where the office's additions stand.
        version: the version of the overlay that is in use.
        check: raises ConfigError where the settings do not fit a core.
        users: each takes a new core into use, at once.

    """

    def __init__(
        self,
        read: Callable[[], Core],
        overlay: Path,
        version: str,
        check: Callable[[Core], None],
        users: Sequence[Callable[[Core], None]],
    ) -> None:
        self._read = read
        self._overlay = overlay
        self._version = version
        self._check = check
        self._users = users
        self._asked = asyncio.Event()
        self._tells = True
        self._one_at_a_time = asyncio.Lock()
        self.faults: tuple[str, ...] = ()
        """What is wrong with the knowledge as it was read last; that from before is used meanwhile."""

    def ask(self, *, tell: bool = True) -> None:
        """Have the knowledge read again soon, by `work`.

        Args:
            tell: whether the log says what comes of it; of several processes that read the same, one does.

        """
        self._tells = tell
        self._asked.set()

    async def work(self) -> None:
        """Read the knowledge again whenever that is asked for or the overlay changes, until cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOKING_SECONDS):
                    await self._asked.wait()
            if self._asked.is_set():
                self._asked.clear()
                await self.reload(tell=self._tells)
            else:
                with suppress(OSError):  # a folder on another machine that is away for a while
                    await self.catch_up()

    async def catch_up(self) -> bool:
        """Read the knowledge again if the overlay has changed since; return whether what is read is sound.

        All processes do so of themselves; whoever changed the overlay tells what comes of it.
        """
        if await asyncio.to_thread(version_of, self._overlay) == self._version:
            return not self.faults
        return await self.reload(tell=False)

    async def reload(self, *, tell: bool = True) -> bool:
        """Read the knowledge again, and use it if it is sound; return whether it is.

        Args:
            tell: whether the log says what comes of it, as for `ask`.

        """
        async with self._one_at_a_time:
            version = self._version
            try:
                version = await asyncio.to_thread(version_of, self._overlay)  # before what is read, not after
                core = await asyncio.to_thread(self._read)
                self._check(core)
            except KnowledgeError as error:
                self.faults = tuple(str(fault) for fault in error.faults)
            except ConfigError as error:
                self.faults = (str(error),)
            except Exception as error:  # noqa: BLE001  # logged; the knowledge from before is used
                _log.exception("the knowledge could not be read")
                self.faults = (f"{type(error).__name__}: {error}",)
            else:
                self.faults = ()
                self._count("good")
                for use in self._users:  # nothing is awaited here: no message sees half of it
                    use(core)
                await asyncio.to_thread(_free_the_old)
                level = logging.INFO if tell else logging.DEBUG
                _log.log(level, "the knowledge was read again: %d regions", len(core.knowledge.regions))
                return True
            finally:
                self._version = version
            self._count("bad")
            level = logging.ERROR if tell else logging.DEBUG
            faults = "\n".join(self.faults)
            _log.log(level, "the knowledge is not reloaded, that from before stays: %s", faults)
            return False

    def _count(self, outcome: str) -> None:
        metrics.RELOADS.labels(outcome).inc()
        metrics.KNOWLEDGE_FAULTS.set(len(self.faults))


def _free_the_old() -> None:
    """Let go of the knowledge from before, which was kept out of the search for garbage as the new one is."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


RELOADING = web.AppKey("reloading", Reloading)
