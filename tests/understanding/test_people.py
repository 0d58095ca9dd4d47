"""Groups of people: whom a message tells of, how many of each, and that one person is no group."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.mentions import GROUPED
from bot.understanding.people import Group
from bot.understanding.text import clean
from bot.understanding.understand import Understander

TODAY = dt.date(2026, 11, 22)
ADULT = ("adult",)
MINOR = ("child", "newborn", "pupil")
STUDENT = ("college", "pupil")


def people(understander: Understander, text: str) -> tuple[Group, ...]:
    return understander.people(clean(text), TODAY).groups


def persons(understander: Understander, text: str) -> list[tuple[int, tuple[str, ...]]]:
    """Tell how many there are of whom; nobody knows who stands as an empty tuple."""
    found = people(understander, text)
    return [(group.count, tuple(sorted(group.values.get("person", ())))) for group in found]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("两个大人两个孩子一共交多少", [(2, ADULT), (2, MINOR)]),
        ("两个大人,两个孩子,一共交多少", [(2, ADULT), (2, MINOR)]),
        ("两个大人,两个孩子一共交多少", [(2, ADULT), (2, MINOR)]),
        ("两口子加一个娃一共多少", [(2, ADULT), (1, MINOR)]),
        ("夫妻俩和一个孩子一共交多少", [(2, ADULT), (1, MINOR)]),
        ("两个学生一个老人总共多少", [(2, STUDENT), (1, ADULT)]),
        ("我和老婆一起交多少", [(2, ADULT)]),
        ("我和孩子都交一档", [(1, ADULT), (1, MINOR)]),
        ("我跟两个孩子一共多少", [(1, ADULT), (2, MINOR)]),
        ("我和媳妇带着两个娃一共交多少", [(2, ADULT), (2, MINOR)]),
        ("3个娃都上学", [(3, ("pupil",))]),
        ("三个孩子每年交多少", [(3, MINOR)]),
        ("一家五口都交一档", [(5, ())]),
        ("兄弟俩都是小学生", [(2, ("pupil",))]),
    ],
)
def test_people_are_counted_by_who_they_are(
    understander: Understander, text: str, wanted: list[tuple[int, tuple[str, ...]]]
) -> None:
    assert persons(understander, text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("一家三口,两个大人,一个孩子,一年多少", [(2, ADULT), (1, MINOR)]),
        ("两个大人,一个孩子,一共三个人", [(2, ADULT), (1, MINOR)]),
        ("全家五口,两个大人三个孩子,一年多少", [(2, ADULT), (3, MINOR)]),
    ],
)
def test_the_number_of_all_is_no_further_group(
    understander: Understander, text: str, wanted: list[tuple[int, tuple[str, ...]]]
) -> None:
    assert persons(understander, text) == wanted


def test_each_group_has_what_is_said_of_it(understander: Understander) -> None:
    adults, child = people(understander, "一家三口,两个大人交二档,孩子交一档,一共多少")
    assert (adults.count, sorted(adults.values["tier"])) == (2, ["two"])
    assert (child.count, sorted(child.values["tier"])) == (1, ["one"])


def test_what_is_said_of_all_holds_for_each(understander: Understander) -> None:
    groups = people(understander, "两个大人,一个孩子,都交一档")
    assert [(group.count, *group.values["tier"]) for group in groups] == [(2, "one"), (1, "one")]


def test_what_is_said_of_the_whole_family_holds_for_its_members(understander: Understander) -> None:
    groups = people(understander, "一家三口交二档,两个大人,一个孩子,一共多少")
    assert [(group.count, *group.values["tier"]) for group in groups] == [(2, "two"), (1, "two")]


def test_siblings_with_a_day_each_are_a_group_each(understander: Understander) -> None:
    first, second = people(understander, "老大3月出生,老二5月出生,一共交多少")
    assert (first.count, second.count) == (1, 1)
    assert first.day is not None
    assert second.day is not None
    assert (first.day.moment.first.month, second.day.moment.first.month) == (3, 5)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "我一个人交多少",
        "一个孩子交多少",
        "我儿子上小学",
        "第二个孩子交多少",
        "两次住院一共多少",
        "我和孩子住院了",
        "花了两万一共报多少",
        "三级医院都报多少",
        "三年级的孩子交多少",
        "两个月大的孩子交多少",
        "全家",
    ],
)
def test_one_person_is_no_group(understander: Understander, text: str) -> None:
    assert people(understander, text) == ()


def test_a_group_tells_only_what_differs_between_people(understander: Understander) -> None:
    (group,) = people(understander, "两个孩子在三级医院住院,一共报多少")
    assert group.values.keys() <= GROUPED


_PIECES = st.sampled_from(
    [*"两个大人孩子一共都交我和加,俩", "两个大人", "一个孩子", "一家三口", "低保", "3月出生", "老大"]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_PIECES, max_size=8).map("".join))
def test_groups_are_of_several_people_or_there_are_none(understander: Understander, text: str) -> None:
    groups = people(understander, text)
    assert all(group.count >= 1 for group in groups)
    assert not groups or sum(group.count for group in groups) > 1
