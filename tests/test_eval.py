"""The bot's own exam: questions for every fact of the documents, and messages that they do not cover.

`yibao eval tests/eval` runs the same cases and prints what they come to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.assistant import Assistant
from bot.evaluation import Case, Verdict, judge, read_cases
from bot.evaluation.report import facts_reached, right, told
from bot.understanding.index import phrasings_of
from bot.understanding.text import clean
from knowledge.contents import Knowledge
from knowledge.loader import load

TODAY = date(2026, 11, 22)
CASES = read_cases(Path(__file__).parent / "eval")
FACTS = {
    "datong": ("D", 65),
    "liaocheng": ("L", 71),
    "wendeng": ("W", 53),
    "shenzhen": ("S", 84),
    "dianjiang": ("J", 68),
}
"""How many facts each city's document holds, numbered from 01 after a letter."""
ALL_FACTS = 341
LEAST_RIGHT = 97.0
"""The share of all replies, in percent, that is right."""
LEAST_TOLD_RIGHT = 99.0
"""The share of answers and calculations, in percent, that is right."""

LONGEST_PLAIN = 7
"""Characters of a question that anybody words in just one way."""

Judge = Callable[[Case], Verdict]


def marked(case: Case) -> Any:
    marks = [pytest.mark.xfail(reason=case.fails)] if case.fails else []
    return pytest.param(case, id=case.id, marks=marks)


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture(scope="session")
def judged(knowledge: Knowledge) -> Judge:
    assistant = Assistant(knowledge)
    return cache(lambda case: judge(assistant, case, TODAY))


@pytest.fixture(scope="session")
def verdicts(judged: Judge) -> list[Verdict]:
    return [judged(case) for case in CASES]


@pytest.mark.parametrize("case", [marked(case) for case in CASES])
def test_case(judged: Judge, case: Case) -> None:
    verdict = judged(case)
    reply = verdict.reply
    got = f"{reply.kind} {reply.topic}: {reply.with_choices}"
    assert verdict.right, f"{' / '.join(case.turns)}: {'; '.join(verdict.faults)}: {got}"


# --- the cases are enough ---------------------------------------------------------------------------------


@pytest.mark.parametrize("city", FACTS)
def test_every_fact_is_asked_for_twice(city: str) -> None:
    letter, count = FACTS[city]
    asked = Counter(case.fact for case in CASES if case.city == city and case.fact)
    assert sorted(asked) == [f"{letter}{number:02}" for number in range(1, count + 1)]
    assert min(asked.values()) >= 2


def test_there_are_150_messages_out_of_scope_and_none_twice() -> None:
    said = [case.turns for case in CASES if case.id.startswith("out_of_scope-")]
    assert len(said) >= 150
    assert len(set(said)) == len(said)


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


@pytest.mark.parametrize("questions", ["eval", "unseen"])
def test_no_question_is_a_phrasing(knowledge: Knowledge, questions: str) -> None:
    """Only the shortest and plainest (大病起付线) may stand among the phrasings, marks and blanks aside."""
    known = {letters(text) for texts in phrasings_of(knowledge).values() for text in texts}
    cases = read_cases(Path(__file__).parent / questions)
    asked = {letters(clean(turn)) for case in cases for turn in case.turns}
    assert [text for text in sorted(asked & known) if len(text) > LONGEST_PLAIN] == []


# --- the floor --------------------------------------------------------------------------------------------


def test_enough_replies_are_right(verdicts: list[Verdict]) -> None:
    assert right(verdicts).percent >= LEAST_RIGHT


def test_what_is_told_is_right(verdicts: list[Verdict]) -> None:
    assert told(verdicts).percent >= LEAST_TOLD_RIGHT


def test_every_fact_is_reached(verdicts: list[Verdict]) -> None:
    reached = {city: share.part for city, share in facts_reached(verdicts).items()}
    assert reached == {city: count for city, (_, count) in FACTS.items()}
    assert sum(reached.values()) == ALL_FACTS


def test_every_topic_is_reached(verdicts: list[Verdict], knowledge: Knowledge) -> None:
    reached = {verdict.reply.topic for verdict in verdicts if verdict.right}
    assert not set(knowledge.national.topics) - reached
