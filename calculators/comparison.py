"""One case under several circumstances: tiers, hospital levels, in or out of the province."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from calculators.calculator import Calculator
from calculators.known import Known
from calculators.money import Span
from calculators.outcomes import Ask, NotCovered, Option, Result
from calculators.scheme import Scheme


@dataclass(frozen=True)
class Row:
    """One of the circumstances compared.

    Attributes:
        option: which it is; result: what comes out; premium: what is paid for the year, where that differs.

    """

    option: Option
    result: Result
    premium: Span | None = None

    @property
    def amount(self) -> Span:
        """The amount that answers the question."""
        return self.result.amounts[self.result.headline]


@dataclass(frozen=True)
class Comparison:
    """Several results side by side, in the order in which they were asked for."""

    rows: tuple[Row, ...]

    def more(self, row: Row) -> Span:
        """Tell how much more a row pays than the first one; less than nothing where it pays less."""
        first = self.rows[0].amount
        return Span(row.amount.low - first.low, row.amount.high - first.high)

    def gain(self, row: Row) -> Span | None:
        """Tell what is left of that after the difference of the premiums, where premiums were compared."""
        first = self.rows[0].premium
        if first is None or row.premium is None:
            return None
        dearer = row.premium.low - first.low
        more = self.more(row)
        return Span(more.low - dearer, more.high - dearer)

    def to_json(self) -> dict[str, Any]:
        """Give the comparison as JSON holds it."""
        return {"rows": [{"label": row.option.label, **row.result.to_json()} for row in self.rows]}


def alternatives(calculator: Calculator, scheme: Scheme, known: Known, name: str) -> tuple[Option, ...]:
    """Find the values of a dimension that lead to different outcomes of a case, each kind of outcome once."""
    alike: dict[object, list[str]] = {}
    for value in scheme.dimensions[name].values:
        outcome = calculator.run({**known, name: frozenset({value})})
        if not isinstance(outcome, NotCovered):
            told = tuple(sorted(outcome.amounts.items())) if isinstance(outcome, Result) else outcome
            alike.setdefault(told, []).append(value)
    found = [frozenset(values) for values in alike.values()]
    return tuple(Option(scheme.label(name, values), values) for values in found)


def compare(
    calculator: Calculator,
    known: Known,
    name: str,
    options: Sequence[Option],
    premium: Calculator | None = None,
) -> Comparison | Ask | NotCovered:
    """Work a case out under each of several circumstances.

    Args:
        calculator: what is worked out; known: the case without the circumstance compared.
        name: the dimension compared; options: its values side by side, at least one.
        premium: the calculator of the premium, where the premiums' difference counts, too.

    Returns:
        the comparison; or what has to be asked for first; or that the document leaves one of them out.

    """
    rows: list[Row] = []
    for option in options:
        about = {**known, name: option.values}
        outcome = calculator.run(about)
        if not isinstance(outcome, Result):
            return outcome
        paid = premium.run(about) if premium is not None else None
        own = paid.amounts["own"] if isinstance(paid, Result) else None
        rows.append(Row(option, outcome, own))
    return Comparison(tuple(rows))
