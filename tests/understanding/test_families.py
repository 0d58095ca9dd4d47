"""Whom families are told to be of: lists, words that only describe, a family's number and its children."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.understanding.text import clean
from bot.understanding.understand import Understander

TODAY = dt.date(2026, 11, 22)
ADULT = ("adult",)
PUPIL = ("pupil",)
COLLEGE = ("college",)
CHILD = ("child",)
MINOR = ("child", "newborn", "pupil")


def persons(understander: Understander, text: str) -> list[tuple[int, tuple[str, ...]]]:
    """Tell how many there are of whom; nobody knows who stands as an empty tuple."""
    found = understander.people(clean(text), TODAY).groups
    return [(group.count, tuple(sorted(group.values.get("person", ())))) for group in found]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # 紧跟着的词只说明是谁，不另算一个人
        ("夫妻俩带一个大学生女儿一个初中儿子 合计交多少", [(2, ADULT), (1, COLLEGE), (1, PUPIL)]),
        ("一个研究生孙女 两个小学生孙子 一共多少", [(1, COLLEGE), (2, PUPIL)]),
        ("我和大学生弟弟一共多少", [(1, ()), (1, COLLEGE)]),
        ("爸妈加我（研究生）一共交多少", [(2, ADULT), (1, COLLEGE)]),
        ("孩子（8岁）和我老公（40）一共多少", [(1, ("child", "pupil")), (1, ADULT)]),
        # 名单里的每个人都算，最后一个后头跟着“医保”也算
        ("我、我妈和我老公医保一共交多少", [(3, ADULT)]),
        ("我爸、爷爷和5岁的孙子医保一共交多少", [(2, ADULT), (1, ("child", "pupil"))]),
        ("我老公、奶奶和上大学的姐姐 医保一共交多少", [(2, ADULT), (1, COLLEGE)]),
        ("三个大学生医保一共多少", [(3, COLLEGE)]),
        # 连我在内的人数
        ("爷爷、爸爸、我三个成年人一共多少", [(3, ADULT)]),
        ("我、老公、婆婆三个大人一个孩子一共多少", [(3, ADULT), (1, MINOR)]),
        # 人数一样，说的却不是同一些人
        ("三个大学生，三个没上学的小孩 一共交多少", [(3, COLLEGE), (3, CHILD)]),
        ("两个上小学的娃 两个上初中的娃 一共交多少", [(4, PUPIL)]),
        ("两个小学生两个娃一共多少", [(2, PUPIL), (2, MINOR)]),
        ("两个大学生一个研究生 一共交多少", [(3, COLLEGE)]),
        ("三个学生，一个大学生两个小学生 一共", [(1, COLLEGE), (2, PUPIL)]),
        ("俺家龙凤胎上小学 老大上高二 三个娃一共多少", [(3, PUPIL)]),
    ],
)
def test_everybody_in_a_list_counts_once(
    understander: Understander, text: str, wanted: list[tuple[int, tuple[str, ...]]]
) -> None:
    assert persons(understander, text) == wanted


@pytest.mark.parametrize("text", ["学生医保多少钱 大人多少钱", "儿童医院住院报多少", "老人机在哪买"])
def test_a_kind_of_people_is_nobody(understander: Understander, text: str) -> None:
    assert understander.people(text, TODAY).named == ()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("一家三口，孩子上小学，一共多少钱", [(1, PUPIL), (2, ADULT)]),
        ("一家三口，儿子上大学，一共交多少", [(1, COLLEGE), (2, ADULT)]),
        ("一家四口，老大高中，老二幼儿园，一共交多少", [(2, PUPIL), (2, ADULT)]),
        ("家里五口人 三个孩子都上学 总共多少", [(3, PUPIL), (2, ADULT)]),
        ("我家三口人 我 孩子上小学 一共多少", [(2, ADULT), (1, PUPIL)]),
        ("一家三口，一个上小学，一共多少", [(1, PUPIL), (2, ADULT)]),
    ],
)
def test_who_is_left_of_a_family_beside_its_children_are_the_parents(
    understander: Understander, text: str, wanted: list[tuple[int, tuple[str, ...]]]
) -> None:
    assert persons(understander, text) == wanted


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("家里4个人，孩子一个在读研，总共多少", 4),
        ("一家五口，两个孩子，一共多少", 5),
        ("家里3口人，老人一个，总共多少", 3),
        ("家里三个，老大上小学，一共多少", 3),
    ],
)
def test_who_else_is_of_a_family_stays_open(understander: Understander, text: str, told: int) -> None:
    party = understander.people(text, TODAY)
    assert party.told == told
    assert party.groups


def test_a_family_beside_a_patient_is_no_sum(understander: Understander) -> None:
    assert understander.people("家里四口人 我妈住院花了两万 能报多少", TODAY).groups == ()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("两个大人一个老人都交一档", [(3, ADULT)]),
        ("两个大人一个老人两个孩子 一共多少", [(3, ADULT), (2, MINOR)]),
        ("三个大人 我爸我妈和我 一共多少", [(3, ADULT)]),
        ("两个大人 一个是老人 一共多少", [(2, ADULT)]),
    ],
)
def test_other_adults_beside_a_number_are_others(
    understander: Understander, text: str, wanted: list[tuple[int, tuple[str, ...]]]
) -> None:
    assert persons(understander, text) == wanted


@pytest.mark.parametrize("text", ["我和媳妇还有老人 都交一档 一共好多", "老人是低保 我和媳妇不是 一共好多"])
def test_how_many_there_are_of_some_stays_open(understander: Understander, text: str) -> None:
    groups = understander.people(text, TODAY).groups
    assert sorted(group.count for group in groups) == [0, 2]


@pytest.mark.parametrize("text", ["我家两个娃 学生一年多少钱", "大人和学生一共有几种交法"])
def test_a_kind_of_people_beside_some_makes_no_sum(understander: Understander, text: str) -> None:
    assert understander.people(text, TODAY).groups == ()
