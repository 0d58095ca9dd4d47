"""Several visits to doctors one after the other: deductibles, limits and ranges carried on."""

from __future__ import annotations

from decimal import Decimal

import pytest

from calculators.known import Known, Value
from calculators.money import Span
from calculators.outcomes import Ask, NotCovered, Result
from calculators.visits import work_out
from tests.calculators.cities import calculators_of


def visit(cost: int, **told: str | int) -> Known:
    known: dict[str, Value] = {"cost": Decimal(cost)}
    for name, said in told.items():
        known[name] = Decimal(said) if isinstance(said, int) else frozenset({said})
    return known


def paid(region: str, name: str, visits: list[Known], **told: str) -> Result:
    common = {key: frozenset({said}) for key, said in told.items()}
    found = work_out(calculators_of(region)[name], {**common, "stays": tuple(visits)})
    assert isinstance(found, Result)
    return found


def test_visits_that_one_limit_holds_for_use_it_up() -> None:
    visits = [visit(300, level="l1"), visit(800, level="l2a")]
    found = paid("dianjiang", "outpatient", visits, tier="one", person="adult")
    assert found.amounts["fund"].low == min(300 * Decimal("0.6") + (800 - 200) * Decimal("0.4"), 300)
    assert found.amounts["patient"].low == 300 + 800 - 300
    assert [step.amount.low for step in found.steps if step.amount] == [180, 300 - 180]


def test_costs_that_the_document_takes_together_pass_the_deductible_together() -> None:
    visits = [visit(150, level="l2a"), visit(100, level="l1"), visit(150, level="l2a")]
    found = paid("dianjiang", "outpatient", visits, tier="one", person="adult")
    assert found.amounts["fund"].low == (150 + 150 - 200) * Decimal("0.4") + 100 * Decimal("0.6")


def test_each_stay_has_its_own_deductible() -> None:
    visits = [visit(10000, deductible=600), visit(8000, deductible=300)]
    found = paid("shenzhen", "inpatient", visits, level="l3a", place="city")
    assert found.amounts["fund"].low == (10000 - 600 + 8000 - 300) * Decimal("0.9")


def test_a_range_is_carried_on_to_the_limit() -> None:
    found = paid("datong", "outpatient", [visit(80)] * 12, period="day")
    assert found.amounts["fund"].low == found.amounts["fund"].high == 250
    few = paid("datong", "outpatient", [visit(60)] * 2, period="day")
    assert few.amounts["fund"] == Span(Decimal(60), Decimal(72))


def test_what_one_of_them_lacks_is_asked_for_that_one() -> None:
    inpatient = calculators_of("shenzhen")["inpatient"]
    visits = (visit(10000, deductible=0, level="l3a"), visit(8000, deductible=0))
    known: Known = {"stays": visits, "place": frozenset({"city"})}
    ask = work_out(inpatient, known)
    assert isinstance(ask, Ask)
    assert (ask.input, ask.question.partition("：")[0]) == ("level", "第 2 次")


def test_what_the_document_leaves_out_of_one_is_left_out() -> None:
    visits = (visit(100, level="l3a"), visit(100, level="l1"))
    known: Known = {"stays": visits, "tier": frozenset({"one"}), "person": frozenset({"adult"})}
    assert isinstance(work_out(calculators_of("dianjiang")["outpatient"], known), NotCovered)


@pytest.mark.parametrize("began", ["second", "third"])
def test_the_lines_count_from_the_first_that_is_told(began: str) -> None:
    found = paid("datong", "combined", [visit(20000)] * 2, admission=began, level="l3a", place="city")
    first = {"second": 2, "third": 3}[began]
    assert [step.label for step in found.steps[:2]] == [f"第 {first} 次住院", f"第 {first + 1} 次住院"]


def test_one_visit_is_worked_out_as_ever() -> None:
    calculator = calculators_of("datong")["outpatient"]
    known = visit(80)
    assert work_out(calculator, known) == calculator.run(known)
