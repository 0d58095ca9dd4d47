"""Which calculator a message calls for."""

from __future__ import annotations

import pytest

from bot.dialogue.session import Session
from bot.dialogue.sums import Sums
from bot.dialogue.workings import Workings
from calculators.catalogue import Catalogues
from knowledge.contents import Knowledge
from tests.dialogue.conftest import Turns


@pytest.fixture(scope="session")
def sums(packaged: Knowledge) -> Sums:
    return Sums(packaged, Workings(packaged.national.topics, Catalogues(packaged)))


def worked_out(packaged: Knowledge, topic: str | None) -> str | None:
    return packaged.national.topics[topic].calculator if topic is not None else None


@pytest.mark.parametrize(
    ("asked", "calculator"),
    [
        (("wendeng", "三级医院住院花了两万能报多少"), "inpatient"),
        (("wendeng", "花了20000起付线800三级医院住院能报多少"), "inpatient"),
        (("wendeng", "特定门诊慢性病花了一万能报多少"), "chronic"),
        (("wendeng", "住院自付了三万大病能报多少"), "critical"),
        (("dianjiang", "门诊花了300能报多少"), "outpatient"),
        (("dianjiang", "12月20日交的什么时候能报"), "coverage"),
        (("dianjiang", "两个大人一个孩子都交一档一共多少"), "premium"),
        (("dianjiang", "顺产花了5000能报多少"), "maternity"),
        (("liaocheng", "戈谢病一年药费三十万能报多少"), "rare_diseases"),
        (("shenzhen", "诊查费50能报多少"), "consult_fee"),
    ],
)
def test_what_a_message_brings_calls_for_a_calculator(
    packaged: Knowledge, sums: Sums, turns: Turns, asked: tuple[str, str], calculator: str
) -> None:
    region, text = asked
    assert worked_out(packaged, sums.topic(turns.of(text, region))) == calculator


@pytest.mark.parametrize(
    "text", ["三级医院住院报销比例", "怎么交", "微信怎么交", "谢谢", "", "起付线多少", "住院要带什么"]
)
def test_what_brings_nothing_calls_for_none(sums: Sums, turns: Turns, text: str) -> None:
    assert sums.topic(turns.of(text)) is None


def test_without_a_region_there_is_nothing_to_work_out(sums: Sums, turns: Turns) -> None:
    assert sums.topic(turns.of("三级医院住院花了两万能报多少", None)) is None


def test_a_cost_of_nobody_knows_what_is_open(sums: Sums, turns: Turns) -> None:
    assert sums.is_open(turns.of("看病花了两万报多少"))


@pytest.mark.parametrize("region", ["datong", "dianjiang", "liaocheng", "shenzhen"])
def test_a_cost_is_open_wherever_there_are_several_benefits(sums: Sums, turns: Turns, region: str) -> None:
    assert sums.is_open(turns.of("花了20000能报多少", region))


@pytest.mark.parametrize(
    "text", ["住院花了20000能报多少", "门诊花了20000能报多少", "顺产花了20000", "花了多少", "自付了20000"]
)
def test_a_cost_of_something_is_not(sums: Sums, turns: Turns, text: str) -> None:
    assert not sums.is_open(turns.of(text, "dianjiang"))


def test_a_cost_goes_with_the_topic_of_the_chat(sums: Sums, turns: Turns) -> None:
    turn = turns.of("花了两万呢", "dianjiang", Session(topic="outpatient", calculated=True))
    assert not sums.is_open(turn)
    assert sums.topic(turn) == "outpatient"


def test_a_benefit_that_is_named_goes_before_the_topic_of_the_chat(
    packaged: Knowledge, sums: Sums, turns: Turns
) -> None:
    turn = turns.of("住院花了两万呢", "dianjiang", Session(topic="outpatient", calculated=True))
    assert worked_out(packaged, sums.topic(turn)) == "inpatient"


@pytest.mark.parametrize(
    ("text", "rivals"),
    [
        ("孩子摔伤了 在医院花了两千 报多少", True),
        ("孩子摔伤住院花了两千 报多少", False),
        ("孩子摔伤看门诊花了两千 报多少", False),
        ("孩子摔伤了能报吗", False),
    ],
)
def test_a_cost_of_either_kind_of_care_is_open_where_none_is_named(
    sums: Sums, turns: Turns, text: str, *, rivals: bool
) -> None:
    turn = turns.of(text, "liaocheng")
    topic = sums.topic(turn)
    assert bool(topic and sums.rivals(turn, topic)) == rivals
