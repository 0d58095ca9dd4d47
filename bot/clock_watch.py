"""Tells when the clock of the machine is set: moments of turns and the life of sessions go by it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from bot import metrics

CHECK_SECONDS = 5.0
LEAST_JUMP = 2.0
"""Seconds; what is less is the steady correction by which clocks are kept right."""

_log = logging.getLogger(__name__)


async def watch_clock(
    clock: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic
) -> None:
    """Log and count every jump of the clock, until cancelled."""
    apart = clock() - steady()
    while True:
        await asyncio.sleep(CHECK_SECONDS)
        jump = clock() - steady() - apart
        if abs(jump) >= LEAST_JUMP:
            apart += jump
            way = "forward" if jump > 0 else "back"
            metrics.CLOCK_JUMPS.labels(way).inc()
            _log.warning("the clock was set %s by %.0f s", way, abs(jump))
