"""School years by their short names, and what only looks like them."""

from __future__ import annotations

import pytest

from bot.understanding.schooling import school_years_written_out


@pytest.mark.parametrize(
    ("text", "written_out"),
    [
        ("一个念高一一个念初二", "一个念高中一个念初中"),
        ("儿子大二 闺女高三", "儿子大学 闺女高中"),
        ("俩孩子一个大一一个初3", "俩孩子一个大学一个初中"),
        ("大三的儿子", "大学的儿子"),
        ("研二,没工作", "研究生,没工作"),
    ],
)
def test_school_years_are_the_school(text: str, written_out: str) -> None:
    assert school_years_written_out(text) == written_out


@pytest.mark.parametrize(
    "text",
    [
        "比二级高一点",
        "高一个档次",
        "高二十元",
        "最高三级",
        "老大一个",
        "三大一小",
        "大三阳",
        "正月初一",
        "初一出生",
        "大一岁",
    ],
)
def test_other_words_stay(text: str) -> None:
    assert school_years_written_out(text) == text
