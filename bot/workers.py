"""Several processes that serve one port, and the process that looks after them.

The sockets are opened once and shared, so that a connection waits for whichever worker is free, and none is
lost with a worker that dies. Each worker reads the knowledge for itself; the first one does so alone, so that
whatever keeps it from serving is told once and nothing is started.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from bot import event_loop, metrics
from bot.app import build_app
from bot.config import Config, ConfigError
from bot.logs import set_up_logging
from bot.reloading import RELOADING
from bot.server import STOPPING_SECONDS, ServeError, chat_here, serve
from bot.storage.protocols import StorageError
from knowledge.faults import KnowledgeError

LEAST_LIFE = 10.0
"""A worker that lived for so many seconds is replaced at once; shorter lives in a row are replaced later."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
KILL_SECONDS = STOPPING_SECONDS + 3.0

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_log = logging.getLogger(__name__)


What = Literal["serving", "bad settings", "cannot serve"]


@dataclass(frozen=True)
class Told:
    """What a worker tells: that it serves, or why it cannot."""

    what: What
    why: str = ""


@dataclass(frozen=True)
class Reload:
    """What a worker is told: to read the knowledge again; one of them says in the log what is wrong."""

    tell: bool


@dataclass
class Backoff:
    """How long to wait before a worker is started in the place of one that died."""

    pause: float = 0.0

    def after(self, life: float) -> float:
        """Return the seconds to wait after a life of so many seconds; each short one makes it longer."""
        if life >= LEAST_LIFE:
            self.pause = 0.0
        waited = self.pause
        self.pause = min(LONGEST_PAUSE, max(FIRST_PAUSE, 2 * self.pause))
        return waited


@dataclass
class _Worker:
    process: SpawnProcess
    line: Connection
    started: float = field(default_factory=time.monotonic)
    serves: bool = False
    why: str = ""


