"""Office hours: when people are at the customer service."""

import re
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final, Self

_DAYS: Final = "一二三四五六日"
_DAY_FORM: Final = re.compile(r"([1-7])(?:-([1-7]))?")
_TIME_FORM: Final = re.compile(r"(\d{1,2}:\d\d)-(\d{1,2}:\d\d)")
_EXAMPLE: Final = "1-5 08:30-12:00 14:00-17:30 (1 is Monday; a semicolon parts days of other hours)"


@dataclass(frozen=True, slots=True)
class Shift:
    """From one time of day until before another, on each of some days of the week (1 is Monday)."""

    days: frozenset[int]
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """The shifts of a week; `written` is how the setting puts them."""

    shifts: tuple[Shift, ...]
    written: str

    @classmethod
    def parse(cls, written: str) -> Self:
        """Read office hours as the setting writes them; a ValueError says what is wrong, by an example."""
        shifts = tuple(shift for entry in written.split(";") for shift in _entry(entry.split()))
        return cls(shifts, written)

    def is_open(self, at: datetime) -> bool:
        """Tell whether people are there at a moment, in local time."""
        return any(
            at.isoweekday() in shift.days and shift.start <= at.time() < shift.end for shift in self.shifts
        )

    def __str__(self) -> str:
        times: dict[frozenset[int], list[str]] = {}
        for shift in self.shifts:
            times.setdefault(shift.days, []).append(f"{shift.start:%H:%M}至{shift.end:%H:%M}")
        return "，".join(f"{_spoken(days)} {'、'.join(spans)}" for days, spans in times.items())


def _entry(words: list[str]) -> list[Shift]:
    if len(words) < 2:  # noqa: PLR2004  # days and at least one span
        raise ValueError(f"days and times are needed, as in {_EXAMPLE}")
    days = frozenset(day for piece in words[0].split(",") for day in _days(piece))
    return [_shift(days, word) for word in words[1:]]


def _days(piece: str) -> range:
    found = _DAY_FORM.fullmatch(piece)
    if found is None or (found[2] and found[2] < found[1]):
        raise ValueError(f"{piece!r} is no day and no range of days, as in {_EXAMPLE}")
    return range(int(found[1]), int(found[2] or found[1]) + 1)


def _shift(days: frozenset[int], word: str) -> Shift:
    found = _TIME_FORM.fullmatch(word)
    try:
        start, end = (time.fromisoformat(part.zfill(5)) for part in found.groups()) if found else (None, None)
    except ValueError:
        start = end = None
    if start is None or end is None or end <= start:
        raise ValueError(f"{word!r} is no span of a day, as in {_EXAMPLE}")
    return Shift(days, start, end)


def _spoken(days: frozenset[int]) -> str:
    """Name days: the ends of an unbroken row of three or more, else each."""
    ordered = sorted(days)
    if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:  # noqa: PLR2004
        return f"周{_DAYS[ordered[0] - 1]}至周{_DAYS[ordered[-1] - 1]}"
    return "、".join(f"周{_DAYS[day - 1]}" for day in ordered)
