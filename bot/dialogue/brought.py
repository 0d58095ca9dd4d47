"""What a message brings for a calculator to work with."""

from __future__ import annotations

from bot.dialogue.turn import Turn
from bot.understanding.money import APART
from calculators.known import COST
from knowledge.names import Circumstance, Notion


def told_apart(turn: Turn) -> frozenset[str]:
    """Tell the roles of amounts beside a cost, or of parts of it, that a benefit of its own pays for."""
    beside = APART & turn.told.amounts.keys() if COST in turn.told.amounts else frozenset()
    return turn.heard.entities.parts | beside


def brings_something(turn: Turn) -> bool:
    """Whether a message brings anything that some calculator may take; most bring nothing."""
    told = turn.told
    return bool(
        told.amounts
        or told.days
        or told.people
        or Circumstance.IDENTITY in told.values.keys() | turn.session.facts.values.keys()
        or Notion.SPENT in turn.heard.features
    )


def only_wonders(turn: Turn) -> bool:
    """Whether a message asks for a reason and brings no amount to work with."""
    return Notion.WHY in turn.heard.features and not turn.told.amounts
