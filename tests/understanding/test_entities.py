"""What a message says of the case: circumstances, ages, amounts and days with their roles."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from bot.understanding.entities import Entities, EntityReader
from bot.understanding.lexicon import Sense, Token
from bot.understanding.numerals import Amount
from bot.understanding.understand import Understander
from knowledge.contents import Knowledge

TODAY = dt.date(2026, 11, 22)


@pytest.fixture(scope="session")
def reader(packaged: Knowledge) -> EntityReader:
    national = packaged.national
    return EntityReader(national.dimensions, national.amount_roles, national.day_roles)


def read(understander: Understander, text: str) -> Entities:
    return understander.understand(text, "wendeng", TODAY).entities


def words(*senses: tuple[str, str | None]) -> list[Token]:
    return [Token(f"{name}{value}", (Sense(name, value),)) for name, value in senses]


def test_a_group_is_spread_into_its_values(reader: EntityReader) -> None:
    assert reader.values(words(("level", "l3"))) == {"level": {"l3b", "l3a"}}


def test_a_concept_is_no_circumstance(reader: EntityReader) -> None:
    assert reader.values(words(("inpatient", None))) == {}
    assert reader.values([]) == {}


@pytest.mark.parametrize(
    ("first", "second", "left"),
    [
        ("l3", "l3a", {"l3a"}),
        ("l3a", "l3", {"l3a"}),
        ("l3", "l3b_l2a", {"l3b"}),
        ("l1", "township", {"l1", "township"}),
        ("l2", "l3", {"l2b", "l2a", "l3b", "l3a"}),
        ("l1_l2", "l3", {"l1", "l2b", "l2a", "l3b", "l3a"}),
        ("community", "l2_l3", {"community", "l2b", "l2a", "l3b", "l3a"}),
    ],
)
def test_two_mentions_narrow_each_other_or_the_vaguer_gives_way_or_both_stay(
    reader: EntityReader, first: str, second: str, left: set[str]
) -> None:
    assert reader.values(words(("level", first), ("level", second)))["level"] == left


def test_identities_add_up(reader: EntityReader) -> None:
    said = reader.values(words(("identity", "low_income"), ("identity", "severe_disabled")))
    assert said["identity"] == {"low_income", "severe_disabled"}


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("高血压", {"hypertension"}),
        ("有高血压还有糖尿病", {"both"}),
        ("糖尿病、高血压", {"both"}),
        ("高血压还是糖尿病报得多", {"hypertension", "dm1", "dm2", "dm2_insulin"}),
        ("高血压和糖尿病分别报多少", {"hypertension", "dm1", "dm2", "dm2_insulin"}),
        ("糖尿病", {"dm1", "dm2", "dm2_insulin"}),
        ("二型糖尿病打胰岛素", {"dm2_insulin"}),
    ],
)
def test_two_illnesses_at_once_are_one_value_unless_set_against_each_other(
    understander: Understander, text: str, pair: set[str]
) -> None:
    assert read(understander, text).values["chronic_pair"] == pair


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("7岁交多少", {"child", "pupil"}),
        ("17岁交多少", {"child", "pupil"}),
        ("17周岁半交多少", {"child", "pupil"}),
        ("18岁交多少", {"adult", "college"}),
        ("18岁以上交多少", {"adult"}),
        ("67岁交多少", {"adult"}),
        ("3个月大的宝宝", {"newborn", "child"}),
        ("闺女8岁", {"child", "pupil"}),
        ("闺女19岁上大学", {"college"}),
        ("闺女19岁", {"adult", "college"}),
        ("8岁的小学生", {"pupil"}),
        ("我妈67岁", {"adult"}),
        ("未满18岁交多少", {"child", "pupil"}),
        ("未满18周岁的中学生", {"pupil"}),
        ("不到18岁", {"child", "pupil"}),
        ("没满16周岁", {"child", "pupil"}),
        ("18岁以下的", {"child", "pupil"}),
        ("17岁以下的", {"child", "pupil"}),
    ],
)
def test_an_age_tells_the_person(understander: Understander, text: str, person: set[str]) -> None:
    assert read(understander, text).values["person"] == person


@pytest.mark.parametrize("text", ["不到60岁交多少", "60岁以下交多少", "交多少"])
def test_an_age_that_one_is_under_tells_nothing_above_eighteen(understander: Understander, text: str) -> None:
    assert "person" not in read(understander, text).values


def test_what_people_call_somebody_stays_true_under_an_age(understander: Understander) -> None:
    assert read(understander, "我妈不到60岁").values["person"] == {"adult"}


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("住院花了两万", [("cost", 20000)]),
        ("花了20000起付线800", [("cost", 20000), ("deductible", 800)]),
        ("起付线800花了20000", [("deductible", 800), ("cost", 20000)]),
        ("起付线以上一万", [("above_deductible", 10000)]),
        ("总费用五万,自付两万", [("cost", 50000), ("self_paid", 20000)]),
        ("花了1000其中中药300", [("cost", 1000), ("herbs", 300)]),
        ("诊查费20", [("consult", 20)]),
        ("花了300,不含诊查费20", [("cost", 300), ("cost", 20)]),
        ("产检花了1200", [("prenatal_cost", 1200)]),
        ("一针2780,打了三针", [("cost", 8340)]),
        ("一盒一千二,一年吃了10盒", [("cost", 12000)]),
        ("一针2780", [("cost", 2780)]),
        ("一天花了2000,等30天才能报", [("cost", 2000)]),
        ("一个月500,住了3个月", [("cost", 500)]),
        ("看病共260元,里面诊查费占20", [("cost", 260), ("consult", 20)]),
        ("报50%到60% 哪些报60", []),
        ("能报60% 花了60块", [("cost", 60)]),
        ("怎么交", []),
    ],
)
def test_amounts_have_the_role_that_the_words_beside_them_tell(
    understander: Understander, text: str, roles: list[tuple[str, int]]
) -> None:
    found = read(understander, text).money
    assert [(money.role, money.amount.low) for money in found if hasattr(money.amount, "low")] == [
        (role, Decimal(amount)) for role, amount in roles
    ]


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("3月5日出生", ["birth_date"]),
        ("12月20号交的", ["pay_date"]),
        ("3月5号出生5月1号交的", ["birth_date", "pay_date"]),
        ("12月没交,3月交", ["not_paid", "pay_date"]),
        ("12月的事", ["pay_date"]),
    ],
)
def test_days_have_the_role_that_the_words_beside_them_tell(
    understander: Understander, text: str, roles: list[str]
) -> None:
    assert [day.role for day in read(understander, text).days] == roles


def test_a_part_of_the_cost_is_looked_at_apart(understander: Understander) -> None:
    assert read(understander, "门诊花了300,其中诊查费50").parts == {"consult"}
    assert read(understander, "门诊花了300,诊查费50").parts == frozenset()


@pytest.mark.parametrize(
    "text", ["第一次住院两万,第二次三万", "先住院两万,后来又住三万", "住了两次院,两万和三万"]
)
def test_costs_one_after_the_other_are_in_turn(understander: Understander, text: str) -> None:
    assert read(understander, text).in_turn


@pytest.mark.parametrize("text", ["第二次住院三万", "住院花了三万"])
def test_one_cost_is_not_in_turn(understander: Understander, text: str) -> None:
    assert not read(understander, text).in_turn


def test_a_message_of_nothing_says_nothing(understander: Understander) -> None:
    assert read(understander, "") == Entities()


def test_what_is_denied_is_no_circumstance(understander: Understander) -> None:
    assert "chronic_disease" not in read(understander, "我的慢病不是肝炎").values
    assert "chronic_disease" in read(understander, "我的慢病是肝炎").values


@pytest.mark.parametrize("text", ["没糖尿病 光血压高", "没有糖尿病 就是高血压", "高血压 无糖尿病"])
def test_what_somebody_has_not_is_no_circumstance(understander: Understander, text: str) -> None:
    assert read(understander, text).values["chronic_pair"] == {"hypertension"}


def test_what_goes_before_another_value_does_so_however_often_that_is_told(
    understander: Understander,
) -> None:
    said = read(understander, "走亲戚时急诊抢救住院 没备案")
    assert said.values["filing"] == {"emergency"}


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("住院自己掏了7000 下半年又掏了9500", [("self_paid", False), ("self_paid", True)]),
        ("住院花了7000 又花了9500", [("cost", False), ("cost", True)]),
        ("已经报了2300 这次又花了400", [("paid", False), ("cost", False)]),
        ("已经报了2300 又花了400", [("paid", False), ("cost", False)]),
        ("三级医院 起付线800 花了两万", [("deductible", False), ("cost", False)]),
        ("住院自付三千，花了两万", [("self_paid", False), ("cost", False)]),
        ("押金交了5000，花了8000", [("deposit", False), ("cost", False)]),
        ("第一次花了5000 第二次花了8000", [("cost", False), ("cost", True)]),
    ],
)
def test_what_is_paid_once_more_is_of_ones_own_pocket_as_before(
    understander: Understander, text: str, roles: list[tuple[str, bool]]
) -> None:
    assert [(found.role, found.again) for found in read(understander, text).money] == roles


def test_a_sum_is_told_as_one(understander: Understander) -> None:
    each, in_all = read(understander, "门诊每月四千 一年下来4.8万").money
    assert (each.in_all, in_all.in_all) == (False, True)


@pytest.mark.parametrize(
    ("text", "lows"),
    [
        ("合规的60、90、110 一共能报多少", [60, 90, 110]),
        ("自己垫的一月份1万 五月份三万", [10000, 30000]),
        ("花了500、3天", [500]),
        ("花了8000,60岁", [8000]),
    ],
)
def test_amounts_of_a_list_are_read_and_are_of_one_kind(
    understander: Understander, text: str, lows: list[int]
) -> None:
    money = read(understander, text).money
    assert [found.amount.low for found in money if isinstance(found.amount, Amount)] == lows
    assert len({found.role for found in money}) == 1
    assert [found.again for found in money] == [False, *(True for _ in lows[1:])]


def test_who_asks_whether_it_is_free_does_not_say_that_it_is(understander: Understander) -> None:
    assert "parents" not in read(understander, "12月20号生的宝宝能免费参保吗").values
    assert read(understander, "12月20号生的宝宝 免费那个管到哪天").values["parents"] == {"insured"}


def test_what_was_used_is_no_amount_paid_back(understander: Understander) -> None:
    assert [found.role for found in read(understander, "特药今年用了3万 能报多少").money] == ["cost"]


@pytest.mark.parametrize(
    ("text", "in_one"),
    [
        ("床位费1200,药费3000,检查费800", True),
        ("药费1万 手术费2万", True),
        ("先花了1万,后来又花了5000,同一次住院", True),
        ("第一次花了1万,第二次花了5000", False),
        ("药费3000", False),
        ("住院一共花了9000,药费3000", False),
    ],
)
def test_the_items_of_a_bill_are_one_cost(understander: Understander, text: str, *, in_one: bool) -> None:
    assert read(understander, text).in_one == in_one


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("交了350,住院花了4000", ["premium_paid", "cost"]),
        ("一档交380,住院花了两万", ["premium_paid", "cost"]),
        ("我交了180 住院合规两万", ["premium_paid", "eligible_cost"]),
        ("住院交了3000", ["cost"]),
        ("住院押金交了5000,一共花了8000", ["deposit", "cost"]),
    ],
)
def test_what_was_paid_for_the_insurance_beside_a_cost_is_none(
    understander: Understander, text: str, roles: list[str]
) -> None:
    assert [money.role for money in read(understander, text).money] == roles


@pytest.mark.parametrize(
    "text",
    [
        "总共2万,其中自费3000",
        "花了2万 里面3000是自费的",
        "2万,自费项目3000",
        "两万 有三千不在目录里",
        "2万,其中目录外3000",
    ],
)
def test_what_lies_outside_the_catalogue_has_a_role_of_its_own(understander: Understander, text: str) -> None:
    assert [money.role for money in read(understander, text).money] == ["cost", "outside"]


@pytest.mark.parametrize(("age", "holds"), [(59, False), (60, True), (61, True)])
def test_an_identity_holds_from_its_age_on(understander: Understander, age: int, *, holds: bool) -> None:
    told = read(understander, f"{age}岁农村籍退役军人").values
    assert ("identity" in told) == holds


@pytest.mark.parametrize("grade", ["五级", "六级"])
def test_a_grade_of_disability_that_gives_no_claim_is_no_identity(
    understander: Understander, grade: str
) -> None:
    assert "identity" not in read(understander, f"{grade}残疾退役军人").values
    assert "identity" in read(understander, "七级至十级残疾退役军人").values


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("花了2万,自费占30%", [("cost", 20000), ("outside", 6000)]),
        ("2万里有一半是自费", [("cost", 20000), ("outside", 10000)]),
        ("总共2万,目录内占八成", [("cost", 20000), ("eligible_cost", 16000)]),
        ("花了2万,三级报60%", [("cost", 20000)]),
        ("每个月药费150,一年报多少", [("cost", 1800)]),
        ("一个月花6000,报多少", [("cost", 6000)]),
        ("住院额度还剩1万,花了4万", [("room", 10000), ("cost", 40000)]),
        ("门诊额度用完了,又花了100", [("cost", 100), ("room", 0)]),
    ],
)
def test_what_amounts_are_to_the_case(
    understander: Understander, text: str, told: list[tuple[str, int]]
) -> None:
    found = [(money.role, money.amount) for money in read(understander, text).money]
    assert [(role, int(amount.low)) for role, amount in found if isinstance(amount, Amount)] == told


@pytest.mark.parametrize("text", ["以前是低保,现在不是了", "原来是低保户 今年取消了"])
def test_what_somebody_was_once_is_no_circumstance(understander: Understander, text: str) -> None:
    assert "identity" not in read(understander, text).values
