"""A journal with some weeks of conversations in it, as an office would find it; made without chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.dialogue.assistant import Assistant
from bot.dialogue.session import Session
from bot.evaluation import Case
from bot.storage.protocols import Feedback, Journal, Turn

_BUSY = (10, 14, 18, 16, 22, 6, 4)
"""Conversations on the days of a week."""
_STRIDE = 389
"""How far apart in the cases two conversations are that follow each other."""

UNANSWERED = (
    ("陪床椅子要不要钱", "datong", 9),
    ("陪床的椅子要不要钱", "datong", 4),
    ("小本本受潮发霉了", "dianjiang", 7),
    ("轮椅借用押几百", "liaocheng", 5),
    ("陪护床要钱不", "wendeng", 3),
    ("轮椅上哪借", "shenzhen", 3),
    ("本本上哪补 <img src=x onerror=alert(1)>", "shenzhen", 2),
)
"""What people ask that nothing answers, where, and how often."""


def turns(assistant: Assistant, cases: Sequence[Case], until: datetime, days: int) -> Iterator[Turn]:
    """Hold conversations on the days before a moment, the oldest first.

    Args:
        assistant: who answers; cases: what is asked.
        until: the moment; days: how many days.

    """
    number = held = 0
    for back in range(days - 1, -1, -1):
        day = until - timedelta(days=back)
        count = _BUSY[day.weekday()] * (2 * days - back) // (2 * days)
        for place in range(count):
            case = cases[held * _STRIDE % len(cases)]
            held += 1
            at = day - timedelta(minutes=(count - place) * 4)
            session = Session()
            for text in case.turns:
                session, reply = assistant.reply(session, text, today=at.date(), preset=case.region)
                number += 1
                yield Turn(
                    id=f"h{number}",
                    at=at + timedelta(seconds=number % 60),
                    channel="http",
                    user=f"u{number % 89}",
                    region=reply.region,
                    topic=reply.topic,
                    kind=reply.kind,
                    asked=text,
                    answered=reply.text,
                )


def unanswered(assistant: Assistant, until: datetime) -> Iterator[Turn]:
    """Ask what nothing answers, over the last days before a moment."""
    number = 0
    for text, region, times in UNANSWERED:
        for _ in range(times):
            number += 1
            at = until - timedelta(hours=number * 5)
            _, reply = assistant.reply(Session(), text, today=at.date(), preset=region)
            yield Turn(
                id=f"q{number}",
                at=at,
                channel="http",
                user=f"q{number}",
                region=reply.region or region,
                topic=reply.topic,
                kind=reply.kind,
                asked=text,
                answered=reply.text,
            )


async def write(
    journal: Journal, assistant: Assistant, cases: Sequence[Case], until: datetime, days: int
) -> None:
    """Write conversations to a journal, with thumbs for some of their answers."""
    for number, turn in enumerate(turns(assistant, cases, until, days)):
        await journal.append(turn)
        if number % 37 == 0 and turn.kind in {"answer", "calculation"}:
            poor = number % 5 == 0
            verdict, reason = ("down", "我问的不是这个") if poor else ("up", "")
            await journal.rate(Feedback(turn.id, turn.user, turn.at, verdict, reason))  # type: ignore[arg-type]
    for turn in unanswered(assistant, until):
        await journal.append(turn)
