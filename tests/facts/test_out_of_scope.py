"""What the documents do not cover is never answered with their figures: messages as YAML beside this file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from bot.dialogue.assistant import Assistant
from bot.dialogue.session import Session
from bot.evaluation import NO_ANSWER
from knowledge.loader import load

MESSAGES = Path(__file__).parent / "out_of_scope.yaml"
TODAY = date(2026, 11, 22)


class Message(BaseModel):
    """A message that is out of scope.

    Attributes:
        say: its text.
        region: what the chat is preset to.
        fails: why the bot answers it all the same.

    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    say: str
    region: str | None = None
    fails: str | None = None


def read() -> list[Message]:
    rows = yaml.load(MESSAGES.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return TypeAdapter(list[Message]).validate_python(rows)


def messages() -> list[Any]:
    found = []
    for number, message in enumerate(read(), 1):
        marks = [pytest.mark.xfail(reason=message.fails)] if message.fails else []
        found.append(pytest.param(message, id=str(number), marks=marks))
    return found


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    return Assistant(load())


@pytest.mark.parametrize("message", messages())
def test_no_policy_is_told(assistant: Assistant, message: Message) -> None:
    _, reply = assistant.reply(Session(), message.say, today=TODAY, preset=message.region)
    assert reply.kind in NO_ANSWER, f"{message.say}: {reply.topic}: {reply.with_choices}"
    assert reply.text.strip()


def test_there_are_150_messages_and_none_twice() -> None:
    said = [message.say for message in read()]
    assert len(said) >= 150
    assert len(set(said)) == len(said)
