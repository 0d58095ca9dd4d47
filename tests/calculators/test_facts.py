from __future__ import annotations

import pytest

from calculators.calculator import Aspect
from tests.calculators.cities import calculators_of

FACTS: list[tuple[str, str, Aspect, dict[str, object], list[str]]] = [
    ("datong", "inpatient", "rate", {}, ["85%", "75%", "70%", "60%"]),
    ("datong", "inpatient", "rate", {"place": "abroad"}, ["55%"]),
    (
        "datong",
        "inpatient",
        "deductible",
        {"level": "l3a", "place": "city", "admission": "second"},
        ["1000 × 50% = 500 元"],
    ),
    ("datong", "inpatient", "deductible", {"level": "l3a", "place": "city"}, ["1000 元"]),
    ("datong", "inpatient", "cap", {}, ["每年最多 7 万元"]),
    ("datong", "outpatient", "cap", {}, ["每天最多 50 元", "每年最多 250 元"]),
    ("datong", "two_diseases", "cap", {"chronic_pair": "dm1"}, ["每年最多 480 元"]),
    ("liaocheng", "inpatient", "rate", {"level": "township"}, ["90%"]),
    ("liaocheng", "inpatient", "deductible", {}, []),
    ("liaocheng", "special_drugs", "deductible", {"poverty": "poor"}, ["0 元"]),
    (
        "wendeng",
        "inpatient",
        "rate",
        {"tier": "two", "level": "l3"},
        ["4 万元及以内的部分 55%，4 万元以上的部分 70%"],
    ),
    ("wendeng", "inpatient", "rate", {"tier": "two", "level": "l1"}, ["80%"]),
    ("wendeng", "inpatient", "cap", {"person": "pupil"}, ["每年最多 30 万元"]),
    (
        "wendeng",
        "critical",
        "rate",
        {},
        ["10 万元及以内的部分 50%，10 万元到 20 万元的部分 60%，20 万元以上的部分 65%"],
    ),
    ("shenzhen", "inpatient", "rate", {"level": "l3"}, ["90%"]),
    (
        "shenzhen",
        "inpatient",
        "rate",
        {"level": "l3", "place": "abroad", "filing": "temporary"},
        ["90% × 80% = 72%"],
    ),
    (
        "shenzhen",
        "inpatient",
        "rate",
        {"level": "l3", "place": "province", "filing": "temporary"},
        ["90% × 90% = 81%"],
    ),
    (
        "shenzhen",
        "inpatient",
        "rate",
        {"level": "l3", "place": "abroad"},
        ["90%", "90% × 90% = 81%", "90% × 80% = 72%"],
    ),
    ("dianjiang", "inpatient", "rate", {"tier": "two", "level": "l3", "person": "pupil"}, ["55% + 5% = 60%"]),
    ("dianjiang", "inpatient", "deductible", {"level": "l3"}, ["800 元"]),
    ("dianjiang", "inpatient", "deductible", {"level": "l3", "tcm": "tcm"}, ["300 元"]),
    ("dianjiang", "critical", "cap", {"identity": "low_income"}, ["不设封顶"]),
    ("dianjiang", "critical", "rate", {"identity": "low_income"}, ["65%"]),
    ("dianjiang", "outpatient", "rate", {"level": "l3", "person": "adult"}, []),
    ("dianjiang", "premium", "rate", {}, []),
]


@pytest.mark.parametrize(("city", "calculator", "aspect", "given", "said"), FACTS)
def test_the_rows_that_are_left_are_told(
    city: str, calculator: str, aspect: Aspect, given: dict[str, object], said: list[str]
) -> None:
    found = calculators_of(city)[calculator]
    assert [fact.said for fact in found.facts(found.parse(given), aspect)] == said


def test_a_row_is_named_by_its_circumstances() -> None:
    rows = calculators_of("datong")["inpatient"].facts({}, "rate")
    assert [row.label for row in rows] == [
        "二级乙等及以下",
        "三级乙等或二级甲等、本市县级医院",
        "三级乙等或二级甲等、本市市级医院",
        "三级甲等医院",
    ]
    assert {row.clause for row in rows} == {"三（六）①"}
    rows = calculators_of("dianjiang")["critical"].facts({}, "deductible")
    assert [(row.label, row.said) for row in rows] == [("普通参保人", "17833 元")]
