"""One person's share of a premium: the standard, part of a year, the government's part, and aid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from calculators.circumstances import IDENTITY, Circumstances, Sense
from calculators.grid import Grid, amounts
from calculators.known import (
    BIRTH_DATE,
    INCOME,
    MONTHS,
    PAY_DATE,
    SUBSIDY,
    Known,
    amount,
    cannot_tell,
    choice,
    count,
    day,
)
from calculators.money import ZERO, Span
from calculators.outcomes import NAMES, Ask, NotCovered
from calculators.scheme import Amount, Scheme
from calculators.steps import Step
from calculators.wording import number, percent
from knowledge.rules import PayPeriod, Premium
from knowledge.rules.kinds import Formula, Prorate

TIMING = "timing"
"""The dimension that tells whether a newborn was enrolled in time."""

WHO = ("person", IDENTITY, "tier")
"""The dimensions that tell who somebody is."""

SURCHARGE_UNKNOWN = "除此之外还要加缴财政补助部分，文件没写它的数额，这里没有计入。"
HIGHEST_AID = "有多种身份，按资助最高的一种算"
IN_WINDOW = "按在集中缴费期内缴费算"
WHOLE_YEAR = "按缴一整年算"


@dataclass(frozen=True)
class Share:
    """What is to be paid for one person.

    Attributes:
        label: who it is; parts: amounts by name, `own` among them; formula: how `own` comes about,
            empty where it is the standard; steps, notes, caveats: as in a result.

    """

    label: str
    parts: Mapping[str, Decimal]
    formula: str
    steps: tuple[Step, ...]
    notes: tuple[str, ...]
    caveats: tuple[str, ...]

    @property
    def is_sum(self) -> bool:
        """Whether the formula is a sum or difference, which needs parentheses within another one."""
        return " + " in self.formula or " − " in self.formula


@dataclass
class Tally:
    """A share in the making; `partial` where it is for part of a year, `formula`: how `own` comes about."""

    parts: dict[str, Decimal] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    caveats: list[str] = field(default_factory=list)
    partial: bool = False
    formula: str = ""

    def add(self, name: str, step_label: str, value: Decimal, clause: str | None, formula: str = "") -> None:
        """Note a part with its step."""
        self.parts[name] = value
        self.steps.append(Step(step_label, formula, Span.exact(value), clause))


@dataclass(frozen=True)
class ShareMaker:
    """Works out one person's share by a rule."""

    rule: Premium
    scheme: Scheme
    premiums: Grid[Amount]
    aid: Grid[Amount] | None

    @classmethod
    def of(cls, rule: Premium, scheme: Scheme) -> ShareMaker:
        """Read the tables of a rule."""
        aid = None if rule.aid is None else amounts(rule.aid, scheme)
        return cls(rule, scheme, amounts(rule.amount, scheme), aid)

    @property
    def dimensions(self) -> tuple[tuple[str, bool], ...]:
        """The dimensions that the rule turns on, and whether several values of them may hold."""
        grids = [self.premiums] if self.aid is None else [self.premiums, self.aid]
        wheres = [self.rule.on_time or {}, self.rule.prorate.from_birth if self.rule.prorate else {}]
        names = Sense(self.scheme, self.rule).dimensions(grids, wheres)
        return tuple((name, name == IDENTITY) for name in names)

    def share(self, known: Known) -> Share | Ask | NotCovered:
        """Work out what is to be paid for a person."""
        sense = Sense(self.scheme, self.rule)
        here = self._timed(sense.of(known), known)
        silent = sense.refuse(here)
        if silent is not None:
            return silent
        settled = sense.settle((self.premiums,), here)
        if not isinstance(settled, Circumstances):
            return settled
        tally = Tally(notes=list(settled.notes))
        refusal = self._fill(tally, known, settled)
        if refusal is not None:
            return refusal
        return Share(
            self._label(settled, known),
            tally.parts,
            tally.formula,
            tuple(tally.steps),
            tuple(tally.notes),
            (*tally.caveats, *sense.caveats(settled)),
        )

    def _timed(self, here: Circumstances, known: Known) -> Circumstances:
        """Conclude from the days of birth and payment whether a newborn is enrolled in time."""
        born, paid = day(known, BIRTH_DATE), day(known, PAY_DATE)
        if self.rule.newborn_within is None or born is None or paid is None or TIMING in here.possible:
            return here
        in_time = paid <= self.scheme.length(self.rule.newborn_within).after(born)
        return here.narrowed(TIMING, frozenset({"in_time" if in_time else "late"}), None)

    def _fill(self, tally: Tally, known: Known, here: Circumstances) -> Ask | NotCovered | None:
        """Put the parts together; returns what stands in the way."""
        rule, income = self.rule, amount(known, INCOME)
        standard = self.premiums.settled(here.possible)
        assert standard is not None, "the table of premiums holds no empty cell"
        months = None if rule.prorate is None else self._months(tally, rule.prorate, known, here)
        if isinstance(months, NotCovered):
            return months
        if rule.formula is not None and income is not None:
            self._by_formula(tally, rule.formula, income, months)
            return None
        if rule.prorate is not None and months is not None:
            self._prorate(tally, rule.prorate, months, known, here)
        else:
            tally.add("premium", standard.name, standard.yuan, standard.clause)
        period = self._period(tally, known, here)
        if period is not None and period.gap is not None:
            return NotCovered(self.scheme.say(period.gap))
        refusal: Ask | NotCovered | None = None
        if period is not None and period.adds_subsidy:
            refusal = self._surcharge(tally, known)
        if refusal is None and choice(known, IDENTITY) is not None:
            if period is not None and period.no_aid is not None:
                tally.caveats.append(self.scheme.say(period.no_aid))
            else:
                refusal = self._aid(tally, known, here)
        if refusal is None:
            self._sum_up(tally)
        return refusal

    def _by_formula(self, tally: Tally, formula: Formula, income: Decimal, part: int | None) -> None:
        """Work the premium of a year, or of some months of it, out from an income."""
        months = Decimal(part or self.scheme.length(formula.months).months or 0)
        parts = (("own", NAMES["own"], formula.rate), ("subsidy", NAMES["subsidy"], formula.subsidy_rate))
        for name, label, figure_id in parts:
            rate = self.scheme.rate(figure_id)
            said = f"{number(income)} × {percent(rate.span)} × {months}"
            tally.add(name, label, income * rate.span.low * months, rate.clause, said)
        tally.formula = tally.steps[0].formula
        tally.parts["total"] = tally.parts["own"] + tally.parts["subsidy"]

    def _months(
        self, tally: Tally, prorate: Prorate, known: Known, here: Circumstances
    ) -> int | NotCovered | None:
        """Count the months of the year to pay for; None for the whole year."""
        first, last = self.scheme.day(prorate.from_day), self.scheme.day(prorate.to_day)
        whole = _months(first, last)
        months = count(known, MONTHS)
        start = self._start(prorate, known, here)
        if months is None and start is None:
            tally.notes.append(WHOLE_YEAR)
            return None
        if months is None and start is not None:
            if start > last:
                return NotCovered(self.scheme.say(prorate.beyond))
            if start < first:
                tally.caveats.append(self.scheme.say(prorate.before))
            months = min(whole, _months(start, last))
        return None if months is None or months >= whole else months

    def _start(self, prorate: Prorate, known: Known, here: Circumstances) -> dt.date | None:
        """Find the day from whose month on is paid."""
        born = day(known, BIRTH_DATE) if self._from_birth(prorate, here) else None
        return born or day(known, PAY_DATE)

    def _from_birth(self, prorate: Prorate, here: Circumstances) -> bool:
        return bool(prorate.from_birth) and here.hold(self.scheme.spread(prorate.from_birth))

    def _prorate(
        self, tally: Tally, prorate: Prorate, months: int, known: Known, here: Circumstances
    ) -> None:
        """Charge some months of the year, and say what another way to count them comes to."""
        month = self.scheme.amount(prorate.month)
        tally.partial = True
        tally.formula = f"{number(month.yuan)} × {months}"
        tally.add("premium", f"{months} 个月", month.yuan * months, month.clause, tally.formula)
        paid, last = day(known, PAY_DATE), self.scheme.day(prorate.to_day)
        if count(known, MONTHS) is not None or paid is None:
            return
        if self._from_birth(prorate, here) and day(known, BIRTH_DATE) is not None:
            template, other = prorate.later, _months(paid, last)
        else:
            template, other = prorate.caveat, months - 1
        if template is not None and 0 < other < months:
            tally.caveats.append(self.scheme.say(template, other=f"{number(month.yuan * other)} 元"))

    def _period(self, tally: Tally, known: Known, here: Circumstances) -> PayPeriod | None:
        """Find the period of the day of payment, where periods matter to these circumstances."""
        rule, paid = self.rule, day(known, PAY_DATE)
        if not rule.periods or (rule.on_time and here.hold(self.scheme.spread(rule.on_time))):
            return None
        if paid is None:
            tally.notes.append(IN_WINDOW)
            return None
        period = next(
            (
                period
                for period in rule.periods
                if period.to_day is None or paid <= self.scheme.day(period.to_day)
            ),
            None,
        )
        if period is not None and period.caveat is not None:
            tally.caveats.append(self.scheme.say(period.caveat))
        return period

    def _surcharge(self, tally: Tally, known: Known) -> Ask | None:
        """Add the government's part, which the user has to tell."""
        subsidy, asked = amount(known, SUBSIDY), self.rule.subsidy_asked
        if subsidy is not None:
            tally.add("surcharge", NAMES["surcharge"], subsidy, None)
        elif asked is not None and not cannot_tell(known, SUBSIDY):
            return Ask(SUBSIDY, asked.ask)
        else:
            tally.caveats.append(SURCHARGE_UNKNOWN)
        return None

    def _aid(self, tally: Tally, known: Known, here: Circumstances) -> NotCovered | None:
        """Deduct the aid; of several identities the one with the highest aid counts."""
        identities = choice(known, IDENTITY)
        if self.aid is None or identities is None:
            return None
        cells = [
            self.aid.left({**here.possible, IDENTITY: frozenset({one})})[0] for one in sorted(identities)
        ]
        aids = [cell.value for cell in cells if cell.value is not None]
        if not aids:
            return NotCovered(cells[0].gap or "")
        best = max(aids, key=lambda aid: aid.yuan)
        if len(identities) > 1:
            tally.notes.append(HIGHEST_AID)
        entitled = next(
            one
            for one in sorted(identities)
            if self.aid.left({**here.possible, IDENTITY: frozenset({one})})[0].value == best
        )
        name = f"{self.scheme.label(IDENTITY, frozenset({entitled}))}资助"
        tally.add("aid", name, best.yuan, best.clause)
        return None

    def _sum_up(self, tally: Tally) -> None:
        """Work out what the person pays, and the whole with the government's part where that is known."""
        premium, surcharge, aid = (tally.parts.get(name, ZERO) for name in ("premium", "surcharge", "aid"))
        own = max(ZERO, premium + surcharge - aid)
        if surcharge or aid:
            formula = (
                number(premium)
                + (f" + {number(surcharge)}" if surcharge else "")
                + (f" − {number(aid)}" if aid else "")
            )
            tally.add("own", NAMES["own"], own, None, formula)
            tally.formula = formula
        tally.parts["own"] = own
        if self.rule.subsidy is not None and not tally.partial:
            subsidy = self.scheme.amount(self.rule.subsidy)
            tally.add("subsidy", subsidy.name, subsidy.yuan, subsidy.clause)
            formula = f"{number(own)} + {number(subsidy.yuan)}"
            tally.add("total", NAMES["total"], own + subsidy.yuan, None, formula)

    def _label(self, here: Circumstances, known: Known) -> str:
        """Name a person by what tells who they are, as far as the premium turns on it."""
        names = [name for name, _ in self.dimensions if name in WHO]
        held = {**here.possible, **({IDENTITY: said} if (said := choice(known, IDENTITY)) else {})}
        return "、".join(self.scheme.label(name, held[name]) for name in names if name in held) or "参保人"


def _months(first: dt.date, last: dt.date) -> int:
    """Count the calendar months from one day's to another's, both included."""
    return (last.year - first.year) * 12 + last.month - first.month + 1
