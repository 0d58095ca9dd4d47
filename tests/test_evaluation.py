from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.assistant import Assistant
from bot.dialogue.reply import Candidate, Reply, Trace
from bot.dialogue.session import Session
from bot.evaluation import NO_ANSWER, Case, CaseError, Verdict, evaluate, faults, read_cases
from bot.evaluation.report import (
    Band,
    Confusion,
    Share,
    as_lines,
    calibration,
    city,
    facts_reached,
    kind,
    kinds_confused,
    right,
    right_by,
    told,
    topic,
    topics_confused,
)


def case(**fields: Any) -> Case:
    return Case.model_validate({"id": "A1", "turns": ["问"], "expect": "answer", **fields})


def answered(text: str, kind: str = "answer") -> Reply:
    return Reply.model_validate({"text": text, "kind": kind})


def verdict(
    *, wrong: bool = False, got: str = "answer", about: str | None = None, score: float = 0.5, **fields: Any
) -> Verdict:
    trace = Trace(candidates=(Candidate(topic=about or "", score=score, near=1, phrasing=""),))
    reply = Reply.model_validate({"text": "话", "kind": got, "topic": about, "trace": trace})
    return Verdict(case(**fields), reply, ("lacks 350",) if wrong else ())


# --- judging ----------------------------------------------------------------------------------------------


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
    assert faults(case(expect="decline", kinds=NO_ANSWER), answered("文件没有写", kind)) == ()


