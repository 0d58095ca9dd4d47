"""How the bot grows with its regions: 5, 300 and 3,000, made from the real ones.

    python -m tests.benchmarks.size

Each size is read in a process of its own, with what was compiled before. There it answers one question for
each of 3,000 made regions that it names (5: the five, over and over), which must be answered from that
region's document; then the questions of tests/eval, each for a region made from the one that it is about:
some regions are asked about often and most seldom, as the n-th largest city has about 1/n of the people.
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
from pathlib import Path
from statistics import median

from bot.clock import now
from bot.core import Core, read_core
from bot.dialogue.session import Session
from tests.benchmarks.questions import questions
from tests.benchmarks.regions import MadeRegion, make
from tests.benchmarks.rounds import heading, percentile, tell
from tests.benchmarks.steady import resident

SIZES = (5, 300, 3_000)
PROBES = 3_000
ASKED = 600
ROUNDS = 3
LONGEST = 1_800
"""Seconds after which a size is given up."""
_SEED = 8


def probe(core: Core, made: list[MadeRegion]) -> int:
    """Ask about each region by its name; give how many replies are not from its document."""
    regions = core.knowledge.regions
    asked = made or [MadeRegion(region.id, region.info.place.name, region.id) for region in regions.values()]
    today, wrong = now().date(), 0
    for region in itertools.islice(itertools.cycle(asked), PROBES):
        text = f"{region.name}的居民医保什么时候交钱"
        _, reply = core.assistant.reply(Session(), text, today=today)
        title = regions[region.id].info.document.title
        wrong += reply.region != region.id or any(source.document != title for source in reply.sources)
    return wrong


def turns(core: Core, made: list[MadeRegion]) -> list[float]:
    """Give the CPU seconds of turns; each is asked of several regions that are made alike."""
    chance = random.Random(_SEED)
    alike: dict[str | None, dict[str, float]] = {}
    for number, region in enumerate(made, 1):
        alike.setdefault(region.like, {})[region.id] = 1 / number
    cases = chance.sample(questions(), ASKED)
    today, took = now().date(), []
    for case in cases * ROUNDS:
        preset = case.region
        if preset in alike:
            (preset,) = chance.choices([*alike[preset]], [*alike[preset].values()])
        began = time.thread_time()
        core.assistant.reply(Session(), case.turns[0], today=today, preset=preset)
        took.append(time.thread_time() - began)
    return took


def measure(root: Path, made: list[MadeRegion]) -> dict[str, float]:
    """Read knowledge and use it; give the figures."""
    core = read_core(root)
    started, fresh = time.process_time(), resident() / 2**20
    wrong = probe(core, made)
    took = turns(core, made)
    return {
        "start": started,
        "fresh": fresh,
        "wrong": wrong,
        "used": resident() / 2**20,
        "p50": median(took),
        "p99": percentile(took, 99),
    }


def _in_a_process(root: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.size", str(root)]
    done = subprocess.run(command, check=True, timeout=LONGEST, stdout=subprocess.PIPE)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def main() -> None:
    """Measure and print."""
    found = {}
    with tempfile.TemporaryDirectory() as name:
        os.environ["XDG_CACHE_HOME"] = f"{name}/cache"
        for size in SIZES:
            root = Path(name) / str(size)
            made = make(root, size)
            (root / "made.json").write_text(json.dumps([vars(region) for region in made]), encoding="utf-8")
            compiling = (
                f"from pathlib import Path; from bot.core import read_core; read_core(Path({str(root)!r}))"
            )
            subprocess.run([sys.executable, "-c", compiling], check=True, timeout=LONGEST)
            found[size] = _in_a_process(root)
    least = found[SIZES[0]]
    for size, figures in found.items():
        heading(f"{size} regions")
        most = size == SIZES[-1]
        more = figures["start"] / least["start"]
        tell("start", f"{figures['start']:.2f} s CPU")
        tell("start : that of five", f"{more:.2f}", "2" if most else "")
        tell("memory after the start", f"{figures['fresh']:.0f} MiB")
        tell("memory after all were asked about", f"{figures['used']:.0f} MiB", "600 MB" if most else "")
        tell("turn p50", f"{1e6 * figures['p50']:.0f} us")
        tell("turn p99", f"{1e6 * figures['p99']:.0f} us")
        tell("turn p50 : that of five", f"{figures['p50'] / least['p50']:.2f}", "1.1" if most else "")
        tell(f"of {PROBES} probes, for the wrong region", f"{figures['wrong']:.0f}", "0" if most else "")


if __name__ == "__main__":
    if sys.argv[1:]:
        folder = Path(sys.argv[1])
        regions = json.loads((folder / "made.json").read_text(encoding="utf-8"))
        sys.stdout.write(json.dumps(measure(folder, [MadeRegion(**region) for region in regions])))
    else:
        main()
