"""What a calculator comes back with: a result, a question, or that the document does not cover the case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from calculators.money import NOTHING, Span, to_fen
from calculators.steps import Step, clauses_of

NAMES: Mapping[str, str] = {
    "fund": "医保报销",
    "patient": "个人承担",
    "inpatient": "基本医保报销",
    "critical": "大病保险报销",
    "prenatal": "产前检查补助",
    "delivery": "分娩补助",
    "short": "离起付线还差",
    "room": "年度限额还剩",
    "premium": "个人缴费标准",
    "surcharge": "加缴的财政补助",
    "aid": "资助",
    "own": "自己要交",
    "subsidy": "财政补助",
    "total": "连财政补助合计",
    "from": "待遇开始",
    "to": "待遇结束",
    "deadline": "最迟办理",
}
"""What residents read for the name of an amount or day, where the result says nothing better."""


@dataclass(frozen=True)
class Result:
    """What was worked out.

    Attributes:
        calculator, title: which calculator, and what it works out.
        headline: the name of the amount or day that answers the question.
        amounts: yuan by name, rounded to the fen; dates: days by name.
        labels: for residents, how to call amounts and days where it is not as in NAMES.
        steps: the working; assumptions: what was taken for granted because nothing was said;
        caveats: what the reader must know besides.
        clauses: what it rests on.

    """

    calculator: str
    title: str
    headline: str
    amounts: Mapping[str, Span] = field(default_factory=dict)
    dates: Mapping[str, dt.date] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    assumptions: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses that the steps rest on."""
        return clauses_of(self.steps)

    @property
    def told(self) -> tuple[str, ...]:
        """The names of the amounts or days to tell, the one that answers the question first.

        A lack of nothing is not worth a word, nor is a standard that is all there is to pay; where only the
        lack was asked for, nothing else is.
        """
        if self.headline == "short":
            return (self.headline,)
        named = self.dates or self.amounts
        hidden = {"short"} if self.amounts.get("short") == NOTHING else set()
        hidden -= {self.headline}
        if self.amounts.get("premium") == self.amounts.get(self.headline):
            hidden.add("premium")
        return tuple(
            sorted(named.keys() - hidden, key=lambda name: (name != self.headline, [*named].index(name)))
        )

    def label(self, name: str) -> str:
        """Say how residents call an amount or day of this result."""
        return self.labels.get(name) or NAMES[name]

    def with_caveats(self, *caveats: str) -> Result:
        """Add caveats, each at most once."""
        return replace(self, caveats=tuple(dict.fromkeys((*self.caveats, *caveats))))

    def to_json(self) -> dict[str, Any]:
        """Give the result as JSON holds it: amounts as text to the fen, ranges as name_from and name_to."""
        amounts = {
            key: text for name, span in self.amounts.items() for key, text in _as_json(name, span).items()
        }
        return {
            "calculator": self.calculator,
            "title": self.title,
            "headline": self.headline,
            "amounts": amounts,
            "dates": {name: day.isoformat() for name, day in self.dates.items()},
            "told": list(self.told),
            "labels": {name: self.label(name) for name in (*self.amounts, *self.dates)},
            "steps": [_step_as_json(step) for step in self.steps],
            "assumptions": list(self.assumptions),
            "caveats": list(self.caveats),
            "clauses": list(self.clauses),
        }


def _as_json(name: str, span: Span) -> dict[str, str]:
    low, high = f"{to_fen(span.low):f}", f"{to_fen(span.high):f}"
    return {name: low} if span.is_exact else {f"{name}_from": low, f"{name}_to": high}


def _step_as_json(step: Step) -> dict[str, Any]:
    return {
        "label": step.label,
        "formula": step.formula,
        **(_as_json("amount", step.amount) if step.amount is not None else {}),
        "clause": step.clause,
        **({} if step.role is None else {"role": step.role}),
        **({} if step.of is None else {"of": f"{to_fen(step.of):f}"}),
        "steps": [_step_as_json(child) for child in step.children],
    }


@dataclass(frozen=True)
class Option:
    """A choice that answers a question: how it is called, and the dimension's values that it stands for."""

    label: str
    values: frozenset[str]


@dataclass(frozen=True)
class Ask:
    """The one thing to ask for next.

    Attributes:
        input: the name of the input that the answer is for.
        question: how to ask for it.
        options: the choices; empty where an amount, a count or a day is asked for.

    """

    input: str
    question: str
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class NotCovered:
    """The document says nothing about this case: what it leaves out, and the clause nearby."""

    text: str
    clause: str | None = None


Outcome = Result | Ask | NotCovered


@dataclass(frozen=True)
class Fact:
    """A parameter as the document states it: for whom, what it says, and where."""

    label: str
    said: str
    clause: str
