"""Words: what they mean here, which are left aside, and how a text is cut into them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.lexicon import Lexicon, Sense
from bot.understanding.understand import Understander


@pytest.fixture(scope="session")
def lexicon(understander: Understander) -> Lexicon:
    return understander.lexicon


def features(lexicon: Lexicon, text: str) -> set[str]:
    return {sense.feature for token in lexicon.tokens(text) for sense in token.senses}


def test_a_sense_is_a_concept_or_a_value() -> None:
    assert Sense("inpatient").feature == "inpatient"
    assert Sense("level", "l3").feature == "level=l3"


@pytest.mark.parametrize(
    ("text", "word", "feature"),
    [
        ("三甲住院", "三甲", "level=l3a"),
        ("住院报多少", "住院", "inpatient"),
        ("住院报多少", "多少", "how_much"),
        ("二档交多少", "二档", "tier=two"),
        ("APP怎么交", "app", "app"),
    ],
)
def test_a_word_has_its_sense(lexicon: Lexicon, text: str, word: str, feature: str) -> None:
    senses = {token.word: token.senses for token in lexicon.tokens(text)}
    assert feature in {sense.feature for sense in senses[word]}


def test_a_name_of_a_regions_own_stands_for_what_it_is(lexicon: Lexicon) -> None:
    assert "app" in features(lexicon, "渝快办怎么交")
    assert "wechat" in features(lexicon, "粤医保怎么绑")


def test_a_circumstance_expresses_what_it_is_about_too(lexicon: Lexicon) -> None:
    assert {"filing=temporary", "filing"} <= features(lexicon, "没备案")


def test_a_long_word_is_looked_up_by_its_parts(lexicon: Lexicon) -> None:
    assert "inpatient" in features(lexicon, "住院费用单")


@pytest.mark.parametrize("text", ["请问一下", "20000", "两万", "3个", "?", ",。"])
def test_fillers_numbers_and_signs_say_nothing(lexicon: Lexicon, text: str) -> None:
    tokens = lexicon.tokens(text)
    assert tokens
    assert all(token.filler and not token.senses for token in tokens)


def test_an_unknown_word_is_kept_without_a_sense_and_cut_short(lexicon: Lexicon) -> None:
    (token,) = lexicon.tokens("abcdefghijklmnopq")
    assert (token.word, token.senses, token.filler) == ("abcdefghijkl", (), False)


def test_nothing_has_no_words(lexicon: Lexicon) -> None:
    assert lexicon.tokens("") == ()
    assert lexicon.tokens("  \n ") == ()


def test_terms_are_words_of_the_field_without_those_of_asking(lexicon: Lexicon) -> None:
    assert {"住院", "起付线", "报销"} <= lexicon.terms
    assert not {"多少", "怎么", "请问"} & lexicon.terms


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_cut_the_same_way_twice(lexicon: Lexicon, text: str) -> None:
    tokens = lexicon.tokens(text)
    assert tokens == lexicon.tokens(text)
    assert all(token.word for token in tokens)
    assert not any(token.filler and token.senses for token in tokens)
