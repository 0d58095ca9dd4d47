from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from knowledge.figures import KINDS, Figure, RateRange, say, say_yuan


def figure(**value: Any) -> Figure:
    return Figure(name="某项", clause="一", **value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"yuan": "350"}, "350 元"),
        ({"rate": "85%"}, "85%"),
        ({"rate": "62.5%"}, "62.5%"),
        ({"rate": "100%"}, "100%"),
        ({"rate": "0%"}, "0%"),
        ({"rate": "50%-60%"}, "50%–60%"),
        ({"rate": " 50% - 60% "}, "50%–60%"),
        ({"points": "5%"}, "5 个百分点"),
        ({"points": "2.5%"}, "2.5 个百分点"),
        ({"date": "2023-01-01"}, "2023年1月1日"),
        ({"date": "2022-12-25"}, "2022年12月25日"),
        ({"months": "3"}, "3 个月"),
        ({"days": "90"}, "90 天"),
        ({"years": "2"}, "2 年"),
        ({"year": "2024-2025学年"}, "2024-2025学年"),
        ({"age": "18"}, "18 周岁"),
        ({"count": "5"}, "5"),
        ({"count": "0"}, "0"),
        ({"text": "某银行、某信用社"}, "某银行、某信用社"),
        ({"path": ["服务", "城市服务", "社保"]}, "服务 → 城市服务 → 社保"),
        ({"phone": "0123-4567890"}, "0123-4567890"),
        ({"url": "https://example.test/a1"}, "https://example.test/a1"),
    ],
)
def test_a_figure_is_said_with_its_unit(value: dict[str, object], said: str) -> None:
    assert say(figure(**value)) == said


def test_every_kind_can_be_said() -> None:
    written = {"rate": "1%", "points": "1%", "date": "2023-01-01", "path": ["我的"]}
    for kind in KINDS:
        one = figure(**{kind: written.get(kind, "1")})
        assert one.kind == kind
        assert say(one)


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("0", "0 元"),
        ("0.50", "0.5 元"),
        ("350", "350 元"),
        ("350.00", "350 元"),
        ("1000", "1000 元"),
        ("9999", "9999 元"),
        ("10000", "1 万元"),
        ("10000.00", "1 万元"),
        ("10500", "10500 元"),
        ("11000", "1.1 万元"),
        ("16166.5", "16166.5 元"),
        ("70000", "7 万元"),
        ("100000", "10 万元"),
        ("125000", "12.5 万元"),
        ("1000000", "100 万元"),
        ("1E+5", "10 万元"),
        ("1E+2", "100 元"),
    ],
)
def test_amounts_turn_to_ten_thousands_where_these_are_round(amount: str, said: str) -> None:
    assert say_yuan(Decimal(amount)) == said


def test_rates_are_exact_fractions() -> None:
    assert figure(rate="62.5%").rate == Decimal("0.625")
    assert figure(rate="50%-60%").rate == RateRange(Decimal("0.5"), Decimal("0.6"))
    assert figure(rate=Decimal("0.3")).rate == Decimal("0.3")
    assert figure(points="5%").points == Decimal("0.05")


def test_days_are_days() -> None:
    assert figure(date="2024-02-29").date == dt.date(2024, 2, 29)


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ({}, "holds 0 values"),
        ({"months": "3", "days": "90"}, r"holds 2 values \(months, days\)"),
        ({"rate": "101%"}, "101% is outside 0%..100%"),
        ({"rate": "60%-50%"}, "the lower end"),
        ({"rate": "50%-50%"}, "the lower end"),
        ({"rate": "50%-60%-70%"}, "is not a rate"),
        ({"rate": "-50%"}, "is not a rate"),
        ({"rate": "五成"}, "is not a percentage"),
        ({"points": "5"}, "is not a percentage"),
    ],
)
def test_a_bad_value_is_refused(value: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        figure(**value)
