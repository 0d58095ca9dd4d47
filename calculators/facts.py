"""What a document states about rates, deductibles and caps, row by row, for what is known of a case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from calculators.calculator import Aspect
from calculators.circumstances import IDENTITY, Sense
from calculators.grid import Grid, GridCell, Possible, Scale
from calculators.known import Known
from calculators.outcomes import Fact
from calculators.scheme import Amount, Rate
from calculators.tables import Tables
from calculators.terms import WHOLE, Terms
from calculators.wording import number, percent
from knowledge.figures import say_yuan

T = TypeVar("T")
A_DAY, A_YEAR = "每天", "每年"
MANY, REST = 3, "其余的"
"""A last row of more names than these is called the rest."""


@dataclass(frozen=True)
class Row:
    """A row: what tells it from others, by circumstance; what holds by default; what it says, and where."""

    special: Mapping[str, str]
    plain: Mapping[str, str]
    said: str
    clause: str


def facts_of(sense: Sense, tables: Tables, known: Known, aspect: Aspect) -> tuple[Fact, ...]:
    """Tell the rows of one aspect that what is known leaves open; a row without a value is left out.

    What was not said is as it is by default, so that a row for a second stay comes only when asked for.
    """
    match aspect:
        case "rate":
            grids = (tables.scale, tables.points, tables.multiplier, tables.herb_points)
            rows = [*Rows(sense, tables, known, grids).rates()]
        case "deductible":
            rows = [*Rows(sense, tables, known, (tables.deductible, tables.lowered)).deductibles()]
        case "cap":
            rows = [*Rows(sense, tables, known, (tables.day_cap, tables.cap)).caps()]
    return tuple(_facts(rows))


def _facts(rows: Sequence[Row]) -> Iterator[Fact]:
    """Name each row by what tells it from the others; rows that all say the same are one."""
    if len({(row.said, row.clause) for row in rows}) == 1:
        first = rows[0]
        label = [
            said for name, said in first.special.items() if all(row.special.get(name) == said for row in rows)
        ]
        yield Fact(
            "、".join(label or (first.plain.values() if len(rows) == 1 else ())), first.said, first.clause
        )
        return
    for place, row in enumerate(rows, 1):
        telling = [said for name, said in row.special.items() if _differs(rows, name)]
        label = telling or [*(row.special or row.plain).values()]
        many = place == len(rows) and sum(said.count("、") for said in label) >= MANY
        yield Fact(REST if many else "、".join(label), row.said, row.clause)


def _differs(rows: Sequence[Row], name: str) -> bool:
    """Whether the rows that turn on a circumstance differ in it."""
    return len({row.special[name] for row in rows if name in row.special}) > 1


class Rows:
    """The rows of the tables of one aspect, under certain circumstances."""

    def __init__(
        self, sense: Sense, tables: Tables, known: Known, grids: Iterable[Grid[object] | None]
    ) -> None:
        self._sense = sense
        self._tables = tables
        self._said = sense.of(known).possible
        turned_on = tuple(grid for grid in grids if grid is not None)
        assumed = {
            name: values
            for name, values in sense.assumptions(turned_on).items()
            if not sense.scheme.dimensions[name].of_amounts
        }
        self._here: Possible = {**assumed, **self._said}

    def rates(self) -> Iterator[Row]:
        """Tell the rates, adjusted as far as adjustments apply, and what is added on herbs."""
        tables = self._tables
        for scale, first in _cells(tables.scale, self._here):
            for points, second in _cells(tables.points, first):
                for factor, third in _cells(tables.multiplier, second):
                    if scale.value is None:
                        continue
                    terms = Terms(scale.value, points=points.value, multiplier=_effective(factor.value))
                    clauses = _clauses(scale.value, points.value, factor.value)
                    yield self._row(third, (scale, points, factor), _say_scale(terms), clauses)
        for herbs, here in _cells(tables.herb_points, self._here):
            if herbs.value is not None:
                said = f"{herbs.value.name} {number(herbs.value.span.low * 100)} 个百分点"
                yield self._row(here, (herbs,), said, herbs.value.clause)

    def deductibles(self) -> Iterator[Row]:
        """Tell the deductibles, lowered where that is known to apply."""
        if self._tables.deductible is None:
            return
        for deductible, first in _cells(self._tables.deductible, self._here):
            for part, second in _cells(self._tables.lowered, first):
                yield self._row(second, (deductible, part), *_say_deductible(deductible.value, part.value))

    def caps(self) -> Iterator[Row]:
        """Tell the most that is paid, for a day and for a year."""
        for prefix, grid in ((A_DAY, self._tables.day_cap), (A_YEAR, self._tables.cap)):
            for cap, here in _cells(grid, self._here) if grid is not None else ():
                if cap.value is not None:
                    said = f"{prefix}最多 {say_yuan(cap.value.yuan)}"
                    yield self._row(here, (cap,), said, cap.value.clause)
                elif prefix == A_YEAR:
                    yield self._row(here, (cap,), "不设封顶", None)

    def _row(self, here: Possible, cells: Iterable[GridCell[object]], said: str, clause: str | None) -> Row:
        """Name the circumstances that make a row; apart those that hold by default."""
        scheme = self._sense.scheme
        turned_on = dict.fromkeys(name for cell in cells for name in cell.where)
        special: dict[str, str] = {}
        plain: dict[str, str] = {}
        for name in self._sense.in_order(turned_on):
            values, dimension = here[name], scheme.dimensions[name]
            if name == IDENTITY or dimension.of_amounts or len(values) == len(dimension.values):
                continue
            by_default = name not in self._said and values == self._here.get(name)
            (plain if by_default else special)[name] = scheme.label(name, values)
        return Row(special, plain, said, clause or "")


def _cells(grid: Grid[T] | None, here: Possible) -> Iterator[tuple[GridCell[T], Possible]]:
    """Go through the cells that are left and no gaps, each with the circumstances narrowed down to it."""
    if grid is None:
        yield GridCell({}, None), here
        return
    for cell in grid.left(here):
        if cell.gap is None:
            where = {name: values & here.get(name, values) for name, values in cell.where.items()}
            yield cell, {**here, **where}


def _effective(factor: Rate | None) -> Rate | None:
    """Leave out a multiplier that changes nothing."""
    return None if factor is not None and factor.span == WHOLE else factor


def _say_deductible(deductible: Amount | None, part: Rate | None) -> tuple[str, str]:
    """Say a deductible, or what is charged of it, and where the document says so."""
    if deductible is None:
        return "没有起付线", ""
    if part is None:
        return f"{number(deductible.yuan)} 元", deductible.clause or ""
    if not part.span.low:
        return "不扣", part.clause or ""
    charged = number(deductible.yuan * part.span.low)
    return f"{number(deductible.yuan)} × {percent(part.span)} = {charged} 元", part.clause or ""


def _say_scale(terms: Terms) -> str:
    brackets = terms.scale.brackets
    rates = [terms.rate(base) for _, base in brackets]
    if len(set(rates)) == 1:
        return terms.rate_formula(brackets[0][1])
    bounds = [say_yuan(bound.yuan) if bound else "" for bound, _ in brackets]
    parts = [f"{bounds[1]}及以内的部分 {percent(rates[0])}"]
    parts += [
        f"{lower}到 {upper}的部分 {percent(rate)}"
        for lower, upper, rate in zip(bounds[1:], bounds[2:], rates[1:], strict=False)
    ]
    return "，".join([*parts, f"{bounds[-1]}以上的部分 {percent(rates[-1])}"])


def _clauses(scale: Scale, *adjustments: Rate | Amount | None) -> str:
    rates = (*(base for _, base in scale.brackets), *adjustments)
    return "、".join(
        dict.fromkeys(rate.clause for rate in rates if rate is not None and rate.clause is not None)
    )
