"""The kinds of rules: each is one composition of primitives, filled with figure ids and circumstances."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from knowledge.model import Frozen
from knowledge.rules.marks import (
    CoversAll,
    DayId,
    LengthId,
    NotEmpty,
    RateId,
    RuleId,
    SaysToResidents,
    Text,
    Where,
    YuanId,
)
from knowledge.rules.tables import Amounts, Caveat, Gate, Implied, Points, Question, Rates, Scales, Sums


class RuleBase(Frozen):
    """What every rule has.

    Attributes:
        title: what it works out, for residents.
        assume: what holds while nothing was said, over the dimensions' own defaults.
        implied: circumstances that follow from others.
        order: inputs in the order in which they are asked for; the rest follows.
        silent: circumstances about which the document says nothing.
        caveats: what a result says besides.
        amounts: the inputs of this kind that are no circumstances.

    """

    amounts: ClassVar[tuple[str, ...]] = ()

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
        accumulates: whether the costs of a year together must pass the deductible, so that what they still
            lack is worth telling.
        adds_up: whether the costs of several visits may be worked out as one: what holds, holds for the year.

    """

    amounts: ClassVar[tuple[str, ...]] = ("cost", "deductible", "herbs")

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
    accumulates: bool = False
    adds_up: bool = False

    @model_validator(mode="after")
    def _one_deductible(self) -> Self:
        if self.deductible is not None and self.deductible_asked is not None:
            raise ValueError("give `deductible` or `deductible_asked`, not both")
        return self


class PayPeriod(Frozen):
    """Days of payment with their own rule for the amount: those after the period before, up to `to_day`.

    Attributes:
        to_day: the last day; the last period may be open.
        adds_subsidy: whether the government's part is to be paid, too.
        no_aid: what to say to people with a claim to aid, where the document leaves open what they get then.
        gap: the document is silent about payment then, or does not allow it: what to say.
        caveat: what a result must say then.

    """

    to_day: DayId | None = None
    adds_subsidy: bool = False
    no_aid: Text | None = None
    gap: Text | None = None
    caveat: Text | None = None


class Prorate(Frozen):
    """A year's premium paid for the months that are left of it, the month of applying included.

    Attributes:
        month: the premium of one month; from_day, to_day: the year's first and last day.
        from_birth: whose months count from birth instead, where the day of birth is known.
        caveat: template; {other} stands for the amount without the month of applying.
        later: template; {other} stands for the amount from the month of applying on, where months count
            from birth.
        before: what to say where the months begin before the year; beyond: where they begin after it.

    """

    month: YuanId
    from_day: DayId
    to_day: DayId
    from_birth: Where = Field(default_factory=dict)
    caveat: Annotated[str, SaysToResidents(("other",))] | None = None
    later: Annotated[str, SaysToResidents(("other",))] | None = None
    before: Text
    beyond: Text


class Formula(Frozen):
    """A year's premium as a share of a monthly income, worked out where the user gives the income."""

    income: Question
    rate: RateId
    subsidy_rate: RateId
    months: LengthId


class Premium(RuleBase):
    """What is to be paid for a year, by whom, when, and with which aid.

    Attributes:
        amount: the premium by circumstance.
        subsidy: the government's part; subsidy_asked: asks for it where the document lacks the amount.
        periods: days of payment that differ, in order; on_time: whom they do not concern.
        aid: by identity, what is paid for the person; the highest of several identities counts.
        prorate: how part of a year is paid.
        formula: how the premium follows from income.
        newborn_within: the time from birth within which a newborn's enrolment is in time.

    """

    amounts: ClassVar[tuple[str, ...]] = ("pay_date", "birth_date", "months", "subsidy", "income")

    kind: Literal["premium"]
    amount: Sums
    subsidy: YuanId | None = None
    subsidy_asked: Question | None = None
    periods: tuple[PayPeriod, ...] = ()
    on_time: Where | None = None
    aid: Sums | None = None
    prorate: Prorate | None = None
    formula: Formula | None = None
    newborn_within: LengthId | None = None


class Start(Frozen):
    """When cover starts under certain circumstances: exactly one of the six.

    Attributes:
        on: on a day; after: so many months or days from the day of payment;
        next_month: on the first of the month after payment; birth: on the day of birth;
        ordinary: as for everybody else; gap: the document is silent, and what to say then.
        when: the circumstances; caveat: what a result must say then; {whole_months} stands for the days on
            which cover would start if only whole months counted.

    """

    when: Where = Field(default_factory=dict)
    on: DayId | None = None
    after: LengthId | None = None
    next_month: bool = False
    birth: bool = False
    ordinary: bool = False
    gap: Text | None = None
    caveat: Annotated[str, SaysToResidents(("whole_months",))] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        texts = (self.on, self.after, self.gap)
        if sum(text is not None for text in texts) + self.next_month + self.birth + self.ordinary != 1:
            raise ValueError("give exactly one of on, after, next_month, birth, ordinary, gap")
        if self.after is None and "{whole_months}" in (self.caveat or ""):
            raise ValueError("{whole_months} needs `after`")
        return self


def _as_starts(written: object) -> object:
    return [written] if isinstance(written, dict) else written


Starts = Annotated[tuple[Start, ...], BeforeValidator(_as_starts), NotEmpty, CoversAll()]


class PayWindow(Frozen):
    """Days of payment, those after the window before and up to `to_day`, and when cover starts for them."""

    to_day: DayId | None = None
    starts: Starts


class NewbornWindow(Frozen):
    """Newborns enrolled within a time from birth (the last window may be open), and when cover starts."""

    within: LengthId | None = None
    starts: Starts


class Coverage(RuleBase):
    """From when until when benefits are paid.

    Attributes:
        opens: the first day of payment; windows: the days of payment from then on, in order;
        until: the last day of cover; absent where the document does not say.
        newborn: by the time from birth to payment, in order;
        newborn_until: the last day of a newborn's cover from birth, for the year of birth.
        beyond: what to say of a day of payment before or after all windows, where there are such days.

    """

    amounts: ClassVar[tuple[str, ...]] = ("pay_date", "birth_date")

    kind: Literal["coverage"]
    opens: DayId | None = None
    windows: Annotated[tuple[PayWindow, ...], NotEmpty]
    until: DayId | None = None
    newborn: tuple[NewbornWindow, ...] = ()
    newborn_until: DayId | None = None
    beyond: Text | None = None

    @model_validator(mode="after")
    def _says_beyond(self) -> Self:
        closed = self.opens is not None or self.windows[-1].to_day is not None
        if closed and self.beyond is None:
            raise ValueError(
                "there are days before or after all windows; say in `beyond` what holds for them"
            )
        return self


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
    """One rule's patient share becomes the cost of another: inpatient, then critical illness.

    In a caveat {other} stands for what the second pays when the patient's share above the first one's cap is
    left out.
    """

    kind: Literal["combined"]
    first: RuleId
    then: RuleId

    @model_validator(mode="after")
    def _two(self) -> Self:
        if self.first == self.then:
            raise ValueError("`first` and `then` name the same rule")
        return self


Rule = Annotated[Reimbursement | Premium | Coverage | Maternity | Combined, Field(discriminator="kind")]
