"""Every fact of the documents is reached: for each, questions as residents ask them, as YAML beside this.

A file holds a city's facts by their number, each with questions whose right answer needs that fact, and under
`gaps` questions about what the city's document leaves out.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, Field

from bot.dialogue.assistant import Assistant
from bot.dialogue.reply import Reply
from bot.dialogue.session import Session
from bot.evaluation import NO_ANSWER, Said
from knowledge.loader import load

HERE = Path(__file__).parent
TODAY = date(2026, 11, 22)
FACTS = {
    "datong": ("D", 65),
    "liaocheng": ("L", 71),
    "wendeng": ("W", 53),
    "shenzhen": ("S", 84),
    "dianjiang": ("J", 68),
}
"""How many facts each city's document holds, numbered from 01 after a letter."""
GAPS = "gaps"


class Question(BaseModel):
    """A question, and what the reply to it must be.

    Attributes:
        ask: the message, or the messages of a chat; the reply to the last one is judged.
        region: what the chat is preset to; the file's city where it is not told, none where it is empty.
        holds: texts that the reply holds; a list among them asks for any one of its texts.
        lacks: texts that it does not hold.
        kind: the kind of reply; in the gaps any kind that answers nothing, where it is not told.
        fails: why the bot does not get it right yet.

    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ask: str | tuple[str, ...]
    region: str | None = None
    holds: tuple[str | tuple[str, ...], ...] = ()
    lacks: tuple[str, ...] = ()
    kind: Literal["answer", "calculation", "clarify", "decline", "chat", "handoff"] | None = None
    fails: str | None = None

    @property
    def turns(self) -> tuple[str, ...]:
        return (self.ask,) if isinstance(self.ask, str) else self.ask


class Facts(BaseModel):
    """A city's questions by fact, and those about what its document leaves out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    facts: dict[str, tuple[Question, ...]] = Field(default_factory=dict)
    gaps: tuple[Question, ...] = ()


def read(city: str) -> Facts:
    rows = yaml.load((HERE / f"{city}.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return Facts.model_validate({"gaps": rows.pop(GAPS, ()), "facts": rows})


def questions() -> list[Any]:
    found = []
    for city in FACTS:
        if (HERE / f"{city}.yaml").exists():
            facts = read(city)
            for row, asked in {**facts.facts, GAPS: facts.gaps}.items():
                for number, question in enumerate(asked, 1):
                    marks = [pytest.mark.xfail(reason=question.fails)] if question.fails else []
                    found.append(pytest.param(city, row, question, id=f"{city}-{row}-{number}", marks=marks))
    return found


def faults(question: Question, reply: Reply, *, gap: bool) -> list[str]:
    """Tell what is wrong with the reply to a question."""
    said = Said(reply.with_choices)
    wrong = []
    if question.kind is not None and reply.kind != question.kind:
        wrong.append(f"is kind {reply.kind}, not {question.kind}")
    if gap and question.kind is None and reply.kind not in NO_ANSWER:
        wrong.append(f"is kind {reply.kind} where the document says nothing")
    groups = [(wanted,) if isinstance(wanted, str) else wanted for wanted in question.holds]
    wrong.extend(f"lacks {' | '.join(group)}" for group in groups if not any(map(said.holds, group)))
    wrong.extend(f"has {unwanted}" for unwanted in question.lacks if said.holds(unwanted))
    return wrong


@pytest.fixture(scope="session")
def assistant() -> Assistant:
    return Assistant(load())


@pytest.mark.parametrize(("city", "row", "question"), questions())
def test_question(assistant: Assistant, city: str, row: str, question: Question) -> None:
    session, reply = Session(), None
    preset = city if question.region is None else question.region or None
    for turn in question.turns:
        session, reply = assistant.reply(session, turn, today=TODAY, preset=preset)
    assert reply is not None
    wrong = faults(question, reply, gap=row == GAPS)
    assert not wrong, f"{' / '.join(question.turns)}: {'; '.join(wrong)}: {reply.topic}: {reply.with_choices}"


@pytest.mark.parametrize("city", FACTS)
def test_every_fact_is_asked_for_twice(city: str) -> None:
    letter, count = FACTS[city]
    facts = read(city).facts
    assert sorted(facts) == [f"{letter}{number:02}" for number in range(1, count + 1)]
    assert not [row for row, asked in facts.items() if len(asked) < 2]


def test_there_are_341_facts() -> None:
    assert sum(count for _, count in FACTS.values()) == 341
