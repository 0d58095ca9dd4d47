"""Turns leave the journal when they are old."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.storage.protocols import Journal, StorageError

PRUNING_SECONDS = 3600.0
"""How often old turns are looked for."""

_log = logging.getLogger(__name__)


async def keep_for(days: int, journal: Journal, clock: Callable[[], datetime]) -> None:
    """Remove turns that are older than so many days, now and every hour, until this is cancelled."""
    while True:
        try:
            removed = await journal.prune(clock() - timedelta(days=days))
        except StorageError as error:
            _log.warning("turns older than %d days are not removed yet: %s", days, error)
        else:
            if removed:
                _log.info("%d turns older than %d days were removed", removed, days)
        await asyncio.sleep(PRUNING_SECONDS)
