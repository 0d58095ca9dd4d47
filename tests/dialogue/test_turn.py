"""A message on its way: whether it follows, tells anything, says anything at all."""

from __future__ import annotations

import pytest

from bot.dialogue.reply import Reply
from bot.dialogue.session import Facts, Offer, Session
from tests.dialogue.conftest import Turns

CHAT = Session(topic="inpatient")


@pytest.mark.parametrize(
    "text", ["那二档呢", "要是省外呢", "如果在三级医院住院花了两万", "二档", "孩子在三级医院住院花了两万呢?"]
)
def test_a_follow_up_is_short_or_says_so(turns: Turns, text: str) -> None:
    assert turns.of(text, session=CHAT).follows


def test_eight_characters_are_short_nine_are_not(turns: Turns) -> None:
    assert turns.of("三级医院报销比例", session=CHAT).follows
    assert not turns.of("三级医院的报销比例", session=CHAT).follows


def test_nothing_follows_in_a_new_chat(turns: Turns) -> None:
    assert not turns.of("那二档呢").follows
    assert turns.of("那二档呢").follows_on


@pytest.mark.parametrize("text", ["三级医院", "两万", "12月20日交的", "-500"])
def test_details_are_told(turns: Turns, text: str) -> None:
    assert turns.of(text).tells


@pytest.mark.parametrize("text", ["怎么交", "", "谢谢", "文登"])
def test_questions_and_places_tell_nothing_of_the_case(turns: Turns, text: str) -> None:
    assert not turns.of(text).tells


@pytest.mark.parametrize(
    ("text", "wordless"), [("", True), ("?!", True), ("深圳", True), ("深圳怎么交", False), ("1", False)]
)
def test_signs_and_places_are_no_words(turns: Turns, text: str, *, wordless: bool) -> None:
    assert turns.of(text).is_wordless is wordless


@pytest.mark.parametrize(
    ("text", "nothing"), [("", True), ("请问一下", True), ("20000", True), ("怎么交", False), ("麒麟", False)]
)
def test_fillers_and_numbers_say_nothing(turns: Turns, text: str, *, nothing: bool) -> None:
    assert turns.of(text).says_nothing is nothing


def test_a_turn_that_is_settled_remembers_and_offers(turns: Turns) -> None:
    before = Session(topic="premium", waiting="怎么交", calculated=True)
    facts, offers = Facts(values={"tier": ("one",)}), (Offer(label="封顶", topic="inpatient_cap"),)
    session, reply = turns.of("住院报多少", session=before).settled(
        "inpatient", facts, Reply(text="报", kind="answer"), offers
    )
    assert session == Session(region="wendeng", topic="inpatient", facts=facts, offers=offers)
    assert reply.options == ("封顶",)


def test_a_choice_is_shown_with_numbers_only_where_it_is_asked_for() -> None:
    options = ("一档", "二档")
    assert Reply(text="几档？", kind="clarify", options=options).with_choices == "几档？\n1 一档\n2 二档"
    assert Reply(text="报 50%。", kind="answer", options=options).with_choices == "报 50%。"
    assert Reply(text="多少元？", kind="clarify").with_choices == "多少元？"
