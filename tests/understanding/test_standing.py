"""People told apart by their standing: low income, disabled, ordinary; and the tier behind a list of them."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.understanding.text import clean
from bot.understanding.understand import Understander

TODAY = dt.date(2026, 11, 22)
LOW, DESTITUTE, SEVERE, UNSTABLE = "low_income", "destitute", "severe_disabled", "unstable"
NONE = ""


def standings(understander: Understander, text: str) -> dict[str, int]:
    """Tell how many people a message names of each standing; several together stand as one word."""
    told: dict[str, int] = {}
    for group in understander.people(clean(text), TODAY).groups:
        standing = "+".join(sorted(group.values.get("identity", ())))
        told[standing] = told.get(standing, 0) + group.count
    return told


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # 普通的人也是人
        ("家里两个特困一个普通 都交二档合计好多", {DESTITUTE: 2, NONE: 1}),
        ("一个低保户和两个普通居民 都交二档 一共自己出好多", {LOW: 1, NONE: 2}),
        ("低保户两个，普通的三个，一档，一共好多", {LOW: 2, NONE: 3}),
        ("屋头三个低保两个正常的 都交二档总共好多", {LOW: 3, NONE: 2}),
        ("老公低保，我普通，娃也是低保，都交一档", {LOW: 2, NONE: 1}),
        ("家里两个老人低保 我和老婆普通 都交一档合计", {LOW: 2, NONE: 2}),
        ("五个人，一个特困，其他普通，都交一档", {DESTITUTE: 1, NONE: 4}),
        # 身份不同的不是谁的一部分
        ("家里两个普通居民和一个特困人员 全部交一档 总共", {DESTITUTE: 1, NONE: 2}),
        ("一个低保的老人和两个普通的娃 都交一档", {LOW: 1, NONE: 2}),
        ("一个低保，一个特困，两个重度残疾人 都交二档", {LOW: 1, DESTITUTE: 1, SEVERE: 2}),
        ("家里两个脱贫不稳定户和两个普通人和两个低保户 都交一档 总共", {UNSTABLE: 2, NONE: 2, LOW: 2}),
        ("三个人一个低保两个普通都交一档合计", {LOW: 1, NONE: 2}),
        ("我家四个人，两个低保，两个普通，都交一档", {LOW: 2, NONE: 2}),
        # 没听懂的身份也还是人
        ("两个残疾人一个普通人 一档合计好多", {NONE: 3}),
        # 其中一个，是里头的一个，两种身份都有
        ("家里三个低保，其中一个是特困，都交一档", {LOW: 2, f"{DESTITUTE}+{LOW}": 1}),
        ("一家四口都是低保，其中一个重度残疾，都交一档", {LOW: 3, f"{LOW}+{SEVERE}": 1}),
        # 也是
        ("我是脱贫不稳定户，媳妇也是，娃也是，三个人一档一共好多", {UNSTABLE: 3}),
        ("我低保，我妈也一样，都交二档，一共好多", {LOW: 2}),
        ("老大低保 老二也是 老三不是 都交一档一共好多", {LOW: 2, NONE: 1}),
    ],
)
def test_people_are_counted_by_their_standing(
    understander: Understander, text: str, wanted: dict[str, int]
) -> None:
    assert standings(understander, text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "两个重度残疾人、两个特困人员参保二档，合计要交多少",
        "一个普通居民，一个特困人员参保二档，合计要交多少",
        "两个低保一个特困交二档，一共自己出好多",
        "两个大人一个孩子交二档，一共好多",
        "爸妈和我交二档 一共好多",
    ],
)
def test_the_tier_behind_a_list_is_that_of_all(understander: Understander, text: str) -> None:
    groups = understander.people(clean(text), TODAY).groups
    assert [group.values["tier"] for group in groups] == [{"two"}] * len(groups)


@pytest.mark.parametrize(
    "text",
    [
        "三个人，一个低保交二档，一共",
        "两个大人两个娃，大人交二档，一共",
        "我爸妈没交，我交二档，一共多少",
        "两个老人两个娃 老大交二档 一共",
    ],
)
def test_the_tier_of_one_is_not_that_of_all(understander: Understander, text: str) -> None:
    groups = understander.people(clean(text), TODAY).groups
    assert any("tier" not in group.values for group in groups)
