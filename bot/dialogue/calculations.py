"""Saying what a calculator worked out, short enough for a phone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from calculators.money import Span, to_fen
from calculators.outcomes import Result
from calculators.steps import Step, lines
from knowledge.figures import say_date, say_number

_MOST_STEPS = 8


def say_span(span: Span) -> str:
    """Say an amount in yuan, rounded to the fen; a range with its two ends."""
    low, high = (say_number(to_fen(end)) for end in (span.low, span.high))
    return f"{low} 元" if low == high else f"{low} 到 {high} 元"


def headline(result: Result) -> str:
    """Say what the result comes to: the amounts or days that answer the question, the main one first."""
    return "，".join(f"{result.label(name)}{_value(result, name)}" for name in result.told)


def _value(result: Result, name: str) -> str:
    if name in result.dates:
        return f"：{say_date(result.dates[name])}"
    return f" {say_span(result.amounts[name])}"


def working(result: Result) -> Iterator[str]:
    """Say the steps, a line each, at most as many as a screen takes."""
    return (f"· {_line(step)}" for step in islice(lines(result.steps), _MOST_STEPS))


def _line(step: Step) -> str:
    if step.amount is None:
        return f"{step.label}：{step.formula}" if step.formula else step.label
    if not step.formula:
        return f"{step.label}：{say_span(step.amount)}"
    return f"{step.label}：{step.formula} = {say_span(step.amount)}"
