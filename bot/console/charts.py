"""Charts as plain geometry, which a template draws as SVG; words and scales stand beside them as text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from bot.console.statistics import Sums

PARTS = ("answered", "asked_back", "declined", "talk")
"""The parts of a bar, from below; each has a colour of its own."""

_GAP = 0.28
"""How much of the room of a bar stays empty."""
_MOST_LABELS = 7
_FACTORS = (1, 2, 5)
_MOST_STEPS = 4


@dataclass(frozen=True)
class Part:
    """A part of a bar: what it stands for, and where, in hundredths of the chart."""

    name: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Bar:
    """A day: its parts, and the room around it that tells about it when pointed at."""

    day: date
    sums: Sums
    x: float
    width: float
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Chart:
    """A chart of days: its bars, what its lines stand for (from below), and the days that are written."""

    bars: tuple[Bar, ...]
    scale: tuple[int, ...]
    labels: tuple[date, ...]


def by_day(days: Sequence[tuple[date, Sums]]) -> Chart:
    """Draw the messages of days as stacked bars."""
    scale = nice_scale(max((sums.messages for _, sums in days), default=0))
    room = 100 / len(days)
    bars = tuple(
        Bar(
            day,
            sums,
            number * room,
            room,
            tuple(_stacked(sums, scale[-1], (number + _GAP / 2) * room, (1 - _GAP) * room)),
        )
        for number, (day, sums) in enumerate(days)
    )
    return Chart(bars, scale, tuple(_some([day for day, _ in days])))


def share_parts(sums: Sums, of: int) -> tuple[Part, ...]:
    """Draw messages as a bar that lies, as long as their share of the largest such bar's."""
    at, parts = 0.0, []
    for name in PARTS:
        width = 100 * getattr(sums, name) / of
        if width:
            parts.append(Part(name, at, 0, width, 1))
        at += width
    return tuple(parts)


def line(values: Iterable[float]) -> str:
    """Draw values as the points of a line in a box of 100 by 100."""
    told = list(values)
    most = max(told, default=0) or 1
    apart = 100 / max(1, len(told) - 1)
    return " ".join(
        f"{number * apart:.1f},{100 - 100 * value / most:.1f}" for number, value in enumerate(told)
    )


def nice_scale(most: int) -> tuple[int, ...]:
    """Choose round whole numbers from 0 to at least `most` (and 1), at even distances."""
    most = max(1, most)
    steps = (factor * 10**zeros for zeros in count() for factor in _FACTORS)
    step = next(step for step in steps if step * _MOST_STEPS >= most)
    return tuple(range(0, step * math.ceil(most / step) + 1, step))


def _stacked(sums: Sums, top: int, x: float, width: float) -> Iterator[Part]:
    below = 0.0
    for name in PARTS:
        height = 100 * getattr(sums, name) / top
        if height:
            yield Part(name, x, 100 - below - height, width, height)
        below += height


def _some(days: Sequence[date]) -> Iterator[date]:
    """Choose a few days at even distances, the first and the last among them."""
    labels = min(len(days), _MOST_LABELS)
    for number in range(labels):
        yield days[round(number * (len(days) - 1) / max(1, labels - 1))]
