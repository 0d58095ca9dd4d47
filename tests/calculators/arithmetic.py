"""Expected amounts written as arithmetic, evaluated in Decimal."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from decimal import Decimal

_OPERATORS: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def evaluate(text: str) -> Decimal:
    """Evaluate sums, differences, products, quotients and parentheses over plain numbers."""
    return _value(ast.parse(text, mode="eval").body, text)


def _value(node: ast.expr, text: str) -> Decimal:
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_value(node.left, text), _value(node.right, text))
    if isinstance(node, ast.Constant):
        return Decimal(ast.get_source_segment(text, node) or "")
    raise ValueError(f"{text!r} holds something other than + - * / and numbers")
