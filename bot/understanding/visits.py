"""Several visits of a message, each with its cost and its hospital (第一次市三甲一万 第二次县二甲八千)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise
from typing import Final

from bot.understanding.entities import EntityReader
from bot.understanding.lexicon import Lexicon
from bot.understanding.matcher import features_of
from bot.understanding.mentions import ME, MentionFinder
from bot.understanding.money import (
    ABOVE_DEDUCTIBLE,
    ELIGIBLE_COST,
    OUTSIDE,
    Money,
    tells_in_turn,
    tells_of_one,
)
from bot.understanding.numerals import Amount
from bot.understanding.quantities import counts, visits_counted
from calculators.known import COST, DEDUCTIBLE, HERBS
from knowledge.names import BENEFITS, Circumstance

OF_HOSPITAL: Final = frozenset({Circumstance.LEVEL, Circumstance.PLACE, "filing", "tcm"})
"""Circumstances that one visit may have otherwise than another."""
_THE_HOSPITAL: Final = frozenset({Circumstance.LEVEL, Circumstance.PLACE, "tcm"})
"""Of these a visit that tells one has a hospital of its own; one that tells none was at that of the last."""
_OWN_AMOUNTS: Final = (DEDUCTIBLE, HERBS, OUTSIDE)
"""Roles of amounts that each visit may have."""
_COSTS: Final = frozenset({COST, ELIGIBLE_COST, ABOVE_DEDUCTIBLE})
OF_A_VISIT: Final = frozenset({COST, DEDUCTIBLE, HERBS})
"""Roles of amounts that calculators take of each visit."""
_TWO: Final = 2

_CLAUSE_END: Final = re.compile(r"[,，、。;；!！?？\n ]+")
_OPENS: Final = re.compile(
    r"第[一二两三四五六1-6][次回趟]|[头首][一]?[次回趟]|(?<![第每])[另又再后下]?一[次回趟]|又(?=[在去到住花看进跑])|再(?=[去到住])|后来|后头|另外"
    r"|(?:[一二三四五六七八九十]{1,3}|1?\d)月份?|[年月][初头中底末尾]|[上下]半年|[春夏秋冬][天上]"
)
"""What the telling of one more visit opens with."""
_OF_ALL: Final = re.compile(r"都|全是|同一?[家个]")
_OF_SEVERAL_PEOPLE: Final = re.compile(r"各[住花看去自]|每人|两个?人|俩人")
_PAID_BACK: Final = re.compile(r"报(?:销?了?|下来|回来)$")
"""An amount straight behind it is what came back for a cost."""
_ONE_OF_THEM: Final = re.compile("[这那上][一]?[次回趟]|最近|最后|每[次回趟]|后[一]?[次回趟]")
"""What is told is of one visit only."""
_SAME_DAY: Final = re.compile(r"同一?[天日]|一天(?:里头?|内|之内)?[看去跑门连]")


@dataclass(frozen=True)
class Visit:
    """One of several visits: what it cost in yuan, what is told of its hospital, other amounts by role."""

    cost: Decimal
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    amounts: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Visits:
    """The visits of a message in their order, none where it tells of but one.

    Attributes:
        each: the visits; values: what is told of the hospital of all of them.
        first: the how-manieth of the year the first of them is; same_day: whether they were on one day.
        together: how many visits the one cost that is told was paid for (住了两次院 一共三万).

    """

    each: tuple[Visit, ...] = ()
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    first: int = 1
    same_day: bool = False
    together: int = 1


class VisitReader:
    """Reads several visits off a message."""

    def __init__(self, reader: EntityReader, lexicon: Lexicon, people: MentionFinder) -> None:
        self._reader = reader
        self._lexicon = lexicon
        self._people = people

    def read(self, text: str, money: Sequence[Money] | None = None) -> Visits:
        """Read the visits that a cleaned text tells of.

        Args:
            text: the text, its places named by where they lie from here.
            money: its amounts, where they have been read already.

        """
        money = self._reader.money_reader.told(text) if money is None else money
        costs = _costs(text, money)
        same_day = _SAME_DAY.search(text) is not None
        if len(costs) == 1 and costs[0].times > 1:
            first = min(_ordinals(text), default=1)
            outside = {one.role: _yuan(one) for one in money if one.role == OUTSIDE}
            visit = _less_outside(costs[0], {}, outside)
            return Visits((visit,) * costs[0].times, self._of_hospital(text), first, same_day)
        if len(costs) < _TWO:
            return Visits(together=_paid_for(text, money))
        stretches = _Stretches.of(text, costs)
        told = [self._of_hospital(stretch) for stretch in stretches.each]
        if not self._are_visits(text, costs, money, stretches, told):
            return Visits()
        shared = {**self._of_hospital(stretches.ahead), **self._of_hospital(stretches.behind)}
        places = _in_order([_ordinals(stretch) for stretch in stretches.each])
        own = _own_amounts(money, costs, text)
        visits = [
            _less_outside(cost, values, amounts)
            for cost, values, amounts in zip(costs, _completed(told, shared), own, strict=True)
        ]
        visits = [visits[place] for _, place in places]
        return _without_what_all_share(Visits(tuple(visits), {}, places[0][0], same_day))

    def _of_hospital(self, text: str) -> dict[str, frozenset[str]]:
        said = self._reader.circumstances(text, self._lexicon.tokens(text)) if text.strip() else {}
        return {name: values for name, values in said.items() if name in OF_HOSPITAL}

    def _are_visits(
        self,
        text: str,
        costs: Sequence[Money],
        money: Sequence[Money],
        stretches: _Stretches,
        told: Sequence[Mapping[str, frozenset[str]]],
    ) -> bool:
        """Whether costs are those of visits of one person for the same benefit."""
        whole = (stretches.ahead, *stretches.each)
        people = {
            mention.noun
            for stretch in whole
            for mention in self._people.find(stretch)
            if mention.kind not in (None, ME)
        }
        benefits = [
            frozenset(features_of(self._lexicon.tokens(stretch)) & {*BENEFITS}) for stretch in stretches.each
        ]
        named = {benefit for benefit in benefits if benefit}
        if len(people) > 1 or len(named) > 1 or _OF_SEVERAL_PEOPLE.search(text):
            return False
        in_turn = tells_in_turn(text) or any(one.again or one.times > 1 for one in money)
        counted = visits_counted(text) == len(costs)
        if all(not _THE_HOSPITAL.isdisjoint(values) for values in told):
            return True
        return (in_turn or counted) and not tells_of_one(text, money)


@dataclass(frozen=True)
class _Stretches:
    """A text cut up by the visits that it tells of: a stretch for each, and what stands ahead and behind."""

    ahead: str
    each: tuple[str, ...]
    behind: str

    @classmethod
    def of(cls, text: str, costs: Sequence[Money]) -> _Stretches:
        """Cut a text up."""
        bounds = _starts(text, costs)
        last = _CLAUSE_END.search(text, costs[-1].amount.end)
        end = last.start() if last else len(text)
        ahead = text[: bounds[0]]
        if (visits_counted(ahead) or 0) < _TWO and not _OF_ALL.search(ahead):
            bounds[0], ahead = 0, ""
        each = tuple(text[start:stop] for start, stop in pairwise([*bounds, end]))
        return cls(ahead, each, text[end:])


def _costs(text: str, money: Sequence[Money]) -> list[Money]:
    """Choose the costs; of each cost and what counts of it (花了两万 其中合规一万八) the latter."""
    exact = [
        one
        for one in money
        if one.role in _COSTS
        and not one.in_all
        and isinstance(one.amount, Amount)
        and one.amount.low == one.amount.high
        and not _PAID_BACK.search(text, 0, one.amount.start)
    ]
    counting = [one for one in exact if one.role == ELIGIBLE_COST]
    pairs = list(zip(exact[::_TWO], exact[1::_TWO], strict=False))
    in_pairs = len(counting) * _TWO == len(exact) and all(
        (one.role, other.role) == (COST, ELIGIBLE_COST)
        and _OPENS.search(text, one.amount.end, other.amount.start) is None
        for one, other in pairs
    )
    return counting if in_pairs else exact


def _paid_for(text: str, money: Sequence[Money]) -> int:
    """Tell how many visits the one cost of a text was paid for."""
    costs = [one for one in money if one.role in _COSTS]
    if len(costs) != 1 or _ordinals(text) or _ONE_OF_THEM.search(text):
        return 1
    return visits_counted(text) or 1


def _yuan(money: Money) -> Decimal:
    return money.amount.low if isinstance(money.amount, Amount) else Decimal(0)


def _starts(text: str, costs: Sequence[Money]) -> list[int]:
    """Tell where the telling of each visit opens."""
    later = (_boundary(text, one.amount.end, other.amount.start) for one, other in pairwise(costs))
    return [_opening(text, costs[0].amount.start), *later]


def _opening(text: str, first: int) -> int:
    """Tell where the telling of the first visit opens: the clause of its first sign, or of its cost."""
    sign = _OPENS.search(text, 0, first)
    until = sign.start() if sign else first
    return max((end.end() for end in _CLAUSE_END.finditer(text, 0, until)), default=0)


def _boundary(text: str, end: int, start: int) -> int:
    """Tell where one more visit opens between two costs."""
    opening = _OPENS.search(text, end, start)
    if opening is not None:
        return opening.start()
    pause = _CLAUSE_END.search(text, end, start)
    return pause.end() if pause is not None else end


def _ordinals(text: str) -> list[int]:
    return [count.number for count in counts(text) if count.classifier == "次" and count.ordinal]


def _in_order(ordinals: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Put visits in order by what each is said to be; as they are told where some say nothing."""
    said = [numbers[0] for numbers in ordinals if numbers]
    if len(said) == len(ordinals) == len(set(said)):
        return sorted((number, place) for place, number in enumerate(said))
    first = said[0] if said and ordinals[0] else 1
    return [(first + place, place) for place in range(len(ordinals))]


