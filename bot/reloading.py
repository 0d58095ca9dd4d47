"""Knowledge that changes while the bot serves: read and checked aside, then used from the next message on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from aiohttp import web

from bot import metrics
from bot.config import ConfigError
from bot.core import Core, read_core
from knowledge.loader import KnowledgeError

_log = logging.getLogger(__name__)


class Reloading:
    """Reads the knowledge again on demand.

    Args:
        folder: where it stands; None for that of the package.
        check: raises ConfigError where the settings do not fit a core.
        users: each takes a new core into use, at once.

    """

    def __init__(
        self, folder: Path | None, check: Callable[[Core], None], users: Sequence[Callable[[Core], None]]
    ) -> None:
        self._folder = folder
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
        """Read the knowledge again whenever that is asked for, until cancelled."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            await self.reload()

    async def reload(self) -> bool:
        """Read the knowledge again, and use it if it is sound; return whether it is."""
        async with self._one_at_a_time:
            try:
                core = await asyncio.to_thread(read_core, self._folder)
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
                self._log(
                    logging.INFO, f"the knowledge was read again: {len(core.knowledge.regions)} regions"
                )
                return True
            self._count("bad")
            faults = "\n".join(self.faults)
            self._log(logging.ERROR, f"the knowledge is not reloaded, that from before stays: {faults}")
            return False

    def _count(self, outcome: str) -> None:
        metrics.RELOADS.labels(outcome).inc()
        metrics.KNOWLEDGE_FAULTS.set(len(self.faults))

    def _log(self, level: int, what: str) -> None:
        _log.log(level if self._tells else logging.DEBUG, "%s", what)


RELOADING = web.AppKey("reloading", Reloading)
