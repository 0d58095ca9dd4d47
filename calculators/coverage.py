"""From when until when benefits are paid, by the days of payment and of birth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from calculators.calculator import Calculator
from calculators.circumstances import Circumstances, Sense
from calculators.grid import Grid, GridCell
from calculators.inputs import Input, InputError, InputFault, from_dimension
from calculators.known import BIRTH_DATE, PAY_DATE, Known, day
from calculators.outcomes import NAMES, Ask, NotCovered, Outcome, Result
from calculators.scheme import Length, Scheme
from calculators.steps import Step
from knowledge.figures import say_date
from knowledge.rules import Coverage, Start

PERSON, NEWBORN = "person", frozenset({"newborn"})
ASK_PAY = "哪一天缴费（办好参保）？"
ASK_BIRTH = "宝宝是哪一天出生的？"
BEFORE_BIRTH = "缴费日期早于出生日期"
PAID_BEFORE_BIRTH = f"{BEFORE_BIRTH}，请核对后再说一次：{ASK_PAY}"
A_MONTH = Length(1, None, "", None)
IN_TIME = "按在新生儿期限内办理算"
TOO_LATE = "等到这一天，本年度的待遇期已经过了，本年度享受不到。"


@dataclass(frozen=True)
class Begin:
    """When cover starts: on a day, after a time, in the next month, from birth, or as for everybody else.

    The caveat is a template, which depends on the day that comes out.
    """

    on: str | None
    after: str | None
    next_month: bool
    birth: bool
    ordinary: bool
    caveat: str | None


@dataclass(frozen=True)
class Window:
    """Days of payment up to `last` (open where None), and when cover starts, by circumstance.

    `within`, for newborns, is the time from birth that gives the last day.
    """

    last: dt.date | None
    clause: str | None
    starts: Grid[Begin]
    within: Length | None = None

    def takes(self, paid: dt.date, born: dt.date | None = None) -> bool:
        """Whether a day of payment falls into the window or before it."""
        last = self.within.after(born) if self.within is not None and born is not None else self.last
        return last is None or paid <= last


@dataclass(frozen=True)
class CoverageCalculator(Calculator):
    """Works out the first and the last day of cover, and the last day to enrol a newborn in time."""

    gives_amounts: ClassVar[bool] = False

    rule: Coverage
    scheme: Scheme
    windows: tuple[Window, ...]
    newborn: tuple[Window, ...]

    @classmethod
    def of(cls, name: str, rule: Coverage, scheme: Scheme) -> CoverageCalculator:
        """Make the calculator of a rule."""
        windows = tuple(
            Window(
                scheme.day(window.to_day) if window.to_day else None,
                scheme.clause(window.to_day) if window.to_day else None,
                _starts(window.starts, scheme),
            )
            for window in rule.windows
        )
        newborn = tuple(
            Window(
                None,
                scheme.clause(window.within) if window.within else None,
                _starts(window.starts, scheme),
                scheme.length(window.within) if window.within else None,
            )
            for window in rule.newborn
        )
        return cls(name, rule.title, _inputs(rule, scheme, windows, newborn), rule, scheme, windows, newborn)

    @property
    def sense(self) -> Sense:
        """How the rule makes sense of what is known."""
        return Sense(self.scheme, self.rule)

    def parse(self, raw: Mapping[str, object]) -> Known:
        """Turn raw values into known ones; nobody pays before being born."""
        known = super().parse(raw)
        born, paid = day(known, BIRTH_DATE), day(known, PAY_DATE)
        if born is not None and paid is not None and paid < born:
            raise InputError([InputFault(PAY_DATE, BEFORE_BIRTH)])
        return known

    def run(self, known: Known) -> Outcome:
        """Work the days out; a newborn without a day of payment is taken to be enrolled in time."""
        here = self.sense.of(known)
        silent = self.sense.refuse(here)
        if silent is not None:
            return silent
        person = here.possible.get(PERSON)
        born, paid = day(known, BIRTH_DATE), day(known, PAY_DATE)
        if self.newborn and (person == NEWBORN or (person is None and born is not None)):
            return self._newborn(here, born, paid)
        return self._ordinary(here, paid)

    def _newborn(self, here: Circumstances, born: dt.date | None, paid: dt.date | None) -> Outcome:
        if born is None:
            return Ask(BIRTH_DATE, ASK_BIRTH)
        if paid is not None and paid < born:
            return Ask(PAY_DATE, PAID_BEFORE_BIRTH)
        if paid is None:
            window: Window | None = self.newborn[0]
            here = Circumstances(here.possible, (*here.notes, IN_TIME))
        else:
            window = next((window for window in self.newborn if window.takes(paid, born)), None)
        if window is None:
            return self._beyond()
        settled = self.sense.settle((window.starts,), here)
        if not isinstance(settled, Circumstances):
            return settled
        start = _chosen(window.starts, settled)
        if start.ordinary:
            return self._ordinary(
                settled, paid, () if start.caveat is None else (self.scheme.say(start.caveat),)
            )
        return self._result(settled, start, window, paid, born)

    def _beyond(self) -> NotCovered:
        assert self.rule.beyond is not None, "the lint asks for it where days lie beyond the windows"
        return NotCovered(self.scheme.say(self.rule.beyond))

    def _ordinary(self, here: Circumstances, paid: dt.date | None, caveats: tuple[str, ...] = ()) -> Outcome:
        if paid is None:
            return Ask(PAY_DATE, ASK_PAY)
        opens = self.scheme.day(self.rule.opens) if self.rule.opens else None
        window = next((window for window in self.windows if window.takes(paid)), None)
        if window is None or (opens is not None and paid < opens):
            return self._beyond()
        settled = self.sense.settle((window.starts,), here)
        if not isinstance(settled, Circumstances):
            return settled
        return self._result(settled, _chosen(window.starts, settled), window, paid, None).with_caveats(
            *caveats
        )

    def _result(
        self, here: Circumstances, start: Begin, window: Window, paid: dt.date | None, born: dt.date | None
    ) -> Result:
        first, step = self._first_day(start, window, paid, born)
        dates = {"from": first}
        caveats = [*self._said(start, first), *self.sense.caveats(here)]
        last = self._last_day(start, first, born)
        if last is not None and first > self.scheme.day(last):
            caveats.insert(0, TOO_LATE)
        elif last is not None:
            dates["to"] = self.scheme.day(last)
            end = Step(NAMES["to"], say_date(dates["to"]), None, self.scheme.clause(last))
            step = replace(step, children=(end,))
        steps = [step]
        if born is not None and self.newborn[0].within is not None:
            within = self.newborn[0].within
            dates["deadline"] = within.after(born)
            said = f"{say_date(born)} + {_span(within)} = {say_date(dates['deadline'])}"
            steps.append(Step(NAMES["deadline"], said, None, within.clause))
        return Result(
            calculator=self.id,
            title=self.title,
            headline="from",
            dates=dates,
            steps=tuple(steps),
            assumptions=here.notes,
            caveats=tuple(caveats),
        )

    def _first_day(
        self, start: Begin, window: Window, paid: dt.date | None, born: dt.date | None
    ) -> tuple[dt.date, Step]:
        if start.on is not None:
            first = self.scheme.day(start.on)
            paid_by = f"{say_date(window.last)}及以前缴费" if window.last is not None else NAMES["from"]
            return first, Step(paid_by, f"{say_date(first)}起享受", None, self.scheme.clause(start.on))
        if start.birth:
            assert born is not None, "only newborns have cover from birth"
            return born, Step(NAMES["from"], f"出生当天 {say_date(born)}", None, window.clause)
        assert paid is not None, "without a day of payment a newborn is taken to be enrolled in time"
        if start.after is not None:
            wait = self.scheme.length(start.after)
            first = wait.after(paid)
            return first, Step(
                NAMES["from"], f"{say_date(paid)} + {_span(wait)} = {say_date(first)}", None, wait.clause
            )
        first = A_MONTH.after(paid.replace(day=1))
        return first, Step(
            NAMES["from"], f"{say_date(paid)}的次月一日 = {say_date(first)}", None, window.clause
        )

    def _said(self, start: Begin, first: dt.date) -> tuple[str, ...]:
        """Say a start's caveat, with the days on which cover would start if only whole months counted."""
        if start.caveat is None:
            return ()
        days = (first.replace(day=1), A_MONTH.after(first.replace(day=1)))
        others = "或 ".join(say_date(day) for day in days if day != first)
        return (self.scheme.say(start.caveat, whole_months=others),)

    def _last_day(self, start: Begin, first: dt.date, born: dt.date | None) -> str | None:
        """Find the figure of the last day; a newborn's is known for the year of the document only."""
        until = self.rule.newborn_until if start.birth else self.rule.until
        if until is None or born is None:
            return until
        year = self.scheme.day(until).year
        known = first.year == year if start.birth else first.year >= year
        return until if known else None


