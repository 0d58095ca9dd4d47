"""Whole conversations: what residents write, and what every reply must be, as YAML beside this file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, ConfigDict

from bot.dialogue.assistant import Assistant
from bot.dialogue.reply import Reply
from bot.dialogue.session import Session
from bot.evaluation import Said
from knowledge.loader import load

HERE = Path(__file__).parent


class Turn(BaseModel):
    """A message and what its reply must be: its kind and topic, and texts that it holds or lacks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    say: str
    kind: str | None = None
    topic: str | None = None
    holds: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


class Conversation(BaseModel):
    """A chat from its first message on, with the region that it is preset to.

    `fails` says why the bot does not get it right yet; the mark must go when it does.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    region: str | None = None
    today: date = date(2026, 11, 22)
    turns: tuple[Turn, ...]
    fails: str | None = None


def conversations(folder: Path = HERE) -> list[Any]:
    found = []
    for file in sorted(folder.glob("*.yaml")):
        for entry in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader):
            conversation = Conversation.model_validate(entry)
            reason = conversation.fails
            marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason is not None else []
            found.append(pytest.param(conversation, id=f"{file.stem}-{conversation.name}", marks=marks))
    return found


@pytest.fixture(scope="session")
def assistant() -> Assistant:
    return Assistant(load())


@pytest.mark.parametrize("conversation", conversations())
def test_conversation(assistant: Assistant, conversation: Conversation) -> None:
    hold(assistant, conversation)


def hold(assistant: Assistant, conversation: Conversation) -> tuple[Reply, ...]:
    """Hold a conversation, require of every reply what is written of it, and return the replies."""
    session, replies = Session(), []
    for number, turn in enumerate(conversation.turns, 1):
        session, reply = assistant.reply(
            session, turn.say, today=conversation.today, preset=conversation.region
        )
        said = Said(reply.with_choices)
        where = f"turn {number}, {turn.say}: {reply.kind} {reply.topic}: {reply.with_choices}"
        assert turn.kind in (None, reply.kind), where
        assert turn.topic in (None, reply.topic), where
        for wanted in turn.holds:
            assert said.holds(wanted), f"lacks {wanted}; {where}"
        for unwanted in turn.lacks:
            assert not said.holds(unwanted), f"has {unwanted}; {where}"
        replies.append(reply)
    return tuple(replies)


def test_there_are_enough_conversations() -> None:
    assert len(conversations()) >= 100
