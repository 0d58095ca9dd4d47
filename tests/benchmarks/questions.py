"""What the benchmarks ask: the single questions of tests/eval."""

from __future__ import annotations

from bot.evaluation.cases import Case, read_cases
from tests.benchmarks.rounds import ROOT


def questions() -> list[Case]:
    """Give the cases of one message each, in the order of the files."""
    return [case for case in read_cases(ROOT / "tests/eval") if len(case.turns) == 1]
