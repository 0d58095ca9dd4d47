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
PUPIL = ("pupil",)
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
        ("三个孩子,两个上小学一个上高中,一年总共交多少", [(3, PUPIL)]),
        ("两个上小学,一个上高中,一共交多少", [(3, PUPIL)]),
        ("两个娃,一个上小学一个上高中,一共交多少", [(2, PUPIL)]),
        ("我、我爸、我妈三个是低保,都买一档,总共要交多少", [(1, ()), (2, ADULT)]),
        ("我们两口子一直在外头打工,两个人一起要交多少", [(2, ADULT)]),
        ("两口子都交一档,补助按700一个人算,一共要交多少", [(2, ADULT)]),
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
    ("text", "wanted"),
    [
        # 一个一个数，总数只作核对
        ("家里四口人 我老公 我 我婆婆 再加一个念初三的丫头 总共要交多少", [(3, ADULT), (1, MINOR)]),
        ("我家五个人 老两口 小两口 一个上幼儿园的孙子 合计多少", [(4, ADULT), (1, PUPIL)]),
        ("我爸、我妈、我奶奶三个人交一档 加起来多少", [(3, ADULT)]),
        ("爸妈和爷爷奶奶一共多少", [(4, ADULT)]),
        ("我们一家子八口人 四个大人四个小孩 全年多少", [(4, ADULT), (4, MINOR)]),
        ("一家三口 两口子带一个刚满十八不读书的儿子 一共多少", [(3, ADULT)]),
        # 总数拆开说
        ("我有两个孩子 老大初中 老二小学", [(2, PUPIL)]),
        ("两个孩子 一个上小学 还有一个上大学 总共", [(1, PUPIL), (1, ("college",))]),
        ("两个娃上小学 还有一个上大学 总共", [(2, PUPIL), (1, ("college",))]),
        ("三个娃 老大上大学 老二老三上小学 一共多少", [(1, ("college",)), (2, PUPIL)]),
        ("我女儿17 儿子12 两个一年总共要交多少", [(2, ("child", "pupil"))]),
        ("老爹七十几 老娘快七十 二老一共交多少", [(2, ADULT)]),
        # 数在后头，两大一小
        ("大人三个 学生两个 全家一共多少", [(3, ADULT), (2, STUDENT)]),
        ("小孩三个，老人两个，总共要缴多少", [(3, MINOR), (2, ADULT)]),
        ("三大两小一共多少钱", [(3, ADULT), (2, MINOR)]),
        # 合在一起数
        ("侄女和我闺女都念小学 一共多少", [(2, PUPIL)]),
        ("俺哥家俩孩子加俺家一个 仨娃都上小学 一共多少", [(3, PUPIL)]),
        ("双胞胎闺女上三年级，一年一共多少", [(2, PUPIL)]),
        # 说了两遍的是一个人；不算的不算
        ("我和我妈,我妈七十了 一共多少", [(1, ()), (1, ADULT)]),
        ("家里就我跟老伴 孩子们都在外地交了 我俩一共多少", [(2, ADULT)]),
        ("没有孩子 就两口子 一共多少", [(2, ADULT)]),
        ("两口子 一个娃 孩子不算 一共多少", [(2, ADULT)]),
        ("老婆有职工医保 就我和俩娃 一共多少", [(1, ADULT), (2, MINOR)]),
        ("我三个娃都没满十八 一年交多少", [(3, ("child", "pupil"))]),
    ],
)
def test_people_are_put_together(
    understander: Understander, text: str, wanted: list[tuple[int, tuple[str, ...]]]
) -> None:
    assert persons(understander, text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("一档两个人 二档一个人 一共", {"one": 2, "two": 1}),
        ("一档两个人二档一个人一共", {"one": 2, "two": 1}),
        ("一档 两个人，二档 一个人，合计", {"one": 2, "two": 1}),
        ("一档:2人;二档:1人,合计", {"one": 2, "two": 1}),
        ("一个二档 两个一档 三个人一共", {"one": 2, "two": 1}),
        ("三个人，两个买一档，一个买二档，一共", {"one": 2, "two": 1}),
        ("我们三个人一档两个二档一个 一共", {"one": 2, "two": 1}),
        ("两个人（一档）一个人（二档）一共", {"one": 2, "two": 1}),
        ("三个一档和两个二档加起来多少", {"one": 3, "two": 2}),
        ("两个走一档 仨走二档 一起多少钱", {"one": 2, "two": 3}),
        ("买两个二档的和一个一档的 总共多少钱", {"one": 1, "two": 2}),
        ("爸妈跟我三个交二档 婆娘交一档 总共", {"one": 1, "two": 3}),
        ("我爸我妈跟我 三个人交一档 我老婆交二档 总共", {"one": 3, "two": 1}),
        ("我跟我妈跟我爸三个人选二档，弟弟选一档 总共", {"one": 1, "two": 3}),
        ("我家五口，其中一个交二档，其他交一档，一共", {"one": 4, "two": 1}),
        ("两个大人两个娃，大人交二档，娃交一档，一共", {"one": 2, "two": 2}),
    ],
)
def test_each_has_the_tier_told_of_him(understander: Understander, text: str, wanted: dict[str, int]) -> None:
    told: dict[str, int] = {}
    for group in people(understander, text):
        (tier,) = group.values["tier"]
        told[tier] = told.get(tier, 0) + group.count
    assert told == wanted


