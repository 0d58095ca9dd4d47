"""Numbers as the steps of a calculation show them."""

from __future__ import annotations

from decimal import Decimal

from calculators.money import Span, to_fen
from knowledge.figures import say_number


def number(amount: Decimal) -> str:
    """Say an amount in yuan to the fen, without needless zeros."""
    return say_number(to_fen(amount))


def percent(span: Span) -> str:
    """Say a rate or a range of rates."""
    low, high = f"{say_number(span.low * 100)}%", f"{say_number(span.high * 100)}%"
    return low if span.is_exact else f"{low}–{high}"


def yuan(span: Span) -> str:
    """Say an amount in yuan or a range of amounts, to the fen."""
    low, high = number(span.low), number(span.high)
    return f"{low} 元" if low == high else f"{low} 到 {high} 元"
