from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.assistant import Assistant
from bot.dialogue.reply import Reply
from bot.dialogue.session import Session
from bot.evaluation import Case, CaseError, evaluate, faults, read_cases, tally


def case(**fields: Any) -> Case:
    return Case.model_validate({"id": "A1", "turns": ["问"], "expect": "answer", **fields})


def answered(text: str, kind: str = "answer") -> Reply:
    return Reply.model_validate({"text": text, "kind": kind})


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ("350", "每人 350 元"),
        ("350元", "每人350.00元"),
        ("70000", "封顶 7 万元"),
        ("7万", "封顶 70,000.00 元"),
        ("50%", "按 50% 报"),
        ("2022-12-25", "到 2022年12月25日 止"),
        ("12月5日", "到12月05日止"),
        ("ＰＯＳ机", "专用 pos 机"),
        ("办税服务厅", "到办税 服务厅"),
        ("3个月", "等 3 个月"),
    ],
)
def test_a_wanted_text_is_found_however_it_is_written(wanted: str, text: str) -> None:
    assert faults(case(must=[[wanted]]), answered(text)) == ()


@pytest.mark.parametrize(
    ("unwanted", "text"),
    [
        ("350", "每人 1350 元"),
        ("350", "每人 350.5 元"),
        ("3个月", "等 13 个月"),
        ("满18", "满180天"),
        ("1.5", "11.5"),
    ],
)
def test_a_number_is_found_only_as_a_whole(unwanted: str, text: str) -> None:
    assert faults(case(must_not=[unwanted]), answered(text)) == ()


def test_one_text_of_each_group_is_enough() -> None:
    must = case(must=[["350", "三百五"], ["元", "块"]])

    assert faults(must, answered("三百五十块")) == ()
    assert faults(must, answered("三百块")) == ("lacks 350 | 三百五",)


def test_a_forbidden_text_and_an_empty_reply_are_faults() -> None:
    assert faults(case(must_not=["330"]), answered("330 元")) == ("has 330",)
    assert faults(case(), answered(" ")) == ("is empty",)


@pytest.mark.parametrize("kind", ["decline", "clarify", "chat", "handoff"])
def test_where_there_is_no_answer_a_reply_without_one_passes(kind: str) -> None:
    assert faults(case(expect="decline"), answered("文件没有写", kind)) == ()


@pytest.mark.parametrize("kind", ["answer", "calculation"])
def test_where_there_is_no_answer_an_answer_is_a_fault(kind: str) -> None:
    assert faults(case(expect="decline"), answered("350", kind)) == (
        f"is kind {kind} where there is no answer",
    )


class Repeating(Assistant):
    """Stands in for the core: says what it was told so far."""

    def __init__(self) -> None:
        pass

    def reply(
        self, session: Session, text: str, *, today: date, preset: str | None = None
    ) -> tuple[Session, Reply]:
        told = f"{session.waiting or ''}{text}"
        return Session(waiting=told), Reply(text=f"{preset} {today} {told}", kind="chat")


def test_each_case_is_a_chat_of_its_own_and_its_last_reply_counts() -> None:
    cases = [case(turns=["一", "二"], region="datong", must=[["一二"]]), case(turns=["三"], must=[["二三"]])]

    first, second = evaluate(Repeating(), cases, date(2024, 1, 1))

    assert first.reply.text == "datong 2024-01-01 一二"
    assert first.faults == ()
    assert second.reply.text == "None 2024-01-01 三"
    assert second.faults == ("lacks 二三",)
    assert tally([first, second]) == {
        "all": (1, 2),
        "expect answer": (1, 2),
        "region None": (0, 1),
        "region datong": (1, 1),
    }


def test_cases_are_read_from_lines(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text(
        case().model_dump_json() + "\n\n" + case(id="A2").model_dump_json() + "\n", encoding="utf-8"
    )

    assert [found.id for found in read_cases(file)] == ["A1", "A2"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{}\nno json\n", r"cases\.jsonl:1: id: Field required"),
        ('{"id": "A", "turns": [], "expect": "answer"}', r"cases\.jsonl:1: turns: Tuple should have"),
        ('{"id": "A", "turns": ["x"], "expect": "guess"}', r"cases\.jsonl:1: expect: Input should be"),
        ('{"id": "A", "turns": ["x"], "expect": "answer", "must": [[]]}', r":1: must\.0: "),
        ("\n", "there is no case"),
    ],
)
def test_a_bad_file_is_named_with_its_line(content: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(CaseError, match=message):
        read_cases(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="No such file"):
        read_cases(tmp_path / "none.jsonl")
