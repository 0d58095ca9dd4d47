"""What the core takes: CPU of a turn, CPU and memory of the knowledge, and of each region more.

    python -m tests.benchmarks.core

Answers the messages of tests/conversations once, without storage, and prints the CPU of a turn; then loads
the knowledge in processes of their own with one, three and all regions, and prints what each takes.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import mean, quantiles

from bot.core import read_core
from bot.dialogue.session import Session
from knowledge import PACKAGED
from tests.benchmarks.rounds import resident
from tests.conversations.test_conversations import Conversation, conversations

LOAD_SECONDS = 600


def turns() -> list[float]:
    """Return the CPU seconds of each turn of the suite."""
    assistant = read_core().assistant
    took = []
    for parameter in conversations():
        conversation: Conversation = parameter.values[0]
        session = Session()
        for turn in conversation.turns:
            began = time.thread_time()
            session, _ = assistant.reply(
                session, turn.say, today=conversation.today, preset=conversation.region
            )
            took.append(time.thread_time() - began)
    return took


def load(folder: Path) -> None:
    """Load the knowledge of a folder and print what that took."""
    began, before = time.process_time(), resident()
    core = read_core(folder)
    sys.stdout.write(
        f"{len(core.knowledge.regions)} regions: {time.process_time() - began:.2f} s CPU, "
        f"{(resident() - before) / 2**20:.1f} MiB, {resident() / 2**20:.1f} MiB in all\n"
    )


def main() -> None:
    """Measure and print."""
    took = turns()
    cuts = quantiles(took, n=100)
    sys.stdout.write(
        f"{len(took)} turns, CPU each: mean {1000 * mean(took):.1f} ms, p50 {1000 * cuts[49]:.1f} ms, "
        f"p95 {1000 * cuts[94]:.1f} ms, p99 {1000 * cuts[98]:.1f} ms, most {1000 * max(took):.1f} ms\n"
    )
    sys.stdout.flush()
    regions = sorted(folder.name for folder in (PACKAGED / "regions").iterdir() if folder.is_dir())
    for count in sorted({1, min(3, len(regions)), len(regions)}):
        with tempfile.TemporaryDirectory() as name:
            shutil.copytree(PACKAGED / "national", Path(name) / "national")
            for region in regions[:count]:
                shutil.copytree(PACKAGED / "regions" / region, Path(name) / "regions" / region)
            command = [sys.executable, "-m", "tests.benchmarks.core", name]
            subprocess.run(command, check=True, timeout=LOAD_SECONDS)


if __name__ == "__main__":
    if sys.argv[1:]:
        load(Path(sys.argv[1]))
    else:
        main()
