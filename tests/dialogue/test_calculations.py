"""Results in words: amounts, days, ranges, and no more steps than a screen takes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from bot.dialogue.calculations import headline, say_span, working
from calculators.money import Span
from calculators.outcomes import Result
from calculators.steps import Step


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        ("9600", "9600", "9600 元"),
        ("0", "0", "0 元"),
        ("8916.5", "8916.5", "8916.5 元"),
        ("0.005", "0.005", "0.01 元"),
        ("0.004", "0.004", "0 元"),
        ("100.001", "100.004", "100 元"),
        ("100", "200.555", "100 到 200.56 元"),
    ],
)
def test_an_amount_is_said_to_the_fen(low: str, high: str, said: str) -> None:
    assert say_span(Span(Decimal(low), Decimal(high))) == said


def result(**details: object) -> Result:
    amounts = {"patient": Span.exact(Decimal(10400)), "fund": Span.exact(Decimal(9600))}
    usual = {"headline": "fund", "amounts": amounts}
    return Result("inpatient", "住院报销", **{**usual, **details})  # type: ignore[arg-type]  # some details only


def test_what_answers_the_question_comes_first() -> None:
    assert headline(result()) == "医保报销 9600 元，个人承担 10400 元"


def test_a_result_calls_its_amounts_as_it_likes() -> None:
    assert headline(result(labels={"fund": "大病报销"})) == "大病报销 9600 元，个人承担 10400 元"


def test_a_day_is_said_as_a_day() -> None:
    days = result(headline="from", dates={"from": dt.date(2024, 1, 1)})
    assert headline(days) == "待遇开始：2024年1月1日"


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (Step("起付线", amount=Span.exact(Decimal(800))), "· 起付线：800 元"),
        (Step("报销", "19200 × 50%", Span.exact(Decimal(9600))), "· 报销：19200 × 50% = 9600 元"),
        (Step("规则", "按二档"), "· 规则：按二档"),
        (Step("规则"), "· 规则"),
    ],
)
def test_a_step_says_what_it_has(step: Step, said: str) -> None:
    assert [*working(result(steps=(step,)))] == [said]


def test_no_more_than_eight_steps_are_said() -> None:
    steps = tuple(Step(f"第{number}步") for number in range(9))
    assert len([*working(result(steps=steps))]) == 8
    assert [*working(result())] == []
