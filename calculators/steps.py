"""The working of a calculation, step by step, so that any surface can show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from calculators.money import Span

Role = Literal["deductible", "share", "cap"]
"""What a step does to a bill: the patient bears this part, the fund bears a share, or no more than this."""


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        label: what is worked out, short, for residents (起付线, 40000 元以上的部分).
        formula: how, with the numbers put in (39200 × 55%); empty where the amount speaks for itself.
        amount: what comes out, in yuan; None where the step yields a rate or a day.
        clause: where the document says so; None for plain arithmetic.
        children: the steps that it consists of; a formula beside them says the same in short.
        role: what it does to the bill, for surfaces that draw who pays what; None for anything else.
        of: for a share, the part of the bill that it is a share of, in yuan.

    """

    label: str
    formula: str = ""
    amount: Span | None = None
    clause: str | None = None
    children: tuple[Step, ...] = ()
    role: Role | None = None
    of: Decimal | None = None


def clauses_of(steps: tuple[Step, ...]) -> tuple[str, ...]:
    """Name the clauses that steps rest on, each once, in the order in which they are used."""
    found: dict[str, None] = {}
    for step in steps:
        if step.clause is not None:
            found[step.clause] = None
        found.update(dict.fromkeys(clauses_of(step.children)))
    return tuple(found)


def lines(steps: Iterable[Step]) -> Iterator[Step]:
    """Choose the steps to show one below the other: a formula in short, else what a step consists of."""
    for step in steps:
        if step.children and not step.formula:
            yield from lines(step.children)
        else:
            yield step
