"""The arithmetic of a reimbursement: cost, deductible, scale, adjustments, caps, each a step to show."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from calculators.grid import Scale
from calculators.money import NOTHING, ZERO, Span
from calculators.scheme import Amount, Rate
from calculators.steps import Step
from calculators.wording import number, percent

WHOLE = Span.exact(Decimal(1))


@dataclass(frozen=True)
class Terms:
    """The parameters that hold for one case; None where there is nothing of the kind.

    Attributes:
        scale: rates by part of the cost; deductible, and lowered: the part of it that is charged;
        points: added to the rate; herb_points: added on the cost of herbs; multiplier: of the rate;
        day_cap, cap: the most for a day and for a year.

    """

    scale: Scale
    deductible: Amount | None = None
    lowered: Rate | None = None
    points: Rate | None = None
    herb_points: Rate | None = None
    multiplier: Rate | None = None
    day_cap: Amount | None = None
    cap: Amount | None = None

    def rate(self, base: Rate) -> Span:
        """Adjust a rate of the scale: points first, then the multiplier, never above the whole."""
        return self.multiplied(self.raised(base).at_most(WHOLE.low))

    def raised(self, base: Rate) -> Span:
        """Add the points to a rate of the scale."""
        return base.span + (self.points.span if self.points else NOTHING)

    def multiplied(self, rate: Span) -> Span:
        """Apply the multiplier to a rate."""
        return rate * (self.multiplier.span if self.multiplier else WHOLE)

    def rate_formula(self, base: Rate) -> str:
        """Show how a rate of the scale is adjusted (90% × 80% = 72%); just the rate where it is not."""
        if self.points is None and self.multiplier is None:
            return percent(base.span)
        said = percent(base.span)
        if self.points is not None:
            said = f"{said} + {percent(self.points.span)}"
        if self.multiplier is not None:
            said = f"{f'（{said}）' if self.points else said} × {percent(self.multiplier.span)}"
        return f"{said} = {percent(self.rate(base))}"

    @property
    def second_bound(self) -> Decimal | None:
        """The bound above which the second bracket holds, in yuan."""
        bounds = [bound.yuan for bound, _ in self.scale.brackets if bound is not None]
        return bounds[0] if bounds else None

    def charged(self) -> Decimal:
        """Return the deductible that is charged, in yuan."""
        if self.deductible is None:
            return ZERO
        return self.deductible.yuan * (self.lowered.span.low if self.lowered else Decimal(1))


@dataclass(frozen=True)
class Bill:
    """What a case costs: the cost that counts, the herbs within it, and what was paid in the year already."""

    cost: Decimal
    herbs: Decimal = ZERO
    paid: Decimal = ZERO


@dataclass(frozen=True)
class Working:
    """A reimbursement worked out, not yet rounded.

    Attributes:
        fund: what is paid; steps: how; touched: which thresholds the case has met, for caveats.

    """

    fund: Span
    steps: tuple[Step, ...]
    touched: frozenset[str]


def work_out(terms: Terms, bill: Bill) -> Working:
    """Apply the terms to a bill."""
    charged = terms.charged()
    steps = list(_deductible_step(terms, charged))
    touched = {"deducted"} if charged else set()
    if bill.cost <= charged:
        steps.append(Step("没有超过起付线", f"{number(bill.cost)} ≤ {number(charged)}", NOTHING))
        return Working(NOTHING, tuple(steps), frozenset(touched))
    parts = (*_scale_steps(terms, bill.cost, charged), *_herb_steps(terms, bill, charged))
    fund = sum((part.amount for part in parts if part.amount is not None), NOTHING)
    steps += [*_rate_steps(terms), *parts]
    if terms.second_bound is not None and bill.cost > terms.second_bound:
        touched.add("bracket")
    for name, cap, paid in (("day_cap", terms.day_cap, ZERO), ("cap", terms.cap, bill.paid)):
        if cap is None:
            continue
        room = max(ZERO, cap.yuan - paid)
        if fund.high >= room:
            touched.add(name)
        if fund.high > room:
            fund = fund.at_most(room)
            formula = f"{number(cap.yuan)} − {number(paid)}" if paid else ""
            steps.append(Step(cap.name, formula, fund, cap.clause))
    return Working(fund, tuple(steps), frozenset(touched))


def _deductible_step(terms: Terms, charged: Decimal) -> tuple[Step, ...]:
    deductible, lowered = terms.deductible, terms.lowered
    if deductible is None or not deductible.yuan:
        return ()
    if lowered is None:
        return (Step("起付线", "", Span.exact(charged), deductible.clause),)
    formula = f"{number(deductible.yuan)} × {percent(lowered.span)}"
    return (Step("起付线", formula, Span.exact(charged), lowered.clause),)


def _rate_steps(terms: Terms) -> tuple[Step, ...]:
    """Show how the rate of each bracket comes about, where it is adjusted."""
    if terms.points is None and terms.multiplier is None:
        return ()
    adjustment = terms.multiplier or terms.points
    return tuple(
        Step("报销比例", terms.rate_formula(base), None, adjustment.clause if adjustment else None)
        for _, base in terms.scale.brackets
    )


def _scale_steps(terms: Terms, cost: Decimal, charged: Decimal) -> tuple[Step, ...]:
    """One step for each bracket that the cost reaches."""
    brackets = terms.scale.brackets
    lowers = [max(charged, bound.yuan if bound else ZERO) for bound, _ in brackets]
    uppers = [*(min(cost, lower) for lower in lowers[1:]), cost]
    steps = []
    for (_, base), lower, upper in zip(brackets, lowers, uppers, strict=True):
        if upper <= lower:
            continue
        rate = terms.rate(base)
        if len(brackets) > 1:
            label, part = f"{number(lower)} 到 {number(upper)} 元的部分", number(upper - lower)
        else:
            label, part = base.name, f"（{number(upper)} − {number(lower)}）" if lower else number(upper)
        steps.append(Step(label, f"{part} × {percent(rate)}", rate.times(upper - lower), base.clause))
    return tuple(steps)


def _herb_steps(terms: Terms, bill: Bill, charged: Decimal) -> tuple[Step, ...]:
    """Add points on the herbs; the deductible comes off the rest of the cost first."""
    if terms.herb_points is None or not bill.herbs:
        return ()
    herbs = bill.herbs - max(ZERO, charged - (bill.cost - bill.herbs))
    room = WHOLE.low - max(terms.raised(base).high for _, base in terms.scale.brackets)
    points = terms.multiplied(terms.herb_points.span.at_most(max(ZERO, room)))
    formula = f"{number(herbs)} × {percent(points)}"
    return (Step(terms.herb_points.name, formula, points.times(herbs), terms.herb_points.clause),)
