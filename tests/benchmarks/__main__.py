"""All benchmarks that are set against others, one after the other: `make bench`."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

from tests.benchmarks import calculation, size, start, turn, webhook
from tests.benchmarks.rounds import heading


def main() -> None:
    """Say what machine this is, then run them."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    heading(f"{len(names)} x {names[0] if names else platform.machine()}, Python {sys.version.split()[0]}")
    for benchmark in (start, turn, calculation, webhook, size):
        benchmark.main()


if __name__ == "__main__":
    main()
