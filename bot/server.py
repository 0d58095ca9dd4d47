"""Serving the application until somebody asks the process to stop."""

from __future__ import annotations

import asyncio
import logging
import signal

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.channels.guard import AccessLog
from bot.reloading import RELOADING

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  # only told apart here
_log = logging.getLogger(__name__)


class ServeError(Exception):
    """The server cannot listen where it should."""


async def serve(app: web.Application, host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM, then let what is under way finish; SIGHUP reloads the knowledge.

    Raises:
        ServeError: the address cannot be used.
        StorageError: the state or the journal cannot be opened.

    """
    logging.getLogger("aiohttp.server").addFilter(_is_of_interest)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, app[RELOADING].ask)
    reloading = asyncio.create_task(app[RELOADING].work())
    runner = web.AppRunner(app, access_log_class=AccessLog)
    try:
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise ServeError(f"cannot listen on {host}:{port}: {error.strerror}") from error
        _, bound, *_ = runner.addresses[0]
        _log.info("chat here: http://%s:%d/", _EVERYWHERE.get(host, host), bound)
        await stop.wait()
        _log.info("stopping")
    finally:
        reloading.cancel()
        await runner.cleanup()


def _is_of_interest(record: logging.LogRecord) -> bool:
    """Keep out of the log what strangers send that is no HTTP; the access log has a line of it."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError)
