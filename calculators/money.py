"""Amounts of money: Decimal yuan, parsed in one place and rounded in one place, at the very end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
LARGEST = Decimal(100_000_000)
"""Above this an amount is taken for a slip of the keyboard."""

_FEN = Decimal("0.01")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")


class AmountError(ValueError):
    """A text that is no usable amount; the message says why, for residents."""


def parse_yuan(written: object, *, zero: bool = False) -> Decimal:
    """Read an amount in yuan as a program or a form gives it.

    Args:
        written: digits with at most two decimals, as text or number; thousands separators are allowed.
        zero: whether nothing at all is an answer, too.

    Raises:
        AmountError: not a number, negative, zero where that makes no sense, finer than a fen, or absurd.

    """
    if isinstance(written, bool) or not isinstance(written, str | int | float | Decimal):
        raise AmountError("金额要写成数字，例如 5000 或 5000.50")
    text = str(written).strip().replace(",", "").replace("，", "").removesuffix("元")
    if not _NUMBER.fullmatch(text):
        raise AmountError(f"“{str(written)[:20]}”不是金额，请写成数字，例如 5000 或 5000.50")
    amount = Decimal(text)
    if amount < 0:
        raise AmountError("金额不能是负数")
    if amount == 0 and not zero:
        raise AmountError("金额要大于 0")
    if amount > LARGEST:
        raise AmountError("金额超过一亿元，请核对是不是多写了几位")
    if amount != amount.quantize(_FEN):
        raise AmountError("金额最多精确到分（两位小数）")
    return amount


def to_fen(amount: Decimal) -> Decimal:
    """Round half up to the fen."""
    return amount.quantize(_FEN, ROUND_HALF_UP)


@dataclass(frozen=True)
class Span:
    """An amount or rate that the documents fix (low = high) or leave within a range."""

    low: Decimal
    high: Decimal

    @classmethod
    def exact(cls, amount: Decimal) -> Span:
        """Make the span that is one amount."""
        return cls(amount, amount)

    @property
    def is_exact(self) -> bool:
        """Whether it is one amount and not a range."""
        return self.low == self.high

    def __add__(self, other: Span) -> Span:
        return Span(self.low + other.low, self.high + other.high)

    def __mul__(self, other: Span) -> Span:
        """Multiply; both factors are never negative here."""
        return Span(self.low * other.low, self.high * other.high)

    def times(self, factor: Decimal) -> Span:
        """Multiply with a number that is not negative."""
        return Span(self.low * factor, self.high * factor)

    def at_most(self, cap: Decimal) -> Span:
        """Cut both ends off at a cap."""
        return Span(min(self.low, cap), min(self.high, cap))

    def at_least(self, floor: Decimal) -> Span:
        """Raise both ends to a floor."""
        return Span(max(self.low, floor), max(self.high, floor))

    def left_of(self, whole: Decimal) -> Span:
        """Return what is left of the whole after this has been taken away."""
        return Span(whole - self.high, whole - self.low)

    def to_fen(self) -> Span:
        """Round both ends half up to the fen."""
        return Span(to_fen(self.low), to_fen(self.high))


NOTHING = Span(ZERO, ZERO)
