"""The whole understanding: what is kept of a message, what is set aside, and how it is put right."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.index import SCOPE, TALK
from bot.understanding.understand import Understander, Understanding
from knowledge.contents import Knowledge

TODAY = dt.date(2026, 11, 22)


def understand(understander: Understander, text: str, region: str | None = None) -> Understanding:
    return understander.understand(text, region, TODAY)


def words(heard: Understanding) -> list[str]:
    return [token.word for token in heard.tokens]


def test_the_place_is_taken_out_before_the_question_is_matched(understander: Understander) -> None:
    here, nowhere = understand(understander, "深圳怎么交"), understand(understander, "怎么交")
    assert here.where.region == "shenzhen"
    assert (here.rest, here.ranking) == (nowhere.rest, nowhere.ranking)


def test_width_script_and_marks_do_not_count(understander: Understander) -> None:
    plain = understand(understander, "住院报多少?")
    assert understand(understander, "住院報多少？？！") == plain


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("县中医院,哦不对,县人民医院", "县人民医院"),
        ("一档 说错了 二档", "二档"),
        ("住院自己掏了三万 不对 四万 能报多少", "住院自己掏了四万 能报多少"),
        ("住院花了三万 三甲 不对 是四万 能报多少", "住院花了四万 三甲 能报多少"),
        ("3月1号生的 不对 3月2号", "3月2号生的"),
        ("不对,是两万", "是两万"),
        ("不对", "不对"),
        ("说错了", "说错了"),
        ("住院报多少 不对", "住院报多少 不对"),
    ],
)
def test_what_stands_after_a_correction_counts(understander: Understander, text: str, rest: str) -> None:
    assert understand(understander, text).rest == rest


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("除了微信还能怎么交", "微信"),
        ("除了微信,还能怎么交", "微信"),
        ("门诊看病不含诊查费,报多少", "诊查费"),
        ("除微信外怎么交", None),
        ("不算了", None),
    ],
)
def test_what_a_message_is_not_about_is_not_matched(
    understander: Understander, text: str, left_out: str | None
) -> None:
    heard = understand(understander, text)
    assert left_out not in words(heard)
    assert heard.rest == text


def test_typos_by_sound_are_recovered(understander: Understander) -> None:
    heard = understand(understander, "电子凭正怎么弄")
    assert "电子凭证" in words(heard)
    assert heard.ranking == understand(understander, "电子凭证怎么弄").ranking


def test_a_clear_message_is_left_as_it_is(understander: Understander) -> None:
    assert words(understand(understander, "住院报多少")) == ["住院", "报", "多少"]


def test_the_parts_of_a_message_are_heard_apart(understander: Understander) -> None:
    heard = understand(understander, "怎么交?什么时候交")
    assert [clause.text for clause in heard.clauses] == ["怎么交", "什么时候交"]
    assert heard.clauses[0].features != heard.clauses[1].features


def test_a_flood_of_parts_is_cut_off(understander: Understander) -> None:
    assert len(understand(understander, "怎么交," * 20).clauses) == 8


@pytest.mark.parametrize("text", ["", " ", "?", "…", "😀", "\u200b", "\x00"])
def test_a_message_of_nothing_is_understood_as_nothing(understander: Understander, text: str) -> None:
    heard = understand(understander, text)
    assert heard.where.region is None
    assert heard.entities.values == {}
    assert heard.ranking.known == 0


@pytest.mark.parametrize(
    ("text", "english"),
    [("how much is it", True), ("hi", False), ("app", False), ("how much 多少", False), ("20000", False)],
)
def test_a_message_in_latin_letters_is_english(
    understander: Understander, text: str, *, english: bool
) -> None:
    assert understand(understander, text).is_english is english


def test_the_very_words_of_a_phrasing_find_its_topic(packaged: Knowledge, understander: Understander) -> None:
    lost = [
        (topic, text)
        for topic, entry in packaged.national.topics.items()
        for text in entry.phrasings[:3]
        if understand(understander, text).ranking.topics[0].topic != topic
    ]
    assert lost == []


def test_small_talk_and_what_is_out_of_scope_are_ranked_too(understander: Understander) -> None:
    assert understand(understander, "谢谢").ranking.topics[0].topic == f"{TALK}thanks"
    assert understand(understander, "养老金怎么领").ranking.topics[0].topic.startswith(SCOPE)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.sampled_from([None, "datong", "shenzhen", "wendeng"]))
def test_any_text_is_understood_the_same_way_twice(
    understander: Understander, text: str, region: str | None
) -> None:
    assert understand(understander, text, region) == understand(understander, text, region)
