"""From what a message says to what a calculator takes: roles become inputs, months get their year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal

from bot.dialogue.session import Facts
from bot.understanding.entities import Day, Entities
from bot.understanding.numerals import Amount, Refusal
from bot.understanding.people import Group
from knowledge.model import Document

_BEFORE_YEAR = dt.timedelta(days=150)
"""How long before a scheme year its business may begin: the windows of payment open in September."""


def facts_of(entities: Entities, document: Document) -> Facts:
    """Take the facts of a message as the calculators of a region need them."""
    amounts: dict[str, Decimal] = {}
    for money in entities.money:
        if isinstance(money.amount, Amount) and money.amount.low == money.amount.high:
            amounts.setdefault(money.role, money.amount.low)
    return Facts(
        values={name: tuple(sorted(values)) for name, values in entities.values.items()},
        amounts=amounts,
        days=_days(entities.days, document),
    )


def unusable_amount(entities: Entities) -> Amount | Refusal | None:
    """Return the first amount that cannot be worked with: negative, unclear, or a range."""
    for money in entities.money:
        if isinstance(money.amount, Refusal) or money.amount.low != money.amount.high:
            return money.amount
    return None


def people_of(groups: Iterable[Group], document: Document) -> tuple[Facts, ...]:
    """Take groups of people as the premium calculators need them."""
    return tuple(
        Facts(
            values={name: tuple(sorted(values)) for name, values in group.values.items()},
            days=_days([group.day], document) if group.day is not None else {},
            counts={"count": group.count},
        )
        for group in groups
    )


def _days(days: Iterable[Day], document: Document) -> Mapping[str, dt.date]:
    found: dict[str, dt.date] = {}
    for day in days:
        moment = day.moment
        if moment.granularity == "year":
            continue
        dated = moment.first if moment.year_given else _in_scheme_year(moment.first, document)
        if dated is not None and document.valid_from - 2 * _BEFORE_YEAR <= dated <= document.valid_to:
            found.setdefault(day.role, dated)
    return found


def _in_scheme_year(day: dt.date, document: Document) -> dt.date | None:
    """Give a day without a year the year that the scheme's business falls in, the earliest that fits."""
    opens = document.valid_from - _BEFORE_YEAR
    for year in range(opens.year, document.valid_to.year + 1):
        try:
            dated = day.replace(year=year)
        except ValueError:  # 29 February
            continue
        if opens <= dated <= document.valid_to:
            return dated
    return None
