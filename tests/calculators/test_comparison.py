from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from calculators.comparison import Comparison, Side, alternatives, compare, set_against
from calculators.inputs import InputError
from calculators.known import Known
from calculators.money import Span
from calculators.outcomes import Ask, NotCovered, Option
from calculators.reimbursement import ReimbursementCalculator
from calculators.service import COMPARE, describe, work_out
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


def test_two_sides_may_differ_in_several_circumstances() -> None:
    case: Known = {"cost": Decimal(20000), "level": LEVEL_THREE.values}
    child = Side("娃儿一档", {**case, "person": frozenset({"pupil"}), "tier": ONE.values})
    grown_up = Side("大人二档", {**case, "person": frozenset({"adult"}), "tier": TWO.values})
    premium = calculators_of("dianjiang")["premium"]
    found = set_against(inpatient("dianjiang"), (child, grown_up), premium)
    assert isinstance(found, Comparison)
    assert [row.amount.low for row in found.rows] == [(20000 - 800) * Decimal("0.55")] * 2
    assert [row.premium and row.premium.low for row in found.rows] == [380, 755]
    assert [row.option.label for row in found.rows] == ["娃儿一档", "大人二档"]
    asked = set_against(inpatient("dianjiang"), (child, Side("大人", {"level": LEVEL_THREE.values})))
    assert isinstance(asked, Ask)


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


def compared(city: str, calculator: str, **raw: object) -> dict[str, Any]:
    found = work_out(calculators_of(city), calculator, raw)
    assert isinstance(found, Comparison), found
    return found.to_json()


def test_tiers_are_compared_with_their_premiums() -> None:
    found = compared("dianjiang", "inpatient", cost="20000", level="l3", compare="tier")
    assert found["amounts"] == {"difference": "960.00"}
    one, two = found["rows"]
    assert (one["label"], one["amounts"]["fund"], one["premium"], one["gain"]) == (
        "一档",
        "9600.00",
        "380.00",
        "0.00",
    )
    assert (two["label"], two["more"], two["premium"], two["gain"]) == ("二档", "960.00", "755.00", "585.00")
    assert two["steps"]
    assert found["clauses"] == ["七"]


def test_a_dearer_tier_may_not_be_worth_it() -> None:
    found = compared("dianjiang", "inpatient", cost="1000", level="l3", compare="tier")
    assert found["rows"][1]["gain"] == "-365.00"


def test_levels_of_hospitals_are_compared_from_low_to_high() -> None:
    found = compared("dianjiang", "inpatient", cost="5000", tier="one", compare="level")
    assert [(row["label"], row["amounts"]["fund"]) for row in found["rows"]] == [
        ("一级及以下机构", "3920.00"),
        ("二级医院", "3290.00"),
        ("三级医院", "2100.00"),
    ]
    assert found["amounts"] == {"difference": "1820.00"}
    assert found["rows"][2]["more"] == "-1820.00"


def test_in_and_out_of_the_province() -> None:
    case = {"cost": "10000", "level": "l3", "deductible": "0", "filing": "temporary", "compare": "place"}
    found = compared("shenzhen", "inpatient", **case)
    assert [row["amounts"]["fund"] for row in found["rows"]] == ["9000.00", "8100.00", "7200.00"]


def test_only_what_is_left_of_a_circumstance_is_compared() -> None:
    found = compared("datong", "inpatient", cost="8000", place="county", level="up_to_l2", compare="level")
    assert [row["label"] for row in found["rows"]] == ["二级乙等及以下", "二级甲等医院"]


def test_what_the_document_leaves_out_stands_beside() -> None:
    case = {"cost": "10000", "level": "l3", "deductible": "500", "compare": "place"}
    found = compared("liaocheng", "inpatient", **case)
    assert [row["label"] for row in found["rows"]] == ["本市医院"]
    assert found["left_out"] == [{"label": "异地", "text": "到市外住院怎么报，这份文件没有写。"}]


def test_ranges_are_compared_by_their_ends() -> None:
    case = {"cost": "200", "level": "l1", "filing": "temporary", "compare": "place"}
    row = compared("shenzhen", "outpatient", **case)["rows"][1]
    assert (row["more_from"], row["more_to"]) == ("-30.00", "-15.00")


def test_both_benefits_together_and_premiums_can_be_compared() -> None:
    case = {"cost": "100000", "level": "l3", "compare": "tier"}
    rows = compared("wendeng", "combined", **case)["rows"]
    assert [row["amounts"]["fund"] for row in rows] == ["68800.00", "75780.00"]
    rows = compared("dianjiang", "premium", compare="tier")["rows"]
    assert [row["amounts"]["own"] for row in rows] == ["380.00", "755.00"]


def test_a_comparison_asks_and_refuses_like_its_calculator() -> None:
    calculators = calculators_of("dianjiang")
    assert isinstance(work_out(calculators, "inpatient", {"cost": "5000", "compare": "level"}), Ask)
    abroad = {"cost": "100", "level": "l3", "tier": "one", "place": "abroad", "compare": "admission"}
    assert isinstance(
        work_out(
            calculators_of("datong"), "outpatient", {"cost": "9", "place": "abroad", "compare": "period"}
        ),
        NotCovered,
    )
    with pytest.raises(InputError) as refused:
        work_out(calculators, "inpatient", abroad)
    assert [fault.input for fault in refused.value.faults] == ["compare"]
    with pytest.raises(InputError) as refused:
        work_out(calculators, "inpatient", {"cost": "-1", "compare": "colour"})
    assert [fault.input for fault in refused.value.faults] == ["cost", "compare"]


def test_what_can_be_compared_is_described() -> None:
    found = describe(calculators_of("dianjiang")["inpatient"])["properties"][COMPARE]
    assert found["enum"] == ["tier", "level", "person", "tcm", "place"]
    assert found["x-labels"]["tier"] == "缴费档次"
    assert COMPARE not in describe(calculators_of("dianjiang")["coverage"])["properties"]
    assert COMPARE not in describe(calculators_of("datong")["critical"])["properties"]
