"""The tables of a reimbursement rule, read against a region's figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from calculators.grid import Grid, Scale, amounts, rates, scales
from calculators.scheme import Amount, Rate, Scheme
from calculators.terms import Terms
from knowledge.rules import Reimbursement, Table
from knowledge.rules.tables import Reading


@dataclass(frozen=True)
class Tables:
    """The tables of a rule, read against the region's figures; None where the rule has none of the kind."""

    scale: Grid[Scale]
    deductible: Grid[Amount] | None
    lowered: Grid[Rate] | None
    points: Grid[Rate] | None
    herb_points: Grid[Rate] | None
    multiplier: Grid[Rate] | None
    day_cap: Grid[Amount] | None
    cap: Grid[Amount] | None

    @classmethod
    def of(cls, rule: Reimbursement, scheme: Scheme) -> Tables:
        """Read the tables of a rule."""

        def as_amounts(table: Table | None) -> Grid[Amount] | None:
            return None if table is None else amounts(table, scheme)

        def as_rates(table: Table | None) -> Grid[Rate] | None:
            return None if table is None else rates(table, scheme)

        return cls(
            scale=scales(rule.scale, scheme),
            deductible=as_amounts(rule.deductible),
            lowered=as_rates(rule.lowered),
            points=as_rates(rule.points),
            herb_points=as_rates(rule.herbs.points if rule.herbs else None),
            multiplier=as_rates(rule.multiplier),
            day_cap=as_amounts(rule.day_cap),
            cap=as_amounts(rule.cap),
        )

    @property
    def all(self) -> tuple[Grid[object], ...]:
        """All tables that there are."""
        candidates = (
            self.scale, self.deductible, self.lowered, self.points,
            self.herb_points, self.multiplier, self.day_cap, self.cap,
        )  # fmt: skip
        return tuple(grid for grid in candidates if grid is not None)

    def terms(self, possible: Mapping[str, frozenset[str]]) -> Terms:
        """Read the terms off, once the circumstances are settled."""
        scale = self.scale.settled(possible)
        if scale is None:
            raise ValueError("a scale has no cell without a value")

        def rate(grid: Grid[Rate] | None) -> Rate | None:
            return None if grid is None else grid.settled(possible)

        def yuan(grid: Grid[Amount] | None) -> Amount | None:
            return None if grid is None else grid.settled(possible)

        return Terms(
            scale=scale,
            deductible=yuan(self.deductible),
            lowered=rate(self.lowered),
            points=rate(self.points),
            herb_points=rate(self.herb_points),
            multiplier=rate(self.multiplier),
            day_cap=yuan(self.day_cap),
            cap=yuan(self.cap),
        )


@dataclass(frozen=True)
class OtherTables:
    """Another reading of the document, read against the region's figures."""

    reading: Reading
    scale: Grid[Scale] | None
    deductible: Grid[Amount] | None
    lowered: Grid[Rate] | None
    further: Grid[Amount] | None

    @classmethod
    def of(cls, reading: Reading, scheme: Scheme) -> OtherTables:
        """Read the tables of a reading."""
        return cls(
            reading,
            None if reading.scale is None else scales(reading.scale, scheme),
            None if reading.deductible is None else amounts(reading.deductible, scheme),
            None if reading.lowered is None else rates(reading.lowered, scheme),
            None if reading.further is None else amounts(reading.further, scheme),
        )

    def terms(self, terms: Terms, possible: Mapping[str, frozenset[str]]) -> Terms:
        """Put the other reading in the place of the rule's own parameters."""
        if self.scale is not None:
            terms = replace(terms, scale=self.scale.settled(possible) or terms.scale)
        if self.deductible is not None:
            terms = replace(terms, deductible=self.deductible.settled(possible))
        if self.lowered is not None:
            terms = replace(terms, lowered=self.lowered.settled(possible))
        if self.further is not None:
            terms = replace(terms, further=self.further.settled(possible))
        return replace(
            terms,
            shifted=self.reading.bounds is not None,
            cap_on_cost=self.reading.cap is not None,
            herbs_first=self.reading.herbs == "first",
            herbs_alone=self.reading.herbs == "alone",
        )
