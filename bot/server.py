"""Serving the application in one process until somebody asks it to stop."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
from collections.abc import Callable, Sequence

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot import metrics
from bot.channels.guard import AccessLog
from bot.reloading import RELOADING

DRAIN_SECONDS = 10.0
"""How long requests that are under way may take once the process is to stop."""
STOPPING_SECONDS = 25.0
"""How long all of stopping may take; service managers wait for half a minute or more."""

_YOUNG_OBJECTS = 10_000
"""So many new objects are looked through for garbage at a time: a message leaves next to none."""
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  # only told apart here
_log = logging.getLogger(__name__)


class ServeError(Exception):
    """The server cannot listen where it should, or cannot start."""


def listen(host: str, port: int) -> list[socket.socket]:
    """Take a port (0: any free one) on every address of a host; connections wait until they are accepted.

    Raises:
        ServeError: the address cannot be used.

    """
    taken: list[socket.socket] = []
    try:
        for family, _, _, _, address in socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        ):
            taken.append(socket.create_server(address[:2], family=family))
    except OSError as error:
        for listening in taken:
            listening.close()
        raise ServeError(f"cannot listen on {host}:{port}: {error.strerror}") from error
    return taken


def chat_here(host: str, sockets: Sequence[socket.socket]) -> str:
    """Tell where a browser on this machine finds the chat page."""
    return f"chat here: http://{_EVERYWHERE.get(host, host)}:{sockets[0].getsockname()[1]}/"


async def serve_alone(app: web.Application, host: str, sockets: Sequence[socket.socket]) -> None:
    """Serve until SIGINT or SIGTERM; SIGHUP reloads the knowledge.

    Raises:
        StorageError: the state or the journal cannot be opened.

    """
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, app[RELOADING].ask)
    await serve(app, sockets, stop, lambda: _log.info("%s", chat_here(host, sockets)))


async def serve(
    app: web.Application, sockets: Sequence[socket.socket], stop: asyncio.Event, ready: Callable[[], None]
) -> None:
    """Serve until `stop` is set, then let what is under way finish, within STOPPING_SECONDS.

    Args:
        app: what to serve.
        sockets: where requests come in.
        stop: set by whoever wants the end.
        ready: called once requests are answered.

    Raises:
        StorageError: the state or the journal cannot be opened.

    """
    logging.getLogger("aiohttp.server").addFilter(_is_of_interest)
    reloading = asyncio.create_task(app[RELOADING].work())
    runner = web.AppRunner(app, access_log_class=AccessLog, shutdown_timeout=DRAIN_SECONDS)
    try:
        await runner.setup()
        for listening in sockets:
            await web.SockSite(runner, listening).start()
        metrics.WORKER_STARTS.inc()
        gc.freeze()  # the knowledge stays: looking it through for garbage would hold messages up
        gc.set_threshold(_YOUNG_OBJECTS)
        ready()
        await stop.wait()
        _log.info("stopping")
    finally:
        reloading.cancel()
        try:
            async with asyncio.timeout(STOPPING_SECONDS):
                await runner.cleanup()
        except TimeoutError:
            _log.error("stopped after %.0f s with something unfinished", STOPPING_SECONDS)


def _is_of_interest(record: logging.LogRecord) -> bool:
    """Keep out of the log what strangers send that is no HTTP; the access log has a line of it."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError)