class Workers:
    """Keeps `count` workers serving until SIGINT or SIGTERM; SIGHUP has all of them reload the knowledge."""

    def __init__(self, config: Config, host: str, sockets: Sequence[socket.socket], count: int) -> None:
        self._config = config
        self._host = host
        self._sockets = list(sockets)
        self._count = count
        self._living: dict[int, _Worker] = {}
        self._due = {1: 0.0}  # which workers are to be started, and when
        self._backoff = Backoff()
        self._metrics = Path()
        self._has_served = False
        self._kill_at: float | None = None  # once it is to stop

    def run(self) -> None:
        """Serve.

        Raises:
            ConfigError, ServeError: what kept the first worker from serving.

        """
        with TemporaryDirectory(prefix="yibao-metrics-") as folder, _noted_signals() as signals:
            self._metrics = Path(folder)
            os.environ[metrics.FOLDER_VARIABLE] = folder  # the workers' library looks for it there
            try:
                while self._living or self._due:
                    self._start_what_is_due()
                    self._kill_what_does_not_stop()
                    ready = wait([signals, *self._waited_for()], self._patience())
                    if signals in ready:
                        for number in os.read(signals, 64):
                            self._heed(number)
                    for number in list(self._living):
                        self._look_after(number)
            finally:
                for worker in self._living.values():
                    worker.process.kill()
                    worker.process.join()

    def _waited_for(self) -> Iterator[Connection | int]:
        for worker in self._living.values():
            yield worker.line
            yield worker.process.sentinel

    def _patience(self) -> float | None:
        """Return for how long nothing is to be done unless something happens."""
        moments = [*self._due.values()] if self._kill_at is None else [self._kill_at]
        return max(0.0, min(moments) - time.monotonic()) if moments else None

    def _start_what_is_due(self) -> None:
        now = time.monotonic()
        for number in [number for number, moment in self._due.items() if moment <= now]:
            del self._due[number]
            self._living[number] = self._started(f"worker {number}")

    def _started(self, name: str) -> _Worker:
        context = get_context("spawn")  # not by fork: libraries may have threads of their own here
        line, theirs = context.Pipe()
        process = context.Process(
            target=_work, args=(self._config, self._sockets, theirs), name=name, daemon=True
        )
        process.start()
        theirs.close()
        return _Worker(process, line)

    def _kill_what_does_not_stop(self) -> None:
        now = time.monotonic()
        if self._kill_at is not None and now >= self._kill_at:
            for number, worker in self._living.items():
                _log.error("worker %d does not stop and is killed", number)
                worker.process.kill()
            self._kill_at = now + 1.0

    def _heed(self, number: int) -> None:
        if number == signal.SIGHUP:
            serving = [worker for worker in self._living.values() if worker.serves]
            for worker in serving:
                with suppress(OSError):  # it has just died
                    worker.line.send(Reload(tell=worker is serving[0]))
            self._due = dict.fromkeys(self._due, 0.0)  # what kept them from serving may be mended
        elif self._kill_at is None:
            self._kill_at = time.monotonic() + KILL_SECONDS
            self._due.clear()
            for worker in self._living.values():
                worker.process.terminate()

    def _look_after(self, number: int) -> None:
        worker = self._living[number]
        with suppress(EOFError, OSError):
            while worker.line.poll():
                told: Told = worker.line.recv()
                if told.what == "serving":
                    self._serves(number)
                elif self._has_served:
                    worker.why = f": {told.why}"
                else:
                    raise (ConfigError if told.what == "bad settings" else ServeError)(told.why)
        if worker.process.exitcode is not None:
            self._ended(number)

    def _serves(self, number: int) -> None:
        self._living[number].serves = True
        if not self._has_served:
            self._has_served = True
            self._due |= dict.fromkeys(range(2, self._count + 1), 0.0)
            _log.info("%s", chat_here(self._host, self._sockets))
        _log.info("worker %d serves, as process %d", number, self._living[number].process.pid)

    def _ended(self, number: int) -> None:
        worker = self._living.pop(number)
        worker.line.close()
        code = worker.process.exitcode
        assert worker.process.pid is not None, "it was started"
        metrics.forget_process(self._metrics, worker.process.pid, served=worker.serves)
        worker.process.close()
        if self._kill_at is not None:
            return
        how = f"was killed by signal {-code}" if code is not None and code < 0 else f"ended with code {code}"
        if not self._has_served:
            raise ServeError(f"the first worker {how}")
        pause = self._backoff.after(time.monotonic() - worker.started)
        _log.error("worker %d %s%s; another one is started in %.1f s", number, how, worker.why, pause)
        self._due[number] = time.monotonic() + pause


@contextmanager
def _noted_signals() -> Iterator[int]:
    """Give a file handle from which the numbers of signals can be read, instead of their usual effect."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    before = {number: signal.signal(number, lambda *_: None) for number in _SIGNALS}
    unheard = signal.set_wakeup_fd(writer)
    try:
        yield reader
    finally:
        signal.set_wakeup_fd(unheard)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reader)
        os.close(writer)


def _work(config: Config, sockets: Sequence[socket.socket], line: Connection) -> None:
    """Be a worker."""
    for number in (signal.SIGINT, signal.SIGHUP):  # what a terminal sends to all; the supervisor has it, too
        signal.signal(number, signal.SIG_IGN)
    set_up_logging(config.log_format)
    try:
        event_loop.run(_serve(config, sockets, line))
    except (ConfigError, KnowledgeError, StorageError) as error:
        what: What = "bad settings" if isinstance(error, ConfigError) else "cannot serve"
        with suppress(BrokenPipeError):  # nobody is left to be told
            line.send(Told(what, str(error)))
        sys.exit(1)


async def _serve(config: Config, sockets: Sequence[socket.socket], line: Connection) -> None:
    app = build_app(config)
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_reader(line.fileno(), _listener(line, app[RELOADING].ask, stop))
    try:
        await serve(app, sockets, stop, lambda: line.send(Told("serving")))
    finally:
        loop.remove_reader(line.fileno())


def _listener(line: Connection, reload: Callable[..., None], stop: asyncio.Event) -> Callable[[], None]:
    """Make what does as the supervisor says; without a supervisor, the worker stops."""

    def listen() -> None:
        try:
            told: Reload = line.recv()
        except (EOFError, OSError):
            asyncio.get_running_loop().remove_reader(line.fileno())
            stop.set()
        else:
            reload(tell=told.tell)

    return listen
