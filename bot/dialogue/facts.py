"""From what a message says to what a calculator takes: roles become inputs, months get their year."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from bot.dialogue.session import VISITS, Facts
from bot.understanding.entities import Day, Entities
from bot.understanding.mentions import GROUPED
from bot.understanding.money import ABOVE_DEDUCTIBLE, ELIGIBLE_COST, OUTSIDE, PATIENT_SHARE
from bot.understanding.numerals import Amount, Refusal, amount_alone
from bot.understanding.numerals import amounts as amounts_in
from bot.understanding.visits import OF_A_VISIT, OF_HOSPITAL, Visits
from calculators.known import BIRTH_DATE, COST, DEDUCTIBLE, HERBS, PAID, PRENATAL_COST
from calculators.visits import ADMISSION
from knowledge.model import Dimension, Document
from knowledge.names import Circumstance

_PAIR = 2
_DENIED = re.compile("不是([^,，。;； 是]{1,12})")
_AROUND = re.compile(
    r"^(那么|那|要是|如果|换成|改成|不对|不是|应该是|就是|是|,|，)+|(整|呢|吧|的话|呀|啊|\?)+$"
)
_PERIOD, _DAY, _YEAR = Circumstance.PERIOD, "day", "year"
"""Each of several visits is an amount of a day, whatever is said of the year; their sum is not."""
_ONE_VISIT = Visits()
_FIRST = "first"
_ADDING = frozenset({PATIENT_SHARE, PRENATAL_COST, PAID, "reimbursed", HERBS})
"""Roles of amounts that add up over a year; of a cost each stay has its own."""
_BEFORE = dt.timedelta(days=550)
"""How long before a year's business opens a day may lie that still matters to it (a birth, say)."""
_NEWBORN = "newborn"
"""Who is born within the scheme's time is a newborn to its rules."""


def facts_of(
    entities: Entities,
    care: str | None,
    family: Facts,
    document: Document | None,
    visits: Visits = _ONE_VISIT,
) -> Facts:
    """Take the facts of a message as the calculators of a region need them.

    Args:
        entities: what the message says; care: where the treatment is, as a value of the dimension `place`;
        family: the people to whom it makes those told of so far;
        document: the region's document, whose year a month without a year falls in; without it, no day
            is taken.
        visits: the several visits that it tells of.

    """
    amounts = _amounts_of(entities)
    for part in entities.parts:
        if part in amounts and COST in amounts and part != COST:
            amounts[COST] = max(amounts[COST] - amounts[part], Decimal(0))
    eligible = _count(amounts)
    values = {name: tuple(sorted(said)) for name, said in entities.values.items()}
    if care is not None:
        values[Circumstance.PLACE] = (care,)
    if family.people:
        values = {name: said for name, said in values.items() if name not in GROUPED}
    days = days_of(entities.days, document)
    if BIRTH_DATE in days:
        values[Circumstance.PERSON] = (_NEWBORN,)
    update = {"values": values, "amounts": amounts, "days": days, "eligible": eligible}
    facts = family.model_copy(update=update)
    if visits.together > 1 and COST in amounts:
        values = {**values, _PERIOD: (_YEAR,)}
        counts = {**facts.counts, VISITS: visits.together}
        return facts.model_copy(update={"values": values, "counts": counts})
    return _of_visits(facts, visits) if visits.each else facts


def _count(amounts: dict[str, Decimal]) -> bool:
    """Leave of the cost what counts; say whether what lies outside the catalogue was taken off it."""
    outside = amounts.get(OUTSIDE)
    if ELIGIBLE_COST in amounts:
        amounts[COST] = amounts.pop(ELIGIBLE_COST)
    elif outside is not None and COST in amounts:
        amounts[COST] = max(amounts[COST] - outside, Decimal(0))
    if ABOVE_DEDUCTIBLE in amounts:
        amounts |= {COST: amounts.pop(ABOVE_DEDUCTIBLE), DEDUCTIBLE: Decimal(0)}
    return outside is not None and COST in amounts


def _of_visits(facts: Facts, visits: Visits) -> Facts:
    """Tell what is told of each of several visits apart; a day's visits to a doctor are one."""
    own = {name for visit in visits.each for name in visit.values} | visits.values.keys()
    values = {name: said for name, said in facts.values.items() if name not in own}
    values |= {name: tuple(sorted(said)) for name, said in visits.values.items()}
    if visits.first == 1:
        values.pop(ADMISSION, None)
    if _PERIOD in values or visits.same_day:
        values[_PERIOD] = (_DAY,)
    amounts = {role: paid for role, paid in facts.amounts.items() if role not in visits.each[0].amounts}
    amounts[COST] = visits.each[0].cost
    stays = tuple(
        Facts(
            values={name: tuple(sorted(said)) for name, said in visit.values.items()},
            amounts={COST: visit.cost, **visit.amounts},
        )
        for visit in visits.each
    )
    if visits.same_day:
        amounts[COST] = sum((visit.cost for visit in visits.each), Decimal(0))
        stays = ()
    return facts.model_copy(update={"values": values, "amounts": amounts, "stays": stays})


