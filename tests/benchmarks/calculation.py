"""A calculation of each kind, from inputs as the API takes them to amounts with their steps.

    python -m tests.benchmarks.calculation

Runs the cases of tests/calculators of each kind of calculator; prints the CPU of one.
"""

from __future__ import annotations

from collections import defaultdict
from statistics import median

from calculators.calculator import Calculator
from calculators.catalogue import Catalogues
from calculators.inputs import InputError
from knowledge.compiled import read
from knowledge.reading import read_yaml
from tests.benchmarks.rounds import ROOT, each, heading, tell

_CASES = ROOT / "tests/calculators/cases"
Case = tuple[Calculator, dict[str, object]]


def _run(case: Case) -> None:
    calculator, given = case
    calculator.run(calculator.parse(given))


def main() -> None:
    """Measure and print."""
    catalogues = Catalogues(read())
    cases: dict[str, list[Case]] = defaultdict(list)
    for region in catalogues:
        for file in sorted((_CASES / region).glob("*.yaml")):
            for case in read_yaml(file, file.name):
                calculator = catalogues[region][case["calculator"]]
                given = case.get("given", {})
                try:
                    _run((calculator, given))
                except InputError:
                    continue  # a case of inputs that are refused
                cases[type(calculator).__name__].append((calculator, given))
    heading("A calculation, CPU")
    for kind, of_kind in sorted(cases.items()):
        took = each({"run": _run}, of_kind, rounds=5)["run"]
        tell(f"{kind}, {len(of_kind)} cases", f"p50 {1e6 * median(took):.0f}, most {1e6 * max(took):.0f} us")


if __name__ == "__main__":
    main()
