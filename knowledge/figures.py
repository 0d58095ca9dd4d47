"""Figures: every number, date, menu path and phone number of a document, each standing once.

A figure is written as a mapping with its name, its clause and exactly one key that says what kind of
value it is, for example ``{name: 三级医院起付线, yuan: 800, clause: 住院}``. Templates and calculators name
it by its id; nothing else in the project holds the value.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Kind = Literal[
    "yuan", "rate", "points", "date", "months", "days", "years", "year", "age", "count",
    "text", "path", "phone", "url",
]  # fmt: skip

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
    if isinstance(value, Decimal | RateRange):
        return value
    ends = value.split("-") if isinstance(value, str) else []
    match [end.strip() for end in ends]:
        case [rate]:
            return _percent(rate)
        case [str() as low, str() as high] if low and high:
            bounds = RateRange(_percent(low), _percent(high))
            if bounds.low >= bounds.high:
                raise ValueError(f"{value}: the lower end of a range stands first and is smaller")
            return bounds
        case _:
            raise ValueError(f"{value!r} is not a rate; write it like 85%, a range like 50%-60%")


def _points(value: object) -> object:
    return _percent(value) if isinstance(value, str) else value


Rate = Annotated[Decimal | RateRange, BeforeValidator(_rate)]
Points = Annotated[Decimal, BeforeValidator(_points)]
Amount = Annotated[Decimal, Field(ge=0)]
Number = Annotated[int, Field(ge=0)]


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

    model_config = ConfigDict(frozen=True, extra="forbid", str_min_length=1, defer_build=True)

    name: str
    clause: str
    yuan: Amount | None = None
    rate: Rate | None = None
    points: Points | None = None
    date: dt.date | None = None
    months: Number | None = None
    days: Number | None = None
    years: Number | None = None
    year: str | None = None
    age: Number | None = None
    count: Number | None = None
    text: str | None = None
    path: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    phone: str | None = None
    url: str | None = None

    @model_validator(mode="after")
    def _one_value(self) -> Self:
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            held = ", ".join(given) or "none"
            raise ValueError(f"holds {len(given)} values ({held}); give exactly one of {', '.join(KINDS)}")
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


_SAYINGS: Mapping[Kind, Callable[[Any], str]] = {
    "yuan": say_yuan,
    "rate": say_rate,
    "points": lambda points: f"{say_number(points * 100)} 个百分点",
    "date": say_date,
    "months": "{} 个月".format,
    "days": "{} 天".format,
    "years": "{} 年".format,
    "year": str,
    "age": "{} 周岁".format,
    "count": str,
    "text": str,
    "path": " → ".join,
    "phone": str,
    "url": str,
}


def say(figure: Figure) -> str:
    """Say a figure as an answer shows it, with its unit."""
    kind = figure.kind
    return _SAYINGS[kind](getattr(figure, kind))