def of_each_visit(facts: Facts) -> Facts:
    """Take the cost that was asked for as that of each of the visits told of before."""
    number = facts.counts.get(VISITS, 1)
    counts = {name: number for name, number in facts.counts.items() if name != VISITS}
    stays = facts.stays
    if number > 1 and not stays and COST in facts.amounts:
        stays = (Facts(amounts={COST: facts.amounts[COST]}),) * number
    return facts.model_copy(update={"counts": counts, "stays": stays})


def after_those_before(before: Facts, told: Facts) -> Facts:
    """Keep the visit told of before where a message tells of a later one (第二次在县医院住5000呢)."""
    later = told.values.get(ADMISSION, (_FIRST,))
    told_both = COST in before.amounts and COST in told.amounts
    if not told_both or told.stays or before.stays or {_FIRST, *before.values.get(ADMISSION, ())} & {*later}:
        return told
    return told.model_copy(update={"earlier": (*before.earlier, _visit_of(before))})


def with_those_before(before: Facts, told: Facts) -> Facts:
    """Tell all visits that were told of one by one (两次加起来呢)."""
    if not before.earlier or told.amounts or COST not in before.amounts:
        return told
    stays = (*before.earlier, _visit_of(before))
    values = {**told.values, ADMISSION: (_FIRST,)}
    return told.model_copy(update={"values": values, "stays": stays})


def _visit_of(facts: Facts) -> Facts:
    values = {name: said for name, said in facts.values.items() if name in OF_HOSPITAL}
    amounts = {role: paid for role, paid in facts.amounts.items() if role in OF_A_VISIT}
    return Facts(values=values, amounts=amounts)


def set_against(told: Facts, sides: Sequence[Mapping[str, frozenset[str]]]) -> Facts:
    """Tell what is told of each of two cases that a message sets against each other; each is possible."""
    each = tuple(Facts(values={name: tuple(sorted(said)) for name, said in side.items()}) for side in sides)
    either = {
        name: tuple(sorted(frozenset[str]().union(*(side[name] for side in sides)))) for name in sides[0]
    }
    return told.model_copy(update={"values": {**told.values, **either}, "sides": each, "stays": ()})


def compared(told: Facts) -> Facts:
    """Take two visits that are compared for two cases of one cost (住三级花5万 跟住二级花5万 哪个报得多)."""
    if len(told.stays) != _PAIR or told.stays[0].values.keys() != told.stays[1].values.keys():
        return told
    one, other = told.stays
    if one.amounts != other.amounts or one.values == other.values:
        return told
    sides = (Facts(values=one.values), Facts(values=other.values))
    amounts = {**told.amounts, **one.amounts}
    return told.model_copy(update={"sides": sides, "amounts": amounts, "stays": ()})


def set_against_before(before: Facts, told: Facts, dimensions: Mapping[str, Dimension]) -> Facts:
    """Set what a message tells against what was told before (要是交的二档呢 能多报多少).

    Where that is the same, it is set against the only other value that there is (二档要多报多少).
    """
    other = {
        name: said
        for name, said in told.values.items()
        if name in before.values and not {*said} & {*before.values[name]}
    }
    if other:
        then = {name: before.values[name] for name in other}
    else:
        same = {name: said for name, said in told.values.items() if before.values.get(name) == said}
        then = {name: _only_other(said, dimensions[name]) for name, said in same.items()}
        then = {name: said for name, said in then.items() if said}
        other = {name: same[name] for name in then}
    return told.model_copy(update={"sides": (Facts(values=then), Facts(values=other))}) if then else told


def _only_other(said: tuple[str, ...], dimension: Dimension) -> tuple[str, ...]:
    """Name the value that is left of a dimension of two."""
    left = tuple(value for value in dimension.values if value not in said)
    return left if len(said) == 1 == len(left) else ()


def _is_in_turn(entities: Entities) -> bool:
    return entities.in_turn or any(money.times > 1 or money.again for money in entities.money)


def _amounts_of(entities: Entities) -> dict[str, Decimal]:
    """Give the amount of each role.

    Of several amounts of a role the sum counts where it is told; what was paid in turn adds up; else, as of
    the costs of several stays, the first counts.
    """
    told: dict[str, list[Decimal]] = defaultdict(list)
    in_all: dict[str, Decimal] = {}
    adding = {money.role for money in entities.money if money.times > 1}
    adding |= {money.role for money in entities.money if money.again or entities.in_turn} & _ADDING
    for money in entities.money:
        if not isinstance(money.amount, Amount) or money.amount.low != money.amount.high:
            continue
        if money.in_all:
            in_all.setdefault(money.role, money.amount.low)
        else:
            told[money.role] += [money.amount.low] * money.times
    added = {role: sum(each, Decimal(0)) for role, each in told.items() if role in adding - {COST}}
    if entities.in_one:
        told[COST] = [sum(told[COST], Decimal(0))]
    if _is_in_turn(entities):
        in_all = {role: amount for role, amount in in_all.items() if len(told.get(role, ())) <= 1}
    return {role: each[0] for role, each in told.items()} | added | in_all


