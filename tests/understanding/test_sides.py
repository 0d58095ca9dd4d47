"""Two cases that a message sets against each other: in what each is otherwise than the other."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.understanding.understand import Understander

TODAY = dt.date(2026, 11, 22)

MINOR = {"newborn", "child", "pupil"}


def sides(understander: Understander, text: str, region: str = "datong") -> list[dict[str, set[str]]]:
    found = understander.understand(text, region, TODAY).sides
    return [{name: set(said) for name, said in side.items()} for side in found]


@pytest.mark.parametrize(
    ("text", "ahead", "behind"),
    [
        ("住院2万，一档和二档差多少", {"tier": {"one"}}, {"tier": {"two"}}),
        ("那二档比一档多报好多钱", {"tier": {"two"}}, {"tier": {"one"}}),
        ("市里三甲和北京三甲哪个报得多", {"place": {"city"}}, {"place": {"abroad"}}),
        ("市里三甲和太原三甲差多少", {"place": {"city"}}, {"place": {"province"}}),
        ("没备案，省内和省外差多少", {"place": {"province"}}, {"place": {"abroad"}}),
        ("急诊抢救和临时外出差多少", {"filing": {"emergency"}}, {"filing": {"temporary"}}),
        ("成年人一档二级医院比三级医院多报多少", {"level": {"l2a", "l2b"}}, {"level": {"l3a", "l3b"}}),
        (
            "在市里三甲住和在县里二甲住报销差多少",
            {"level": {"l3a"}, "place": {"city"}},
            {"level": {"l2a"}, "place": {"county"}},
        ),
    ],
)
def test_sides_differ_in_what_both_tell(
    understander: Understander, text: str, ahead: dict[str, set[str]], behind: dict[str, set[str]]
) -> None:
    assert sides(understander, text) == [ahead, behind]


def test_people_are_sides(understander: Understander) -> None:
    ahead, behind = sides(understander, "住院2万，娃儿一档和大人二档哪个报得多", "dianjiang")
    assert ahead["person"] <= MINOR
    assert behind["person"] == {"adult"}
    assert (ahead["tier"], behind["tier"]) == ({"one"}, {"two"})


def test_what_one_tells_alone_holds_for_both_where_they_differ_otherwise(understander: Understander) -> None:
    assert sides(understander, "三级医院一档和二档差多少") == [{"tier": {"one"}}, {"tier": {"two"}}]
    assert sides(understander, "深圳和广州（没备案）差多少", "shenzhen") == [
        {"place": {"county", "city"}},
        {"place": {"province"}},
    ]


def test_a_place_away_from_home_is_of_one_side_alone(understander: Understander) -> None:
    assert sides(understander, "省外三甲医院比二级乙等医院多报多少") == [
        {"place": {"abroad"}, "level": {"l3a"}},
        {"place": {"county", "city"}, "level": {"l2b"}},
    ]


def test_where_nothing_else_differs_the_other_is_what_holds_by_default(understander: Understander) -> None:
    assert sides(understander, "三级医院和三级中医院差多少") == [{"tcm": {"general"}}, {"tcm": {"tcm"}}]


@pytest.mark.parametrize(
    "text",
    [
        "一档和二档住院怎么报",
        "别个说娃儿比大人报得多，娃儿这回能报好多",
        "住院和门诊差多少",
        "三级医院的起付线和比例分别是多少",
        "三级医院住院比例是多少",
    ],
)
def test_other_messages_set_nothing_against_anything(understander: Understander, text: str) -> None:
    assert sides(understander, text) == []
