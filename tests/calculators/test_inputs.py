from __future__ import annotations

import json
from decimal import Decimal

import pytest

from calculators.inputs import InputError
from calculators.money import AmountError, parse_yuan, to_fen
from calculators.outcomes import Result
from tests.calculators.cities import FIVE, calculators_of


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("5000", "5000"),
        (5000, "5000"),
        ("5,000.50", "5000.50"),
        (" 12元 ", "12"),
        (0.1, "0.1"),
        (Decimal("8.88"), "8.88"),
    ],
)
def test_amounts_are_read_exactly(written: object, amount: str) -> None:
    assert parse_yuan(written) == Decimal(amount)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("-1", "负数"),
        ("0", "大于 0"),
        ("xyz", "不是金额"),
        ("", "不是金额"),
        ("1e5", "不是金额"),
        ("nan", "不是金额"),
        (float("inf"), "不是金额"),
        (True, "数字"),
        (None, "数字"),
        ([1], "数字"),
        ("100000000.01", "一亿"),
        ("9" * 40, "一亿"),
        ("0.001", "精确到分"),
    ],
)
def test_unusable_amounts_are_refused_with_the_reason(written: object, reason: str) -> None:
    with pytest.raises(AmountError, match=reason):
        parse_yuan(written)


def test_rounding_is_half_up() -> None:
    assert to_fen(Decimal("13964.275")) == Decimal("13964.28")
    assert to_fen(Decimal("0.005")) == Decimal("0.01")
    assert to_fen(Decimal("0.0049")) == Decimal(0)


def test_an_unknown_level_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"不认识“五级”.*l2a（二级甲等医院）"):
        calculators_of("datong")["inpatient"].parse({"cost": 1, "level": "五级"})


def test_all_faults_are_told_at_once() -> None:
    raw = {
        "people": [{"count": 0, "tier": "三档"}, 7],
        "pay_date": "2024-02-30",
        "subsidy": "-5",
        "nonsense": 1,
    }
    with pytest.raises(InputError) as refused:
        calculators_of("dianjiang")["premium"].parse(raw)
    assert [fault.input for fault in refused.value.faults] == [
        "people.1.count", "people.1.tier", "people.2", "pay_date", "subsidy", "nonsense",
    ]  # fmt: skip


@pytest.mark.parametrize("people", ["[", [], "nobody", 7, [{}] * 201])
def test_a_list_must_be_one(people: object) -> None:
    with pytest.raises(InputError):
        calculators_of("dianjiang")["premium"].parse({"people": people})


def test_a_list_may_come_as_text() -> None:
    calculator = calculators_of("dianjiang")["premium"]
    outcome = calculator.run(calculator.parse({"people": '[{"tier": "one"}, {"tier": "two"}]'}))
    assert isinstance(outcome, Result)
    assert outcome.to_json()["amounts"]["own"] == "1135.00"


def test_several_values_come_with_commas_or_as_a_list() -> None:
    calculator = calculators_of("dianjiang")["critical"]
    for written in ("low_income,destitute", ["low_income", "destitute"], "低保对象，特困人员"):
        assert calculator.parse({"identity": written}) == {"identity": frozenset({"low_income", "destitute"})}


@pytest.mark.parametrize("city", FIVE)
def test_every_calculator_describes_its_inputs(city: str) -> None:
    for calculator in calculators_of(city).values():
        schema = calculator.json_schema()
        assert json.loads(json.dumps(schema, ensure_ascii=False)) == schema
        assert schema["additionalProperties"] is False
        for item in calculator.inputs:
            described = schema["properties"][item.name]
            assert described["title"]
            assert described["description"]
        assert set(schema["required"]) <= set(schema["properties"])


def test_a_range_is_given_with_both_ends() -> None:
    calculator = calculators_of("datong")["outpatient"]
    outcome = calculator.run(calculator.parse({"cost": 80}))
    assert isinstance(outcome, Result)
    shown = outcome.to_json()
    assert shown["amounts"] == {
        "fund_from": "40.00", "fund_to": "48.00", "patient_from": "32.00", "patient_to": "40.00",
    }  # fmt: skip
    assert shown["steps"][0]["formula"] == "80 × 50%–60%"
    assert json.loads(json.dumps(shown)) == shown
