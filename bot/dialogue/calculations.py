"""Saying what a calculator worked out, short enough for a phone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from calculators.money import Span, to_fen
from calculators.outcomes import Result
from calculators.steps import Step
from knowledge.figures import say_date, say_number

T = TypeVar("T")

_MOST_STEPS = 8


def say_span(span: Span) -> str:
    """Say an amount in yuan, rounded to the fen; a range with its two ends."""
    low, high = (say_number(to_fen(end)) for end in (span.low, span.high))
    return f"{low} 元" if low == high else f"{low} 到 {high} 元"


def headline(result: Result) -> str:
    """Say what the result comes to: the amounts or days that answer the question, the main one first."""
    if result.dates:
        return "，".join(f"{result.label(name)}：{say_date(day)}" for name, day in _main_first(result, result.dates))
    return "，".join(f"{result.label(name)} {say_span(span)}" for name, span in _main_first(result, result.amounts))


def _main_first(result: Result, named: Mapping[str, T]) -> list[tuple[str, T]]:
    return sorted(named.items(), key=lambda item: item[0] != result.headline)


def working(result: Result) -> Iterator[str]:
    """Say the steps, a line each, at most as many as a screen takes."""
    for number, step in enumerate(_leaves(result.steps)):
        if number == _MOST_STEPS:
            return
        yield f"· {_line(step)}"


def _leaves(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        if step.children:
            yield from _leaves(step.children)
        else:
            yield step


def _line(step: Step) -> str:
    if step.amount is None:
        return f"{step.label}：{step.formula}" if step.formula else step.label
    if not step.formula:
        return f"{step.label}：{say_span(step.amount)}"
    return f"{step.label}：{step.formula} = {say_span(step.amount)}"
