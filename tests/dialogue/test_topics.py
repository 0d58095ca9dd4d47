"""What messages are about: their own topics, follow-ups, details, offers, nothing."""

from __future__ import annotations

import pytest

from bot.dialogue.assistant import Assistant
from bot.dialogue.session import Offer, Session
from bot.dialogue.topics import Aimer
from bot.understanding.index import SCOPE, TALK
from tests.dialogue.conftest import Turns


@pytest.fixture(scope="session")
def aimer(assistant: Assistant) -> Aimer:
    return assistant._aimer


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("住院报销比例是多少", "inpatient_rate"),
        ("住院起付线多少", "inpatient_deductible"),
        ("微信怎么交", "payment_wechat"),
        ("谢谢", f"{TALK}thanks"),
    ],
)
def test_a_clear_message_is_answered(aimer: Aimer, turns: Turns, text: str, topic: str) -> None:
    aim = aimer.aim(turns.of(text), details_matter=False)
    assert (aim.kind, aim.topics[0], aim.follows) == ("answer", topic, False)


def test_what_is_out_of_scope_is_told_so(aimer: Aimer, turns: Turns) -> None:
    assert aimer.aim(turns.of("养老金怎么领"), details_matter=False).topics[0].startswith(SCOPE)


@pytest.mark.parametrize("text", ["麒麟饕餮貔貅", "qwertyuiop", "今天股票涨了没", "🙂"])
def test_what_is_of_no_field_fits_nothing(aimer: Aimer, turns: Turns, text: str) -> None:
    aim = aimer.aim(turns.of(text), details_matter=False)
    assert aim.kind == "none" or aim.topics[0].startswith((SCOPE, TALK))


def test_two_questions_are_two_topics(aimer: Aimer, turns: Turns) -> None:
    aim = aimer.aim(turns.of("住院报销比例是多少?一年最多报多少封顶?"), details_matter=False)
    assert set(aim.topics) == {"inpatient_rate", "inpatient_cap"}


def test_two_aspects_in_one_breath_are_two_topics(aimer: Aimer, turns: Turns) -> None:
    aim = aimer.aim(turns.of("住院起付线和封顶线多少"), details_matter=False)
    assert set(aim.topics) == {"inpatient_deductible", "inpatient_cap"}


@pytest.mark.parametrize(
    ("text", "before", "topic"),
    [
        ("那起付线呢", "inpatient_rate", "inpatient_deductible"),
        ("封顶呢", "inpatient_rate", "inpatient_cap"),
        ("那住院呢", "outpatient_rate", "inpatient_rate"),
    ],
)
def test_a_follow_up_completes_itself_by_the_topic_of_the_chat(
    aimer: Aimer, turns: Turns, text: str, before: str, topic: str
) -> None:
    aim = aimer.aim(turns.of(text, session=Session(topic=before)), details_matter=False)
    assert (aim.topics, aim.follows) == ((topic,), True)


def test_details_go_on_with_the_topic_where_they_matter(aimer: Aimer, turns: Turns) -> None:
    turn = turns.of("三级医院", session=Session(topic="inpatient_rate"))
    aim = aimer.aim(turn, details_matter=True)
    assert (aim.kind, aim.topics, aim.follows) == ("answer", ("inpatient_rate",), True)


def test_a_message_as_clear_as_can_be_interrupts_the_chat(aimer: Aimer, turns: Turns) -> None:
    aim = aimer.aim(
        turns.of("医保电子凭证怎么激活", session=Session(topic="inpatient")), details_matter=False
    )
    assert (aim.topics[0], aim.follows) == ("evoucher", False)


def test_details_only_are_no_question_and_no_other_subject(aimer: Aimer, turns: Turns) -> None:
    chat = Session(topic="inpatient")
    assert aimer.only_details(turns.of("三级医院两万", session=chat), "inpatient")
    assert not aimer.only_details(turns.of("三级医院报多少", session=chat), "inpatient")
    assert not aimer.only_details(turns.of("门诊两百", session=chat), "inpatient")
    assert not aimer.only_details(turns.of("好的", session=chat), "inpatient")


def test_an_aim_names_at_most_two_topics_to_answer_and_three_to_offer(aimer: Aimer, turns: Turns) -> None:
    for text in (
        "怎么交什么时候交交多少在哪交",
        "报销",
        "医院",
        "孩子",
        "多少钱",
        "怎么办理",
        "材料",
        "二档",
    ):
        aim = aimer.aim(turns.of(text), details_matter=False)
        assert len(aim.topics) <= {"answer": 2, "offer": 3, "none": 0}[aim.kind], text
        assert aim.decided


def test_a_detail_picks_among_topics_that_the_bot_was_unsure_between(
    assistant: Assistant, turns: Turns
) -> None:
    offers = tuple(Offer(label=topic, topic=topic, unsure=True) for topic in ("premium", "inpatient"))
    aim = assistant._intent.of(turns.of("三甲的", session=Session(offers=offers)))
    assert (aim.kind, aim.topics, aim.follows) == ("answer", ("inpatient",), True)
    sure = tuple(offer.model_copy(update={"unsure": False}) for offer in offers)
    assert assistant._intent.of(turns.of("三甲的", session=Session(offers=sure))) != aim


def test_a_sum_goes_before_the_likeness_of_words(assistant: Assistant, turns: Turns) -> None:
    aim = assistant._intent.of(turns.of("三级医院住院花了两万能报多少"))
    assert aim.kind == "answer"
    assert aim.topics[0] == "inpatient"
    assert aim.decided.startswith("a sum")


def test_a_cost_of_nobody_knows_what_is_asked_about(assistant: Assistant, turns: Turns) -> None:
    aim = assistant._intent.of(turns.of("看病花了两万报多少"))
    assert (aim.kind, aim.decided, aim.of_cost) == ("offer", "a cost, but not of what", True)
    assert set(aim.topics) == {"inpatient", "outpatient", "chronic"}
