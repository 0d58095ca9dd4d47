"""What a message tells, as the calculators take it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bot.dialogue.facts import (
    after_those_before,
    amount_instead,
    compared,
    facts_of,
    in_the_same_role,
    less_outside,
    less_parts,
    of_each_visit,
    set_against,
    set_against_before,
    unusable_amount,
    with_those_before,
)
from bot.dialogue.family import joined
from bot.dialogue.session import Facts
from bot.understanding.dates import dates
from bot.understanding.entities import Day, Entities
from bot.understanding.money import Money
from bot.understanding.numerals import Amount, Refusal, amounts
from bot.understanding.people import Group, Party
from bot.understanding.visits import Visit, Visits
from knowledge.model import Dimension, Document

TODAY = dt.date(2026, 11, 22)
TIER = Dimension(name="缴费档次", ask="按哪一档交？", values={"one": "一档", "two": "二档"})
ONE_VISIT = Visits()
DOCUMENT = Document(
    title="柳溪市居民医保须知",
    issuer="柳溪市",
    year="2031年度",
    opens=dt.date(2030, 10, 11),
    valid_from=dt.date(2031, 1, 1),
    valid_to=dt.date(2031, 12, 31),
    checked=dt.date(2030, 11, 1),
    audience="全市居民",
)


def money(**texts: str) -> Entities:
    return Entities(money=tuple(Money(role, amounts(text)[0]) for role, text in texts.items()))


def day(text: str, role: str = "pay_date") -> Day:
    (moment,) = dates(text, TODAY)
    return Day(role, moment)


def told(
    entities: Entities,
    several: Visits = ONE_VISIT,
    *,
    groups: Iterable[Group] = (),
    document: Document | None = DOCUMENT,
) -> Facts:
    people = joined(Facts(), Party(groups=tuple(groups)), document)
    return facts_of(entities, None, people, document, several)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("12月20日", dt.date(2030, 12, 20)),
        ("10月11日", dt.date(2030, 10, 11)),
        ("10月10日", dt.date(2031, 10, 10)),
        ("1月1日", dt.date(2031, 1, 1)),
        ("9月", dt.date(2031, 9, 1)),
        ("11月", dt.date(2030, 11, 1)),
        ("10月", dt.date(2030, 10, 11)),
        ("10月底", dt.date(2030, 10, 21)),
        ("10月初", dt.date(2031, 10, 1)),
        ("2030年10月", dt.date(2030, 10, 11)),
        ("2030年10月10日", dt.date(2030, 10, 10)),
        ("2031年12月31日", dt.date(2031, 12, 31)),
    ],
)
def test_a_day_falls_in_the_year_of_the_scheme(text: str, meant: dt.date) -> None:
    assert told(Entities(days=(day(text),))).days == {"pay_date": meant}


@pytest.mark.parametrize("text", ["2032年1月1日", "2029年1月1日", "2024年3月", "去年", "2031年", "昨天"])
def test_a_year_alone_or_a_day_far_outside_is_left_out(text: str) -> None:
    assert told(Entities(days=(day(text),))).days == {}


def test_a_day_counts_from_550_days_before_the_business_opens() -> None:
    first = DOCUMENT.opens - dt.timedelta(days=550)
    before = first - dt.timedelta(days=1)
    written = [f"{moment.year}年{moment.month}月{moment.day}日" for moment in (first, before)]
    assert told(Entities(days=(day(written[0]),))).days == {"pay_date": first}
    assert told(Entities(days=(day(written[1]),))).days == {}


def test_the_29th_of_february_falls_in_a_leap_year_or_nowhere() -> None:
    assert told(Entities(days=(day("2月28日"),))).days == {"pay_date": dt.date(2031, 2, 28)}
    leap = DOCUMENT.model_copy(update={"valid_to": dt.date(2032, 12, 31)})
    moment = day("2月28日").moment
    february = Day(
        "pay_date",
        type(moment)(dt.date(2028, 2, 29), dt.date(2028, 2, 29), "day", 0, 1, "", year_given=False),
    )
    assert told(Entities(days=(february,)), document=leap).days == {"pay_date": dt.date(2032, 2, 29)}
    assert told(Entities(days=(february,))).days == {}


def test_without_a_document_no_day_is_taken() -> None:
    assert told(Entities(days=(day("2031年3月5日"),)), document=None).days == {}


def test_a_role_with_several_days_is_not_told() -> None:
    days = told(Entities(days=(day("12月20日"), day("12月25日"), day("3月5日", "birth_date")))).days
    assert days == {"birth_date": dt.date(2031, 3, 5)}


def test_a_day_told_twice_is_told() -> None:
    days = told(Entities(days=(day("12月20日"), day("12月20日")))).days
    assert days == {"pay_date": dt.date(2030, 12, 20)}


def test_who_is_born_in_the_schemes_time_is_a_newborn() -> None:
    born = told(Entities({"person": frozenset({"child"})}, days=(day("2031年3月5日", "birth_date"),)))
    assert born.values["person"] == ("newborn",)
    long_ago = told(Entities({"person": frozenset({"child"})}, days=(day("2020年3月5日", "birth_date"),)))
    assert long_ago.values["person"] == ("child",)


def test_amounts_go_by_their_role_the_first_counts() -> None:
    entities = Entities(
        money=(*money(cost="20000", self_paid="5000").money, *money(cost="300").money),
    )
    assert told(entities).amounts == {"cost": Decimal(20000), "self_paid": Decimal(5000)}


def test_what_lies_above_the_deductible_is_a_cost_without_one() -> None:
    assert told(money(above_deductible="一万")).amounts == {"cost": Decimal(10000), "deductible": Decimal(0)}


def test_what_is_looked_at_apart_is_taken_off_the_cost() -> None:
    part = Entities(money=money(cost="300元", consult="50元").money, parts=frozenset({"consult"}))
    assert told(part).amounts == {"cost": Decimal(250), "consult": Decimal(50)}
    more = Entities(money=money(cost="30元", consult="50元").money, parts=frozenset({"consult"}))
    assert told(more).amounts["cost"] == 0


def visits(*costs: int, **more: Any) -> Visits:
    return Visits(tuple(Visit(Decimal(cost)) for cost in costs), **more)


def test_several_visits_are_kept_in_order_with_what_is_told_of_each() -> None:
    each = (
        Visit(Decimal(20000), {"level": frozenset({"l3a"})}),
        Visit(Decimal(30000), {"level": frozenset({"l1"})}, {"deductible": Decimal(200)}),
    )
    entities = replace(
        money(cost="20000"), values={"level": frozenset({"l1", "l3a"}), "admission": frozenset({"first"})}
    )
    facts = told(entities, Visits(each, {"place": frozenset({"city"})}))
    assert facts.values == {"place": ("city",)}
    assert facts.amounts == {"cost": Decimal(20000)}
    assert facts.stays == (
        Facts(values={"level": ("l3a",)}, amounts={"cost": Decimal(20000)}),
        Facts(values={"level": ("l1",)}, amounts={"cost": Decimal(30000), "deductible": Decimal(200)}),
    )


def test_the_first_of_several_visits_may_be_a_later_one_of_the_year() -> None:
    entities = replace(money(cost="8000"), values={"admission": frozenset({"second"})})
    assert told(entities, visits(8000, 8000, first=2)).values == {"admission": ("second",)}
    assert told(entities, visits(8000, 8000)).values == {}


def test_the_visits_of_a_day_are_one() -> None:
    facts = told(money(cost="80元"), visits(80, 90, same_day=True))
    assert (facts.amounts, facts.stays) == ({"cost": Decimal(170)}, ())
    assert facts.values == {"period": ("day",)}


def test_what_several_visits_cost_together_is_kept_until_it_is_told_what_each_did() -> None:
    facts = told(money(cost="30000"), Visits(together=2))
    assert (facts.counts, facts.values) == ({"visits": 2}, {"period": ("year",)})
    each = of_each_visit(facts.updated(Facts(amounts={"cost": Decimal(15000)})))
    assert (each.counts, each.stays) == ({}, (Facts(amounts={"cost": Decimal(15000)}),) * 2)
    assert of_each_visit(Facts(amounts={"cost": Decimal(1)})).stays == ()


def test_visits_told_of_one_by_one_are_told_together() -> None:
    first = Facts(values={"level": ("l3a",), "tier": ("one",)}, amounts={"cost": Decimal(1)})
    second = Facts(values={"level": ("l1",), "admission": ("second",)}, amounts={"cost": Decimal(2)})
    both = first.updated(after_those_before(first, second))
    assert with_those_before(both, Facts()).stays == (
        Facts(values={"level": ("l3a",)}, amounts={"cost": Decimal(1)}),
        Facts(values={"level": ("l1",)}, amounts={"cost": Decimal(2)}),
    )
    assert with_those_before(both, Facts(amounts={"cost": Decimal(3)})).stays == ()
    assert with_those_before(first, Facts()).stays == ()


@pytest.mark.parametrize("told_next", [{}, {"admission": ("first",)}])
def test_another_cost_that_is_of_no_later_visit_takes_the_place_of_the_first(
    told_next: dict[str, tuple[str, ...]],
) -> None:
    first = Facts(amounts={"cost": Decimal(1)})
    assert after_those_before(first, Facts(values=told_next, amounts={"cost": Decimal(2)})).earlier == ()


def test_two_cases_set_against_each_other_are_told_apart() -> None:
    facts = set_against(Facts(), ({"tier": frozenset({"two"})}, {"tier": frozenset({"one"})}))
    assert facts.values == {"tier": ("one", "two")}
    assert facts.sides == (Facts(values={"tier": ("two",)}), Facts(values={"tier": ("one",)}))


def test_what_is_told_now_is_set_against_what_was_told_before() -> None:
    before = Facts(values={"tier": ("one",), "level": ("l3a", "l3b")})
    later = Facts(values={"tier": ("two",), "level": ("l3a",)})
    sides = (Facts(values={"tier": ("one",)}), Facts(values={"tier": ("two",)}))
    assert set_against_before(before, later, {"tier": TIER}).sides == sides
    assert set_against_before(before, Facts(values={"person": ("adult",)}), {"tier": TIER}).sides == ()


def test_what_is_told_again_is_set_against_the_only_other_value() -> None:
    same = Facts(values={"tier": ("two",)})
    sides = (Facts(values={"tier": ("one",)}), Facts(values={"tier": ("two",)}))
    assert set_against_before(same, same, {"tier": TIER}).sides == sides
    three = TIER.model_copy(update={"values": {**TIER.values, "three": "三档"}})
    assert set_against_before(same, same, {"tier": three}).sides == ()


@pytest.mark.parametrize("text", ["一万到两万", "-500", "两三万"])
def test_what_is_no_one_amount_is_not_taken(text: str) -> None:
    assert told(money(cost=text)).amounts == {}


def test_where_the_care_is_replaces_what_the_words_say() -> None:
    entities = Entities({"place": frozenset({"county"}), "level": frozenset({"l3a", "l3b"})})
    assert facts_of(entities, "abroad", Facts(), None).values == {
        "place": ("abroad",),
        "level": ("l3a", "l3b"),
    }
    assert facts_of(entities, None, Facts(), None).values["place"] == ("county",)


def test_what_is_told_of_each_group_is_not_told_of_all() -> None:
    adults, child = Group(2, {"person": frozenset({"adult"})}), Group(1, {"person": frozenset({"child"})})
    entities = Entities({"person": frozenset({"adult"}), "level": frozenset({"l1"})})
    facts = told(entities, groups=(adults, child))
    assert facts.values == {"level": ("l1",)}
    assert [person.values for person in facts.people] == [{"person": ("adult",)}, {"person": ("child",)}]
    assert [person.counts for person in facts.people] == [{"count": 2}, {"count": 1}]


def test_the_day_of_a_group_goes_with_it() -> None:
    (facts,) = told(Entities(), groups=(Group(2, {}, day("3月5日", "birth_date")),)).people
    assert facts.days == {"birth_date": dt.date(2031, 3, 5)}


@pytest.mark.parametrize("text", ["0元", "零元", "一万到两万", "-500", "负五百块"])
def test_a_cost_of_zero_below_zero_or_between_cannot_be_worked_with(text: str) -> None:
    wrong = unusable_amount(money(cost=text), "cost")
    assert wrong is not None
    assert wrong.text in text


def test_the_reason_of_a_refusal_is_kept() -> None:
    wrong = unusable_amount(money(cost="-500"), "cost")
    assert isinstance(wrong, Refusal)
    assert wrong.reason == "negative"


@pytest.mark.parametrize("text", ["0.01元", "1元", "20000"])
def test_other_costs_can(text: str) -> None:
    assert unusable_amount(money(cost=text), "cost") is None


def test_a_role_that_the_topic_is_not_about_may_be_open() -> None:
    assert unusable_amount(money(deductible="300到500"), "cost") is None
    assert isinstance(unusable_amount(money(self_paid="1万到2万"), "self_paid"), Amount)
    assert unusable_amount(Entities(), "cost") is None


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("90呢", 90),
        ("那一万整呢", 10000),
        ("要是两万呢", 20000),
        ("换成3万吧", 30000),
        ("20000", 20000),
        ("不对,是两万", 20000),
    ],
)
def test_an_amount_and_little_else_is_the_cost(text: str, cost: int) -> None:
    assert amount_instead(text) == Facts(amounts={"cost": Decimal(cost)})


@pytest.mark.parametrize("text", ["", "那二档呢", "一万到两万呢", "三级医院两万", "-500", "呢"])
def test_anything_more_is_not(text: str) -> None:
    assert amount_instead(text) == Facts()


def test_the_sum_of_several_amounts_is_the_cost() -> None:
    each, in_all = (*money(cost="4000").money, *money(cost="48000").money)
    assert told(Entities(money=(each, replace(in_all, in_all=True)))).amounts == {"cost": Decimal(48000)}


def test_of_several_stays_no_sum_is_the_cost() -> None:
    first, second, in_all = (*money(cost="2万").money, *money(cost="3万").money, *money(cost="5万").money)
    facts = told(Entities(money=(first, second, replace(in_all, in_all=True)), in_turn=True))
    assert facts.amounts == {"cost": Decimal(20000)}


def test_what_was_paid_over_a_year_adds_up_and_a_deductible_does_not() -> None:
    paid = (
        *money(self_paid="7000", deductible="400").money,
        *money(self_paid="9500", deductible="300").money,
    )
    assert told(Entities(money=paid, in_turn=True)).amounts == {
        "self_paid": Decimal(16500),
        "deductible": Decimal(400),
    }


def test_a_part_told_later_is_taken_off_the_cost_told_before() -> None:
    before = Facts(amounts={"cost": Decimal(260)})
    part = Facts(amounts={"consult": Decimal(30)})
    assert less_parts(before, part, frozenset({"consult"})).amounts == {
        "cost": Decimal(230),
        "consult": Decimal(30),
    }
    assert less_parts(Facts(), part, frozenset({"consult"})) == part
    known = Facts(amounts={"cost": Decimal(230), "consult": Decimal(30)})
    assert less_parts(known, part, frozenset({"consult"})) == part
    assert less_parts(before, part, frozenset()) == part


def test_what_lies_outside_the_catalogue_comes_off_the_cost() -> None:
    told = facts_of(money(cost="20000元", outside="3000元"), None, Facts(), None)
    assert (told.amounts["cost"], told.eligible) == (Decimal(17000), True)
    within = facts_of(money(cost="20000元", outside="3000元", eligible_cost="15000元"), None, Facts(), None)
    assert within.amounts["cost"] == Decimal(15000)


def test_what_lies_outside_the_catalogue_and_is_told_later_comes_off_the_cost_told_before() -> None:
    before = Facts(amounts={"cost": Decimal(8000)})
    told = facts_of(money(outside="600元"), None, Facts(), None)
    assert less_outside(before, told).amounts["cost"] == Decimal(7400)
    assert less_outside(Facts(), told).amounts == {"cost": Decimal(600)}
    assert less_outside(before, Facts()) == Facts()


def test_another_figure_for_what_lies_outside_takes_the_place_of_the_first() -> None:
    before = Facts(amounts={"cost": Decimal(6500), "outside": Decimal(1500)})
    told = in_the_same_role(before, Facts(amounts={"cost": Decimal(500)}), "不是1500,是500", "是500")
    assert told.amounts == {"outside": Decimal(500)}
    assert less_outside(before, told).amounts["cost"] == Decimal(7500)
    other = less_outside(before, Facts(amounts={"cost": Decimal(20000)}))
    assert other.amounts == {"cost": Decimal(20000), "outside": Decimal(0)}


def test_an_amount_puts_right_the_only_one_told_before() -> None:
    before = Facts(amounts={"paid": Decimal(52000)})
    told = Facts(amounts={"cost": Decimal(62000)})
    assert in_the_same_role(before, told, "说错了 是6万2", "6万2").amounts == {"paid": Decimal(62000)}
    assert in_the_same_role(before, told, "住院花了6万2", "住院花了6万2") == told
    cost = Facts(amounts={"cost": Decimal(1), "paid": Decimal(2)})
    assert in_the_same_role(cost, told, "6万2", "6万2") == told


def test_two_visits_of_one_cost_may_be_compared() -> None:
    one, other = (
        Facts(values={"level": (level,)}, amounts={"cost": Decimal(50000)}) for level in ("l2a", "l3a")
    )
    facts = compared(Facts(stays=(one, other)))
    assert facts.sides == (Facts(values=one.values), Facts(values=other.values))
    assert (facts.amounts, facts.stays) == (one.amounts, ())
    dearer = other.model_copy(update={"amounts": {"cost": Decimal(1)}})
    assert compared(Facts(stays=(one, dearer))) == Facts(stays=(one, dearer))


def test_the_items_of_a_bill_are_added_up() -> None:
    bill = replace(
        Entities(money=tuple(Money("cost", amounts(text)[0]) for text in ("1200元", "3000元", "800元"))),
        in_one=True,
    )
    told = facts_of(bill, None, Facts(), None)
    assert (told.amounts, told.stays) == ({"cost": Decimal(5000)}, ())
