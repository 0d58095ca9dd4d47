"""What the counted turns of the journal come to, for the overview."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from bot.storage.protocols import Tally

K = TypeVar("K", bound=Hashable)

_ANSWERED = frozenset({"answer", "calculation"})


@dataclass(frozen=True)
class Sums:
    """How many messages were answered (or worked out), asked back on, declined, and small talk."""

    answered: int = 0
    asked_back: int = 0
    declined: int = 0
    talk: int = 0

    @classmethod
    def of(cls, tallies: Iterable[Tally]) -> Sums:
        """Add tallies up."""
        by_kind: Counter[str] = Counter()
        for tally in tallies:
            by_kind[tally.kind] += tally.count
        answered = sum(by_kind[kind] for kind in _ANSWERED)
        asked_back, declined = by_kind["clarify"], by_kind["decline"]
        return cls(answered, asked_back, declined, by_kind.total() - answered - asked_back - declined)

    @property
    def messages(self) -> int:
        """All messages."""
        return self.answered + self.asked_back + self.declined + self.talk

    @property
    def questions(self) -> int:
        """All messages but small talk."""
        return self.messages - self.talk

    def share(self, part: int) -> float | None:
        """Give the share of the questions that a part of them is, in percent; None where there is none."""
        return 100 * part / self.questions if self.questions else None


@dataclass(frozen=True)
class Row:
    """The messages of one sort: a day, a region, a topic (None: none is known)."""

    name: str | None
    sums: Sums


@dataclass(frozen=True)
class Overview:
    """What a stretch of days comes to.

    Attributes:
        days: each day, the first one first; today: the last of them.
        whole: all days together; before: as many days before them.
        regions, topics: the same by region and by topic, the one with most messages first.

    """

    days: tuple[tuple[date, Sums], ...]
    whole: Sums
    before: Sums
    regions: tuple[Row, ...]
    topics: tuple[Row, ...]

    @property
    def today(self) -> Sums:
        """The last day."""
        return self.days[-1][1]


def first_day(last: date, days: int) -> date:
    """Tell the first of so many days that end with a day."""
    return last - timedelta(days=days - 1)


def overview(topics: Sequence[Tally], regions: Sequence[Tally], last: date, days: int) -> Overview:
    """Sum up the days up to a day.

    Args:
        topics: what was counted by topic, on twice as many days; regions: by region, on these days.
        last: the last day; days: how many.

    """
    first = first_day(last, days)
    now = [tally for tally in topics if first <= tally.day <= last]
    by_day = _by(now, lambda tally: tally.day)
    return Overview(
        days=tuple(
            (day, Sums.of(by_day.get(day, ())))
            for day in (first + timedelta(days=number) for number in range(days))
        ),
        whole=Sums.of(now),
        before=Sums.of(tally for tally in topics if tally.day < first),
        regions=_rows(regions),
        topics=_rows(tally for tally in now if tally.name is not None),
    )


def _rows(tallies: Iterable[Tally]) -> tuple[Row, ...]:
    rows = (Row(name, Sums.of(found)) for name, found in _by(tallies, lambda tally: tally.name).items())
    return tuple(sorted(rows, key=lambda row: row.sums.messages, reverse=True))


def _by(tallies: Iterable[Tally], key: Callable[[Tally], K]) -> dict[K, list[Tally]]:
    groups: dict[K, list[Tally]] = {}
    for tally in tallies:
        groups.setdefault(key(tally), []).append(tally)
    return groups
