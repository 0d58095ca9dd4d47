"""What a chat was about before, and coming back to it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.dialogue.matters import Matters, comes_back
from bot.dialogue.session import Facts, Matter, Question, Session
from knowledge.contents import Knowledge

COST = Facts(amounts={"cost": Decimal(9000)})


@pytest.fixture(scope="session")
def matters(packaged: Knowledge) -> Matters:
    return Matters(packaged.national.topics)


@pytest.mark.parametrize(
    ("text", "besides"),
    [
        ("接着说慢病", "慢病"),
        ("回到刚才那个住院 我自己掏多少", "住院 我自己掏多少"),
        ("那刚才那个住院报多少", "住院报多少"),
        ("再说回门诊 一年封顶多少", "门诊 一年封顶多少"),
        ("回老家住院报多少", None),
        ("住院报多少", None),
    ],
)
def test_a_message_may_come_back_to_something(text: str, besides: str | None) -> None:
    assert comes_back(text) == besides


def test_what_a_message_turns_away_from_is_kept_once_a_subject(matters: Matters) -> None:
    chat = Session(topic="inpatient", facts=COST, calculated=True)
    turned = matters.kept(chat, chat.model_copy(update={"topic": "contacts"}))
    assert turned.left == (Matter(topic="inpatient", facts=COST, calculated=True),)
    again = chat.model_copy(update={"topic": "inpatient_rate", "left": turned.left})
    kept = matters.kept(again, again.model_copy(update={"topic": "evoucher"}))
    assert [matter.topic for matter in kept.left] == ["inpatient_rate"]
    assert matters.kept(chat, chat.model_copy(update={"topic": "inpatient_rate"})).left == ()
    assert matters.kept(Session(topic="inpatient"), Session(topic="contacts")).left == ()


def test_the_matter_named_comes_back_else_the_last_one(matters: Matters) -> None:
    left = (Matter(topic="critical"), Matter(topic="inpatient", facts=COST, calculated=True))
    chat = Session(topic="contacts", left=left)
    named = matters.returned(chat, frozenset({"inpatient"}))
    assert (named.topic, named.facts, named.calculated) == ("inpatient", COST, True)
    assert named.left == left[:1]
    assert matters.returned(chat, frozenset()).topic == "critical"
    assert matters.returned(chat, frozenset({"maternity"})) == chat


def test_what_is_asked_of_the_matter_stays_open(matters: Matters) -> None:
    question = Question(topic="inpatient", input="level")
    chat = Session(topic="contacts", question=question, left=(Matter(topic="inpatient", facts=COST),))
    assert matters.returned(chat, frozenset({"inpatient"})) == chat
