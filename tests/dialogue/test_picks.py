"""Picking one of the choices offered, by number or by words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.picks import pick
from bot.dialogue.session import Offer

OFFERS = tuple(Offer(label=label) for label in ("二级乙等及以下", "三级乙等或二级甲等", "三级甲等医院"))
FIRST, SECOND, THIRD = OFFERS


@pytest.mark.parametrize(
    "text",
    [
        "2",
        "２",
        "二",
        "两",
        "2.",
        "2。",
        "2、",
        "第2个",
        "第二个",
        "第二项",
        "选2",
        "我选2",
        "选择二",
        "要第二个",
        "就2吧",
        "2号",
        " 2 ",
        "2!",
    ],
)
def test_a_number_picks_in_any_form(text: str) -> None:
    assert pick(text, OFFERS) == SECOND


@pytest.mark.parametrize("text", ["0", "4", "四", "12", "99", "第0个"])
def test_a_number_out_of_range_picks_nothing(text: str) -> None:
    assert pick(text, OFFERS) is None


@pytest.mark.parametrize("text", ["1", "一", "第一个", "3", "最后一个", "就最后那个"])
def test_the_first_and_the_last_can_be_picked(text: str) -> None:
    assert pick(text, OFFERS) == (FIRST if text in {"1", "一", "第一个"} else THIRD)


def test_up_to_twelve_choices_are_picked_by_two_digits() -> None:
    many = tuple(Offer(label=f"第{number}种") for number in range(1, 13))
    assert pick("12", many) == many[11]
    assert pick("10", many) == many[9]


@pytest.mark.parametrize(
    ("text", "wanted"), [("三级甲等医院", THIRD), ("三级甲等", THIRD), ("乙等及以下", FIRST), ("医院", THIRD)]
)
def test_a_label_picks_whole_or_in_part(text: str, wanted: Offer) -> None:
    assert pick(text, OFFERS) == wanted


@pytest.mark.parametrize("text", ["乙等", "三级", "等"])
def test_what_fits_several_labels_picks_nothing(text: str) -> None:
    assert pick(text, OFFERS) is None


def test_the_whole_of_a_label_goes_before_a_part_of_another() -> None:
    offers = (Offer(label="门诊限额"), Offer(label="门诊"))
    assert pick("门诊", offers) == offers[1]


@pytest.mark.parametrize(
    "text",
    ["", "  ", "。", "?", "2000", "2万", "2024", "两万", "三级甲等医院报多少", "1 2", "1.5", "-1", "一二"],
)
def test_anything_else_picks_nothing(text: str) -> None:
    assert pick(text, OFFERS) is None


def test_nothing_offered_is_nothing_picked() -> None:
    assert pick("1", ()) is None


@settings(max_examples=200)
@given(st.text(max_size=8), st.lists(st.text(max_size=6), max_size=4))
def test_a_pick_is_one_of_the_offers(text: str, labels: list[str]) -> None:
    offers = tuple(Offer(label=label) for label in labels)
    assert pick(text, offers) in (None, *offers)