def _starts(starts: Sequence[Start], scheme: Scheme) -> Grid[Begin]:
    return Grid(
        tuple(
            GridCell(
                scheme.spread(start.when),
                None if start.gap is not None else _begin(start),
                None if start.gap is None else scheme.say(start.gap),
            )
            for start in starts
        )
    )


def _chosen(starts: Grid[Begin], here: Circumstances) -> Begin:
    start = starts.settled(here.possible)
    assert start is not None, "a gap has been told before"
    return start


def _begin(start: Start) -> Begin:
    return Begin(start.on, start.after, start.next_month, start.birth, start.ordinary, start.caveat)


def _span(length: Length) -> str:
    return f"{length.days} 天" if length.days is not None else f"{length.months} 个月"


def _inputs(
    rule: Coverage, scheme: Scheme, windows: Sequence[Window], newborn: Sequence[Window]
) -> tuple[Input, ...]:
    """List the inputs: the days, and the circumstances that the rule turns on."""
    names = Sense(scheme, rule).dimensions([window.starts for window in (*windows, *newborn)], ())
    if newborn and PERSON not in names:
        names.append(PERSON)
    found = [from_dimension(name, scheme.dimensions[name]) for name in names]
    found.append(Input(PAY_DATE, "date", "缴费日期", ASK_PAY))
    if newborn:
        found.append(Input(BIRTH_DATE, "date", "出生日期", ASK_BIRTH))
    return tuple(found)
