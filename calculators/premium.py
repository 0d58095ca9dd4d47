"""What is to be paid for a year, for one person or several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from calculators.calculator import Calculator
from calculators.inputs import Input, from_dimension
from calculators.known import (
    BIRTH_DATE,
    COUNT,
    INCOME,
    MONTHS,
    PAY_DATE,
    PEOPLE,
    SUBSIDY,
    Known,
    cases,
    count,
)
from calculators.money import ZERO, Span
from calculators.outcomes import Outcome, Result
from calculators.scheme import Scheme
from calculators.share import Share, ShareMaker
from calculators.steps import Step
from calculators.wording import number
from knowledge.rules import Premium


@dataclass(frozen=True)
class PremiumCalculator(Calculator):
    """Works out what is to be paid."""

    maker: ShareMaker

    @classmethod
    def of(cls, name: str, rule: Premium, scheme: Scheme) -> PremiumCalculator:
        """Make the calculator of a rule."""
        maker = ShareMaker.of(rule, scheme)
        return cls(name, rule.title, _inputs(rule, scheme, maker), maker)

    def run(self, known: Known) -> Outcome:
        """Work it out; of several people, each is asked about in turn."""
        people = cases(known, PEOPLE) or ({},)
        common = {name: value for name, value in known.items() if name != PEOPLE}
        shares: list[tuple[Share, int]] = []
        for person in people:
            about = {**common, **person}
            share = self.maker.share(about)
            if not isinstance(share, Share):
                return share
            shares.append((share, count(about, COUNT) or 1))
        return self._result(shares)

    def _result(self, shares: Sequence[tuple[Share, int]]) -> Result:
        """Add the shares up; a single person's steps stand by themselves."""
        names = dict.fromkeys(name for share, _ in shares for name in share.parts)
        for name in ("subsidy", "total"):  # for part of a year the documents name no government's part
            if not all(name in share.parts for share, _ in shares):
                names.pop(name, None)
        amounts = {
            name: sum((share.parts.get(name, ZERO) * times for share, times in shares), ZERO)
            for name in names
        }
        alone = len(shares) == 1 and shares[0][1] == 1
        steps = shares[0][0].steps if alone else tuple(_person_step(share, times) for share, times in shares)
        if len(shares) > 1:
            formula = " + ".join(number(share.parts["own"] * times) for share, times in shares)
            steps = (*steps, Step("一共", formula, Span.exact(amounts["own"])))
        return Result(
            calculator=self.id,
            title=self.title,
            headline="own",
            amounts={name: Span.exact(amount).to_fen() for name, amount in amounts.items()},
            labels={} if alone else {"own": "一共要交", "premium": "个人缴费标准合计"},
            steps=steps,
            assumptions=tuple(dict.fromkeys(note for share, _ in shares for note in share.notes)),
            caveats=tuple(dict.fromkeys(caveat for share, _ in shares for caveat in share.caveats)),
        )


def _person_step(share: Share, times: int) -> Step:
    """Show in one line for whom so much is to be paid; what only stands beside it is left out."""
    formula = share.formula
    if times > 1:
        formula = (
            f"（{formula}） × {times}"
            if share.is_sum
            else f"{formula or number(share.parts['own'])} × {times}"
        )
    children = share.steps if share.is_sum else ()
    amount = Span.exact(share.parts["own"] * times)
    return Step(f"{share.label} {times} 人", formula, amount, share.steps[0].clause, children)


def _inputs(rule: Premium, scheme: Scheme, maker: ShareMaker) -> tuple[Input, ...]:
    """List the inputs: circumstances, days and amounts that the rule turns on, and the people to pay for."""
    found = [
        from_dimension(name, scheme.dimensions[name], several=several) for name, several in maker.dimensions
    ]
    if rule.periods or rule.prorate or rule.newborn_within:
        found.append(Input(PAY_DATE, "date", "缴费（申请）日期", "哪一天缴费（申请参保）？"))
    if rule.prorate or rule.newborn_within:
        found.append(Input(BIRTH_DATE, "date", "出生日期", "孩子是哪一天出生的？"))
    if rule.prorate:
        found.append(Input(MONTHS, "count", "要缴的月数", "一共要缴几个月？"))
    if rule.subsidy_asked:
        asked = rule.subsidy_asked
        found.append(Input(SUBSIDY, "amount", asked.label, asked.ask, untold=True))
    if rule.formula:
        found.append(Input(INCOME, "amount", rule.formula.income.label, rule.formula.income.ask))
    found.append(Input(COUNT, "count", "人数", "一共几个人？"))
    people = Input(PEOPLE, "list", "参保的人（各人情况不同时用）", "都有哪些人参保？", items=tuple(found))
    return (*found, people)