def unusable_amount(entities: Entities, role: str) -> Amount | Refusal | None:
    """Return the first amount of a role that cannot be worked with: negative, unclear, a range, zero."""
    for money in entities.money:
        if isinstance(money.amount, Refusal):
            return money.amount
        if money.role in {role, COST} and (money.amount.low != money.amount.high or money.amount.low == 0):
            return money.amount
    return None


def amount_instead(text: str) -> Facts:
    """Take a message that is an amount and little else (90呢, 那一万整呢) as the cost."""
    amount = amount_alone(_AROUND.sub("", text))
    if isinstance(amount, Amount) and amount.low == amount.high:
        return Facts(amounts={COST: amount.low})
    return Facts()


def added_up(before: Facts, told: Facts) -> Facts:
    """Add what somebody paid to what the same was before (又自付一万五，加起来算); a cost is a new stay."""
    both = (told.amounts.keys() & before.amounts.keys()) - {COST}
    sums = {role: told.amounts[role] + before.amounts[role] for role in both}
    return told.model_copy(update={"amounts": {**told.amounts, **sums}})


def less_parts(before: Facts, told: Facts, parts: frozenset[str]) -> Facts:
    """Take off the cost told before a part of it that a benefit of its own pays for (里面30是诊查费)."""
    told_now = [told.amounts[part] for part in parts & told.amounts.keys() - before.amounts.keys()]
    if not told_now or COST in told.amounts or COST not in before.amounts:
        return told
    cost = max(before.amounts[COST] - sum(told_now, Decimal(0)), Decimal(0))
    return told.model_copy(update={"amounts": {**told.amounts, COST: cost}})


def in_the_same_role(before: Facts, told: Facts, text: str, rest: str) -> Facts:
    """Let an amount stand for the one told before that it puts right.

    That is the one that is denied (不是1500 是500), or the only one (报了5万2 … 说错了 是6万2).

    Args:
        before, told: what was told before, and now; text: the message; rest: what is left of it put right.

    """
    if told.amounts.keys() != {COST}:
        return told
    denied = _DENIED.search(text)
    of_denied = amounts_in(denied[1]) if denied else ()
    exact = {found.low for found in of_denied if isinstance(found, Amount)}
    roles = [role for role, amount in before.amounts.items() if amount in exact]
    if not roles and len(before.amounts) == 1 and amount_instead(rest).amounts:
        roles = [*before.amounts]
    if not roles or COST in roles:
        return told
    return told.model_copy(update={"amounts": {roles[0]: told.amounts[COST]}})


def less_outside(before: Facts, told: Facts) -> Facts:
    """Take what lies outside the catalogue off the cost told before (里头有600是自费药).

    Without a cost it is the cost itself: 自费花了三千 is what somebody paid.
    """
    if COST in told.amounts:
        forgotten = OUTSIDE in before.amounts and OUTSIDE not in told.amounts
        update = {"amounts": {**told.amounts, OUTSIDE: Decimal(0)}}
        return told.model_copy(update=update) if forgotten else told
    if OUTSIDE not in told.amounts:
        return told
    known = before.amounts.get(COST)
    outside = told.amounts[OUTSIDE]
    if known is None:
        others = {role: amount for role, amount in told.amounts.items() if role != OUTSIDE}
        return told.model_copy(update={"amounts": {**others, COST: outside}})
    cost = max(known + before.amounts.get(OUTSIDE, Decimal(0)) - outside, Decimal(0))
    return told.model_copy(update={"amounts": {**told.amounts, COST: cost}, "eligible": True})


def days_of(days: Iterable[Day], document: Document | None) -> Mapping[str, dt.date]:
    """Give each role its day; a role with several different days is not told at all (一月二月补交的)."""
    found: dict[str, set[dt.date]] = defaultdict(set)
    if document is None:
        return {}
    for day in days:
        moment = day.moment
        if moment.granularity == "year":
            continue
        stretch = moment.last - moment.first
        dated = moment.first if moment.year_given else _in_scheme_year(moment.first, stretch, document)
        if dated is not None and dated < document.opens <= dated + stretch:
            dated = document.opens  # the business of the year opens within this month
        if dated is not None and document.opens - _BEFORE <= dated <= document.valid_to:
            found[day.role].add(dated)
    return {role: min(dated) for role, dated in found.items() if len(dated) == 1}


def _in_scheme_year(day: dt.date, stretch: dt.timedelta, document: Document) -> dt.date | None:
    """Give a day (or stretch of days) without a year the earliest year in which business is done on it."""
    for year in range(document.opens.year, document.valid_to.year + 1):
        try:
            dated = day.replace(year=year)
        except ValueError:  # 29 February
            continue
        if document.opens <= dated + stretch and dated <= document.valid_to:
            return dated
    return None
