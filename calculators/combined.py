"""Two benefits in a row: what one leaves to the patient is the cost of the other; also over a year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from calculators.calculator import Calculator
from calculators.circumstances import Circumstances, Sense
from calculators.inputs import Input, InputError, InputFault
from calculators.known import BORNE, COST, PAID, STAYS, Known, amount, cases
from calculators.money import NOTHING, ZERO, Span
from calculators.outcomes import Ask, NotCovered, Outcome, Result
from calculators.reimbursement import ReimbursementCalculator, Worked
from calculators.steps import Step
from calculators.terms import DEDUCTIBLE_LABEL
from calculators.visits import ADMISSION, in_turn, lines_of, of_all, once
from calculators.wording import number
from knowledge.rules import Caveat, Combined

CRITICAL = "critical"
"""The amount that the second benefit pays."""

BORNE_LABEL = "今年此前自己已经负担的合规费用"
ASK_BORNE = "这次以前，今年自己已经负担了多少元合规费用？"
ONE_OF_TWO = "填了 stays 就不用再填，每次的费用写在 stays 里"
MOST_LINES = 8
"""So many lines fit the screen of a phone; a longer working is drawn together."""


@dataclass(frozen=True)
class Then:
    """The second benefit worked out.

    Attributes:
        cost: what the patient has borne in the year; fund: what the second benefit pays of it now;
        short: what its deductible still lacks; worked: the case itself, at the upper end of a range.

    """

    cost: Span
    fund: Span
    short: Span
    worked: Worked


@dataclass(frozen=True)
class CombinedCalculator(Calculator):
    """Works out what both benefits leave to the patient, for one stay or for a year's stays in order."""

    rule: Combined
    first: ReimbursementCalculator
    then: ReimbursementCalculator

    @classmethod
    def of(
        cls, name: str, rule: Combined, first: ReimbursementCalculator, then: ReimbursementCalculator
    ) -> CombinedCalculator:
        """Make the calculator of a rule."""
        names = {item.name for item in first.inputs}
        own = tuple(item for item in first.inputs if item.name not in (PAID, ADMISSION))
        more = tuple(item for item in then.inputs if item.name not in names)
        inputs = (
            *(replace(item, needed=False) for item in (*first.inputs, *more)),
            Input(BORNE, "amount", BORNE_LABEL, ASK_BORNE, zero=True),
            Input(STAYS, "list", "一年里的几次住院（按先后）", "一年里各次住院是怎样的？", items=own),
        )
        return cls(name, rule.title, inputs, rule, first, then)

    def parse(self, raw: Mapping[str, object]) -> Known:
        """Turn raw values into known ones; the cost is that of one stay, or stands in each of several."""
        known = super().parse(raw)
        if STAYS in known and COST in known:
            raise InputError([InputFault(COST, ONE_OF_TWO)])
        return known

    def room(self, known: Known) -> Outcome | None:
        """Tell what the first benefit's yearly limit still leaves after what was paid."""
        return self.first.room(known)

    def run(self, known: Known) -> Outcome:
        """Work it out; of several stays, each counts what the ones before it have used up.

        Where only what was borne before is known, it tells what is still short of the second deductible.
        """
        only_short = BORNE in known and COST not in known and STAYS not in known
        stays = () if only_short else self._stays(known)
        if not isinstance(stays, tuple):
            return stays
        cost = sum((stay.cost for stay in stays), ZERO)
        paid = sum((stay.fund for stay in stays), NOTHING)
        then = self._then(known, paid.left_of(cost))
        if not isinstance(then, Then):
            return then
        fund = paid.to_fen() + then.fund.to_fen()
        return Result(
            calculator=self.id,
            title=self.title,
            headline="short" if only_short else "fund",
            amounts={
                "inpatient": paid.to_fen(),
                CRITICAL: then.fund.to_fen(),
                "fund": fund,
                "patient": fund.left_of(cost),
                "short": then.short.to_fen(),
            },
            labels={
                "fund": "一共报销",
                CRITICAL: self.then.rule.pays,
                "short": f"离{self.then.title}起付线还差",
            },
            steps=(*self._stay_steps(known, stays, then), *self._then_steps(known, paid, cost, then)),
            assumptions=once(note for one in (*stays, then.worked) for note in one.assumptions),
            caveats=self._caveats(known, stays, cost, then),
        )

    def _stays(self, known: Known) -> tuple[Worked, ...] | Ask | NotCovered:
        """Work out the stays one after the other."""
        if cases(known, STAYS):
            return in_turn(self.first, known)
        worked = self.first.work(known)
        return (worked,) if isinstance(worked, Worked) else worked

    def _then(self, known: Known, left: Span) -> Then | Ask | NotCovered:
        """Work the second benefit out on what the first has left, after what was borne before."""
        borne = amount(known, BORNE) or ZERO
        cost = Span(left.low + borne, left.high + borne)
        ends: dict[Decimal, Worked] = {}
        for end in dict.fromkeys((borne, cost.low, cost.high)):
            worked = self.then.work({**of_all(known), COST: end})
            if not isinstance(worked, Worked):
                return worked
            ends[end] = worked
        before, low, high = ends[borne], ends[cost.low], ends[cost.high]
        fund = Span(low.fund.low - before.fund.low, high.fund.high - before.fund.high)
        short = Span(max(ZERO, high.deductible - cost.high), max(ZERO, low.deductible - cost.low))
        return Then(cost, fund, short, high)

    def _caveats(self, known: Known, stays: Sequence[Worked], cost: Decimal, then: Then) -> tuple[str, ...]:
        touched = frozenset(name for stay in stays for name in stay.working.touched)
        uncapped = sum((stay.working.uncapped for stay in stays), NOTHING)

        def other(_: Caveat) -> Span | None:
            fewer = self._then(known, uncapped.left_of(cost))
            if not isinstance(fewer, Then) or fewer.fund.to_fen() == then.fund.to_fen():
                return None
            return fewer.fund.to_fen()

        own = Sense(self.first.scheme, self.rule).caveats(Circumstances({}), touched, other)
        said = [*own, *(caveat for stay in stays for caveat in stay.caveats)]
        said += stays[-1].readings if stays else ()  # of each of several stays they would be too much
        return once((*said, *then.worked.caveats, *then.worked.readings))

    def _stay_steps(self, known: Known, stays: Sequence[Worked], then: Then) -> tuple[Step, ...]:
        """Show the stays: one in full where there is room, several in a line each, many in one line."""
        title = self.first.title
        if len(stays) == 1:
            room = MOST_LINES - 1 - len(then.worked.steps)
            formula = "" if len(stays[0].steps) <= room else stays[0].working.formula
            return (Step(title, formula, stays[0].fund, None, stays[0].steps),)
        return lines_of(self.first, known, stays, "住院")

    def _then_steps(self, known: Known, paid: Span, cost: Decimal, then: Then) -> tuple[Step, ...]:
        """Show what is left to the patient, and what the second benefit pays of it."""
        borne = amount(known, BORNE) or ZERO
        before = f"{number(borne)} + " if borne else ""
        formula = f"{before}{number(cost)} − {number(paid.low)}" if cost and paid.is_exact else ""
        steps = [
            replace(step, label=f"{self.then.title}{step.label}") if step.label == DEDUCTIBLE_LABEL else step
            for step in then.worked.steps
        ]
        paid_before = then.worked.fund.high - then.fund.high
        if paid_before:
            steps.append(
                Step("减去此前已报的", f"{number(then.worked.fund.high)} − {number(paid_before)}", then.fund)
            )
        left = Step(self.then.rule.cost.label, formula, then.cost)
        return (left, Step(self.then.title, "", then.fund, None, tuple(steps)))
