"""One call from outside, the command line's or the API's: raw inputs in, an outcome or a comparison out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calculators.calculator import Calculator
from calculators.comparison import Comparison, comparable, side_by_side
from calculators.inputs import InputError, InputFault, as_raw
from calculators.known import Known
from calculators.outcomes import Outcome, Result

COMPARE = "compare"
"""The input that names a circumstance whose values are to be set side by side."""


def describe(calculator: Calculator) -> dict[str, Any]:
    """Describe what a calculator takes as JSON Schema, with the circumstances that it can compare."""
    schema = calculator.json_schema()
    items = comparable(calculator)
    if not items:
        return schema
    compare = {
        "type": "string",
        "enum": [item.name for item in items],
        "title": "比较",
        "description": "填一项情况的名字，就把它的各种取值并排算出来。",
        "x-labels": {item.name: item.label for item in items},
    }
    return {**schema, "properties": {**schema["properties"], COMPARE: compare}}


def work_out(
    calculators: Mapping[str, Calculator], name: str, raw: Mapping[str, object]
) -> Outcome | Comparison:
    """Run a region's calculator on raw inputs; with `compare`, once for each value of that circumstance.

    Args:
        calculators: all of the region; name: the one to run.
        raw: the inputs as JSON or the command line holds them.

    Raises:
        InputError: with everything that is wrong with the inputs.

    """
    calculator = calculators[name]
    inputs = {key: value for key, value in raw.items() if key != COMPARE}
    items = {item.name: item for item in comparable(calculator)}
    faults: list[InputFault] = []
    item = None
    if COMPARE in raw:
        item = items.get(str(raw[COMPARE]).strip())
        if item is None:
            allowed = "、".join(f"{key}（{one.label}）" for key, one in items.items()) or "（没有）"
            faults.append(InputFault(COMPARE, f"可以比较的有：{allowed}"))
    try:
        known = calculator.parse(inputs)
    except InputError as error:
        raise InputError([*error.faults, *faults]) from error
    if faults:
        raise InputError(faults)
    return calculator.run(known) if item is None else side_by_side(calculators, calculator, known, item)


def case_as_json(calculator: Calculator, known: Known, outcome: Result | Comparison) -> dict[str, Any]:
    """Give what came out as JSON holds it, with the inputs that have the same worked out again."""
    inputs = as_raw(known, calculator.inputs)
    if isinstance(outcome, Comparison):
        inputs = {**inputs, COMPARE: outcome.name}
        inputs.pop(outcome.name, None)
    return {"inputs": inputs, **outcome.to_json()}
