"""What a document states about rates, deductibles and caps, row by row, for what is known of a case."""

from __future__ import annotations

from collections.abc import Iterator

from calculators.calculator import Aspect
from calculators.circumstances import IDENTITY, Circumstances, Sense
from calculators.grid import Grid, GridCell, Possible, Scale
from calculators.known import Known
from calculators.outcomes import Fact
from calculators.scheme import Amount, Rate
from calculators.tables import Tables
from calculators.terms import Terms
from calculators.wording import number, percent
from knowledge.figures import say_yuan


def facts_of(sense: Sense, tables: Tables, known: Known, aspect: Aspect) -> tuple[Fact, ...]:
    """Tell the rows of one aspect that what is known leaves open; a row without a value is left out."""
    rows = Rows(sense, tables, sense.of(known))
    match aspect:
        case "rate":
            return tuple(rows.rates())
        case "deductible":
            return tuple(rows.deductibles())
        case "cap":
            return tuple(rows.caps())


class Rows:
    """The rows of a rule's tables under certain circumstances."""

    def __init__(self, sense: Sense, tables: Tables, here: Circumstances) -> None:
        self._sense = sense
        self._tables = tables
        self._here = here.possible

    def rates(self) -> Iterator[Fact]:
        """Tell the rates, adjusted as far as adjustments apply."""
        for cell in self._tables.scale.left(self._here):
            if cell.value is None:
                continue
            here = self._narrowed(self._here, cell)
            for point, with_points in self._adjustments(self._tables.points, here, self._tables.scale):
                for factor, with_all in self._adjustments(
                    self._tables.multiplier, with_points, self._tables.scale
                ):
                    terms = Terms(cell.value, points=point, multiplier=factor)
                    yield Fact(self._label(with_all), _say_scale(terms), _clauses(cell.value, point, factor))

    def deductibles(self) -> Iterator[Fact]:
        """Tell the deductibles, lowered where that is known to apply."""
        grid = self._tables.deductible
        if grid is None:
            return
        for cell in grid.left(self._here):
            if cell.gap is not None:
                continue
            here = self._narrowed(self._here, cell)
            for part, lowered in self._adjustments(self._tables.lowered, here, grid):
                if cell.value is None:
                    yield Fact(self._label(lowered), "没有起付线", "")
                    continue
                yuan = cell.value.yuan
                if part is None:
                    yield Fact(self._label(lowered), f"{number(yuan)} 元", cell.value.clause or "")
                    continue
                charged = number(yuan * part.span.low)
                said = f"{number(yuan)} × {percent(part.span)} = {charged} 元"
                yield Fact(self._label(lowered), said, part.clause or "")

    def caps(self) -> Iterator[Fact]:
        """Tell the most that is paid, for a day and for a year."""
        for prefix, grid in (("每天", self._tables.day_cap), ("每年", self._tables.cap)):
            for cell in grid.left(self._here) if grid is not None else ():
                if cell.gap is not None or (cell.value is None and prefix == "每天"):
                    continue
                label = self._label(self._narrowed(self._here, cell))
                if cell.value is None:
                    yield Fact(label, "不设封顶", "")
                else:
                    yield Fact(label, f"{prefix}最多 {say_yuan(cell.value.yuan)}", cell.value.clause or "")

    def _adjustments(
        self, grid: Grid[Rate] | None, here: Possible, base: Grid[object]
    ) -> Iterator[tuple[Rate | None, Possible]]:
        """Go through the adjustments that are left; assumptions hold for what only adjustments turn on."""
        if grid is None:
            yield None, here
            return
        assumed = {
            name: values
            for name, values in self._sense.assumptions((grid,)).items()
            if name not in here and name not in base.dimensions
        }
        cells = [cell for cell in grid.left({**here, **assumed}) if cell.gap is None]
        if len({cell.value for cell in cells}) == 1:
            yield cells[0].value, here
            return
        for cell in cells:
            yield cell.value, self._narrowed({**here, **assumed}, cell)

    @staticmethod
    def _narrowed(here: Possible, cell: GridCell[object]) -> Possible:
        return {**here, **{name: values & here.get(name, values) for name, values in cell.where.items()}}

    def _label(self, here: Possible) -> str:
        """Name the circumstances of a row; a default is named only where there is nothing else to name."""
        scheme = self._sense.scheme
        special: list[str] = []
        plain: list[str] = []
        for name in self._sense.dimensions(self._tables.all, ()):
            values, dimension = here.get(name), scheme.dimensions[name]
            if name == IDENTITY or values is None or len(values) == len(dimension.values):
                continue
            is_default = dimension.default is not None and values == dimension.spread([dimension.default])
            (plain if is_default else special).append(scheme.label(name, values))
        return "、".join(special or plain)


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
