"""Answering for the case at hand: by the text, the parameters, a sum, a comparison, or that it is silent."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.dialogue.assistant import Assistant
from bot.dialogue.reply import Reply
from bot.dialogue.session import Session
from tests.dialogue.conftest import TODAY


def chat(assistant: Assistant, region: str, *messages: str) -> tuple[Session, Reply]:
    session, reply = Session(), None
    for message in messages:
        session, reply = assistant.reply(session, message, today=TODAY, preset=region)
    assert reply is not None
    return session, reply


def amounts(reply: Reply) -> dict[str, Decimal]:
    assert reply.calculation is not None, reply.text
    return {name: Decimal(text) for name, text in reply.calculation["amounts"].items()}


def test_a_bare_subject_is_answered_with_what_can_be_asked_of_it(assistant: Assistant) -> None:
    session, reply = chat(assistant, "wendeng", "住院")
    assert (reply.kind, session.topic) == ("clarify", "inpatient")
    assert len(reply.options) > 1
    _, picked = assistant.reply(session, "1", today=TODAY)
    assert picked.kind == "answer"


def test_another_year_than_the_documents_is_declined(assistant: Assistant) -> None:
    _, reply = chat(assistant, "wendeng", "2025年住院起付线多少")
    assert reply.kind == "decline"
    assert "2025年" in reply.text
    assert "800" not in reply.text


def test_the_documents_own_year_is_answered(assistant: Assistant) -> None:
    assert chat(assistant, "wendeng", "2018年住院起付线多少")[1].kind == "answer"


def test_a_parameter_is_stated_for_what_is_known(assistant: Assistant) -> None:
    _, reply = chat(assistant, "wendeng", "三级医院住院起付线多少")
    assert reply.kind == "answer"
    assert "800 元" in reply.text
    assert "300 元" not in reply.text


def test_a_sum_is_followed_for_another_level_with_all_else_the_same(assistant: Assistant) -> None:
    # 20000 − 800 deductible at half; 20000 − 500 deductible at 60 %
    session, third = chat(assistant, "wendeng", "一档三级医院住院花了两万能报多少")
    assert amounts(third)["fund"] == Decimal(19200) / 2
    _, second = assistant.reply(session, "那二级呢", today=TODAY)
    assert amounts(second)["fund"] == Decimal(19500) * Decimal("0.6")


def test_choices_set_against_each_other_are_worked_out_side_by_side(assistant: Assistant) -> None:
    _, reply = chat(assistant, "wendeng", "三级医院住院花了两万,一档和二档分别报多少")
    assert reply.kind == "calculation"
    assert "一档：" in reply.text
    assert "二档：" in reply.text


def test_what_the_patient_is_left_with_goes_into_the_next_sum(assistant: Assistant) -> None:
    session, reply = chat(assistant, "dianjiang", "一档三级医院住院花了十万能报多少")
    assert session.facts.amounts["self_paid"] == amounts(reply)["patient"]


def test_the_person_stays_known_when_the_talk_turns_to_another_benefit(assistant: Assistant) -> None:
    session, _ = chat(assistant, "dianjiang", "二档三级医院住院花了两万能报多少")
    assert session.facts.values["tier"] == ("two",)
    session, reply = assistant.reply(session, "那门诊花了300能报多少", today=TODAY)
    assert reply.topic is not None
    assert reply.topic.startswith("outpatient")
    assert "cost" not in session.facts.amounts or session.facts.amounts["cost"] == 300


def test_a_new_matter_forgets_the_amounts_of_the_old_one(assistant: Assistant) -> None:
    session, _ = chat(assistant, "wendeng", "一档三级医院住院花了两万能报多少", "医保电子凭证怎么激活")
    assert "cost" not in session.facts.amounts


def test_another_place_for_the_same_sum_keeps_the_cost(assistant: Assistant) -> None:
    session, _ = chat(assistant, "wendeng", "一档三级医院住院花了两万能报多少")
    session, reply = assistant.reply(session, "要是在聊城呢", today=TODAY)
    assert reply.region == "liaocheng"
    assert session.facts.amounts["cost"] == 20000


def test_a_negative_amount_is_asked_for_anew_not_worked_with(assistant: Assistant) -> None:
    _, reply = chat(assistant, "wendeng", "一档三级医院住院花了-2万能报多少")
    assert (reply.kind, reply.calculation) == ("clarify", None)
    assert "负数" in reply.text


@pytest.mark.parametrize("name", ["datong", "dianjiang", "liaocheng", "wendeng"])
def test_a_cost_with_and_without_its_deductible_in_the_same_breath_is_the_same_cost(
    assistant: Assistant, name: str
) -> None:
    texts = (
        "一档三级甲等医院住院花了20000起付线700能报多少",
        "一档三级甲等医院住院起付线700花了20000能报多少",
    )
    first, second = (chat(assistant, name, text)[0].facts.amounts for text in texts)
    assert first == second
    assert first["cost"] == 20000
