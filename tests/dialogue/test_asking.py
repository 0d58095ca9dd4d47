"""Asking back: one thing at a time, answers by number or words or out of order, and giving up politely."""

from __future__ import annotations

import pytest

from bot.dialogue.assistant import Assistant
from bot.dialogue.reply import Reply
from bot.dialogue.session import Session
from bot.dialogue.workings import Workings
from calculators.catalogue import Catalogues
from knowledge.contents import Knowledge
from tests.dialogue.conftest import TODAY


def chat(assistant: Assistant, region: str, *messages: str) -> tuple[Session, Reply]:
    session, reply = Session(), None
    for message in messages:
        session, reply = assistant.reply(session, message, today=TODAY, preset=region)
    assert reply is not None
    return session, reply


_SPENT = {
    "inpatient": "住院花了两万能报多少",
    "outpatient": "门诊花了300能报多少",
    "chronic": "门诊慢特病花了两万能报多少",
    "maternity": "生孩子花了5000能报多少",
    "critical": "住院报完自付了5万大病能报多少",
    "two_diseases": "高血压门诊花了500能报多少",
    "special_drugs": "门诊特药花了两万能报多少",
    "rare_diseases": "戈谢病药费花了两万能报多少",
    "disabled_children": "孤独症康复花了两千能报多少",
    "accident": "意外摔伤住院花了两万能报多少",
    "accident_outpatient": "学生意外伤害门诊花了500能报多少",
    "consult_fee": "诊查费50能报多少",
    "coverage": "缴费以后什么时候能享受待遇",
    "premium": "一家三口,两个大人一个孩子,一共交多少",
}


@pytest.mark.parametrize("region", ["datong", "dianjiang", "liaocheng", "shenzhen", "wendeng"])
def test_the_answers_by_number_lead_to_a_result(
    packaged: Knowledge, assistant: Assistant, region: str
) -> None:
    for name in packaged.regions[region].rules.keys() & _SPENT.keys():
        session, reply = chat(assistant, region, _SPENT[name])
        asked: list[str] = []
        while reply.kind == "clarify":
            if session.question is not None:
                assert session.question.input not in asked, (name, asked)
                asked.append(session.question.input)
            assert reply.text.count("？") <= 1, (name, reply.text)
            answer = "1" if reply.options else "2000"
            session, reply = assistant.reply(session, answer, today=TODAY, preset=region)
        assert len(asked) <= 5, (name, asked)
        assert reply.kind in {"calculation", "answer", "decline"}, (name, reply.text)
        assert session.question is None or reply.kind != "calculation", name


@pytest.mark.parametrize("answer", ["1", "一", "一档", "第一个", "选1", "我交的一档", "一档的"])
def test_a_choice_is_taken_in_any_form(assistant: Assistant, answer: str) -> None:
    _, wanted = chat(assistant, "wendeng", "一档三级医院住院花了两万能报多少")
    _, reply = chat(assistant, "wendeng", "三级医院住院花了两万能报多少", answer)
    assert reply.kind == "calculation"
    assert reply.calculation is not None
    assert wanted.calculation is not None
    assert reply.calculation["amounts"] == wanted.calculation["amounts"]


def test_an_answer_out_of_order_is_kept(assistant: Assistant) -> None:
    session, reply = chat(assistant, "wendeng", "住院花了两万能报多少", "三级医院")
    assert reply.kind == "clarify"
    assert session.question is not None
    assert session.question.input == "tier"
    _, reply = chat(assistant, "wendeng", "住院花了两万能报多少", "三级医院", "1")
    assert reply.kind == "calculation"


def test_another_amount_corrects_the_first(assistant: Assistant) -> None:
    _, reply = chat(assistant, "wendeng", "一档三级医院住院花了两万能报多少", "不对,是三万")
    _, wanted = chat(assistant, "wendeng", "一档三级医院住院花了三万能报多少")
    assert reply.calculation == wanted.calculation


def test_a_number_that_is_none_of_the_choices_is_asked_about_again(assistant: Assistant) -> None:
    session, reply = chat(assistant, "wendeng", "三级医院住院花了两万能报多少", "9")
    assert (reply.kind, reply.options) == ("clarify", ("一档", "二档"))
    assert reply.text.startswith("我没听明白。")
    assert session.question is not None
    assert session.question.times == 2


def test_after_three_times_the_bot_asks_no_more(assistant: Assistant) -> None:
    session, reply = chat(assistant, "wendeng", "三级医院住院花了两万能报多少", "7", "8")
    assert reply.kind == "clarify"
    assert session.question is not None
    assert session.question.times == 3
    _, reply = assistant.reply(session, "9", today=TODAY)
    assert reply.kind != "clarify"


def test_words_of_no_field_answer_no_question(assistant: Assistant) -> None:
    _, reply = chat(assistant, "wendeng", "三级医院住院花了两万能报多少", "麒麟饕餮貔貅")
    assert reply.kind == "clarify"


def test_something_else_in_between_leaves_the_question_open(assistant: Assistant) -> None:
    asked = ["三级医院住院花了两万能报多少", "你是谁"]
    session, reply = chat(assistant, "wendeng", *asked)
    assert reply.kind == "chat"
    assert session.question is not None
    _, reply = assistant.reply(session, "一档", today=TODAY)
    assert reply.kind == "calculation"


def test_the_question_can_be_dropped(assistant: Assistant) -> None:
    session, reply = chat(assistant, "wendeng", "三级医院住院花了两万能报多少", "算了")
    assert reply.kind == "chat"
    assert session.question is None
    assert session.offers == ()


@pytest.mark.parametrize(
    "text",
    ["三级医院住院花了0元能报多少", "三级医院住院花了-500元能报多少", "三级医院住院花了一万到两万能报多少"],
)
def test_an_amount_that_cannot_be_worked_with_is_asked_for_anew(assistant: Assistant, text: str) -> None:
    session, reply = chat(assistant, "wendeng", text)
    assert reply.kind == "clarify"
    assert session.question is not None
    assert session.question.input == "cost"
    assert reply.calculation is None
    session, reply = assistant.reply(session, "20000", today=TODAY)
    assert session.facts.amounts["cost"] == 20000


def test_a_choice_that_one_cannot_tell_is_worked_out_for_each(assistant: Assistant) -> None:
    _, reply = chat(assistant, "wendeng", "三级医院住院花了两万能报多少", "不知道")
    assert reply.kind == "calculation"
    assert "一档" in reply.text
    assert "二档" in reply.text


def test_all_calculators_of_all_regions_are_asked_for(packaged: Knowledge) -> None:
    workings = Workings(packaged.national.topics, Catalogues(packaged))
    names = {name for region in packaged.regions.values() for name in workings.calculators(region)}
    assert names - _SPENT.keys() <= {"combined"}
