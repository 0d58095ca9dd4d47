"""The desk under many messages: memory stays flat after warm-up, no task and no file handle is left.

    python -m tests.benchmarks.steady [COUNT] [SECONDS]

Sends the messages of tests/conversations, over and over, of 500 users by 16 senders at once, through the desk
over SQLite in a temporary folder: each with an id, and one in ten twice. Prints memory, open file handles,
tasks and the time of a message every 10,000. Ends after COUNT messages (100,000) or SECONDS (600). Exit
code 1 when a reply was empty, memory grew by more than 10 % after the first fifth, or a task or a handle
is left.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

from bot.core import read_core
from bot.desk import Desk
from bot.message import Message
from bot.storage.backends import storage
from tests.benchmarks.rounds import resident
from tests.conversations.test_conversations import Conversation, conversations

USERS = 500
SENDERS = 16
EVERY = 10_000
REPEAT = 10
"""One message in so many comes twice."""
WARM = 0.2
"""The share of the messages after which memory may grow no more."""
GROWTH = 0.1


@dataclass
class Watch:
    """What is measured on the way; `count` messages are sent in `seconds` at most."""

    count: int
    seconds: float
    began: float = field(default_factory=time.perf_counter)
    busy: float = field(default_factory=time.process_time)
    done: int = 0
    empty: int = 0
    took: list[float] = field(default_factory=list)
    memory: list[tuple[int, int]] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return time.perf_counter() - self.began > self.seconds

    def note(self, took: float, text: str) -> None:
        """Count a reply."""
        self.done += 1
        self.empty += not text
        self.took.append(took)
        if self.done % EVERY == 0 or self.done == int(WARM * self.count):
            self.tell()

    def tell(self) -> None:
        """Print how things stand."""
        gc.collect()
        now, busy = time.perf_counter(), time.process_time()
        cuts = quantiles(self.took, n=100)
        self.memory.append((self.done, resident()))
        sys.stdout.write(
            f"{self.done:7d} messages {now - self.began:6.1f} s: memory {resident() / 2**20:6.1f} MiB, "
            f"{handles()} handles, {len(asyncio.all_tasks())} tasks; a message of {SENDERS} at once: "
            f"p50 {1000 * cuts[49]:.1f} ms, p99 {1000 * cuts[98]:.1f} ms; "
            f"CPU {1000 * (busy - self.busy) / self.done:.2f} ms each\n"
        )
        sys.stdout.flush()
        self.took.clear()

    @property
    def growth(self) -> float:
        """By which share memory grew after the warm-up."""
        warm = [held for done, held in self.memory if done >= WARM * self.count]
        return warm[-1] / warm[0] - 1 if warm else 0.0


def handles() -> int:
    """Return how many file handles this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def size(folder: Path) -> int:
    """Return how many bytes the files of a folder have."""
    return sum(file.stat().st_size for file in folder.iterdir())


def messages() -> Iterator[Message]:
    """Give the messages of all conversations without end, each conversation to another user."""
    suite: list[Conversation] = [parameter.values[0] for parameter in conversations()]
    numbers = itertools.count(1)
    for number, conversation in enumerate(itertools.cycle(suite)):
        for turn, which in zip(conversation.turns, numbers, strict=False):
            message = Message(
                "http", f"user{number % USERS}", turn.say, conversation.region, f"message{which}"
            )
            yield from (message,) * (2 if which % REPEAT == 0 else 1)


async def send(desk: Desk, waiting: Iterator[Message], watch: Watch) -> None:
    """Send messages until there are none or the time is up."""
    for message in waiting:
        began = time.perf_counter()
        reply = await desk.answer(message)
        watch.note(time.perf_counter() - began, reply.text)
        if watch.is_over:
            return


async def run(count: int, seconds: float, folder: Path) -> bool:
    """Send the messages, tell how it went, and return whether all is well."""
    assistant = read_core().assistant
    handles_before, tasks_before = handles(), len(asyncio.all_tasks())
    kept = storage("sqlite:yibao.db", "sqlite:yibao.db", folder)
    await kept.state.open()
    await kept.journal.open()
    desk = Desk(assistant, kept.state, kept.journal, key=bytes(32))
    watch = Watch(count, seconds)
    waiting = itertools.islice(messages(), count)
    await asyncio.gather(*(send(desk, waiting, watch) for _ in range(SENDERS)))
    if watch.done % EVERY and len(watch.took) > 1:
        watch.tell()
    written = size(folder)
    await kept.journal.close()
    await kept.state.close()
    left = handles() - handles_before, len(asyncio.all_tasks()) - tasks_before
    sys.stdout.write(
        f"{watch.done} messages, {watch.empty} empty replies; memory after warm-up "
        f"{100 * watch.growth:+.1f} %; left after the end: {left[0]} handles, {left[1]} tasks; "
        f"database {written / watch.done:.0f} bytes a message\n"
    )
    return not watch.empty and watch.growth <= GROWTH and left == (0, 0)


def main(arguments: list[str]) -> int:
    """Run it as the command line says; return its exit code."""
    count = int(arguments[0]) if arguments else 100_000
    seconds = float(arguments[1]) if len(arguments) > 1 else 600.0
    with tempfile.TemporaryDirectory() as folder:
        return 0 if asyncio.run(run(count, seconds, Path(folder))) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
