"""Cold start to the first answer, and memory, against jieba reading its dictionary.

    python -m tests.benchmarks.start

Each side is a process of its own, measured by its CPU. The cache is warm, as is jieba's; a start without
ours is measured once.
"""

from __future__ import annotations

import sys
import tempfile
from statistics import median

from tests.benchmarks.rounds import heading, process, tell

ROUNDS = 7
_ASK = (sys.executable, "-m", "bot", "ask", "大同学生交多少钱")
_JIEBA = (sys.executable, "-c", "import jieba; jieba.setLogLevel(40); jieba.initialize()")


def main() -> None:
    """Measure and print."""
    heading("Cold start to the first answer, CPU of the whole process")
    with tempfile.TemporaryDirectory() as cache:
        first, _ = process(_ASK, XDG_CACHE_HOME=cache)
        process(_JIEBA)
        bot, jieba = [], []
        for _ in range(ROUNDS):
            jieba.append(process(_JIEBA))
            bot.append(process(_ASK, XDG_CACHE_HOME=cache))
    base = median(took for took, _ in jieba)
    took = median(took for took, _ in bot)
    tell("import jieba; jieba.initialize()", f"{base:.2f} s")
    tell("yibao ask", f"{took:.2f} s")
    tell("yibao ask : jieba", f"{took / base:.2f}", "1.5")
    tell("without a cache : jieba", f"{first / base:.2f}")
    tell("memory of yibao ask", f"{median(held for _, held in bot):.0f} MiB")
    tell("memory of jieba", f"{median(held for _, held in jieba):.0f} MiB")


if __name__ == "__main__":
    main()
