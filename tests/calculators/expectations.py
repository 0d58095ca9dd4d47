"""Compare what a calculator came back with to what a YAML case expects."""

from __future__ import annotations

from typing import Any

from calculators.money import Span
from calculators.outcomes import Ask, NotCovered, Outcome, Result
from tests.calculators.arithmetic import evaluate


class MismatchError(Exception):
    """A case that came out otherwise; the message is for the author of the case."""


def compare(case: dict[str, Any], outcome: Outcome) -> None:
    if "faults" in case:
        raise MismatchError(f"expected {case['faults']} to be refused, got {outcome}")
    if "ask" in case:
        _compare_ask(case, outcome)
    elif "not_covered" in case:
        if not isinstance(outcome, NotCovered) or case["not_covered"] not in outcome.text:
            raise MismatchError(f"expected it not to be covered ({case['not_covered']}), got {outcome}")
    elif not isinstance(outcome, Result):
        raise MismatchError(f"expected a result, got {outcome}")
    else:
        _compare_result(case, outcome)


def _compare_ask(case: dict[str, Any], outcome: Outcome) -> None:
    if not isinstance(outcome, Ask) or outcome.input != case["ask"]:
        raise MismatchError(f"expected to be asked for {case['ask']}, got {outcome}")
    labels = [option.label for option in outcome.options]
    if "options" in case and labels != case["options"]:
        raise MismatchError(f"expected the options {case['options']}, got {labels}")


def _compare_result(case: dict[str, Any], result: Result) -> None:
    _compare_amounts(case, result)
    for name, day in case.get("dates", {}).items():
        if (found := result.dates.get(name)) is None or found.isoformat() != day:
            raise MismatchError(f"{name}: expected {day}, got {found}")
    for name in case.get("without", []):
        if name in result.amounts or name in result.dates:
            raise MismatchError(f"{name} should not be in the result")
    for clause in case.get("clauses", []):
        if clause not in result.clauses:
            raise MismatchError(f"the clause {clause} is not among {result.clauses}")
    said = "\n".join([*result.assumptions, *result.caveats])
    missing = [part for part in case.get("says", []) if part not in said]
    too_much = [part for part in case.get("silent", []) if part in said]
    if missing or too_much:
        raise MismatchError(f"should say {missing} and not {too_much}: {said}")


def _compare_amounts(case: dict[str, Any], result: Result) -> None:
    for name, written in case.get("amounts", {}).items():
        ends = [evaluate(end) for end in ([written] if isinstance(written, str) else written)]
        expected = Span(ends[0], ends[-1]).to_fen()
        if result.amounts.get(name) != expected:
            raise MismatchError(
                f"{name}: expected {expected}, got {result.amounts.get(name)}; {result.steps}"
            )
