"""Decision tables at work: the cells that are left for what is known, and what would tell them apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from calculators.outcomes import Option
from calculators.scheme import Amount, Rate, Scheme
from knowledge.rules.tables import NOTHING, Bracket, Table

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")
Possible = Mapping[str, frozenset[str]]
"""For each dimension that something is known of, the values that are still possible."""


@dataclass(frozen=True)
class GridCell(Generic[T_co]):
    """A cell: where it applies, and its value; None for nothing; or the text of a gap."""

    where: Possible
    value: T_co | None
    gap: str | None = None

    def may_apply(self, possible: Possible) -> bool:
        """Whether the cell applies to some of what is possible."""
        for name, values in self.where.items():
            if name in possible and values.isdisjoint(possible[name]):
                return False
        return True


@dataclass(frozen=True)
class Grid(Generic[T_co]):
    """A table whose cells, taken together, cover all circumstances once."""

    cells: tuple[GridCell[T_co], ...]

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions that the cells turn on, in the order in which they come up."""
        return tuple(dict.fromkeys(name for cell in self.cells for name in cell.where))

    def left(self, possible: Possible) -> tuple[GridCell[T_co], ...]:
        """Return the cells that may still apply."""
        return tuple(cell for cell in self.cells if cell.may_apply(possible))

    @cached_property
    def _numbered(self) -> tuple[tuple[GridCell[T_co], int], ...]:
        """The cells, each with the number of its outcome; cells of the same outcome have the same number."""
        numbers: dict[tuple[T_co | None, str | None], int] = {}
        return tuple((cell, numbers.setdefault((cell.value, cell.gap), len(numbers))) for cell in self.cells)

    def outcomes(self, possible: Possible) -> frozenset[int]:
        """Return the numbers of the different outcomes of the cells that may still apply."""
        return frozenset(number for cell, number in self._numbered if cell.may_apply(possible))

    def settled(self, possible: Possible) -> T_co | None:
        """Return the value, once only one outcome is left and it is no gap."""
        return self.left(possible)[0].value


@dataclass(frozen=True)
class Scale:
    """Marginal rates: each holds for the part of the cost above its bound, up to the next bound."""

    brackets: tuple[tuple[Amount | None, Rate], ...]


def _grid(table: Table, scheme: Scheme, read: Callable[[str | tuple[Bracket, ...]], T]) -> Grid[T]:
    return Grid(
        tuple(
            GridCell(
                scheme.spread(cell.when),
                None if cell.is_ is None or cell.is_ == NOTHING else read(cell.is_),
                None if cell.gap is None else scheme.say(cell.gap),
            )
            for cell in table
        )
    )


def amounts(table: Table, scheme: Scheme) -> Grid[Amount]:
    """Read a table of amounts."""
    return _grid(table, scheme, lambda value: scheme.amount(str(value)))


def rates(table: Table, scheme: Scheme) -> Grid[Rate]:
    """Read a table of rates or percentage points."""
    return _grid(table, scheme, lambda value: scheme.rate(str(value)))


def scales(table: Table, scheme: Scheme) -> Grid[Scale]:
    """Read a table of flat rates or marginal brackets."""

    def read(value: str | tuple[Bracket, ...]) -> Scale:
        brackets = (Bracket(rate=value),) if isinstance(value, str) else value
        return Scale(
            tuple(
                (None if bracket.over is None else scheme.amount(bracket.over), scheme.rate(bracket.rate))
                for bracket in brackets
            )
        )

    return _grid(table, scheme, read)


Grids = Sequence[Grid[object]]


def unsettled(grids: Grids, possible: Possible) -> Grids:
    """Return the grids that still have more than one outcome."""
    return [grid for grid in grids if len(grid.outcomes(possible)) > 1]


def parts(grids: Grids, possible: Possible, name: str, values: Iterable[str]) -> list[frozenset[str]]:
    """Part the values of a dimension by what they lead to; one part: the dimension tells nothing apart."""
    by_outcome: dict[tuple[object, ...], list[str]] = {}
    for value in values:
        here = {**possible, name: frozenset({value})}
        by_outcome.setdefault(tuple(grid.outcomes(here) for grid in grids), []).append(value)
    return [frozenset(alike) for alike in by_outcome.values()]


def options(scheme: Scheme, name: str, alike: Iterable[frozenset[str]]) -> tuple[Option, ...]:
    """Name the parts of a dimension as choices."""
    return tuple(Option(scheme.label(name, values), values) for values in alike)
