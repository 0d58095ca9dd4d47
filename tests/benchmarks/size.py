"""How the bot grows with its regions: 5, 300 and 3,000, made from the real ones.

    python -m tests.benchmarks.size

Each size is read in a process of its own, with what was compiled before. There it answers one question for
each of 3,000 made regions that it names (5: the five, over and over), which must be answered from that
region's document; then, in rounds by turns with the other sizes, questions of tests/eval, each for a region
made from the one that it is about: some regions are asked about often and most seldom, as the n-th largest
city has about 1/n of the people. The first rounds do not count: the probes leave the least asked in memory,
and a server has been asked before.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bot.clock import now
from bot.core import Core, read_core
from bot.dialogue.session import Session
from tests.benchmarks.questions import questions
from tests.benchmarks.regions import MadeRegion, make
from tests.benchmarks.rounds import heading, percentile, resident, tell

SIZES = (5, 300, 3_000)
PROBES = 3_000
ASKED = 600
WARM = 12
"""So many rounds do not count."""
ROUNDS = 7
LONGEST = 1_800
"""Seconds after which the compiling of a size is given up."""

Figures = dict[str, float]


def probe(core: Core, made: list[MadeRegion]) -> tuple[int, list[float]]:
    """Ask about each region by its name; give how many replies are not from its document, and CPU seconds."""
    regions = core.knowledge.regions
    asked = made or [MadeRegion(region.id, region.info.place.name, region.id) for region in regions.values()]
    today, wrong = now().date(), 0
    took: list[float] = []
    for region in itertools.islice(itertools.cycle(asked), PROBES):
        text = f"{region.name}的居民医保什么时候交钱"
        began = time.thread_time()
        _, reply = core.assistant.reply(Session(), text, today=today)
        took.append(time.thread_time() - began)
        title = regions[region.id].info.document.title
        wrong += reply.region != region.id or any(source.document != title for source in reply.sources)
    return wrong, took


def turns(core: Core, made: list[MadeRegion], chance: random.Random) -> list[float]:
    """Give the CPU seconds of turns; each is asked of one of several regions that are made alike."""
    alike: dict[str | None, dict[str, float]] = {}
    for number, region in enumerate(made, 1):
        alike.setdefault(region.like, {})[region.id] = 1 / number
    today, took = now().date(), []
    for case in chance.sample(questions(), ASKED):
        preset = case.region
        if preset in alike:
            (preset,) = chance.choices([*alike[preset]], [*alike[preset].values()])
        began = time.thread_time()
        core.assistant.reply(Session(), case.turns[0], today=today, preset=preset)
        took.append(time.thread_time() - began)
    return took


def serve(root: Path, made: list[MadeRegion]) -> None:
    """Read knowledge and tell how that went; then tell of a round of turns for each number that comes in."""
    core = read_core(root)
    started, fresh = time.process_time(), resident()
    wrong, firsts = probe(core, made)
    _write({"start": started, "fresh": fresh, "wrong": wrong, "first": median(firsts)})
    for seed in sys.stdin:
        took = turns(core, made, random.Random(seed))
        _write({"p50": median(took), "p99": percentile(took, 99), "used": resident()})


def _write(figures: Figures) -> None:
    sys.stdout.write(f"{json.dumps(figures)}\n")
    sys.stdout.flush()


@dataclass
class Size:
    """Knowledge of one size in its process, and what that told."""

    process: subprocess.Popen[str]
    figures: Figures = field(default_factory=dict)
    rounds: list[Figures] = field(default_factory=list)

    def ask(self, number: int) -> None:
        """Have it do a round of turns."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{number}\n")
        self.process.stdin.flush()
        self.rounds.append(self.told())

    def told(self) -> Figures:
        """Give what it tells next."""
        assert self.process.stdout is not None
        figures: Figures = json.loads(self.process.stdout.readline())
        return figures

    def of_rounds(self, name: str) -> float:
        """Give the median over the rounds that count."""
        return median(figures[name] for figures in self.rounds[WARM:])

    def times(self, other: Size) -> float:
        """Give how many times another's p50 this one's is: the median of what each round says."""
        pairs = zip(self.rounds[WARM:], other.rounds[WARM:], strict=True)
        return median(mine["p50"] / theirs["p50"] for mine, theirs in pairs)


@contextmanager
def running(root: Path, amount: int) -> Iterator[Size]:
    """Make knowledge of a size, compile it, and have it read by a process."""
    made = make(root, amount)
    (root / "made.json").write_text(json.dumps([vars(region) for region in made]), encoding="utf-8")
    compiling = f"from pathlib import Path; from bot.core import read_core; read_core(Path({str(root)!r}))"
    subprocess.run([sys.executable, "-c", compiling], check=True, timeout=LONGEST)
    command = [sys.executable, "-m", "tests.benchmarks.size", str(root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        size = Size(process)
        size.figures = size.told()
        yield size


def main() -> None:
    """Measure and print."""
    with ExitStack() as opened:
        name = opened.enter_context(tempfile.TemporaryDirectory())
        os.environ["XDG_CACHE_HOME"] = f"{name}/cache"
        sizes = {amount: opened.enter_context(running(Path(name) / str(amount), amount)) for amount in SIZES}
        for number in range(WARM + ROUNDS):
            for size in sizes.values():
                size.ask(number)
    least = sizes[SIZES[0]]
    for amount, size in sizes.items():
        heading(f"{amount} regions")
        most, told = amount == SIZES[-1], size.figures
        more = told["start"] / least.figures["start"]
        tell("start", f"{told['start']:.2f} s CPU")
        tell("start : that of five", f"{more:.2f}", "2" if most else "")
        tell("memory after the start", f"{told['fresh'] / 1e6:.0f} MB")
        used = max(figures["used"] for figures in size.rounds)
        tell("memory after all were asked about", f"{used / 1e6:.0f} MB", "600 MB" if most else "")
        tell("turn p50", f"{1e6 * size.of_rounds('p50'):.0f} us")
        tell("turn p99", f"{1e6 * size.of_rounds('p99'):.0f} us")
        tell("turn p50 : that of five", f"{size.times(least):.2f}", "1.1" if most else "")
        if most:
            tell("turn about a region that is not in memory, p50", f"{1e6 * told['first']:.0f} us")
        tell(f"of {PROBES} probes, for the wrong region", f"{told['wrong']:.0f}", "0" if most else "")


if __name__ == "__main__":
    if sys.argv[1:]:
        folder = Path(sys.argv[1])
        regions = json.loads((folder / "made.json").read_text(encoding="utf-8"))
        serve(folder, [MadeRegion(**region) for region in regions])
    else:
        main()
