"""Counts, ages and shares, and what only looks like them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.quantities import ages, counts, percentages


@pytest.mark.parametrize(
    ("text", "number", "classifier", "ordinal"),
    [
        ("家里四口人", 4, "口人", False),
        ("两个孩子", 2, "个", False),
        ("2个大人", 2, "个", False),
        ("三次", 3, "次", False),
        ("两回", 2, "次", False),
        ("五口", 5, "口", False),
        ("两口子", 2, "口子", False),
        ("俩娃", 2, "个", False),
        ("兄弟仨", 3, "个", False),
        ("3人", 3, "人", False),
        ("两位老人", 2, "位", False),
        ("45种", 45, "种", False),
        ("十二个", 12, "个", False),
        ("第二次住院", 2, "次", True),
        ("第3回", 3, "次", True),
        ("第三个", 3, "个", True),
        ("第2条", 2, "条", True),
        ("头一回住院", 1, "次", True),
        ("头一次", 1, "次", True),
        ("首次住院", 1, "次", True),
    ],
)
def test_counts(text: str, number: int, classifier: str, *, ordinal: bool) -> None:
    (found,) = counts(text)
    assert (found.number, found.classifier, found.ordinal) == (number, classifier, ordinal)
    assert found.text == text[found.start : found.end]


_NO_COUNT = """
3个月 半个月 一次性 三甲 一档 二级 三级医院 7岁 2023年 几个 几口人 两三个 十来个 每个 统一 唯一 100000人
1.5个 3个小时 两个星期 500人民币 百分之八十个人 五险一金 一老一小 那个 5000个人
"""


@pytest.mark.parametrize("text", _NO_COUNT.split())
def test_no_count(text: str) -> None:
    assert counts(text) == ()


@pytest.mark.parametrize(
    ("text", "years", "months", "approximate"),
    [
        ("7岁", "7", None, False),
        ("14周岁", "14", None, False),
        ("60岁以上", "60", None, False),
        ("一岁半", "1.5", None, False),
        ("十八岁", "18", None, False),
        ("六十多岁", "60", None, True),
        ("70来岁", "70", None, True),
        ("十七八岁", "17", None, True),
        ("十几岁", "10", None, True),
        ("3岁多了", "3", None, True),
        ("一岁三个月", "1", 3, False),
        ("1岁零3个月", "1", 3, False),
        ("两个月大", None, 2, False),
        ("6个多月大", None, 6, True),
        ("3个月的宝宝", None, 3, False),
        ("8月龄", None, None, False),
        ("刚满月", None, 1, False),
        ("半岁", None, 6, False),
        ("娃儿四个多月了", None, 4, True),
        ("宝宝都两个月了还没办", None, 2, False),
        ("孩子70天了", None, 2, False),
    ],
)
def test_ages(text: str, years: str | None, months: int | None, *, approximate: bool) -> None:
    found = ages(text)
    if years is None and months is None:
        assert found == ()
        return
    (age,) = found
    assert age.years == (None if years is None else Decimal(years))
    assert (age.months, age.approximate) == (months, approximate)
    assert age.text == text[age.start : age.end]


@pytest.mark.parametrize(
    "text",
    [
        "岁数大了",
        "3个月",
        "三个月前",
        "没满月",
        "岁月",
        "几岁",
        "12月",
        "一年级",
        "满月份",
        "孩子住院七天了",
        "宝宝咳嗽两个月了",
    ],
)
def test_no_age(text: str) -> None:
    assert ages(text) == ()


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("85%", "0.85", "0.85"),
        ("0.5%", "0.005", "0.005"),
        ("八成", "0.8", "0.8"),
        ("七成半", "0.75", "0.75"),
        ("五六成", "0.5", "0.6"),
        ("百分之八十五", "0.85", "0.85"),
        ("百分之85", "0.85", "0.85"),
        ("百分之五十到六十", "0.5", "0.6"),
        ("50-60%", "0.5", "0.6"),
        ("百分百", "1", "1"),
        ("百分之百", "1", "1"),
        ("80个点", "0.8", "0.8"),
    ],
)
def test_percentages(text: str, low: str, high: str) -> None:
    (found,) = percentages(text)
    assert found.low == Decimal(low)
    assert found.high == Decimal(high)
    assert found.text == text[found.start : found.end]


@pytest.mark.parametrize(
    "text", ["几成", "百分之多少", "成都", "三成都", "两成年人", "300%", "十二成", "85", "一档"]
)
def test_no_percentage(text: str) -> None:
    assert percentages(text) == ()


_PIECES = [*"0123456789一两三十百万半几多个口人次岁月周成%零第头首俩大", "百分之", "个月", "宝宝"]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
def test_no_text_breaks_it(text: str) -> None:
    for reading in (counts, ages, percentages):
        for found in reading(text):
            assert 0 <= found.start < found.end <= len(text)
            assert found.text == text[found.start : found.end]
