from __future__ import annotations

import datetime as dt

import pytest

from bot.dialogue.assistant import Assistant
from bot.dialogue.session import Session
from bot.dialogue.turn import Turn
from knowledge.contents import Knowledge
from knowledge.loader import load

TODAY = dt.date(2026, 11, 22)


@pytest.fixture(scope="session")
def packaged() -> Knowledge:
    return load()


@pytest.fixture(scope="session")
def assistant(packaged: Knowledge) -> Assistant:
    return Assistant(packaged)


class Turns:
    """Makes turns of messages, as the assistant does before it decides."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def of(self, text: str, region: str | None = "wendeng", session: Session | None = None) -> Turn:
        session = (session or Session()).model_copy(update={"region": region})
        heard = self._assistant._understander.understand(text, region, TODAY)
        return self._assistant._turn(session, heard, TODAY)


@pytest.fixture(scope="session")
def turns(assistant: Assistant) -> Turns:
    return Turns(assistant)
