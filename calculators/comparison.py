"""One case under several circumstances: tiers, hospital levels, in or out of the province."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from calculators.calculator import Calculator
from calculators.inputs import Choice, Input
from calculators.known import Known, choice
from calculators.money import Span, to_fen
from calculators.outcomes import Ask, NotCovered, Option, Result

PREMIUM = "premium"
"""The calculator whose amounts a comparison of tiers weighs against what they pay."""


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
class Side:
    """One of the cases set against each other: what it is called, and what is known of it."""

    label: str
    known: Known


@dataclass(frozen=True)
class Comparison:
    """Several results side by side, in the order in which they were asked for.

    Attributes:
        rows: what comes out under each circumstance; name: the circumstance compared;
        left_out: the circumstances about which the document is silent, with what to say.

    """

    rows: tuple[Row, ...]
    name: str = ""
    left_out: tuple[tuple[Option, str], ...] = ()

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

    @property
    def difference(self) -> Span:
        """How far apart the most and the least are."""
        lows, highs = [row.amount.low for row in self.rows], [row.amount.high for row in self.rows]
        return Span(max(lows) - min(lows), max(highs) - min(highs))

    @property
    def clauses(self) -> tuple[str, ...]:
        """What the results rest on."""
        return tuple(dict.fromkeys(clause for row in self.rows for clause in row.result.clauses))

    @property
    def caveats(self) -> tuple[str, ...]:
        """What the reader must know besides, of any of the results."""
        return tuple(dict.fromkeys(caveat for row in self.rows for caveat in row.result.caveats))

    def to_json(self) -> dict[str, Any]:
        """Give the comparison as JSON holds it: a result as usual in each row, and how the rows differ."""
        first = self.rows[0].result
        return {
            "calculator": first.calculator,
            "title": first.title,
            "compare": self.name,
            "amounts": _amount("difference", self.difference),
            "rows": [self._row(row) for row in self.rows],
            "left_out": [{"label": option.label, "text": text} for option, text in self.left_out],
            "steps": [],
            "caveats": list(self.caveats),
            "clauses": list(self.clauses),
        }

    def _row(self, row: Row) -> dict[str, Any]:
        gain = self.gain(row)
        return {
            "label": row.option.label,
            "values": sorted(row.option.values),
            **row.result.to_json(),
            **({} if row.premium is None else _amount("premium", row.premium)),
            **_amount("more", self.more(row)),
            **({} if gain is None else _amount("gain", gain)),
        }


def _amount(name: str, span: Span) -> dict[str, str]:
    """Say an amount, or the two ends of a range, to the fen."""
    low, high = _fen(span.low), _fen(span.high)
    return {name: low} if low == high else {f"{name}_from": low, f"{name}_to": high}


def _fen(amount: Decimal) -> str:
    return f"{to_fen(amount):f}"


def comparable(calculator: Calculator) -> tuple[Input, ...]:
    """Tell by which circumstances a calculator's results can be set side by side."""
    return tuple(item for item in calculator.inputs if item.kind == "choice" and calculator.gives_amounts)


def side_by_side(
    calculators: Mapping[str, Calculator], calculator: Calculator, known: Known, item: Input
) -> Comparison | Ask | NotCovered:
    """Compare all values of a circumstance, or those that are left of it, which lead to different results.

    Where the premium turns on the circumstance, too, its difference counts.
    """
    options, silent = _alternatives(calculator, known, item)
    premium = calculators.get(PREMIUM)
    if premium is calculator or premium is None or item.name not in premium.takes:
        premium = None
    found = compare(calculator, known, item.name, options, premium)
    if not isinstance(found, Comparison):
        return found
    if not found.rows:
        return NotCovered("".join(text for _, text in silent))
    return Comparison(found.rows, item.name, silent)


def alternatives(calculator: Calculator, known: Known, name: str) -> tuple[Option, ...]:
    """Find the values of a dimension that lead to different outcomes of a case, each kind of outcome once."""
    item = next(item for item in calculator.inputs if item.name == name)
    return _alternatives(calculator, known, item)[0]


def _alternatives(
    calculator: Calculator, known: Known, item: Input
) -> tuple[tuple[Option, ...], tuple[tuple[Option, str], ...]]:
    """Part the values of a circumstance by what they lead to, and those that the document leaves out."""
    left = choice(known, item.name)
    alike: dict[object, list[str]] = {}
    silent: dict[str, list[str]] = {}
    for value in _values(item):
        if left is not None and value not in left:
            continue
        outcome = calculator.run({**known, item.name: frozenset({value})})
        if isinstance(outcome, NotCovered):
            silent.setdefault(outcome.text, []).append(value)
        else:
            told = tuple(sorted(outcome.amounts.items())) if isinstance(outcome, Result) else outcome
            alike.setdefault(told, []).append(value)
    return (
        tuple(option_of(item, values) for values in alike.values()),
        tuple((option_of(item, values), text) for text, values in silent.items()),
    )


def _values(item: Input) -> list[str]:
    return [option.id for option in item.choices if option.values == {option.id}]


def option_of(item: Input, values: Sequence[str]) -> Option:
    """Name values of a circumstance as residents would: by groups' names as far as they fit."""
    left = set(values)
    said: list[tuple[int, str]] = []
    for option in sorted(item.choices, key=lambda option: -len(option.values)):
        if option.values <= left:
            left -= option.values
            said.append((_place(item, option), option.label))
    return Option("、".join(label for _, label in sorted(said)), frozenset(values))


def _place(item: Input, option: Choice) -> int:
    return min(place for place, value in enumerate(_values(item)) if value in option.values)


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
    cases = ((option, {**known, name: option.values}) for option in options)
    return _compared(calculator, cases, premium, name)


def set_against(
    calculator: Calculator, sides: Sequence[Side], premium: Calculator | None = None
) -> Comparison | Ask | NotCovered:
    """Work out each of several sides, which may differ in several circumstances.

    Args:
        calculator: what is worked out; sides: at least one; premium: as in `compare`.

    Returns:
        as `compare`.

    """
    cases = ((Option(side.label, frozenset()), side.known) for side in sides)
    return _compared(calculator, cases, premium, "")


def _compared(
    calculator: Calculator, cases: Iterable[tuple[Option, Known]], premium: Calculator | None, name: str
) -> Comparison | Ask | NotCovered:
    rows: list[Row] = []
    for option, about in cases:
        outcome = calculator.run(about)
        if not isinstance(outcome, Result):
            return outcome
        paid = premium.run(about) if premium is not None else None
        own = paid.amounts["own"] if isinstance(paid, Result) else None
        rows.append(Row(option, outcome, own))
    return Comparison(tuple(rows), name)
