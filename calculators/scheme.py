"""A region's figures as calculators read them: typed values that carry their name and clause along."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from calculators.money import Span
from knowledge.figures import Figure, RateRange
from knowledge.model import Dimension
from knowledge.templates import fill


@dataclass(frozen=True)
class Amount:
    """Yuan of a document; two are equal if the amounts are."""

    yuan: Decimal
    name: str = field(compare=False)
    clause: str | None = field(compare=False)


@dataclass(frozen=True)
class Rate:
    """A rate or percentage points of a document, 0..1, perhaps a range; two are equal if the rates are."""

    span: Span
    name: str = field(compare=False)
    clause: str | None = field(compare=False)


@dataclass(frozen=True)
class Length:
    """A length of time of a document, in months or in days."""

    months: int | None
    days: int | None
    name: str = field(compare=False)
    clause: str | None = field(compare=False)

    def after(self, day: dt.date) -> dt.date:
        """Count on from a day; in a shorter month, its last day stands for the missing one."""
        if self.days is not None:
            return day + dt.timedelta(days=self.days)
        years, month = divmod(day.month - 1 + (self.months or 0), 12)
        last = calendar.monthrange(day.year + years, month + 1)[1]
        return day.replace(year=day.year + years, month=month + 1, day=min(day.day, last))


@dataclass(frozen=True)
class Scheme:
    """What calculators know of a region: its figures, and the circumstances that there are.

    The methods raise KeyError or TypeError for an id without such a figure; checked rules hold none.
    """

    figures: Mapping[str, Figure]
    dimensions: Mapping[str, Dimension]

    def amount(self, figure_id: str) -> Amount:
        """Read an amount in yuan."""
        figure = self.figures[figure_id]
        if figure.yuan is None:
            raise TypeError(f"{figure_id} is no amount")
        return Amount(figure.yuan, figure.name, figure.clause)

    def rate(self, figure_id: str) -> Rate:
        """Read a rate, a range of rates, or percentage points."""
        figure = self.figures[figure_id]
        match figure.rate if figure.rate is not None else figure.points:
            case RateRange(low, high):
                return Rate(Span(low, high), figure.name, figure.clause)
            case Decimal() as rate:
                return Rate(Span.exact(rate), figure.name, figure.clause)
            case _:
                raise TypeError(f"{figure_id} is no rate")

    def day(self, figure_id: str) -> dt.date:
        """Read a day."""
        day = self.figures[figure_id].date
        if day is None:
            raise TypeError(f"{figure_id} is no day")
        return day

    def length(self, figure_id: str) -> Length:
        """Read a length of time in months or days."""
        figure = self.figures[figure_id]
        return Length(figure.months, figure.days, figure.name, figure.clause)

    def clause(self, figure_id: str) -> str:
        """Tell where the document states a figure."""
        return self.figures[figure_id].clause

    def say(self, template: str, **computed: str) -> str:
        """Put figures, and what was worked out, into a template."""
        for name, said in computed.items():
            template = template.replace(f"{{{name}}}", said)
        return fill(template, self.figures)

    def spread(self, when: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
        """Spread circumstances out into base values."""
        return {name: self.dimensions[name].spread(words) for name, words in when.items()}

    def label(self, name: str, values: frozenset[str]) -> str:
        """Name several values of a dimension as residents would: by groups' names as far as they fit."""
        dimension = self.dimensions[name]
        said: dict[str, str] = {}
        left = set(values)
        for group in sorted(dimension.groups.values(), key=lambda group: -len(group.of)):
            if left.issuperset(group.of) and len(group.of) > 1:
                said[group.of[0]] = group.name
                left.difference_update(group.of)
        said |= {value: dimension.values[value] for value in left}
        return "、".join(said[value] for value in dimension.values if value in said)
