"""Cold start to the first answer, and memory, against jieba reading its dictionary; with `[fast]`, too.

    python -m tests.benchmarks.start

Each side is a process of its own, measured by its CPU. All caches are warm: ours, jieba's and Python's of
compiled modules. A start without ours is measured once. The floor of `[fast]` is what it takes to import the
libraries that its answer rests on.
"""

from __future__ import annotations

import sys
import tempfile
from statistics import median

from tests.benchmarks.rounds import heading, process, tell

ROUNDS = 7
_ASK = (sys.executable, "-m", "bot", "ask", "大同学生交多少钱")
_JIEBA = (sys.executable, "-c", "import jieba; jieba.setLogLevel(40); jieba.initialize()")
_LIBRARIES = "import numpy, opencc, pydantic, rapidfuzz.process, rjieba; pydantic.create_model('Any', of=int)"
_AS_WE_DO = {"OPENBLAS_NUM_THREADS": "1", "PYDANTIC_DISABLE_PLUGINS": "__all__"}
_SIDES = {
    "import jieba; jieba.initialize()": (_JIEBA, {}, ""),
    "yibao ask": (_ASK, {}, "1.5"),
    "yibao ask with [fast]": (_ASK, {"YIBAO_SEGMENTER": "rjieba"}, "0.4"),
    "the libraries of that alone": ((sys.executable, "-c", _LIBRARIES), _AS_WE_DO, "none, a floor"),
}


def main() -> None:
    """Measure and print."""
    heading("Cold start to the first answer, CPU of the whole process")
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in _SIDES}
    with tempfile.TemporaryDirectory() as folder:
        caches = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": f"{folder}/modules"}
        process(_ASK, **caches, XDG_CACHE_HOME=f"{folder}/other")
        caches["XDG_CACHE_HOME"] = f"{folder}/ours"
        first, _ = process(_ASK, **caches)
        for count in range(1 + ROUNDS):
            for name, (command, settings, _) in _SIDES.items():
                figures = process(command, **caches, **settings)
                if count:  # the first fills the caches
                    found[name].append(figures)
    times = {name: median(took for took, _ in of_side) for name, of_side in found.items()}
    base = next(iter(times.values()))
    for name, (_, _, goal) in _SIDES.items():
        tell(name, f"{times[name]:.2f} s")
        if goal:
            tell(f"{name} : jieba", f"{times[name] / base:.2f}", goal)
    tell("yibao ask without a cache : jieba", f"{first / base:.2f}")
    for name, of_side in found.items():
        tell(f"memory of {name}", f"{median(held for _, held in of_side):.0f} MiB")


if __name__ == "__main__":
    main()
