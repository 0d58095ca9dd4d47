"""Roles of amounts and days by the words beside them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.cues import CueReader
from knowledge.contents import Knowledge
from knowledge.model import Cues

COST = "cost"


@pytest.fixture
def reader() -> CueReader:
    return CueReader(
        {
            "own": Cues(before=("自付", "自己掏了"), after=("自付", "是自己掏的")),
            "threshold": Cues(before=("起付线", "起付"), after=("起付线", "起付")),
            "above": Cues(before=("起付线以上",)),
            "herbs": Cues(before=("中药",), after=("中药",)),
        },
        default=COST,
    )


def role(reader: CueReader, text: str, amount: str) -> str:
    start = text.index(amount)
    return reader.role(text, start, start + len(amount))


@pytest.mark.parametrize(
    ("text", "amount", "wanted"),
    [
        ("5000", "5000", COST),
        ("花了5000", "5000", COST),
        ("自付5000", "5000", "own"),
        ("自付 5000", "5000", "own"),
        ("自付了差不多5000", "5000", "own"),
        ("5000自付", "5000", "own"),
        ("5000元自付", "5000", "own"),
        ("5000块钱是自己掏的", "5000", "own"),
        ("300块的中药", "300", "herbs"),
        ("起付线以上一万", "一万", "above"),
    ],
)
def test_a_cue_beside_an_amount_tells_its_role(
    reader: CueReader, text: str, amount: str, wanted: str
) -> None:
    assert role(reader, text, amount) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "自付的部分不算,花了5000",
        "自付多少呢?花了5000",
        "自付。5000",
        "5000,自付多少",
        "5000 自付怎么算",
        "5000花在自付上",
        "自付怎么算我妈这次住院一共花了5000",
    ],
)
def test_a_cue_in_another_clause_or_far_away_tells_nothing(reader: CueReader, text: str) -> None:
    assert role(reader, text, "5000") == COST


@pytest.mark.parametrize("undone", ["不含", "不包括", "不算", "除去", "除了", "除", "没算", "扣除", "减去"])
def test_a_cue_that_is_undone_tells_nothing(reader: CueReader, undone: str) -> None:
    assert role(reader, f"{undone}自付5000", "5000") == COST
    assert role(reader, f"{undone},自付5000", "5000") == "own"


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("花了20000自付5000", COST, "own"),
        ("花了20000自付了5000", COST, "own"),
        ("花了20000起付线5000", COST, "threshold"),
        ("起付线5000花了20000", "threshold", COST),
        ("起付线5000中药20000", "threshold", "herbs"),
        ("自付5000起付线20000", "own", "threshold"),
        ("20000元自付,5000中药", "own", "herbs"),
    ],
)
def test_each_amount_has_its_own_cue(reader: CueReader, text: str, first: str, second: str) -> None:
    amounts = sorted(("20000", "5000"), key=text.index)
    assert [role(reader, text, amount) for amount in amounts] == [first, second]


def test_the_nearest_cue_wins(reader: CueReader) -> None:
    assert role(reader, "起付线和自付一起5000", "5000") == "own"
    assert role(reader, "自付和起付线一起5000", "5000") == "threshold"


def test_of_cues_equally_near_the_longer_one_wins(reader: CueReader) -> None:
    assert role(reader, "起付线以上5000", "5000") == "above"


def test_small_numbers_and_dates_take_no_cue(reader: CueReader) -> None:
    assert role(reader, "自付3次5000", "5000") == "own"
    assert role(reader, "自付2023年5000", "5000") == "own"


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("3月5日出生5月1日交", "birth_date", "pay_date"),
        ("3月5日出生,5月1日才办", "birth_date", "pay_date"),
        ("2023年3月5日出生2023年5月1日交", "birth_date", "pay_date"),
        ("错过了3月5日,5月1日交", "not_paid", "pay_date"),
    ],
)
def test_a_day_has_the_cue_that_follows_it(packaged: Knowledge, text: str, first: str, second: str) -> None:
    days = CueReader(packaged.national.day_roles, default="pay_date")
    one, other = ("3月5日", "5月1日") if "2023" not in text else ("2023年3月5日", "2023年5月1日")
    assert [role(days, text, one), role(days, text, other)] == [first, second]


@settings(max_examples=200, deadline=None)
@given(
    before=st.text("自付起线以上中药花了不含,。 5千万", max_size=20),
    after=st.text("自付中药元的,。 5万", max_size=20),
)
def test_any_surroundings_give_a_role_that_there_is(before: str, after: str) -> None:
    reader = CueReader({"own": Cues(before=("自付",), after=("自付",))}, default=COST)
    text = f"{before}800{after}"
    assert reader.role(text, len(before), len(before) + 3) in {"own", COST}
