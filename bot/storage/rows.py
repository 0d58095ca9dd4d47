"""Turns and feedback as rows of any backend."""

from __future__ import annotations

from datetime import datetime

from bot.clock import CHINA
from bot.storage.protocols import Feedback, Turn

Row = tuple[str, datetime, str, str, str | None, str | None, str, str, str]
FeedbackRow = tuple[str, str, datetime, str, str]


def row_of(turn: Turn) -> Row:
    """Give a turn's attributes in their order, with texts that every database takes.

    A null character and half a surrogate pair, which PostgreSQL and UTF-8 refuse, become U+FFFD.
    """
    return (
        turn.id,
        turn.at,
        turn.channel,
        turn.user,
        turn.region,
        turn.topic,
        turn.kind,
        _clean(turn.asked),
        _clean(turn.answered),
    )


def row_of_feedback(feedback: Feedback) -> FeedbackRow:
    """Give a feedback's attributes in their order, with texts that every database takes."""
    return _clean(feedback.turn), feedback.user, feedback.at, feedback.verdict, _clean(feedback.reason)


REGIONS, ALL = "*", ""
"""In place of a region, whose topics are counted: the regions themselves, and the topics of all of them."""


def sorts_of(turn: Turn) -> tuple[tuple[str, str, str, str], ...]:
    """Tell under what a turn is counted: what for, the day in China, the region or topic, and the kind."""
    day, topic = turn.at.astimezone(CHINA).date().isoformat(), turn.topic or ""
    sorts = ((REGIONS, day, turn.region or "", turn.kind), (ALL, day, topic, turn.kind))
    return (*sorts, (turn.region, day, topic, turn.kind)) if turn.region else sorts


def _clean(text: str) -> str:
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
