"""Measuring the bot: cases are read (`cases`), run and judged (`judging`), and summed up (`report`)."""

from bot.evaluation.cases import NO_ANSWER, Case, CaseError, read_cases
from bot.evaluation.judging import Said, Verdict, evaluate, faults, judge

__all__ = [
    "NO_ANSWER",
    "Case",
    "CaseError",
    "Said",
    "Verdict",
    "evaluate",
    "faults",
    "judge",
    "read_cases",
]