def _completed(
    told: Sequence[Mapping[str, frozenset[str]]], shared: Mapping[str, frozenset[str]]
) -> Iterator[Mapping[str, frozenset[str]]]:
    """Add what is told of all visits, and of one at no hospital of its own what is told of the last one."""
    last: Mapping[str, frozenset[str]] = {}
    for values in told:
        held = {**shared, **values}
        if _THE_HOSPITAL.isdisjoint(values):
            held = {**last, **held}
        last = held
        yield held


def _own_amounts(money: Sequence[Money], costs: Sequence[Money], text: str) -> list[dict[str, Decimal]]:
    """Give each visit its own deductible and herbs, where each has some."""
    starts = _starts(text, costs)
    own: list[dict[str, Decimal]] = [{} for _ in costs]
    for one in money:
        if one.role in _OWN_AMOUNTS and isinstance(one.amount, Amount):
            place = max((at for at, start in enumerate(starts) if start <= one.amount.start), default=0)
            own[place].setdefault(one.role, one.amount.low)
    return [
        {
            role: amount
            for role, amount in amounts.items()
            if role == OUTSIDE or all(role in one for one in own)
        }
        for amounts in own
    ]


def _less_outside(cost: Money, values: Mapping[str, frozenset[str]], amounts: Mapping[str, Decimal]) -> Visit:
    """Take what lies outside the catalogue off a cost of which it is told (其中自费两千)."""
    outside = amounts.get(OUTSIDE, Decimal(0)) if cost.role == COST else Decimal(0)
    others = {role: amount for role, amount in amounts.items() if role != OUTSIDE}
    return Visit(max(_yuan(cost) - outside, Decimal(0)), values, others)


def _without_what_all_share(visits: Visits) -> Visits:
    """Tell what is the same of every visit of all of them."""
    first = visits.each[0].values
    shared = {
        name: values
        for name, values in first.items()
        if all(visit.values.get(name) == values for visit in visits.each)
    }
    each = tuple(
        replace(visit, values={name: values for name, values in visit.values.items() if name not in shared})
        for visit in visits.each
    )
    return replace(visits, each=each, values=shared)
