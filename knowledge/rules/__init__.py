"""The parameters of a region's calculators: which benefit is worked out from which figures, and when."""

from knowledge.rules.kinds import (
    Combined,
    Coverage,
    Maternity,
    NewbornWindow,
    PayPeriod,
    PayWindow,
    Premium,
    Reimbursement,
    Rule,
    Start,
)
from knowledge.rules.lint import rule_problems
from knowledge.rules.tables import Bracket, Caveat, Cell, Gate, Implied, Question, Table

__all__ = [
    "Bracket",
    "Caveat",
    "Cell",
    "Combined",
    "Coverage",
    "Gate",
    "Implied",
    "Maternity",
    "NewbornWindow",
    "PayPeriod",
    "PayWindow",
    "Premium",
    "Question",
    "Reimbursement",
    "Rule",
    "Start",
    "Table",
    "rule_problems",
]
