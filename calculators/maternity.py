"""Childbirth: check-ups up to a cap, a fixed sum for a natural birth, inpatient rules for a caesarean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from calculators.calculator import Calculator
from calculators.circumstances import Sense
from calculators.inputs import Input, from_dimension
from calculators.known import PRENATAL_COST, Known, amount, choice
from calculators.money import NOTHING, ZERO, Span
from calculators.outcomes import Ask, Option, Outcome, Result
from calculators.reimbursement import ReimbursementCalculator, Worked
from calculators.scheme import Scheme
from calculators.steps import Step
from calculators.wording import number
from knowledge.rules import Maternity

DELIVERY, NATURAL, CAESAREAN = "delivery", "natural", "caesarean"


@dataclass(frozen=True)
class MaternityCalculator(Calculator):
    """Works out what is paid for check-ups and for the birth."""

    rule: Maternity
    scheme: Scheme
    inpatient: ReimbursementCalculator

    @classmethod
    def of(
        cls, name: str, rule: Maternity, scheme: Scheme, inpatient: ReimbursementCalculator
    ) -> MaternityCalculator:
        """Make the calculator of a rule."""
        cost = rule.prenatal_cost
        inputs = (
            from_dimension(DELIVERY, scheme.dimensions[DELIVERY]),
            Input(PRENATAL_COST, "amount", cost.label, cost.ask),
            *(replace(item, needed=False) for item in inpatient.inputs),
        )
        return cls(name, rule.title, inputs, rule, scheme, inpatient)

    def run(self, known: Known) -> Outcome:
        """Work it out: the check-ups, the birth, or both, as far as something was said of them."""
        sense = Sense(self.scheme, self.rule)
        prenatal_cost, delivery = amount(known, PRENATAL_COST), choice(known, DELIVERY)
        if delivery is None and prenatal_cost is None:
            values = self.scheme.dimensions[DELIVERY].values
            options = tuple(Option(label, frozenset({value})) for value, label in values.items())
            return Ask(DELIVERY, self.scheme.dimensions[DELIVERY].ask, options)
        amounts: dict[str, Span] = {}
        left: dict[str, Span] = {}
        steps: list[Step] = []
        caveats: list[str] = []
        assumptions: tuple[str, ...] = ()
        if prenatal_cost is not None:
            step = self._prenatal(prenatal_cost)
            amounts["prenatal"] = step.amount or NOTHING
            steps.append(step)
        if delivery == frozenset({CAESAREAN}):
            worked = self.inpatient.work(known)
            if not isinstance(worked, Worked):
                return worked
            steps += self._caesarean(worked)
            amounts["delivery"] = steps[-1].amount or NOTHING
            left["patient"] = Span.exact(max(ZERO, worked.cost - amounts["delivery"].high))
            assumptions, caveats = worked.assumptions, [*worked.caveats]
        elif delivery is not None:
            natural = self.scheme.amount(self.rule.natural)
            steps.append(Step(natural.name, "", Span.exact(natural.yuan), natural.clause))
            amounts["delivery"] = Span.exact(natural.yuan)
        return Result(
            calculator=self.id,
            title=self.title,
            headline="fund",
            amounts={**amounts, "fund": sum(amounts.values(), NOTHING), **left},
            labels={"fund": "一共补助"},
            steps=tuple(steps),
            assumptions=assumptions,
            caveats=(*sense.caveats(sense.of(known)), *caveats),
        )

    def _prenatal(self, cost: Decimal) -> Step:
        cap = self.scheme.amount(self.rule.prenatal_cap)
        paid = Span.exact(cost).at_most(cap.yuan)
        label = f"产前检查补助（最多 {number(cap.yuan)} 元）" if cost > cap.yuan else "产前检查补助"
        return Step(label, "", paid.to_fen(), cap.clause)

    def _caesarean(self, worked: Worked) -> list[Step]:
        floor = self.scheme.amount(self.rule.caesarean_floor)
        paid = worked.fund.to_fen()
        steps = [Step("剖宫产按住院报销", "", paid, None, worked.steps)]
        if paid.high < floor.yuan:
            formula = f"{number(paid.high)} + {number(floor.yuan - paid.high)}"
            steps.append(
                Step(f"不足 {number(floor.yuan)} 元的补足", formula, Span.exact(floor.yuan), floor.clause)
            )
        return steps
