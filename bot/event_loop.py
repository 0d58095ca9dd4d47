"""The event loop that serves: uvloop's, which is faster, where it is installed; else asyncio's own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

try:
    import uvloop
except ImportError:  # of the extra `fast`; there is none for Windows
    _new_loop, _KIND = None, "asyncio"
else:
    _new_loop, _KIND = uvloop.new_event_loop, "uvloop"

_log = logging.getLogger(__name__)


def run(serving: Coroutine[Any, Any, None]) -> None:
    """Run what serves to its end, on the best loop that there is, and say in the log which one that is."""
    with asyncio.Runner(loop_factory=_new_loop) as runner:
        _log.info("event loop: %s", _KIND)
        runner.run(serving)
