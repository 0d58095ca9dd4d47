"""The kinds of rules: each is one composition of primitives, filled with figure ids and circumstances only."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from knowledge.model import Frozen, When
from knowledge.rules.tables import Caveat, Gate, Implied, Question, Table


class RuleBase(Frozen):
    """What every rule has.

    Attributes:
        title: what it works out, for residents.
        assume: what holds while nothing was said, over the dimensions' own defaults.
        implied: circumstances that follow from others.
        order: inputs in the order in which they are asked for; the rest follows.
        silent: circumstances about which the document says nothing.
        caveats: what a result says besides.

    """

    title: str
    assume: When = Field(default_factory=dict)
    implied: tuple[Implied, ...] = ()
    order: tuple[str, ...] = ()
    silent: tuple[Gate, ...] = ()
    caveats: tuple[Caveat, ...] = ()


class Herbs(Frozen):
    """A part of the cost (Chinese medicines) on which percentage points are added.

    Attributes:
        cost: asks for that part of the cost, where the points apply.
        points: by circumstance, the points added.

    """

    cost: Question
    points: Table


class Reimbursement(RuleBase):
    """Cost less a deductible, on a scale, adjusted, up to caps.

    Attributes:
        pays: who pays, as the result names it.
        cost: asks for the cost that counts.
        not_paid: circumstances under which the document says that nothing is paid.
        deductible: by circumstance; absent where there is none.
        deductible_asked: asks for the deductible where the document lacks the amount.
        lowered: what happens to the deductible: a rate multiplies it, an amount replaces it.
        scale: the rate, or marginal brackets counted on the cost itself.
        points: percentage points added to the rate.
        herbs: percentage points added on a part of the cost.
        multiplier: what the rate is multiplied with.
        day_cap: the most that is paid for one day.
        cap: the most that is paid in a year; what was paid already counts.
        counts: which stays of a year count for the number of the admission; all where absent.

    """

    kind: Literal["reimbursement"]
    pays: str = "医保报销"
    cost: Question
    not_paid: tuple[Gate, ...] = ()
    deductible: Table | None = None
    deductible_asked: Question | None = None
    lowered: Table | None = None
    scale: Table
    points: Table | None = None
    herbs: Herbs | None = None
    multiplier: Table | None = None
    day_cap: Table | None = None
    cap: Table | None = None
    counts: When | None = None

    @model_validator(mode="after")
    def _one_deductible(self) -> Self:
        if self.deductible is not None and self.deductible_asked is not None:
            raise ValueError("give `deductible` or `deductible_asked`, not both")
        return self


class PayPeriod(Frozen):
    """Days of payment with their own rule.

    Attributes:
        from_day: figure of the first day; open where absent.
        to_day: figure of the last day; before_day: figure of the day after it; at most one of them.
        adds_subsidy: whether the government's part is to be paid, too.
        no_aid: whether the document leaves open what aid there is.
        gap: the document is silent about (or does not allow) payment then: what to say.
        caveat: what a result must say then.

    """

    from_day: str | None = None
    to_day: str | None = None
    before_day: str | None = None
    adds_subsidy: bool = False
    no_aid: bool = False
    gap: str | None = None
    caveat: str | None = None


class Prorate(Frozen):
    """A year's premium paid for the months that are left of it, the month of applying included.

    Attributes:
        from_day, to_day: figures of the year's first and last day.
        from_birth: whose months count from birth instead, when the day of birth is known.
        caveat: template; {other} stands for the amount without the month of applying.

    """

    from_day: str
    to_day: str
    from_birth: When = Field(default_factory=dict)
    caveat: str | None = None


class Formula(Frozen):
    """A premium as a share of a monthly income: computed where the user gives the income."""

    income: Question
    rate: str
    subsidy_rate: str


class Premium(RuleBase):
    """What is to be paid for a year, by whom, when, and with which aid.

    Attributes:
        amount: the premium by circumstance.
        subsidy: the government's part; subsidy_asked: asks for it where the document lacks the amount.
        periods: days of payment that differ; on_time: whom they do not concern.
        aid: by identity, what is paid for the person; the highest of several identities counts.
        prorate: how part of a year is paid.
        formula: how the premium follows from income.
        newborn_within: days or months (figure) after birth within which a newborn is in time.

    """

    kind: Literal["premium"]
    amount: Table
    subsidy: Table | None = None
    subsidy_asked: Question | None = None
    periods: tuple[PayPeriod, ...] = ()
    on_time: When | None = None
    aid: Table | None = None
    prorate: Prorate | None = None
    formula: Formula | None = None
    newborn_within: str | None = None


class Start(Frozen):
    """When cover starts: exactly one of the four.

    Attributes:
        on: figure of a day; after: figure of months or days from the day of payment;
        next_month: the first of the month after payment; birth: the day of birth.

    """

    on: str | None = None
    after: str | None = None
    next_month: bool = False
    birth: bool = False

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum((self.on is not None, self.after is not None, self.next_month, self.birth)) != 1:
            raise ValueError("give exactly one of on, after, next_month, birth")
        return self


class PayWindow(Frozen):
    """Days of payment and when cover starts for them; bounds as in PayPeriod."""

    from_day: str | None = None
    to_day: str | None = None
    before_day: str | None = None
    when: When = Field(default_factory=dict)
    starts: Start | None = None
    gap: str | None = None
    caveat: str | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.starts is None) == (self.gap is None):
            raise ValueError("a window holds either `starts` or `gap`")
        return self


class NewbornWindow(Frozen):
    """When cover starts for a newborn enrolled within a time from birth (figure of days or months).

    The last window may have no `within`; without `starts` or `gap` the rules for everybody hold.
    """

    within: str | None = None
    when: When = Field(default_factory=dict)
    starts: Start | None = None
    gap: str | None = None
    caveat: str | None = None


class Coverage(RuleBase):
    """From when until when benefits are paid.

    Attributes:
        until: figure of the last day; absent where the document does not say.
        windows: by the day of payment; newborn: by the day of birth and of payment, in order of time.
        newborn_until_year_end: a newborn's cover ends with the year of birth.
        beyond: what to say of a day of payment outside all windows.

    """

    kind: Literal["coverage"]
    until: str | None = None
    windows: tuple[PayWindow, ...]
    newborn: tuple[NewbornWindow, ...] = ()
    newborn_until_year_end: bool = False
    beyond: str


class Maternity(RuleBase):
    """Childbirth: check-ups up to a cap, a fixed sum, or inpatient rules with a floor.

    Attributes:
        prenatal_cost: asks for the cost of check-ups; prenatal_cap: the most that is paid for them.
        natural: the fixed sum; caesarean_floor: the least for a caesarean; inpatient: the rule for it.

    """

    kind: Literal["maternity"]
    prenatal_cost: Question
    prenatal_cap: str
    natural: str
    caesarean_floor: str
    inpatient: str


class Combined(RuleBase):
    """One rule's patient share becomes the cost of another: inpatient, then critical illness."""

    kind: Literal["combined"]
    first: str
    then: str


Rule = Annotated[Reimbursement | Premium | Coverage | Maternity | Combined, Field(discriminator="kind")]
