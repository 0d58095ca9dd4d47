"""The assistant as a whole: whatever is sent to it, in whatever order, the reply keeps its promises."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.assistant import Assistant
from bot.dialogue.reply import Kind, Reply
from bot.dialogue.session import Facts, Session
from bot.evaluation import NO_ANSWER
from knowledge.checks.region import LONGEST_ANSWER_BYTES
from knowledge.contents import Knowledge, Region
from knowledge.templates import fill
from tests.dialogue.conftest import TODAY

REGIONS = ("datong", "dianjiang", "liaocheng", "shenzhen", "wendeng")
PRESETS = st.sampled_from([None, *REGIONS, "atlantis"])

_TYPICAL = """
你好 谢谢 转人工 你是谁 算了 重新开始 深圳 文登 北京怎么交 煤都 换成聊城
怎么交 微信怎么交 支付宝能交吗 一年交多少 孩子一年交多少 几号截止 什么时候能报 断缴了怎么办
12月20日交的 孩子3月5日出生的什么时候办 两个大人一个孩子都交一档一共多少 一家三口交多少 低保户要交吗
住院报多少 三级医院报多少 二级呢 那二档呢 一档 二档 三级医院 封顶多少 起付线多少 第二次住院呢
住院花了两万能报多少 三级医院住院花了五万自付一万 花了20000 不对,是三万 90呢 -500 0元 一万到两万
门诊报多少 门诊花了300 诊查费50 高血压拿药报多少 糖尿病 恶性肿瘤门诊报多少 大病怎么报 自付了六万
去北京住院怎么报 没备案 异地怎么备案 生孩子报多少 剖宫产花了8000 新生儿怎么参保 电子凭证怎么激活
一档和二档哪个划算 1 2 3 9 不知道 没有 是的 养老金怎么领 麒麟饕餮 ?
"""
TYPICAL = tuple(_TYPICAL.split())
MESSAGES = st.sampled_from(TYPICAL)


def check(assistant: Assistant, session: Session, text: str, preset: str | None) -> tuple[Session, Reply]:
    """Answer a message, and see that the reply keeps what every reply promises."""
    after, reply = assistant.reply(session, text, today=TODAY, preset=preset)
    assert (after, reply) == assistant.reply(session, text, today=TODAY, preset=preset)
    assert reply.text.strip()
    assert reply.kind in get_args(Kind)
    assert len(reply.options) <= 8
    assert all(reply.options)
    assert (
        tuple(offer.label for offer in after.offers)[: len(reply.options)] == reply.options
        or not reply.options
    )
    assert (reply.calculation is None) or reply.kind in {"calculation", *_JOINED}
    own_deductible = reply.kind == "calculation" and "deductible" in after.facts.amounts
    if reply.kind in {"answer", "calculation"} and not (own_deductible and not reply.sources):
        assert reply.sources, reply.text
        assert all(source.clause in reply.text and source.document in reply.text for source in reply.sources)
        assert "依据：" in reply.text
    assert not re.search(r"\{[a-z_.0-9]*\}", reply.text)
    assert Session.model_validate_json(after.model_dump_json()) == after
    assert Reply.model_validate_json(reply.model_dump_json()) == reply
    return after, reply


_JOINED = {"answer", "decline"}
"""Kinds that a reply to two questions may have while one of them was worked out."""


@settings(max_examples=120)
@given(st.text(max_size=120), PRESETS)
def test_any_text_has_a_reply(assistant: Assistant, text: str, preset: str | None) -> None:
    check(assistant, Session(), text, preset)


@settings(max_examples=60)
@given(
    st.lists(
        MESSAGES | st.text("0123456789万元一二三两档级的呢吗不,。 ", max_size=12), min_size=2, max_size=7
    ),
    PRESETS,
)
def test_any_chat_goes_on(assistant: Assistant, messages: list[str], preset: str | None) -> None:
    session = Session()
    for message in messages:
        session, _ = check(assistant, session, message, preset)


@pytest.mark.parametrize("region", [None, *REGIONS])
def test_the_typical_messages_one_after_the_other(assistant: Assistant, region: str | None) -> None:
    session = Session()
    for message in TYPICAL:
        session, _ = check(assistant, session, message, region)


def test_the_typical_messages_by_themselves(assistant: Assistant) -> None:
    assert len(TYPICAL) >= 60
    for number, message in enumerate(TYPICAL):
        check(assistant, Session(), message, REGIONS[number % len(REGIONS)])


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00",
        "\ud800",
        "\u200b",
        "😀" * 50,
        "？" * 3000,
        "住院" * 3000,
        "{0}",
        "{figure}",
        "%s",
        "<b>",
    ],
)
def test_odd_messages_have_a_reply(assistant: Assistant, text: str) -> None:
    check(assistant, Session(), text, "wendeng")


def test_an_unknown_preset_counts_as_none(assistant: Assistant) -> None:
    none, other = (
        assistant.reply(Session(), "怎么交", today=TODAY, preset=name) for name in (None, "atlantis")
    )
    assert none == other
    assert none[1].kind == "clarify"
    assert len(none[1].options) == len(REGIONS)


def test_a_place_that_was_named_goes_before_the_preset(assistant: Assistant) -> None:
    session, reply = assistant.reply(Session(), "文登住院报多少", today=TODAY, preset="datong")
    assert reply.region == "wendeng"
    session, reply = assistant.reply(session, "起付线多少", today=TODAY, preset="datong")
    assert reply.region == "wendeng"


def test_what_waited_for_the_place_is_answered_when_it_is_told(assistant: Assistant) -> None:
    session, asked = assistant.reply(Session(), "住院起付线多少", today=TODAY)
    assert (asked.kind, session.waiting) == ("clarify", "住院起付线多少")
    for answer in ("文登", str(1 + asked.options.index("文登区")), "我是文登的"):
        after, reply = assistant.reply(session, answer, today=TODAY)
        direct = assistant.reply(Session(), "住院起付线多少", today=TODAY, preset="wendeng")[1]
        assert (reply.text, reply.topic, after.waiting) == (direct.text, "inpatient_deductible", None)


def without_contacts(region: Region, reply: Reply) -> str:
    """Leave out of a reply what names the document or where to ask, and the title of the topic."""
    text = reply.text.replace(fill(region.info.ask_elsewhere, region.figures), "")
    return text.replace(region.info.document.title, "").replace(region.info.document.year, "")


@pytest.mark.parametrize("name", REGIONS)
def test_every_topic_is_answered_or_declined_with_its_source(
    packaged: Knowledge, assistant: Assistant, name: str
) -> None:
    region = packaged.regions[name]
    for topic in packaged.national.topics:
        reply = assistant._composer.answer(region, topic, Facts(), TODAY)
        assert len(reply.text.encode()) <= LONGEST_ANSWER_BYTES, topic
        if topic in region.answers:
            assert reply.kind == "answer" or any(case.gap for case in region.answers[topic].cases), topic
            assert reply.sources, topic
        else:
            assert reply.kind == "decline", topic
            assert packaged.national.topics[topic].title in reply.text
            assert reply.sources or not re.search(r"\d", without_contacts(region, reply)), topic
        for first, second in pairwise(reply.sources):
            assert first != second, topic


@pytest.mark.parametrize("name", REGIONS)
def test_a_gap_is_never_filled_from_a_calculator(
    packaged: Knowledge, assistant: Assistant, name: str
) -> None:
    region = packaged.regions[name]
    for topic in region.gaps:
        for phrasing in packaged.national.topics[topic].phrasings[:2]:
            _, reply = assistant.reply(Session(), phrasing, today=TODAY, preset=name)
            if reply.topic == topic and reply.calculation is None and "另外" not in reply.text:
                assert reply.kind in {*NO_ANSWER, "clarify"}, (topic, phrasing, reply.text)


def test_a_past_year_is_told_and_a_present_one_is_not(assistant: Assistant, packaged: Knowledge) -> None:
    region = packaged.regions["wendeng"]
    valid_to = region.info.document.valid_to
    texts = [
        assistant.reply(Session(), "住院起付线多少", today=day, preset="wendeng")[1].text
        for day in (valid_to, valid_to.replace(year=valid_to.year + 1))
    ]
    assert ["请以当地最新公布的为准" in text for text in texts] == [False, True]


def test_a_sum_with_the_users_own_deductible_has_a_source(assistant: Assistant) -> None:
    text = "三级医院住院花了20000起付线50000能报多少"
    _, reply = assistant.reply(Session(), text, today=TODAY, preset="liaocheng")
    assert reply.kind == "calculation"
    assert reply.sources
