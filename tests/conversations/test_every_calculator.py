"""Every calculator of every city is reached by what residents write, and its working fits a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.dialogue.assistant import Assistant
from bot.dialogue.reply import Reply
from bot.dialogue.session import Session
from calculators.catalogue import Catalogues
from knowledge.contents import Knowledge
from knowledge.loader import load
from tests.conversations.test_conversations import Conversation, conversations

MOST_STEPS = 8
MOST_BYTES = 2_000
"""What WeChat takes of a message."""


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture(scope="module")
def calculations(knowledge: Knowledge) -> tuple[Reply, ...]:
    assistant = Assistant(knowledge)
    return tuple(
        reply
        for parameters in conversations()
        for reply in _replies(assistant, parameters.values[0])
        if reply.kind == "calculation"
    )


def _replies(assistant: Assistant, conversation: Conversation) -> Iterator[Reply]:
    session = Session()
    for turn in conversation.turns:
        session, reply = assistant.reply(
            session, turn.say, today=conversation.today, preset=conversation.region
        )
        yield reply


def test_every_calculator_of_every_city_is_reached(
    knowledge: Knowledge, calculations: tuple[Reply, ...]
) -> None:
    reached = {
        (reply.region, reply.calculation["calculator"])
        for reply in calculations
        if reply.calculation is not None and "calculator" in reply.calculation
    }
    wanted = {(region, name) for region, calculators in Catalogues(knowledge).items() for name in calculators}
    assert sorted(wanted - reached) == []


def test_the_working_fits_a_phone(calculations: tuple[Reply, ...]) -> None:
    for reply in calculations:
        steps = [line for line in reply.text.splitlines() if line.startswith("· ")]
        assert len(steps) <= MOST_STEPS, reply.text
        assert len(reply.with_choices.encode()) <= MOST_BYTES, reply.text
