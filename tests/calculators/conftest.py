"""Collect the YAML cases: cases/<city>/*.yaml, each a list of cases in the words of the field.

A case holds `name`, `calculator`, `given` (as the API takes it) and what is expected: amounts as arithmetic
(a list of two for a range), days, `ask` (with `options` by label), `not_covered` (part of the text), `says`
(parts of assumptions or caveats), `silent` (what they must not say), `faults` (inputs that are refused).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from calculators.inputs import InputError
from knowledge.reading import read_yaml
from tests.calculators.cities import calculators_of
from tests.calculators.expectations import MismatchError, compare

CASES = Path(__file__).parent / "cases"


def pytest_collect_file(parent: pytest.Collector, file_path: Path) -> pytest.Collector | None:
    if file_path.suffix == ".yaml" and file_path.is_relative_to(CASES):
        return CaseFile.from_parent(parent, path=file_path)
    return None


class CaseFile(pytest.File):
    def collect(self) -> Iterator[pytest.Item]:
        for case in read_yaml(self.path, self.path.name):
            yield CaseItem.from_parent(self, name=case["name"], case=case)


class CaseItem(pytest.Item):
    def __init__(self, *, case: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.case = case

    def runtest(self) -> None:
        calculator = calculators_of(self.path.parent.name)[self.case["calculator"]]
        try:
            outcome = calculator.run(calculator.parse(self.case.get("given", {})))
        except InputError as error:
            refused = sorted(fault.input for fault in error.faults)
            if refused != sorted(self.case.get("faults", [])):
                raise MismatchError(f"refused inputs: {error}") from error
            return
        compare(self.case, outcome)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, MismatchError):
            return f"{self.path}: {self.name}: {excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name
