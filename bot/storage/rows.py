"""Turns and feedback as rows of any backend."""

from __future__ import annotations

from datetime import date, datetime

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


def day_of(turn: Turn) -> date:
    """Tell the day, in China, on which a turn was."""
    return turn.at.astimezone(CHINA).date()


def _clean(text: str) -> str:
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
