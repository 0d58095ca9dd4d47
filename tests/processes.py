"""Processes of the bot, run as people run them."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[1]
STARTING_SECONDS = 300
STOPPING_SECONDS = 120


class Process:
    """A Python process with no settings but those given, and the lines that it has written so far."""

    def __init__(self, started: asyncio.subprocess.Process) -> None:
        self._started = started
        self._reading = asyncio.create_task(self._read())
        self._has_written = asyncio.Condition()
        self._has_ended = False
        self.log = ""

    @classmethod
    @asynccontextmanager
    async def running(cls, *arguments: str, **settings: str) -> AsyncIterator[Self]:
        """Run it until it is left; then it is asked to end, and made to if it does not."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("YIBAO_")}
        started = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            cwd=ROOT,
            env=inherited | settings,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        process = cls(started)
        try:
            yield process
        finally:
            await process.end()
            sys.stdout.write(process.log)  # shown where the test fails

    @property
    def id(self) -> int:
        """Its process id."""
        return self._started.pid

    async def writes(self, pattern: str) -> re.Match[str]:
        """Wait until it has written something, and give what matches."""
        async with self._has_written:
            while not (found := re.search(pattern, self.log)):
                assert not self._has_ended, self.log
                await self._has_written.wait()
            return found

    async def _read(self) -> None:
        assert self._started.stdout is not None
        async for line in self._started.stdout:
            async with self._has_written:
                self.log += line.decode()
                self._has_written.notify_all()
        self._has_ended = True
        async with self._has_written:  # nobody waits for what a process that has ended might write
            self._has_written.notify_all()

    async def end(self) -> int:
        """Ask it to end, make it end if it does not, and give its exit code."""
        with suppress(ProcessLookupError):
            self._started.terminate()
        try:
            await asyncio.wait_for(asyncio.shield(self._reading), STOPPING_SECONDS)
        except TimeoutError:
            self._started.kill()
        await self._reading
        return await self._started.wait()

    async def ended(self) -> int:
        """Wait for its end; give its exit code."""
        await self._reading
        return await self._started.wait()

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._started.send_signal(number)
