"""Trials as the server runs them: beside it, one at a time, within a limited time; then live or held."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from bot import metrics
from bot.console.additions import AdditionError, Additions
from bot.console.trial import Outcome, Progress, Request
from bot.reloading import Reloading
from bot.storage.protocols import State, StorageError
from bot.understanding.segment import EngineName
from knowledge.contents import National
from knowledge.overlay import Addition

TRIAL_SECONDS = 180.0
"""How long a trial may take; what is not through by then is held."""

_SETTINGS = "YIBAO_"
"""What begins so in the environment is none of a trial's business, the password least of all."""
_LONGEST_LINE = 1024 * 1024
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Basis:
    """Where the knowledge stands (None: in the package) and the additions to it, and what cuts messages."""

    knowledge: Path | None
    overlay: Path
    engine: EngineName


class Trials:
    """Tries additions, and lets those that break nothing go live.

    Args:
        additions: where they are kept.
        reloading: reads the knowledge again when one goes live.
        state: where all workers see the progress.
        basis: what the bot stands on.
        clock: tells the time.

    """

    def __init__(
        self,
        additions: Additions,
        reloading: Reloading,
        state: State,
        basis: Basis,
        clock: Callable[[], datetime],
    ) -> None:
        self._additions = additions
        self._reloading = reloading
        self._state = state
        self._basis = basis
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()
        self._running: set[asyncio.Task[None]] = set()

    async def start(self, name: str, addition: Addition, national: National) -> None:
        """Begin to try an addition; what comes out is written to it."""
        await self._tell(name, Progress(done=0, of=0))
        task = asyncio.create_task(self._try(name, addition, national))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """End what is under way; those additions can be tried again."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def use_what_is_live(self) -> None:
        """Take up what has been taken back or gone live, here at once and in other workers soon."""
        if await self._reloading.catch_up():
            _log.info("the knowledge was read again, with what the office has added")
        else:
            faults = "\n".join(self._reloading.faults)
            _log.error("what the office has added is not used, the knowledge has faults: %s", faults)

    async def progress(self, name: str) -> Progress | None:
        """Tell how far the trial of an addition is, in whichever worker; None when it is not under way."""
        try:
            told = await self._state.session(_key(name))
            return None if told is None else Progress.model_validate_json(told)
        except (StorageError, ValidationError):
            return None

    async def _try(self, name: str, addition: Addition, national: National) -> None:
        try:
            async with self._one_at_a_time:
                outcome = await self._outcome(name, addition)
            status = "live" if outcome.why_held is None else "held"
            changes = {"status": status, "why_held": outcome.why_held, "breaks": outcome.breaks}
            await asyncio.to_thread(
                lambda: self._additions.change(name, national, expected=("trying",), **changes)
            )
            if status == "live":
                await self.use_what_is_live()
        except AdditionError as error:  # taken back meanwhile, or its words were given to another topic
            _log.info("an addition does not go live: %s", error)
            await self._hold(name, national, str(error))
        except Exception:  # noqa: BLE001  # logged; nothing untried goes live
            _log.exception("the trial of an addition failed")
            await self._hold(name, national, "试跑出错了，请重试；还不行就请管理员看日志。")
        finally:
            with suppress(StorageError):
                await self._state.forget(_key(name))

    async def _hold(self, name: str, national: National, why: str) -> None:
        with suppress(AdditionError):
            await asyncio.to_thread(
                lambda: self._additions.change(
                    name, national, expected=("trying",), status="held", why_held=why
                )
            )

    async def _outcome(self, name: str, addition: Addition) -> Outcome:
        request = Request(
            knowledge=self._basis.knowledge and self._basis.knowledge.absolute(),
            overlay=self._basis.overlay.absolute(),
            engine=self._basis.engine,
            addition=addition,
            today=self._clock().date(),
        )
        try:
            async with asyncio.timeout(TRIAL_SECONDS), _process() as process:
                assert process.stdin is not None
                assert process.stdout is not None
                process.stdin.write(request.model_dump_json().encode())
                process.stdin.close()
                last = b""
                async for line in process.stdout:
                    last = line
                    with suppress(ValidationError):
                        await self._tell(name, Progress.model_validate_json(line))
                return Outcome.model_validate_json(last)
        except TimeoutError:
            return Outcome(why_held=f"试跑超过 {TRIAL_SECONDS:.0f} 秒没有做完，请稍后重试。")

    async def _tell(self, name: str, progress: Progress) -> None:
        with suppress(StorageError):  # the trial goes on without it
            await self._state.save(_key(name), progress.model_dump_json())


def _key(name: str) -> str:
    return f"console:trial:{name}"


@asynccontextmanager
async def _process() -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the trial's program; however this ends, the program does, too."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_SETTINGS)}
    environment.pop(metrics.FOLDER_VARIABLE, None)  # a trial is no worker
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.console.trial",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=environment,
        limit=_LONGEST_LINE,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
