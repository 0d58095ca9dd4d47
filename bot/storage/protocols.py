"""What the bot needs of a place to keep things, whichever backend provides it.

Values are JSON texts and keys are opaque: a backend knows neither sessions nor replies nor users.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, Protocol

SESSION_LIFE = timedelta(hours=24)
"""How long a conversation is remembered after its last message."""


class StorageError(Exception):
    """A backend that cannot be opened or used; the message says which one and what to do about it."""


class AwayError(StorageError):
    """A backend that is out of reach or too slow now, and may well be back in a moment."""


class LostLockError(StorageError):
    """A session that is not saved: its lock ran out, and a later message of the user has it now."""

    def __init__(self) -> None:
        super().__init__("a session was not saved: its lock had run out, and a later message has it now")


class Held(Protocol):
    """The lock of a user, while it is held."""

    @property
    def session(self) -> str | None:
        """The user's session as the lock was taken; None when there was none or its time was over.

        Raises:
            StorageError: the backend did not work then; no lock is held.

        """

    async def save(self, session: str) -> None:
        """Keep the user's session for SESSION_LIFE from now and give the lock back, in one step.

        Raises:
            LostLockError: the lock had run out, and went on to a later message.

        """


class State(Protocol):
    """Sessions, answered messages and held answers, each for a limited time, and one lock for each user.

    Several processes may share one; what holds for those who ask holds across all of them.
    """

    async def open(self) -> None:
        """Make ready for use.

        Raises:
            AwayError: the backend is out of reach now; it is used as soon as it is back.
            StorageError: the backend is not usable.

        """

    async def close(self) -> None:
        """Finish what is under way and let go of everything."""

    async def ping(self) -> None:
        """Raise StorageError when the backend does not work now."""

    def lock(self, user: str) -> AbstractAsyncContextManager[Held]:
        """Let one message of a user in at a time, in the order in which they ask.

        It has the session that the one before saved. What a killed process held is free again after a few
        seconds.
        """

    async def session(self, user: str) -> str | None:
        """Return the user's session; None when there is none or its time is over."""

    async def save(self, user: str, session: str) -> None:
        """Keep the user's session for SESSION_LIFE from now, whoever has the lock."""

    async def forget(self, user: str) -> None:
        """Remove the user's session."""

    async def once(self, key: str, produce: Callable[[], Awaitable[str]], ttl: float) -> str:
        """Return the one value of a key, produced by whoever asks first and kept for `ttl` seconds.

        Everybody else who asks, meanwhile or later, gets the same value. If `produce` raises, its exception
        goes to those who wait in the same process, nothing is kept, and the next one who asks produces anew.
        """

    async def hold(self, user: str, parts: Sequence[str], ttl: float) -> None:
        """Hold the rest of an answer for a user, in place of what was held before; an empty one clears it."""

    async def take_held(self, user: str) -> str | None:
        """Return the first part that is held for a user and hold it no longer; None when there is none."""

    async def admit(self, key: str, per_minute: int) -> float:
        """Count one more of a key, unless there were `per_minute` of it within a minute already.

        Returns:
            The seconds after which one more may come; 0 when this one was counted.

        """


@dataclass(frozen=True)
class Turn:
    """One question and its answer, as the journal keeps them.

    Attributes:
        id: tells turns apart; a turn that is appended twice is kept once.
        at: when it was answered, with a time zone.
        channel: the way it came (http, wechat…).
        user: a pseudonym of the user.
        region, topic: what it was about, where that is known.
        kind: the reply's kind.
        asked, answered: the texts, without personal data.

    """

    id: str
    at: datetime
    channel: str
    user: str
    region: str | None
    topic: str | None
    kind: str
    asked: str
    answered: str


Verdict = Literal["up", "down"]


@dataclass(frozen=True)
class Feedback:
    """What a user thinks of an answer; of one turn, what they said last counts.

    Attributes:
        turn: the id of the turn.
        user: a pseudonym of the user; only that of the turn speaks about it.
        at: when it was said, with a time zone.
        verdict: whether the answer was good; reason: why, without personal data; empty where none was given.

    """

    turn: str
    user: str
    at: datetime
    verdict: Verdict
    reason: str


@dataclass(frozen=True)
class Tally:
    """How many turns of one sort there were on a day.

    Attributes:
        day: the day in China.
        name: the region or the topic that they were about, where that is known; kind: as of the turns.
        count: how many; turns that have left the journal since still count.

    """

    day: date
    name: str | None
    kind: str
    count: int


class Journal(Protocol):
    """The turns of all conversations and what users think of them, for those who look after the bot."""

    async def open(self) -> None:
        """Make ready for use.

        Raises:
            AwayError: the backend is out of reach now; it is used as soon as it is back.
            StorageError: the backend is not usable.

        """

    async def close(self) -> None:
        """Finish what is under way and let go of everything."""

    async def ping(self) -> None:
        """Raise StorageError when the backend does not work now."""

    async def append(self, turn: Turn) -> None:
        """Keep a turn; when this returns it outlives the process."""

    async def turns(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        user: str | None = None,
        kind: str | None = None,
        limit: int = 100,
    ) -> tuple[Turn, ...]:
        """Return turns, the newest first.

        Args:
            since, until: only turns from `since` on, and before `until`.
            user, kind: only turns of this user, of this kind.
            limit: at most so many.

        """

    async def rate(self, feedback: Feedback) -> None:
        """Keep what a user thinks of a turn, in place of what they said before."""

    async def feedback(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        user: str | None = None,
        verdict: Verdict | None = None,
        limit: int = 100,
    ) -> tuple[Feedback, ...]:
        """Return feedback, the newest first.

        Args:
            since, until: only what was said from `since` on, and before `until`.
            user, verdict: only of this user, only with this verdict.
            limit: at most so many.

        """

    async def turn(self, id_: str) -> Turn | None:
        """Return the turn of an id; None when there is none."""

    async def unanswered(
        self, *, since: datetime, until: datetime, known_topic: bool, limit: int
    ) -> tuple[Turn, ...]:
        """Return turns that went without an answer, the newest first; quick however many turns there are.

        Args:
            since, until: only turns from `since` on, and before `until`.
            known_topic: those that were declined though their topic is known (the documents leave it out);
                else those that were declined or asked back without one (nobody knows what they are about).
            limit: at most so many.

        """

    async def by_region(self, since: date, until: date) -> tuple[Tally, ...]:
        """Count turns by region from a day to another one, both included; however many, it is quick."""

    async def by_topic(self, since: date, until: date, region: str | None = None) -> tuple[Tally, ...]:
        """Count turns by topic from a day to another one, of all regions or of one; quick as well."""

    async def forget(self, user: str) -> int:
        """Remove all turns of a user, and what they think of them; return how many turns."""

    async def prune(self, before: datetime) -> int:
        """Remove the turns and the feedback from before a moment; return how many turns."""
