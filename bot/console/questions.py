"""The questions that went without an answer, or with one that somebody did not like, alike ones together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from bot.console.likeness import Group, grouped, normalised
from bot.console.services import is_outside
from bot.core import Core
from bot.dialogue.assistant import Assistant
from bot.dialogue.reply import Reply
from bot.dialogue.session import Session
from bot.storage.protocols import Journal, Turn
from knowledge.overlay import Addition

Sort = Literal["unknown", "disliked", "left_out"]
"""Nobody knows what it is about; its answer was disliked; the documents leave it out."""

MOST_TURNS = 3_000
"""So many turns, the newest, are put into groups."""
MOST_DISLIKED = 300
"""So many answers that were disliked, the newest, are looked at."""
_MOST_BEFORE = 8
_CHAT_GAP = timedelta(hours=1)
"""After so long a pause, what was said before is not shown with a question."""


@dataclass(frozen=True)
class Asked:
    """A question as it came: its turn, whether its answer was disliked, and why (empty: nobody said)."""

    turn: Turn
    is_disliked: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Question:
    """Questions that are put alike.

    Attributes:
        text: as most people put it; wordings: how else, and how often each.
        asked: the questions, the newest first.
        regions: where, and how often.
        now: what the bot says to it by now; is_outside: whether it knows that no document is about this.
        added: the office's addition of these very words, if there is one.
        is_disliked: whether an answer to it was disliked.

    """

    text: str
    wordings: tuple[tuple[str, int], ...]
    asked: tuple[Asked, ...]
    regions: tuple[tuple[str | None, int], ...]
    now: Reply
    is_outside: bool
    added: Addition | None
    is_disliked: bool

    @property
    def newest(self) -> Turn:
        """The turn that stands for all of them."""
        return self.asked[0].turn

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do: it is answered, out of scope, or taught by the office."""
        is_taught = self.added is not None and self.added.status in {"live", "trying"}
        if self.is_disliked:
            return is_taught
        return is_taught or self.is_outside or self.now.kind not in {"decline", "clarify"}

    @property
    def users(self) -> int:
        """How many people asked."""
        return len({asked.turn.user for asked in self.asked})


@dataclass(frozen=True)
class Found:
    """Questions, and whether there are more than were looked at."""

    questions: tuple[Question, ...]
    is_cut: bool


async def collect(journal: Journal, sort: Sort, since: datetime, until: datetime) -> list[Asked]:
    """Read the newest questions of a sort, MOST_TURNS of them at most.

    Raises:
        StorageError: the journal is away.

    """
    if sort != "disliked":
        turns = await journal.unanswered(
            since=since, until=until, known_topic=sort == "left_out", limit=MOST_TURNS
        )
        return [Asked(turn) for turn in turns]
    disliked = await journal.feedback(since=since, until=until, verdict="down", limit=MOST_DISLIKED)
    turns_of = [(await journal.turn(feedback.turn), feedback) for feedback in disliked]
    return [
        Asked(turn, is_disliked=True, reason=feedback.reason)
        for turn, feedback in turns_of
        if turn is not None and turn.user == feedback.user
    ]


def sorted_out(asked: Sequence[Asked], core: Core, additions: Iterable[Addition], today: date) -> Found:
    """Put questions into groups, and tell what has become of each.

    Args:
        asked: the questions, the newest first.
        core: what answers now; additions: what the office has added; today: the day.

    """
    said = {normalised(addition.phrasing): addition for addition in additions if addition.status != "undone"}
    groups = grouped((one.turn.asked, one) for one in asked)
    questions = tuple(_question(group, core, said, today) for group in groups)
    return Found(questions, len(asked) >= MOST_TURNS)


def _question(group: Group[Asked], core: Core, said: Mapping[str, Addition], today: date) -> Question:
    regions = Counter(one.turn.region for one in group.items)
    region = regions.most_common(1)[0][0]
    _, now = core.assistant.reply(Session(), group.text, today=today, preset=region)
    added = said.get(normalised(group.text)) or said.get(normalised(now.trace.text))
    wordings = Counter(one.turn.asked for one in group.items)
    return Question(
        group.text,
        tuple(wordings.most_common()),
        group.items,
        tuple(regions.most_common()),
        now,
        is_outside(core, now),
        added,
        any(one.is_disliked for one in group.items),
    )


@dataclass(frozen=True)
class Explained:
    """A question with what was said before it, and how the bot comes to its reply today.

    Attributes:
        before: the turns of the chat before it, the oldest first.
        alone: the reply to it by itself; now: the reply within the chat; each with its trace.

    """

    turn: Turn
    before: tuple[Turn, ...]
    alone: Reply
    now: Reply


async def explained(journal: Journal, turn: Turn, assistant: Assistant) -> Explained:
    """Tell how the bot comes to its reply to a question, the chat before it being held once more.

    Raises:
        StorageError: the journal is away.

    """
    earlier = await journal.turns(
        since=turn.at - timedelta(hours=12), until=turn.at, user=turn.user, limit=_MOST_BEFORE
    )
    before: list[Turn] = []
    at = turn.at
    for one in earlier:
        if at - one.at > _CHAT_GAP:
            break
        before.insert(0, one)
        at = one.at
    session, preset = Session(), before[0].region if before else turn.region
    for one in before:
        session, _ = assistant.reply(session, one.asked, today=one.at.date(), preset=preset)
    day = turn.at.date()
    _, now = assistant.reply(session, turn.asked, today=day, preset=turn.region)
    _, alone = assistant.reply(Session(), turn.asked, today=day, preset=turn.region)
    return Explained(turn, tuple(before), alone, now)
