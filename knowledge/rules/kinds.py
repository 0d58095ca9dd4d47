"""The kinds of rules: each is one composition of primitives, filled with figure ids and circumstances."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from knowledge.model import Frozen
from knowledge.rules.marks import DayId, LengthId, RateId, RuleId, SaysToResidents, Text, Where, YuanId
from knowledge.rules.tables import Amounts, Caveat, Gate, Implied, Points, Question, Rates, Scales


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

    title: Text
    assume: Where = Field(default_factory=dict)
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
    points: Points


class Reimbursement(RuleBase):
    """Cost less a deductible, on a scale, adjusted, up to caps.

    Attributes:
        pays: who pays, as the result names it.
        cost: asks for the cost that counts.
        not_paid: circumstances under which the document says that nothing is paid.
        deductible: by circumstance; absent where there is none.
        deductible_asked: asks for the deductible where the document lacks the amount.
        lowered: the part of the deductible that is charged; all of it for `none`.
        scale: the rate, or marginal brackets counted on the cost itself.
        points: percentage points added to the rate.
        herbs: percentage points added on a part of the cost.
        multiplier: what the rate is multiplied with.
        day_cap: the most that is paid for one day.
        cap: the most that is paid in a year; what was paid already counts.
        counts: which stays of a year count for the number of the admission; all where absent.

    """

    kind: Literal["reimbursement"]
    pays: Text = "医保报销"
    cost: Question
    not_paid: tuple[Gate, ...] = ()
    deductible: Amounts | None = None
    deductible_asked: Question | None = None
    lowered: Rates | None = None
    scale: Scales
    points: Points | None = None
    herbs: Herbs | None = None
    multiplier: Rates | None = None
    day_cap: Amounts | None = None
    cap: Amounts | None = None
    counts: Where | None = None

    @model_validator(mode="after")
    def _one_deductible(self) -> Self:
        if self.deductible is not None and self.deductible_asked is not None:
            raise ValueError("give `deductible` or `deductible_asked`, not both")
        return self


class Days(Frozen):
    """Days of payment: from the first on, up to the last (`to_day`) or to the day after it (`before_day`).

    A side that is absent is open.
    """

    from_day: DayId | None = None
    to_day: DayId | None = None
    before_day: DayId | None = None

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        if self.to_day is not None and self.before_day is not None:
            raise ValueError("give `to_day` or `before_day`, not both")
        return self


class PayPeriod(Days):
    """Days of payment with their own rule for the amount.

    Attributes:
        adds_subsidy: whether the government's part is to be paid, too.
        no_aid: whether the document leaves open what aid there is then.
        gap: the document is silent about payment then, or does not allow it: what to say.
        caveat: what a result must say then.

    """

    adds_subsidy: bool = False
    no_aid: bool = False
    gap: Text | None = None
    caveat: Text | None = None


class Prorate(Frozen):
    """A year's premium paid for the months that are left of it, the month of applying included.

    Attributes:
        month: the premium of one month; from_day, to_day: the year's first and last day.
        from_birth: whose months count from birth instead, where the day of birth is known.
        caveat: template; {other} stands for the amount without the month of applying.

    """

    month: YuanId
    from_day: DayId
    to_day: DayId
    from_birth: Where = Field(default_factory=dict)
    caveat: Annotated[str, SaysToResidents(("other",))] | None = None


class Formula(Frozen):
    """A premium as a share of a monthly income, worked out where the user gives the income."""

    income: Question
    rate: RateId
    subsidy_rate: RateId


class Premium(RuleBase):
    """What is to be paid for a year, by whom, when, and with which aid.

    Attributes:
        amount: the premium by circumstance.
        subsidy: the government's part; subsidy_asked: asks for it where the document lacks the amount.
        periods: days of payment that differ; on_time: whom they do not concern.
        aid: by identity, what is paid for the person; the highest of several identities counts.
        prorate: how part of a year is paid.
        formula: how the premium follows from income.
        newborn_within: the time from birth within which a newborn's enrolment is in time.

    """

    kind: Literal["premium"]
    amount: Amounts
    subsidy: Amounts | None = None
    subsidy_asked: Question | None = None
    periods: tuple[PayPeriod, ...] = ()
    on_time: Where | None = None
    aid: Amounts | None = None
    prorate: Prorate | None = None
    formula: Formula | None = None
    newborn_within: LengthId | None = None


class Start(Frozen):
    """When cover starts: exactly one of the four.

    Attributes:
        on: a day; after: months or days from the day of payment;
        next_month: the first of the month after payment; birth: the day of birth.

    """

    on: DayId | None = None
    after: LengthId | None = None
    next_month: bool = False
    birth: bool = False

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum((self.on is not None, self.after is not None, self.next_month, self.birth)) != 1:
            raise ValueError("give exactly one of on, after, next_month, birth")
        return self


class PayWindow(Days):
    """Days of payment, for whom, and when cover starts for them; or a gap where the document is silent."""

    when: Where = Field(default_factory=dict)
    starts: Start | None = None
    gap: Text | None = None
    caveat: Text | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.starts is None) == (self.gap is None):
            raise ValueError("a window holds either `starts` or `gap`")
        return self


class NewbornWindow(Frozen):
    """When cover starts for a newborn enrolled within a time from birth.

    The last window has no `within`; without `starts` or `gap` the windows for everybody hold.
    """

    within: LengthId | None = None
    when: Where = Field(default_factory=dict)
    starts: Start | None = None
    gap: Text | None = None
    caveat: Text | None = None


class Coverage(RuleBase):
    """From when until when benefits are paid.

    Attributes:
        until: the last day; absent where the document does not say.
        windows: by the day of payment; newborn: by the days of birth and of payment, in order of time.
        newborn_until_year_end: a newborn's cover from birth ends with the year of birth.
        beyond: what to say of a day of payment outside all windows.

    """

    kind: Literal["coverage"]
    until: DayId | None = None
    windows: tuple[PayWindow, ...]
    newborn: tuple[NewbornWindow, ...] = ()
    newborn_until_year_end: bool = False
    beyond: Text


class Maternity(RuleBase):
    """Childbirth: check-ups up to a cap, a fixed sum, or inpatient rules with a floor.

    Attributes:
        prenatal_cost: asks for the cost of check-ups; prenatal_cap: the most that is paid for them.
        natural: the fixed sum; caesarean_floor: the least for a caesarean; inpatient: the rule for it.

    """

    kind: Literal["maternity"]
    prenatal_cost: Question
    prenatal_cap: YuanId
    natural: YuanId
    caesarean_floor: YuanId
    inpatient: RuleId


class Combined(RuleBase):
    """One rule's patient share becomes the cost of another: inpatient, then critical illness."""

    kind: Literal["combined"]
    first: RuleId
    then: RuleId


Rule = Annotated[Reimbursement | Premium | Coverage | Maternity | Combined, Field(discriminator="kind")]
