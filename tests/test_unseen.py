"""Questions by writers who had not seen how the knowledge words them: how the bot fares among strangers.

Seventeen sets were written, and the bot was mended by what each showed. Asked for the first time, before
anything was mended by them, 82 to 88 in a hundred were answered right, 93 of the fifth and 95 of the ninth;
of the last eight, which ask for more sums and are judged by the words of the reply alone, 82, 86, 87, 91,
85, 88 and 92, and 73 of the seventeenth, which is chats of several messages. `sums.jsonl` is what somebody
found wrong who had written the rules down anew and asked for 1,736 sums: every one of it failed at first.
Now that they are known they only guard against falling back; a new set of the kind tells more.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.dialogue.assistant import Assistant
from bot.evaluation import Verdict, judge, read_cases
from bot.evaluation.report import right, told
from knowledge.loader import load

TODAY = date(2026, 11, 22)
CASES = read_cases(Path(__file__).parent / "unseen")
LEAST_RIGHT = 94.0
"""The share of all replies, in percent, that is right."""
LEAST_TOLD_RIGHT = 96.0
"""The share of answers and calculations, in percent, that is right."""


@pytest.fixture(scope="module")
def verdicts() -> list[Verdict]:
    assistant = Assistant(load())
    return [judge(assistant, case, TODAY) for case in CASES]


def wrong(verdicts: list[Verdict]) -> str:
    return "\n".join(f"{found.case.id}: {'; '.join(found.faults)}" for found in verdicts if not found.right)


def test_enough_replies_are_right(verdicts: list[Verdict]) -> None:
    share = right(verdicts)
    assert share.percent >= LEAST_RIGHT, f"{share}\n{wrong(verdicts)}"


def test_what_is_told_is_right(verdicts: list[Verdict]) -> None:
    share = told(verdicts)
    assert share.percent >= LEAST_TOLD_RIGHT, f"{share}\n{wrong(verdicts)}"


def test_nothing_out_of_scope_has_a_policy_figure(verdicts: list[Verdict]) -> None:
    outside = [found for found in verdicts if found.case.id.startswith("out_of_scope-")]
    assert len(outside) == 365
    assert wrong(outside) == ""
