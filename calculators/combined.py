"""Two benefits in a row: what one leaves to the patient is the cost of the other; also over a year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from calculators.calculator import Calculator
from calculators.circumstances import Circumstances, Sense
from calculators.inputs import Input
from calculators.known import COST, PAID, STAYS, Known, Value, amount, cases
from calculators.money import NOTHING, ZERO, Span
from calculators.outcomes import Ask, NotCovered, Outcome, Result
from calculators.reimbursement import ReimbursementCalculator, Worked
from calculators.steps import Step
from knowledge.rules import Combined

ADMISSION = "admission"
"""The dimension that tells which stay of the year it is."""


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
        more = tuple(item for item in then.inputs if item.name not in names)
        stays = Input(
            STAYS, "list", "一年里的几次住院（按先后）", "一年里各次住院是怎样的？", items=first.inputs
        )
        inputs = tuple(replace(item, needed=False) for item in (*first.inputs, *more))
        return cls(name, rule.title, (*inputs, stays), rule, first, then)

    def run(self, known: Known) -> Outcome:
        """Work it out; of several stays, each counts what the ones before it have used up."""
        stays = self._stays(known)
        if not isinstance(stays, tuple):
            return stays
        cost = sum((stay.cost for stay in stays), ZERO)
        paid = sum((stay.fund for stay in stays), NOTHING)
        left = paid.left_of(cost)
        ends = [self.then.work({**_common(known), COST: end}) for end in dict.fromkeys((left.low, left.high))]
        worked = [end for end in ends if isinstance(end, Worked)]
        if len(worked) < len(ends):
            return next(end for end in ends if not isinstance(end, Worked))
        more = Span(worked[0].fund.low, worked[-1].fund.high)
        fund = paid.to_fen() + more.to_fen()
        touched = frozenset(name for stay in stays for name in stay.touched)
        own = Sense(self.first.scheme, self.rule).caveats(Circumstances({}), touched)
        return Result(
            calculator=self.id,
            title=self.title,
            headline="fund",
            amounts={
                "inpatient": paid.to_fen(),
                "critical": more.to_fen(),
                "fund": fund,
                "patient": fund.left_of(cost),
            },
            labels={"fund": "一共报销", "critical": self.then.rule.pays},
            steps=(*_stay_steps(self.first.title, stays), _then_step(self.then, left, worked[-1])),
            assumptions=_once(note for one in (*stays, worked[-1]) for note in one.assumptions),
            caveats=_once((*own, *(caveat for one in (*stays, worked[-1]) for caveat in one.caveats))),
        )

    def _stays(self, known: Known) -> tuple[Worked, ...] | Ask | NotCovered:
        """Work out the stays one after the other."""
        given = cases(known, STAYS)
        if not given:
            worked = self.first.work(known)
            return (worked,) if isinstance(worked, Worked) else worked
        dimension = self.first.scheme.dimensions.get(ADMISSION)
        ordinals = tuple(dimension.values) if dimension else ()
        found: list[Worked] = []
        paid, counted = amount(known, PAID) or ZERO, 0
        for stay in given:
            about: dict[str, Value] = {**_common(known), **stay, PAID: paid}
            if ordinals:
                about[ADMISSION] = frozenset({ordinals[min(counted, len(ordinals) - 1)]})
            worked = self.first.work(about)
            if not isinstance(worked, Worked):
                return worked
            found.append(worked)
            paid += worked.fund.high
            counted += self.first.counts_as_stay(worked)
        return tuple(found)


def _common(known: Known) -> dict[str, Value]:
    """Leave out what is said of one stay only."""
    return {name: value for name, value in known.items() if name not in (STAYS, COST, PAID, ADMISSION)}


def _stay_steps(title: str, stays: Sequence[Worked]) -> tuple[Step, ...]:
    if len(stays) == 1:
        return (Step(title, "", stays[0].fund, None, stays[0].steps),)
    return tuple(
        Step(f"{title}（{number}）", "", stay.fund, None, stay.steps) for number, stay in enumerate(stays, 1)
    )


def _then_step(then: ReimbursementCalculator, left: Span, worked: Worked) -> Step:
    return Step(then.title, "", worked.fund, None, (Step(then.rule.cost.label, "", left), *worked.steps))


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
