from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.wechat.phone import MAX_BYTES, MORE, link, parts, size
from tests.channels.wechat.peer import links

SENTENCE = "住院费用超过起付线的部分按比例报销，具体要看医院的级别。"


def joined(pieces: tuple[str, ...]) -> str:
    return "".join(piece.removesuffix(MORE) for piece in pieces)


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_a_short_answer_is_one_part() -> None:
    assert parts("每人每年 350 元。\n依据：一") == ("每人每年 350 元。\n依据：一",)


def test_nothing_is_no_part() -> None:
    assert parts(" \n") == ()


def test_a_long_answer_ends_its_parts_at_sentences() -> None:
    pieces = parts(SENTENCE * 60)

    assert joined(pieces) == SENTENCE * 60
    assert len(pieces) == 3
    assert all(piece.endswith(f"。{MORE}") for piece in pieces[:-1])
    assert all(MAX_BYTES * 0.9 < size(piece) <= MAX_BYTES for piece in pieces[:-1])
    assert not pieces[-1].endswith(MORE)


def test_an_answer_that_just_fits_is_not_split() -> None:
    exact = "a" * MAX_BYTES

    assert parts(exact) == (exact,)
    assert len(parts(exact + "b")) == 2


def test_a_closing_quote_stays_with_its_sentence() -> None:
    pieces = parts("他说“可以报销。”" * 100)

    assert all(piece.removesuffix(MORE).endswith("。”") for piece in pieces)


def test_a_long_sentence_is_split_at_a_pause() -> None:
    pieces = parts("要带身份证、户口本、银行卡，" * 70)

    assert all(piece.removesuffix(MORE)[-1] in "、，" for piece in pieces)


def test_a_long_word_is_split_between_characters() -> None:
    pieces = parts("报" * 2000)

    assert joined(pieces) == "报" * 2000


@settings(deadline=None)
@given(st.text(alphabet="医保。，\n 😀a!？”<&", max_size=4000), st.lists(st.text(max_size=30), max_size=5))
def test_every_part_fits_and_nothing_is_lost(text: str, options: list[str]) -> None:
    pieces = parts(text, options, "还可以问：")

    assert all(0 < size(piece) <= MAX_BYTES for piece in pieces)
    assert bare(joined(pieces)).startswith(bare(text))
    wanted = [option.strip() for option in options if option.strip()]
    assert links("".join(pieces).replace(MORE, "")) == wanted


def test_options_are_numbers_and_links() -> None:
    [piece] = parts("您按几档缴费？", ("一档", "二档"))

    assert piece.splitlines() == [
        "您按几档缴费？",
        '1 <a href="weixin://bizmsgmenu?msgmenucontent=%E4%B8%80%E6%A1%A3&msgmenuid=1">一档</a>',
        '2 <a href="weixin://bizmsgmenu?msgmenucontent=%E4%BA%8C%E6%A1%A3&msgmenuid=2">二档</a>',
    ]


def test_options_stand_under_their_heading() -> None:
    [piece] = parts("350 元。", ("微信怎么交", " "), "还可以问：")

    assert piece.startswith("350 元。\n还可以问：\n1 <a ")
    assert piece.count("<a ") == 1


def test_no_heading_without_options() -> None:
    assert parts("350 元。", (), "还可以问：") == ("350 元。",)


def test_a_link_is_never_split() -> None:
    options = tuple(f"第{number}个可以问的问题是什么" for number in range(1, 30))

    pieces = parts(SENTENCE * 22, options)

    assert len(pieces) > 2
    assert all(piece.count("<a ") == piece.count("</a>") for piece in pieces)
    assert links("".join(pieces).replace(MORE, "")) == list(options)


def test_an_option_too_long_for_a_part_is_left_out() -> None:
    pieces = parts("问。", ("很" * 1000, "好"))

    assert links("".join(pieces).replace(MORE, "")) == ["好"]


@pytest.mark.parametrize("text", ["a<b>c", 'x"y', "a&b=c", "100%", "空 格", "\ud800"])
def test_a_link_sends_its_text_and_breaks_nothing(text: str) -> None:
    written = link(text, 1)

    assert links(written) == [text.replace("\ud800", "?")]
    assert re.fullmatch(r'<a href="[^"<>\s]+">[^<>]+</a>', written)


def test_the_hint_can_be_tapped() -> None:
    assert links(MORE) == ["继续"]
