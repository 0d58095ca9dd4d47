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
DEDUCTIBLE_LABEL = "起付线"


@dataclass(frozen=True)
class Terms:
    """The parameters that hold for one case; None where there is nothing of the kind.

    Attributes:
        scale: rates by part of the cost; deductible, and lowered: the part of it that is charged;
        points: added to the rate; herb_points: added on the cost of herbs; multiplier: of the rate;
        day_cap, cap: the most for a day and for a year;
        further: a deductible on top; shifted: whether the brackets' bounds count from the deductible on;
        cap_on_cost: whether the year's cap limits the cost that counts instead of what is paid;
        herbs_first: whether the deductible comes off the herbs before the rest; herbs_alone: whether no
            other points are added on herbs;
        label: how to call what the scale pays, where the name of its rate would say too much.

    """

    scale: Scale
    deductible: Amount | None = None
    lowered: Rate | None = None
    points: Rate | None = None
    herb_points: Rate | None = None
    multiplier: Rate | None = None
    day_cap: Amount | None = None
    cap: Amount | None = None
    further: Amount | None = None
    shifted: bool = False
    cap_on_cost: bool = False
    herbs_first: bool = False
    herbs_alone: bool = False
    label: str | None = None

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

    def charged(self) -> Decimal:
        """Return the deductible that is charged, in yuan."""
        own = self.deductible.yuan if self.deductible else ZERO
        further = self.further.yuan if self.further else ZERO
        return own * (self.lowered.span.low if self.lowered else Decimal(1)) + further

    def bounds(self) -> tuple[Decimal, ...]:
        """Return where each bracket begins; the first one begins at the deductible."""
        charged = self.charged()
        shift = charged if self.shifted else ZERO
        return tuple(
            max(charged, bound.yuan + shift) if bound else charged for bound, _ in self.scale.brackets
        )


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
        fund: what is paid; uncapped: what would be paid without the year's cap; steps: how;
        formula: the same as one formula;
        touched: which thresholds the case has met, for caveats.

    """

    fund: Span
    uncapped: Span
    steps: tuple[Step, ...]
    formula: str = ""
    touched: frozenset[str] = frozenset()


def work_out(terms: Terms, bill: Bill) -> Working:
    """Apply the terms to a bill."""
    charged = terms.charged()
    touched = {"deducted"} if charged else set()
    steps = list(_deductible_step(terms, charged))
    if bill.cost <= charged:
        nothing = _nothing_step(bill.cost, charged)
        formula = f"{number(bill.cost)} 没有超过起付线 {number(charged)}"
        return Working(NOTHING, NOTHING, (*steps, nothing), formula, frozenset(touched))
    counted = bill.cost
    if terms.cap_on_cost and terms.cap is not None:
        counted = min(counted, terms.cap.yuan)
    parts = (*_scale_steps(terms, counted), *_herb_steps(terms, bill, charged))
    fund = sum((part.amount for part in parts if part.amount is not None), NOTHING)
    steps += [*_rate_steps(terms), *parts]
    shown = len(steps)
    if len(terms.scale.brackets) > 1 and bill.cost > terms.bounds()[1]:
        touched.add("bracket")
    if terms.day_cap is not None:
        fund = _capped("day_cap", terms.day_cap, ZERO, fund, steps, touched)
    uncapped = fund
    if terms.cap is not None:
        fund = _capped("cap", terms.cap, bill.paid, fund, steps, touched)
    formula = " + ".join(part.formula for part in parts)
    if len(steps) > shown:
        formula = f"{formula}，最多 {steps[-1].formula or number(fund.high)}"
    return Working(fund, uncapped, tuple(steps), formula, frozenset(touched))


def _capped(  # noqa: PLR0913, PLR0917  # the working under way is two of them
    name: str, cap: Amount, paid: Decimal, fund: Span, steps: list[Step], touched: set[str]
) -> Span:
    """Cut what is paid off at a cap, and note whether it was reached."""
    room = max(ZERO, cap.yuan - paid)
    if fund.high >= room:
        touched.add(name)
    if fund.high <= room:
        return fund
    formula = f"{number(cap.yuan)} − {number(paid)}" if ZERO < paid <= cap.yuan else ""
    steps.append(Step(cap.name, formula, fund.at_most(room), cap.clause, role="cap"))
    return fund.at_most(room)


def _deductible_step(terms: Terms, charged: Decimal) -> tuple[Step, ...]:
    deductible, lowered = terms.deductible, terms.lowered
    if deductible is None or not deductible.yuan:
        return ()
    if lowered is None:
        return (Step(DEDUCTIBLE_LABEL, "", Span.exact(charged), deductible.clause, role="deductible"),)
    if not charged:
        return (Step("起付线（这次不扣）", "", NOTHING, lowered.clause),)
    formula = f"{number(deductible.yuan)} × {percent(lowered.span)}"
    return (Step(DEDUCTIBLE_LABEL, formula, Span.exact(charged), lowered.clause, role="deductible"),)


def _nothing_step(cost: Decimal, charged: Decimal) -> Step:
    if cost < charged:
        return Step("离起付线还差", f"{number(charged)} − {number(cost)}", Span.exact(charged - cost))
    return Step("超过起付线的部分", f"{number(cost)} − {number(charged)}", NOTHING)


def _rate_steps(terms: Terms) -> tuple[Step, ...]:
    """Show how the rate of each bracket comes about, where it is adjusted."""
    if terms.points is None and terms.multiplier is None:
        return ()
    adjustment = terms.multiplier or terms.points
    return tuple(
        Step("报销比例", terms.rate_formula(base), None, adjustment.clause if adjustment else None)
        for _, base in terms.scale.brackets
    )


def _scale_steps(terms: Terms, cost: Decimal) -> tuple[Step, ...]:
    """One step for each bracket that the cost reaches; one for all where they have the same rate."""
    bases = [base for _, base in terms.scale.brackets]
    lowers = terms.bounds()
    if len({terms.rate(base) for base in bases}) == 1:
        label = terms.label or _paid_by(bases[0].name)
        return (_part_step(label, terms.rate(bases[0]), lowers[0], cost, bases[0].clause),)
    uppers = [*(min(cost, lower) for lower in lowers[1:]), cost]
    return tuple(
        _part_step(
            f"{number(lower)} 到 {number(upper)} 元的部分", terms.rate(base), lower, upper, base.clause
        )
        for base, lower, upper in zip(bases, lowers, uppers, strict=True)
        if upper > lower
    )


def _paid_by(name: str) -> str:
    """Call what a rate pays by the name of the rate, without what tells brackets apart."""
    return name.partition("（")[0].removesuffix("比例")


def _part_step(label: str, rate: Span, lower: Decimal, upper: Decimal, clause: str | None) -> Step:
    part = f"（{number(upper)} − {number(lower)}）" if lower else number(upper)
    formula, paid = f"{part} × {percent(rate)}", rate.times(upper - lower)
    return Step(label, formula, paid, clause, role="share", of=upper - lower)


def _herb_steps(terms: Terms, bill: Bill, charged: Decimal) -> tuple[Step, ...]:
    """Add points on the herbs; as a rule the deductible comes off the rest of the cost first."""
    if terms.herb_points is None or not bill.herbs:
        return ()
    rest = ZERO if terms.herbs_first else bill.cost - bill.herbs
    herbs = bill.herbs - min(bill.herbs, max(ZERO, charged - rest))
    room = WHOLE.low - max(terms.raised(base).high for _, base in terms.scale.brackets)
    added = terms.herb_points.span.at_most(max(ZERO, room))
    if terms.herbs_alone and terms.points is not None:
        added = Span.exact(max(ZERO, added.low - terms.points.span.low))
    points = terms.multiplied(added)
    formula = f"{number(herbs)} × {percent(points)}"
    return (Step(terms.herb_points.name, formula, points.times(herbs), terms.herb_points.clause),)
