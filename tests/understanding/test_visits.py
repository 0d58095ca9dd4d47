"""Several visits of one message: what each cost, and at which hospital."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from bot.understanding.understand import Understander
from bot.understanding.visits import Visits

TODAY = dt.date(2026, 11, 22)

CITY, COUNTY, ABROAD = {"place": {"city"}}, {"place": {"county"}}, {"place": {"abroad"}}
L3A, L2A, L1 = {"level": {"l3a"}}, {"level": {"l2a"}}, {"level": {"l1"}}


def read(understander: Understander, text: str, region: str = "datong") -> Visits:
    return understander.understand(text, region, TODAY).visits


def told(visits: Visits) -> list[tuple[int, dict[str, set[str]]]]:
    """Give what each visit cost, and its hospital: its own and what all share."""
    return [
        (int(visit.cost), {name: set(said) for name, said in {**visits.values, **visit.values}.items()})
        for visit in visits.each
    ]


@pytest.mark.parametrize(
    "text",
    [
        "第一次住院在市里三甲1万，第二次在县里二甲8000，一共报多少",
        "头一回市里三甲住院花了一万 二回县里二甲八千",
        "上半年在市里三甲住院1万，下半年又在县里二甲住了8000",
        "年初在市里三甲住院1万；六月在县里二甲住院8000，加起来呢",
        "第二次住院县里二甲8000，第一次市里三甲1万",
        "第一次1万，在市里三甲住的，第二次8000，在县里二甲住的",
        "住了两次院：市里三甲1万、县里二甲8000",
        "第一次市里三甲住院花了1.2万，其中自费2000，第二次县里二甲8000",
        "第一次住院市里三甲花了1.2万目录内1万 第二次住院县里二甲花了9000目录内8000",
    ],
)
def test_each_visit_has_its_cost_and_its_hospital(understander: Understander, text: str) -> None:
    assert told(read(understander, text)) == [(10000, {**L3A, **CITY}), (8000, {**L2A, **COUNTY})]


@pytest.mark.parametrize(
    "text",
    [
        "市里三甲住了两回院，一回1万，一回8000",
        "第一次1万，第二次8000，都在市里三甲住的",
        "市里三甲住院两次，1万、8000，总共报多少",
        "市里三甲医院住了两回，一回1万，都合规，一回8000块钱",
        "第一次在市里三甲住院1万，第二次8000",
    ],
)
def test_visits_that_tell_no_hospital_were_at_the_same(understander: Understander, text: str) -> None:
    visits = read(understander, text)
    assert told(visits) == [(10000, {**L3A, **CITY}), (8000, {**L3A, **CITY})]
    assert all(not visit.values for visit in visits.each)


def test_a_named_city_is_told_by_where_it_lies(understander: Understander) -> None:
    visits = read(understander, "第一次在北京三甲住院1万，第二次在大同市三甲住院8000")
    assert told(visits) == [(10000, {**L3A, **ABROAD}), (8000, {**L3A, **CITY})]


@pytest.mark.parametrize(
    ("text", "costs"),
    [
        ("住了三次院，每次5000", [5000] * 3),
        ("门诊每次花300，一年去了10次", [300] * 10),
        ("一共住院两次，每次都是2万", [20000] * 2),
        ("两次住院各8000", [8000] * 2),
        ("看了三回门诊 一百五 一百七 一百", [150, 170, 100]),
        ("门诊看了两次，一次60一次90", [60, 90]),
        ("住了两次院，每次5000其中自费1000", [4000] * 2),
    ],
)
def test_a_number_of_visits_and_what_they_cost(
    understander: Understander, text: str, costs: list[int]
) -> None:
    assert [visit.cost for visit in read(understander, text).each] == costs


def test_the_first_that_is_told_may_be_a_later_one(understander: Understander) -> None:
    assert read(understander, "第二次和第三次住院各8000").first == 2
    assert read(understander, "今年第二次住院1万，第三次8000").first == 2
    assert read(understander, "第一次1万，第二次8000").first == 1


def test_visits_of_one_day_are_told(understander: Understander) -> None:
    assert read(understander, "同一天看了两回门诊，每回80块").same_day
    assert not read(understander, "看了两回门诊，每回80块").same_day


def test_each_visit_may_have_its_deductible(understander: Understander) -> None:
    each = read(understander, "第一次住院1万起付线600，第二次8000起付线300", "liaocheng").each
    assert [visit.amounts for visit in each] == [{"deductible": Decimal(600)}, {"deductible": Decimal(300)}]
    one = read(understander, "住院两次，第一次1万，第二次8000，起付线都是500", "liaocheng").each
    assert [visit.amounts for visit in one] == [{}, {}]


@pytest.mark.parametrize(
    ("text", "together"),
    [
        ("住院两次，一共花了三万", 2),
        ("今年住了三次院花了5万", 3),
        ("今年住了两次院，这次花了1万", 1),
        ("第二次住院花了1万", 1),
        ("住院花了1万", 1),
        ("每月去两次门诊 花了200", 1),
    ],
)
def test_one_cost_may_be_that_of_several_visits(understander: Understander, text: str, together: int) -> None:
    visits = read(understander, text)
    assert (visits.together, visits.each) == (together, ())


@pytest.mark.parametrize(
    "text",
    [
        "三级医院住院2万",
        "第二次住院市三甲1万",
        "住院花了2万，其中目录内1.8万",
        "市三甲住院1万，门诊300，一共报多少",
        "老大在二级医院住院1万，老二在三级医院住院8000，一共报多少",
        "我和我妈各住院一次 我市三甲1万 我妈县二甲8000",
        "第一次住院花了1万报了5400",
        "第一次住院1万报5400",
        "二级医院住院，床位费1200，药费3000，检查费800",
    ],
)
def test_other_messages_tell_of_one_visit(understander: Understander, text: str) -> None:
    assert read(understander, text).each == ()
