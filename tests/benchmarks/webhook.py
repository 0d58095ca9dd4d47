"""The secure WeChat webhook, everything included, against servers that only send the text back.

    python -m tests.benchmarks.webhook

Each server is a process of its own; this one sends the load, signed and encrypted as WeChat does, over
loopback. What counts is the CPU of the server per request. The bot keeps state and journal in SQLite.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import IO

from bot.channels.wechat.crypto import AesKey
from bot.channels.wechat.simulator import USER, Credentials, Simulator
from tests.benchmarks.echoes import AES_KEY, APP_ID, TOKEN
from tests.benchmarks.questions import questions
from tests.benchmarks.rounds import ROOT, heading, tell

REQUESTS = 300
"""In a round, of each server."""
ROUNDS = 5
AT_ONCE = 4
STARTING_SECONDS = 60
_ECHOES = ("aiohttp", "wechatpy", "werobot")
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A server that runs, and where it takes messages."""

    process: subprocess.Popen[bytes]
    address: str

    @property
    def cpu(self) -> float:
        """The CPU seconds that it has taken so far."""
        told = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / _TICK


@contextmanager
def running(command: Sequence[str], before: str, **settings: str) -> Iterator[Server]:
    """Run a server until it is left; it writes its port behind some text."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("YIBAO_")}
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as log:
        with Path(log.name).open("w", encoding="utf-8") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env={**environment, "PYTHONPATH": str(ROOT), **settings},
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        try:
            yield Server(process, f"http://127.0.0.1:{_port(log, before)}/wechat")
        finally:
            process.terminate()
            process.wait(STARTING_SECONDS)


def _port(log: IO[str], before: str) -> int:
    """Wait until a server has written its port."""
    until = time.monotonic() + STARTING_SECONDS
    written = ""
    while time.monotonic() < until:
        written += log.read()
        if found := re.search(rf"{re.escape(before)}(\d+)\b", written):
            return int(found[1])
        time.sleep(0.1)
    raise RuntimeError(f"a server does not start: {written}")


async def load(server: Server, texts: Sequence[str], users: Iterator[int]) -> None:
    """Send each text as a message of a user of its own, a few at once."""
    credentials = Credentials(TOKEN, APP_ID, AesKey.parse(AES_KEY))
    waiting = iter(texts)
    async with Simulator(server.address, credentials, wait=STARTING_SECONDS) as simulator:

        async def send() -> None:
            for text in waiting:
                body = simulator.text(text).replace(USER, f"oBench{next(users)}")
                query, sealed = simulator._sealed(body.encode())
                outcome = await simulator.send_unsigned(query, sealed)
                assert outcome.status == 200, outcome.body

        await asyncio.gather(*(send() for _ in range(AT_ONCE)))


def per_request(servers: Mapping[str, Server], texts: Sequence[str]) -> dict[str, float]:
    """Give the CPU seconds of each server per request: the median of rounds by turns."""
    users = itertools.count()
    took: dict[str, list[float]] = {name: [] for name in servers}
    for number in range(ROUNDS + 1):  # the first warms up
        for name, server in servers.items():
            before = server.cpu
            asyncio.run(load(server, texts, users))
            if number:
                took[name].append((server.cpu - before) / len(texts))
    return {name: median(times) for name, times in took.items()}


def main() -> None:
    """Measure and print."""
    asked = questions()
    texts = [case.turns[0] for case in asked[:: max(1, len(asked) // REQUESTS)]][:REQUESTS]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        servers = {
            kind: opened.enter_context(running(("tests.benchmarks.echoes", kind), "port "))
            for kind in _ECHOES
        }
        servers["the bot"] = opened.enter_context(
            running(
                ("bot", "serve", "--port", "0"),
                "127.0.0.1:",
                YIBAO_DATA_DIR=folder,
                YIBAO_WECHAT_TOKEN=TOKEN,
                YIBAO_WECHAT_APP_ID=APP_ID,
                YIBAO_WECHAT_AES_KEY=AES_KEY,
                YIBAO_WECHAT_REGION="datong",
            )
        )
        took = per_request(servers, texts)
    heading(f"The secure webhook, CPU of the server per request, {len(texts)} requests in {ROUNDS} rounds")
    for name, seconds in took.items():
        goal = "1" if name == "the bot" else ""
        tell(name, f"{1e6 * seconds:.0f} us, {seconds / took['werobot']:.2f} x werobot", goal)


if __name__ == "__main__":
    main()
