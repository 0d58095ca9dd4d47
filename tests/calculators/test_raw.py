"""What is known of a case can be written down as JSON and read again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from calculators.inputs import as_raw
from tests.calculators.cities import calculators_of

CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("wendeng", "inpatient", {"cost": "50000", "tier": "two", "level": "l3"}),
    ("dianjiang", "inpatient", {"cost": "1234.50", "tier": "one", "herbs": None}),
    ("dianjiang", "premium", {"identity": ["low_income"], "pay_date": "2024-01-31"}),
    ("dianjiang", "premium", {"people": [{"tier": "one", "count": 2}, {"tier": "two"}]}),
    ("datong", "combined", {"stays": [{"cost": "1000"}, {"cost": "2000"}], "level": "l3a"}),
]


@pytest.mark.parametrize(("region", "name", "raw"), CASES)
def test_known_inputs_are_written_as_they_were_read(region: str, name: str, raw: dict[str, Any]) -> None:
    calculator = calculators_of(region)[name]
    known = calculator.parse(raw)

    written = as_raw(known, calculator.inputs)

    assert json.loads(json.dumps(written)) == written == raw
    assert calculator.parse(written) == known


def test_values_that_no_choice_stands_for_are_open_again() -> None:
    calculator = calculators_of("wendeng")["inpatient"]

    assert as_raw({"level": frozenset({"l1", "l3a"})}, calculator.inputs) == {}
    assert as_raw({"level": frozenset({"l3b", "l3a"})}, calculator.inputs) == {"level": "l3"}
