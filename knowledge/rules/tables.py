"""Decision tables over circumstances, and the small parts that all kinds of rules share.

A table is a list of cells ``{when: {dimension: values}, is: figure}``; under any circumstances exactly one
cell must apply, which the lint proves. A table that never varies is written as its one value.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from knowledge.model import Frozen
from knowledge.rules.marks import Holds, NotEmpty, RateId, SaysToResidents, Text, Where, YuanId

NOTHING = "none"
"""Written as a cell's value: there is no deductible, no cap, no change, nothing to pay here."""


class Bracket(Frozen):
    """A marginal rate on the part of the cost above `over` (the first bracket has none)."""

    rate: RateId
    over: YuanId | None = None


Value = str | Annotated[tuple[Bracket, ...], NotEmpty]
"""A figure's id, `none`, or a list of brackets."""


class Cell(Frozen):
    """What holds under certain circumstances.

    Attributes:
        when: the circumstances; without any, the cell always applies.
        is_: the value (written `is`).
        gap: instead of a value, what to say where the document is silent about these circumstances.

    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)

    when: Where = Field(default_factory=dict)
    is_: Value | None = Field(default=None, alias="is")
    gap: Text | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.is_ is None) == (self.gap is None):
            raise ValueError("a cell holds either `is` or `gap`")
        return self


def _as_cells(written: object) -> object:
    if isinstance(written, dict):
        raise ValueError("must be one value, or a list of cells (lines that begin with `-`)")  # noqa: TRY004  # pydantic tells ValueErrors
    is_cells = isinstance(written, list) and all(
        isinstance(cell, dict) and "rate" not in cell for cell in written
    )
    return written if is_cells else [{"is": written}]


Table = Annotated[tuple[Cell, ...], BeforeValidator(_as_cells), NotEmpty]
Sums = Annotated[Table, Holds(("yuan",))]
Amounts = Annotated[Table, Holds(("yuan",), nothing=True)]
Rates = Annotated[Table, Holds(("rate",), nothing=True)]
Points = Annotated[Table, Holds(("points",), nothing=True)]
Scales = Annotated[Table, Holds(("rate",), brackets=True)]


class Question(Frozen):
    """An amount that the user must give: what it is called and how it is asked for."""

    label: Text
    ask: Text


class Gate(Frozen):
    """Circumstances under which the rule does not apply (`unless` others hold, too), and what to say then."""

    when: Where
    unless: Where | None = None
    text: Text
    clause: str | None = None


class Reading(Frozen):
    """Another way to read the document: what is put in the place of the rule's own parameters.

    Attributes:
        scale, deductible, lowered: other tables.
        further: a deductible that comes on top of the rule's own.
        bounds: the brackets' bounds are counted from the deductible on.
        cap: the year's cap limits the cost that counts, not what is paid.
        herbs: the deductible comes off the herbs first, or the points on herbs stand alone, without others.

    """

    scale: Scales | None = None
    deductible: Amounts | None = None
    lowered: Rates | None = None
    further: Amounts | None = None
    bounds: Literal["deductible"] | None = None
    cap: Literal["cost"] | None = None
    herbs: Literal["first", "alone"] | None = None


class Caveat(Frozen):
    """What the reader of a result must know besides.

    Attributes:
        text: a template over figures; {other} stands for the amount by the other reading.
        when: the circumstances in which it matters.
        once: say it only where something was deducted, or once the cost has got into the second bracket, to a
            day's cap or to the year's cap.
        reading: another way to read the document; say it only where that leads to another amount.

    """

    text: Annotated[str, SaysToResidents(("other",))]
    when: Where = Field(default_factory=dict)
    once: Literal["deducted", "bracket", "day_cap", "cap"] | None = None
    reading: Reading | None = None


class Implied(Frozen):
    """Circumstances that follow from others (a minor has tier two), whatever was said about them."""

    when: Where
    then: Where
    note: Text | None = None
