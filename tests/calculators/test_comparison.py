from __future__ import annotations

from decimal import Decimal

from calculators.comparison import Comparison, alternatives, compare
from calculators.known import Known
from calculators.money import Span
from calculators.outcomes import Ask, NotCovered, Option
from calculators.reimbursement import ReimbursementCalculator
from tests.calculators.cities import calculators_of, dimensions

ONE, TWO = Option("一档", frozenset({"one"})), Option("二档", frozenset({"two"}))
TOWNSHIP = Option("乡镇卫生院", frozenset({"township"}))
LEVEL_THREE = Option("三级医院", dimensions()["level"].spread(["l3"]))


def inpatient(city: str) -> ReimbursementCalculator:
    found = calculators_of(city)["inpatient"]
    assert isinstance(found, ReimbursementCalculator)
    return found


def test_hospital_levels_side_by_side() -> None:
    case: Known = {"cost": Decimal(5000), "tier": ONE.values}
    found = compare(inpatient("dianjiang"), case, "level", [LEVEL_THREE, TOWNSHIP])
    assert isinstance(found, Comparison)
    assert [row.amount for row in found.rows] == [Span.exact(Decimal(2100)), Span.exact(Decimal(3920))]
    assert found.more(found.rows[1]) == Span.exact(Decimal(1820))
    assert found.gain(found.rows[1]) is None
    assert [row["label"] for row in found.to_json()["rows"]] == ["三级医院", "乡镇卫生院"]


def test_tiers_less_the_difference_of_the_premiums() -> None:
    case: Known = {"cost": Decimal(20000), "level": LEVEL_THREE.values}
    premium = calculators_of("dianjiang")["premium"]
    found = compare(inpatient("dianjiang"), case, "tier", [ONE, TWO], premium)
    assert isinstance(found, Comparison)
    assert found.more(found.rows[1]) == Span.exact(Decimal(19200) * Decimal("0.05"))
    assert found.gain(found.rows[1]) == Span.exact(Decimal(960) - (755 - 380))


def test_premiums_that_the_document_lacks_are_left_out() -> None:
    case: Known = {"cost": Decimal(20000), "level": LEVEL_THREE.values, "person": frozenset({"adult"})}
    premium = calculators_of("wendeng")["premium"]
    found = compare(inpatient("wendeng"), case, "tier", [ONE, TWO], premium)
    assert isinstance(found, Comparison)
    assert found.gain(found.rows[1]) is None


def test_a_comparison_asks_or_refuses_as_its_calculator_does() -> None:
    assert isinstance(compare(inpatient("dianjiang"), {}, "tier", [ONE, TWO]), Ask)
    away = [Option("省外", frozenset({"abroad"}))]
    assert isinstance(compare(inpatient("dianjiang"), {}, "place", away), NotCovered)


def test_alternatives_are_told_apart_by_what_comes_out() -> None:
    calculator = inpatient("datong")
    case: Known = {"cost": Decimal(20000), "level": frozenset({"l2a"})}
    found = alternatives(calculator, case, "place")
    assert [option.label for option in found] == ["本市县级医院", "省级、市级医院", "省外"]
    case = {"cost": Decimal(20000), "tier": ONE.values}
    levels = inpatient("wendeng")
    found = alternatives(levels, case, "level")
    assert [option.label for option in found] == ["一级及以下机构", "二级医院", "三级医院"]
