"""What is known of a case: for each input that something was said about, its value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

Value = frozenset[str] | Decimal | int | dt.date | tuple["Known", ...]
"""For a dimension the values that are still possible (for identities, all that hold); yuan; a count; a day;
or several cases (the people to pay for, the stays of a year)."""

Known = Mapping[str, Value]

COST, DEDUCTIBLE, HERBS, PAID, BORNE = "cost", "deductible", "herbs", "paid", "borne"
PAY_DATE, BIRTH_DATE, SUBSIDY, INCOME = "pay_date", "birth_date", "subsidy", "income"
COUNT, MONTHS, PEOPLE, STAYS, PRENATAL_COST = "count", "months", "people", "stays", "prenatal_cost"

UNKNOWN = "unknown"
"""The name of the pseudo-input that holds the inputs which the user cannot tell (a frozenset of names)."""


def choice(known: Known, name: str) -> frozenset[str] | None:
    """Return the possible values of a dimension, None where nothing was said."""
    value = known.get(name)
    return value if isinstance(value, frozenset) and value else None


def amount(known: Known, name: str) -> Decimal | None:
    """Return an amount in yuan, None where nothing was said."""
    value = known.get(name)
    return value if isinstance(value, Decimal) else None


def count(known: Known, name: str) -> int | None:
    """Return a count, None where nothing was said."""
    value = known.get(name)
    return value if isinstance(value, int) else None


def day(known: Known, name: str) -> dt.date | None:
    """Return a day, None where nothing was said."""
    value = known.get(name)
    return value if isinstance(value, dt.date) else None


def cases(known: Known, name: str) -> tuple[Known, ...]:
    """Return the cases of a list, none where nothing was said."""
    value = known.get(name)
    return value if isinstance(value, tuple) else ()


def cannot_tell(known: Known, name: str) -> bool:
    """Whether the user was asked for an input and cannot tell it."""
    return name in (choice(known, UNKNOWN) or ())
