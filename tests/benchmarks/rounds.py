"""Sides measured side by side, in rounds by turns: what else the machine does strikes all of them."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import TypeVar

T = TypeVar("T")
ROOT = Path(__file__).parents[2]


def each(
    sides: Mapping[str, Callable[[T], object]], over: Sequence[T], rounds: int
) -> dict[str, list[float]]:
    """Give, for each side, the median CPU seconds that it takes for each of some things."""
    took: dict[str, list[list[float]]] = {name: [[] for _ in over] for name in sides}
    for _ in range(rounds):
        for number, thing in enumerate(over):
            for name, run in sides.items():
                began = time.thread_time()
                run(thing)
                took[name][number].append(time.thread_time() - began)
        gc.collect()
    return {name: [median(times) for times in of_side] for name, of_side in took.items()}


def percentile(values: Iterable[float], percent: int) -> float:
    """Give the value below which so many percent lie."""
    return quantiles(values, n=100)[percent - 1]


def process(command: tuple[str, ...], **settings: str) -> tuple[float, float]:
    """Run a program to its end; give its CPU seconds and the most memory that it held, in MiB.

    Raises:
        RuntimeError: it did not end well.

    """
    nothing = os.open(os.devnull, os.O_RDWR)
    try:
        identity = os.posix_spawn(
            command[0],
            command,
            {**os.environ, "PYTHONPATH": str(ROOT), **settings},
            file_actions=[(os.POSIX_SPAWN_DUP2, nothing, 0), (os.POSIX_SPAWN_DUP2, nothing, 1)],
        )
    finally:
        os.close(nothing)
    _, status, used = os.wait4(identity, 0)
    if status:
        raise RuntimeError(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def resident() -> int:
    """Return how many bytes of memory this process holds."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def tell(what: str, figure: str, goal: str = "") -> None:
    """Print a figure, and the goal that it is measured against."""
    sys.stdout.write(f"{what:<58} {figure:>22}{f'   goal: {goal}' if goal else ''}\n")
    sys.stdout.flush()


def heading(title: str) -> None:
    """Begin a part."""
    sys.stdout.write(f"\n{title}\n")
    sys.stdout.flush()