@pytest.mark.parametrize("kind", ["answer", "calculation"])
def test_where_there_is_no_answer_an_answer_is_a_fault(kind: str) -> None:
    assert faults(case(expect="decline", kinds=NO_ANSWER), answered("350", kind)) == (
        f"is kind {kind}, not chat | clarify | decline | handoff",
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


# --- reading ----------------------------------------------------------------------------------------------


def test_cases_are_read_from_lines(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text(
        case().model_dump_json() + "\n\n" + case(id="A2").model_dump_json() + "\n", encoding="utf-8"
    )

    assert [found.id for found in read_cases(file)] == ["A1", "A2"]


def test_a_line_leaves_the_kind_open_but_where_nothing_is_to_be_answered(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text(
        '{"id": "A", "region": "datong", "turns": ["x"], "expect": "answer"}\n'
        '{"id": "B", "turns": ["x"], "expect": "decline"}\n',
        encoding="utf-8",
    )

    first, second = read_cases(file)

    assert (first.kinds, first.city) == (frozenset(), "datong")
    assert (second.kinds, second.city) == (NO_ANSWER, None)


def test_cases_are_read_from_questions_by_fact(tmp_path: Path) -> None:
    file = tmp_path / "datong.yaml"
    file.write_text(
        """
        D01:
          - {ask: 一, holds: ["350", [元, 块]], lacks: ["330"], fails: 难}
          - {ask: [二, 三], region: , kind: calculation}
        gaps:
          - {ask: 四}
          - {ask: 五, region: wendeng, kind: clarify}
        """,
        encoding="utf-8",
    )
    rest = {"region": "datong", "city": "datong"}

    assert read_cases(file) == [
        case(
            **rest,
            id="datong-D01-1",
            turns=["一"],
            must=[["350"], ["元", "块"]],
            must_not=["330"],
            fact="D01",
            fails="难",
        ),
        case(
            **{**rest, "region": None},
            id="datong-D01-2",
            turns=["二", "三"],
            expect="calculation",
            kinds={"calculation"},
            fact="D01",
        ),
        case(**rest, id="datong-gaps-1", turns=["四"], expect="decline", kinds=NO_ANSWER),
        case(
            **{**rest, "region": "wendeng"},
            id="datong-gaps-2",
            turns=["五"],
            expect="clarify",
            kinds={"clarify"},
        ),
    ]


def test_cases_are_read_from_a_folder_of_files(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("- {say: 天气, region: datong}", encoding="utf-8")
    (tmp_path / "a.jsonl").write_text(case().model_dump_json(), encoding="utf-8")
    (tmp_path / "c.txt").write_text("no case", encoding="utf-8")

    first, second = read_cases(tmp_path)

    assert first == case()
    assert second == case(
        id="b-1", turns=["天气"], region="datong", city="datong", expect="decline", kinds=NO_ANSWER
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("D01: [{ask: x, hold: [y]}]", r"cases\.yaml: D01\.0\.hold: Extra inputs are not permitted"),
        ("- {ask: x}", r"cases\.yaml: 0\.say: Field required"),
        ("D01: [", r"cases\.yaml: while parsing"),
        ("nothing", r"cases\.yaml: : Input should be a valid dictionary"),
        ("", "there is no case"),
    ],
)
def test_a_bad_yaml_file_is_named_with_its_place(content: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "cases.yaml"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(CaseError, match=message):
        read_cases(file)


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


# --- the report -------------------------------------------------------------------------------------------


def test_replies_are_counted_by_kind_city_and_topic() -> None:
    verdicts = [
        verdict(city="datong", about="premium"),
        verdict(city="datong", about="premium", wrong=True, topic="refund"),
        verdict(expect="decline", got="decline"),
    ]

    assert right(verdicts) == Share(2, 3)
    assert right_by(verdicts, kind) == {"answer": Share(1, 2), "decline": Share(1, 1)}
    assert right_by(verdicts, city) == {"datong": Share(1, 2), "none": Share(1, 1)}
    assert right_by(verdicts, topic) == {"premium": Share(1, 1), "refund": Share(0, 1), "none": Share(1, 1)}


def test_of_what_is_told_only_answers_and_calculations_count() -> None:
    verdicts = [verdict(), verdict(got="calculation", wrong=True), verdict(got="clarify", wrong=True)]

    assert told(verdicts) == Share(1, 2)


def test_the_share_of_nothing_is_whole() -> None:
    assert told([]).percent == 100


def test_what_came_in_place_of_something_else_is_paired_most_often_first() -> None:
    verdicts = [
        verdict(topic="refund", about="refund"),
        verdict(expect="decline", topic="refund", about="premium", wrong=True),
        verdict(expect="clarify"),
        verdict(expect="clarify", wrong=True),
    ]

    assert kinds_confused(verdicts) == [
        Confusion("clarify", "answer", 2, 1),
        Confusion("decline", "answer", 1, 1),
    ]
    assert topics_confused(verdicts) == [Confusion("refund", "premium", 1, 1)]


def test_scores_of_what_is_told_are_compared_with_how_often_it_is_right() -> None:
    verdicts = [
        verdict(about="premium", score=0.75),
        verdict(about="premium", score=0.75, wrong=True),
        verdict(about="premium", score=1),
        verdict(about="premium", score=1, got="clarify"),
        verdict(),
    ]

    assert calibration(verdicts) == [Band(0.7, 0.75, Share(1, 2)), Band(0.9, 1, Share(1, 1))]


def test_a_fact_is_reached_by_one_question_that_is_right() -> None:
    verdicts = [
        verdict(city="datong", fact="D01", wrong=True),
        verdict(city="datong", fact="D01"),
        verdict(city="datong", fact="D02", wrong=True),
        verdict(city="wendeng", fact="W01", wrong=True),
        verdict(city="wendeng"),
    ]

    assert facts_reached(verdicts) == {"datong": Share(1, 2), "wendeng": Share(0, 1)}


def test_the_report_tells_all_of_it() -> None:
    verdicts = [
        verdict(city="datong", fact="D01", about="premium"),
        verdict(expect="decline", topic="refund", about="premium", wrong=True),
    ]

    lines = [" ".join(line.split()) for line in as_lines(verdicts)]

    assert lines == [
        "right by kind:",
        "answer 1/1 100.0 %",
        "decline 0/1 0.0 %",
        "right by city:",
        "datong 1/1 100.0 %",
        "none 0/1 0.0 %",
        "right by topic:",
        "premium 1/1 100.0 %",
        "refund 0/1 0.0 %",
        "kinds other than expected:",
        "decline -> answer 1, 1 wrong",
        "topics other than expected:",
        "refund -> premium 1, 1 wrong",
        "answers and calculations right, by the score of their topic:",
        "from 0.5 (on average 0.50) 1/2 50.0 %",
        "facts reached:",
        "datong 1/1 100.0 %",
        "all 1/1 100.0 %",
        "answers and calculations right: 1/2 50.0 %",
        "score 50.0 % of 2",
    ]
