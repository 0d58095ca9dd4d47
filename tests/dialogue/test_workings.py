"""The calculators by topic, and which amount is their cost."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.dialogue.session import Facts
from bot.dialogue.workings import Workings
from calculators.catalogue import Catalogues
from knowledge.contents import Knowledge
from tests.dialogue.conftest import Turns


@pytest.fixture(scope="session")
def workings(packaged: Knowledge) -> Workings:
    return Workings(packaged.national.topics, Catalogues(packaged))


def test_a_region_has_only_the_calculators_of_its_rules(packaged: Knowledge, workings: Workings) -> None:
    for region in packaged.regions.values():
        assert workings.calculators(region).keys() == region.rules.keys()
        for topic, entry in packaged.national.topics.items():
            calculator = workings.calculator(region, topic)
            assert (calculator is not None) == (entry.calculator in region.rules)
            assert calculator is None or calculator.id == entry.calculator


def test_an_amount_without_a_role_has_the_one_that_the_topic_is_about(workings: Workings) -> None:
    cost = Facts(amounts={"cost": Decimal(30000)})
    assert workings.in_role("critical", cost).amounts == {"self_paid": Decimal(30000)}
    assert workings.in_role("inpatient", cost) == cost
    both = Facts(amounts={"cost": Decimal(50000), "self_paid": Decimal(30000)})
    assert workings.in_role("critical", both) == both


def test_the_calculator_gets_the_amount_of_the_topics_role_as_its_cost(workings: Workings) -> None:
    both = Facts(amounts={"cost": Decimal(50000), "self_paid": Decimal(30000)})
    assert workings.known("critical", both)["cost"] == Decimal(30000)
    assert workings.known("inpatient", both)["cost"] == Decimal(50000)
    assert "cost" not in workings.known("critical", Facts(amounts={"cost": Decimal(50000)}))


def test_a_topic_takes_what_its_calculator_turns_on(workings: Workings, turns: Turns) -> None:
    turn = turns.of("三级医院")
    assert workings.takes(turn, "inpatient")
    assert not workings.takes(turn, "premium")
    assert not workings.takes(turns.of("怎么交"), "inpatient")
    assert not workings.takes(turn, "payment_channels")


@pytest.mark.parametrize(
    ("region", "topic", "cost"), [("datong", "special_drugs", 4200), ("datong", "inpatient", 1800)]
)
def test_costs_of_several_visits_are_one_where_the_rule_says_so(
    packaged: Knowledge, workings: Workings, region: str, topic: str, cost: int
) -> None:
    stays = tuple(Facts(amounts={"cost": Decimal(each)}) for each in (1800, 2400))
    told = Facts(amounts={"cost": Decimal(1800)}, stays=stays)
    found = workings.in_all(packaged.regions[region], topic, told)
    assert found.amounts == {"cost": Decimal(cost)}
    assert bool(found.stays) == (cost == 1800)


def test_visits_of_which_something_is_told_apart_are_not_one(packaged: Knowledge, workings: Workings) -> None:
    stays = tuple(
        Facts(amounts={"cost": Decimal(300)}, values={"level": (level,)}) for level in ("township", "l2a")
    )
    told = Facts(amounts={"cost": Decimal(300)}, stays=stays)
    assert workings.in_all(packaged.regions["dianjiang"], "outpatient", told) == told


@pytest.mark.parametrize(
    ("region", "topic", "several"),
    [
        ("datong", "inpatient", "combined"),
        ("datong", "remote_rate", "combined"),
        ("datong", "combined", "combined"),
        ("datong", "critical", "critical"),
        ("shenzhen", "inpatient", "inpatient"),
        ("wendeng", "payment_channels", "payment_channels"),
    ],
)
def test_stays_are_worked_out_one_after_the_other(
    packaged: Knowledge, workings: Workings, region: str, topic: str, several: str
) -> None:
    assert workings.of_several(packaged.regions[region], topic) == several


def test_stays_are_settled_each_by_itself(packaged: Knowledge, workings: Workings) -> None:
    settled = {
        (region, topic)
        for region in ("datong", "dianjiang", "shenzhen")
        for topic in ("inpatient", "combined", "critical", "outpatient", "premium")
        if workings.settles_each(packaged.regions[region], topic)
    }
    assert settled == {
        ("datong", "inpatient"),
        ("datong", "combined"),
        ("dianjiang", "inpatient"),
        ("dianjiang", "combined"),
        ("shenzhen", "inpatient"),
    }
