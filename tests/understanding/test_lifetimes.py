"""Ages as people tell them, with and without 岁: who is a child, who may be a student, who is an adult."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.understanding.text import clean
from bot.understanding.understand import Understander

TODAY = dt.date(2026, 11, 22)
MINOR = {"child", "pupil"}
YOUNG_ADULT = {"adult", "college"}
OPEN = MINOR | YOUNG_ADULT


def person(understander: Understander, text: str) -> set[str] | None:
    said = understander.understand(clean(text), None, TODAY).entities.values.get("person")
    return None if said is None else set(said)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "没满十八",
            "娃还没满18",
            "丫头不到18",
            "未满十八岁",
            "还没到十八",
            "差两个月满十八",
            "闺女还差俩月十八",
        ),
        *("快十八了", "不足18周岁", "十八以下", "18岁以下", "虚岁十八", "七岁", "刚五岁"),
    ],
)
def test_under_eighteen_is_a_minor(understander: Understander, text: str) -> None:
    assert person(understander, text) == MINOR


@pytest.mark.parametrize(
    "text",
    [
        *(
            "满了十八",
            "过了18",
            "已经满十八",
            "刚满十八",
            "年满18周岁",
            "十八以上",
            "18岁以上",
            "老人六十以上",
        ),
        *(
            "六十以上的老人",
            "我四十多",
            "我四十多岁",
            "我妈七十多了",
            "七十几的老人",
            "俺爹快七十了",
            "三十来岁",
        ),
        *("六十好几的人", "俺娘65了", "我老公35岁"),
    ],
)
def test_over_eighteen_or_too_old_to_be_a_student_is_an_adult(understander: Understander, text: str) -> None:
    assert person(understander, text) == {"adult"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("17岁", MINOR),
        ("18岁", YOUNG_ADULT),
        ("29岁", YOUNG_ADULT),
        ("30岁", {"adult"}),
        ("儿子19", YOUNG_ADULT),
        ("虚岁二十", YOUNG_ADULT),
        ("十七八岁", OPEN),
        ("十七八岁的娃", OPEN),
        ("虚岁19", OPEN),
        ("两个月大", {"newborn", "child"}),
    ],
)
def test_between_the_two_it_may_be_open(understander: Understander, text: str, wanted: set[str]) -> None:
    assert person(understander, text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("19岁还在读高三的学生", {"pupil"}),
        ("21岁大学生", {"college"}),
        ("40岁读研究生", {"college"}),
        ("16岁的学生", {"pupil"}),
        ("儿子满18没读书了", {"adult"}),
    ],
)
def test_who_says_to_be_a_student_is_believed(
    understander: Understander, text: str, wanted: set[str]
) -> None:
    assert person(understander, text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "交十八元",
        "花了四十多",
        "交四十多块",
        "满一年",
        "超过18个月",
        "不到三千",
        "起付线满300",
        "我交360",
        "不到六十",
    ],
)
def test_other_numbers_are_no_ages(understander: Understander, text: str) -> None:
    assert person(understander, text) is None
