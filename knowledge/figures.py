"""Figures: every number, date, menu path and phone number of a document, each standing once.

A figure is written as a mapping with its name, its clause and exactly one key that says what kind of
value it is, for example ``{name: 三级医院起付线, yuan: 800, clause: 住院}``. Templates and calculators name
it by its id; nothing else in the project holds the value.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

Kind = Literal[
    "yuan", "rate", "points", "date", "months", "days", "years", "year", "age", "count",
    "text", "path", "phone", "url",
]

KINDS: tuple[Kind, ...] = get_args(Kind)

_PERCENT = re.compile(r"(\d+(?:\.\d+)?)%")
_TEN_THOUSAND = Decimal(10_000)


@dataclass(frozen=True)
class RateRange:
    """A rate that the document gives as a range (both ends 0..1), without saying who gets which."""

    low: Decimal
    high: Decimal


def _percent(text: str) -> Decimal:
    match = _PERCENT.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a percentage; write it like 85%")
    rate = Decimal(match[1]) / 100
    if not 0 <= rate <= 1:
        raise ValueError(f"{text} is outside 0%..100%")
    return rate


def _rate(value: object) -> object:
    if not isinstance(value, str):
        return value
    low, dash, high = value.partition("-")
    if not dash:
        return _percent(value)
    bounds = RateRange(_percent(low), _percent(high))
    if bounds.low >= bounds.high:
        raise ValueError(f"{value}: the lower end of a range stands first and is smaller")
    return bounds


def _points(value: object) -> object:
    return _percent(value) if isinstance(value, str) else value


Rate = Annotated[Decimal | RateRange, BeforeValidator(_rate)]
Points = Annotated[Decimal, BeforeValidator(_points)]


class Figure(BaseModel):
    """One figure of one document.

    Attributes:
        name: what it is, in the field's words, as a step of a calculation may show it.
        clause: where the document says so.
        yuan: an amount in yuan; rate: a rate 0..1 or a range of rates; points: percentage points as 0..1;
        date: a day; months, days, years: a length of time; year: a calendar or scheme year; age: in years;
        count: how many; text: a name or a list of names; path: menu entries in the order they are tapped;
        phone; url. Exactly one of them is set.

    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    clause: str
    yuan: Decimal | None = None
    rate: Rate | None = None
    points: Points | None = None
    date: dt.date | None = None
    months: int | None = None
    days: int | None = None
    years: int | None = None
    year: str | None = None
    age: int | None = None
    count: int | None = None
    text: str | None = None
    path: tuple[str, ...] | None = None
    phone: str | None = None
    url: str | None = None

    @model_validator(mode="after")
    def _one_value(self) -> Self:
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            held = ", ".join(given) or "none"
            raise ValueError(f"holds {len(given)} values ({held}); give exactly one of {', '.join(KINDS)}")
        if self.yuan is not None and self.yuan < 0:
            raise ValueError(f"yuan: {self.yuan} is negative")
        return self

    @property
    def kind(self) -> Kind:
        """The kind of value that this figure holds."""
        return next(kind for kind in KINDS if getattr(self, kind) is not None)


def say_yuan(amount: Decimal) -> str:
    """Say an amount in yuan: whole ten-thousands as 7 万元, anything else in full."""
    if amount >= _TEN_THOUSAND and amount % 1_000 == 0:
        return f"{say_number(amount / _TEN_THOUSAND)} 万元"
    return f"{say_number(amount)} 元"


def say_number(number: Decimal) -> str:
    """Say a number without an exponent and without trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def say_rate(rate: Decimal | RateRange) -> str:
    """Say a rate as a percentage, a range with a dash."""
    if isinstance(rate, RateRange):
        return f"{say_rate(rate.low)}–{say_rate(rate.high)}"
    return f"{say_number(rate * 100)}%"


def say_date(day: dt.date) -> str:
    """Say a day as residents read it: 2023年1月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def say(figure: Figure) -> str:
    """Say a figure as an answer shows it, with its unit."""
    match figure:
        case Figure(yuan=Decimal() as yuan):
            return say_yuan(yuan)
        case Figure(rate=Decimal() | RateRange() as rate):
            return say_rate(rate)
        case Figure(points=Decimal() as points):
            return f"{say_number(points * 100)} 个百分点"
        case Figure(date=dt.date() as day):
            return say_date(day)
        case Figure(months=int() as months):
            return f"{months} 个月"
        case Figure(days=int() as days):
            return f"{days} 天"
        case Figure(years=int() as years):
            return f"{years} 年"
        case Figure(age=int() as age):
            return f"{age} 周岁"
        case Figure(count=int() as count):
            return str(count)
        case Figure(path=tuple() as path):
            return " → ".join(path)
        case _:
            return next(value for value in (figure.year, figure.text, figure.phone, figure.url) if value is not None)
