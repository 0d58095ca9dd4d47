"""Ranking topics: what wins, what costs, and that the figures are probabilities."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.lexicon import Lexicon, Sense, Token
from bot.understanding.matcher import Matcher, Ranking, _worded, features_of
from bot.understanding.text import clean
from bot.understanding.understand import Understander
from knowledge.contents import Knowledge

PHRASINGS = {
    "inpatient": ["住院怎么报", "住院能报多少", "住院报多少"],
    "outpatient": ["门诊怎么报", "门诊能报多少", "看门诊报多少"],
    "premium": ["一年交多少", "医保费多少钱", "个人交多少"],
    "payment": ["怎么交", "在哪里交", "用微信怎么交"],
    "greeting": ["你好", "您好"],
}


@pytest.fixture(scope="session")
def lexicon(understander: Understander) -> Lexicon:
    return understander.lexicon


@pytest.fixture(scope="session")
def matcher(lexicon: Lexicon) -> Matcher:
    return Matcher(PHRASINGS, {"payment": ("where", "pay", "wechat")}, lexicon)


def rank(matcher: Matcher, lexicon: Lexicon, text: str) -> Ranking:
    return matcher.rank(features_of(lexicon.tokens(text)), text)


def score(ranking: Ranking, topic: str) -> float:
    return next(found.score for found in ranking.topics if found.topic == topic)


def odds(ranking: Ranking, topic: str) -> float:
    return score(ranking, topic) / (1 - score(ranking, topic))


@pytest.mark.parametrize(
    ("topic", "phrasing"), [(topic, text) for topic, texts in PHRASINGS.items() for text in texts]
)
def test_a_phrasing_word_for_word_finds_its_topic(
    matcher: Matcher, lexicon: Lexicon, topic: str, phrasing: str
) -> None:
    best = rank(matcher, lexicon, phrasing).topics[0]
    assert (best.topic, best.phrasing) == (topic, phrasing)
    assert best.near == pytest.approx(1)
    assert best.score > 0.9


SHORT_NAME = 4
"""Characters up to which a phrasing is a name for the whole matter (交医保), known word for word only."""


def test_no_phrasing_is_nearer_to_another_topic(understander: Understander, packaged: Knowledge) -> None:
    """One that a particle behind it makes another topic's stands in the wrong place, or asks two things."""
    strays = {
        f"{phrasing} ({topic})": best
        for topic, entry in packaged.national.topics.items()
        for phrasing in map(clean, entry.phrasings)
        if len(phrasing) > SHORT_NAME
        and (best := rank(understander.matcher, understander.lexicon, f"{phrasing}呀").topics[0].topic)
        != topic
    }
    assert strays == {}


def test_the_nearest_phrasing_is_named(matcher: Matcher, lexicon: Lexicon) -> None:
    best = rank(matcher, lexicon, "请问住院能报多少钱").topics[0]
    assert (best.topic, best.phrasing) == ("inpatient", "住院能报多少")
    assert 0.5 < best.near < 1


def test_what_a_topic_needs_costs_it_dearly_when_it_lacks(lexicon: Lexicon) -> None:
    free, needy = Matcher(PHRASINGS, {}, lexicon), Matcher(PHRASINGS, {"premium": ("tier",)}, lexicon)
    asked = "大人交多少"
    assert odds(rank(needy, lexicon, asked), "premium") < odds(rank(free, lexicon, asked), "premium") / 5
    met = "二档大人交多少"
    assert odds(rank(needy, lexicon, met), "premium") >= odds(rank(free, lexicon, met), "premium")


def test_a_story_around_a_question_costs_little(matcher: Matcher, lexicon: Lexicon) -> None:
    story = "我妈上个星期摔了一跤骨折了送到医院现在还没出来想问问住院报多少"
    best = rank(matcher, lexicon, story).topics[0]
    assert best.topic == "inpatient"
    assert best.score > 0.5


def test_words_outside_the_field_are_told_by_how_much_is_known(matcher: Matcher, lexicon: Lexicon) -> None:
    assert rank(matcher, lexicon, "住院报多少").known == pytest.approx(1)
    half = rank(matcher, lexicon, "住院 麒麟 饕餮").known
    assert 0 < half < 0.7
    assert rank(matcher, lexicon, "麒麟 饕餮").known == 0


def test_nothing_is_near_nothing(matcher: Matcher) -> None:
    ranking = matcher.rank(frozenset(), "")
    assert ranking.known == 0
    assert {found.near for found in ranking.topics} == {0}
    assert {found.phrasing for found in ranking.topics} == {""}
    assert math.fsum(found.score for found in ranking.topics) == pytest.approx(1)


def test_no_more_than_twelve_topics_are_listed(understander: Understander) -> None:
    assert len(rank(understander.matcher, understander.lexicon, "怎么交").topics) == 12


def test_typical_features_are_those_of_half_the_phrasings(matcher: Matcher) -> None:
    assert "inpatient" in matcher.typical("inpatient")
    assert "outpatient" not in matcher.typical("inpatient")
    assert "wechat" not in matcher.typical("payment")


def test_features_of_values_name_their_dimension() -> None:
    assert features_of([Token("三甲", (Sense("level", "l3a"),))]) == {"level=l3a", "level"}


def test_fillers_count_only_where_there_is_nothing_else() -> None:
    filler, word = Token("谢谢", (), filler=True), Token("麒麟", ())
    assert features_of([filler]) == {"word:谢谢"}
    assert features_of([filler, word]) == {"word:麒麟"}
    assert features_of([]) == frozenset()


_WORDS = """
住院 门诊 报 多少 怎么 交 微信 三级 二档 孩子 你好 谢谢 一年 麒麟 ? 20000 起付线 封顶 新生儿
"""


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(_WORDS.split()), max_size=12).map("".join) | st.text(max_size=30))
def test_a_ranking_is_of_probabilities_best_first(understander: Understander, text: str) -> None:
    ranking = rank(understander.matcher, understander.lexicon, text)
    scores = [found.score for found in ranking.topics]
    assert math.fsum(scores) == pytest.approx(1)
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= found.score <= 1 and 0 <= found.near <= 1 for found in ranking.topics)
    assert 0 <= ranking.known <= 1
    assert len({found.topic for found in ranking.topics}) == len(scores)


@pytest.mark.parametrize(
    "amount", ["300", "300元", "三百块", "2.5万", "两万五", "12,000", "436.32元", "3w5", "十万整"]
)
def test_how_much_it_is_makes_no_difference(matcher: Matcher, lexicon: Lexicon, amount: str) -> None:
    features = features_of(lexicon.tokens("住院花了8000元能报多少"))
    one, other = (matcher.rank(features, f"住院花了{cost}能报多少") for cost in ("8000元", amount))
    assert one == other


@pytest.mark.parametrize("text", ["2024年交多少", "第三次住院", "12岁的孩子", "10个月", "60%", "二级医院"])
def test_a_number_that_is_no_amount_stays(text: str) -> None:
    assert _worded(text) == text