def test_there_is_no_sum_where_a_tier_is_told_of_nobody(understander: Understander) -> None:
    assert people(understander, "我和我妈交二档，隔壁的交一档，一共多少") == ()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("还想给两个娃交上，俩娃一共多少", [(2, MINOR)]),
        ("想给俩闺女办，两个孩子加一块多少", [(2, MINOR)]),
        ("两个娃上小学，两个娃上初中，一共多少", [(4, PUPIL)]),
        ("我家两个娃 我哥家两个娃 一共多少", [(4, MINOR)]),
        ("我家五个人，除了我老公，其他四个一共多少", [(4, ())]),
        ("爸妈都交过了，就我和老婆两个人一共多少", [(2, ADULT)]),
        ("我爸我妈已经交了，我和俩娃还没交，一共多少", [(1, ADULT), (2, MINOR)]),
        ("我和媳妇都没职工医保，爹娘也跟着过，我们四口人一共多少", [(4, ADULT)]),
    ],
)
def test_nobody_counts_twice_or_without_being_meant(
    understander: Understander, text: str, wanted: list[tuple[int, tuple[str, ...]]]
) -> None:
    assert persons(understander, text) == wanted


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("我和老公刚交了半年医保，孩子能免费参保不", [MINOR]),
        ("我屋女娃11岁 二档 三级医院", [("child", "pupil")]),
        ("爹妈都交了好几年了", []),
    ],
)
def test_who_has_paid_already_is_not_who_is_asked_about(
    understander: Understander, text: str, named: list[tuple[str, ...]]
) -> None:
    party = understander.people(clean(text), TODAY)
    assert [tuple(sorted(group.values["person"])) for group in party.named] == named
    assert party.groups == ()


def test_one_of_several_by_one_word_is_no_further_person(understander: Understander) -> None:
    party = understander.people(clean("我妈老汉都是返贫户，老汉得了尿毒症"), TODAY)
    assert sum(group.count for group in party.named) == 2
    assert all(group.values["identity"] == {"returned_poor"} for group in party.named)


@pytest.mark.parametrize(
    ("text", "told", "named"),
    [
        ("一家五口 我和老婆 俩娃 一共多少", 5, 4),
        ("家里三口人 就说我和我妈 一共交多少", 3, 2),
        ("我家四个人 三个大人两个娃 一共交多少", 4, 5),
    ],
)
def test_a_number_that_is_not_that_of_those_named_is_told(
    understander: Understander, text: str, told: int, named: int
) -> None:
    party = understander.people(clean(text), TODAY)
    assert party.told == told
    assert sum(group.count for group in party.named) == named


@pytest.mark.parametrize(
    "text", ["说漏了 还有个娃儿", "再加上我妈呢", "忘了讲还有一个大学生", "我奶奶也算上"]
)
def test_more_people_come_on_top(understander: Understander, text: str) -> None:
    party = understander.people(clean(text), TODAY)
    assert party.on_top
    assert sum(group.count for group in party.named) == 1
    assert party.groups == ()


@pytest.mark.parametrize("text", ["不是两个是三个", "是三个不是两个"])
def test_a_corrected_number_comes_instead(understander: Understander, text: str) -> None:
    party = understander.people(clean(text), TODAY)
    assert party.instead
    assert party.denied is not None
    assert (party.denied.count, [group.count for group in party.named]) == (2, [3])


@pytest.mark.parametrize("text", ["我和我妈 我妈是低保 一共多少", "我妈跟我 她是低保 一共好多"])
def test_what_is_told_of_one_holds_for_that_one(understander: Understander, text: str) -> None:
    told = [(group.count, sorted(group.values.get("identity", ()))) for group in people(understander, text)]
    assert sorted(told) == [(1, []), (1, ["low_income"])]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "学生交多少 大人交多少",
        "我和老婆住院花了两万 报多少",
        "两个老师 三个班 多少学生",
        "我同学说交380 对吗",
        "每个人多少",
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
    party = understander.people(clean(text), TODAY)
    groups = party.groups
    counted = [group for group in groups if group.count > 0]
    assert (
        not groups
        or len(counted) < len(groups)
        or max(sum(group.count for group in groups), party.told or 0) > 1
    )
