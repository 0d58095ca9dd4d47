"""Naive Bayes over topics: how likely just these features are where a topic is meant."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

MOSTLY = 0.5
"""A feature that this share of a topic's phrasings expresses is typical of it."""
_SMOOTHING = 0.15
_ABSENCE = 1.0
_CORE = 2.0
_ALWAYS = 0.85
"""Weights of what is missing; fitted by leaving phrasings out."""

Weights = npt.NDArray[np.float64]


class Evidence:
    """What features of several kinds (concepts, pairs of characters) say of topics, which are numbers here.

    A feature that none of a topic's phrasings expresses speaks against it by a `_base` of the topic and the
    kind; one that some do express has a gain over that. Most speak for few topics: only the gains are kept,
    and the table of all is made of them when they are read.
    """

    def __init__(self, kinds: Sequence[Sequence[Sequence[frozenset[str]]]], shares: Sequence[float]) -> None:
        """Learn from the features of the phrasings of each topic.

        Args:
            kinds: for each kind, for each topic, the features of each phrasing; shares: how much each counts.

        """
        self._without = np.zeros(len(kinds[0]))
        self._numbers: list[dict[str, int]] = []
        self._kept = [self._learn(rows, share) for rows, share in zip(kinds, shares, strict=True)]
        self._spread()

    def _learn(self, rows: Sequence[Sequence[frozenset[str]]], share: float) -> _Gains:
        """Learn from the features of a kind; each takes the number of the next row of the table."""
        numbers: dict[str, int] = {}
        taken = sum(map(len, self._numbers))
        where, topics, gains = [], [], []
        for topic, sets in enumerate(rows):
            for feature, count in Counter(feature for features in sets for feature in features).items():
                missed = share * _missed(count, len(sets))
                self._without[topic] += missed
                where.append(numbers.setdefault(feature, taken + len(numbers)))
                topics.append(topic)
                gains.append(share * math.log((count + _SMOOTHING) / _SMOOTHING) - missed)
        self._numbers.append(numbers)
        base = [share * math.log(_SMOOTHING / (len(sets) + 2 * _SMOOTHING)) for sets in rows]
        return _Gains(np.array(base), np.array(where), np.array(topics), np.array(gains))

    def _spread(self) -> None:
        """Make the table: what each feature (row) says of each topic (column)."""
        bases = [
            np.broadcast_to(kept.base, (len(numbers), len(kept.base)))
            for kept, numbers in zip(self._kept, self._numbers, strict=True)
        ]
        self._says = np.concatenate(bases, dtype=np.float32)
        for kept in self._kept:
            self._says[kept.rows, kept.topics] += kept.gains

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_says"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._spread()

    def weigh(self, *kinds: Iterable[str]) -> Weights:
        """Give each topic the logarithm of how likely just these features (by kind) are where it is meant."""
        told = [
            numbers[feature]
            for numbers, features in zip(self._numbers, kinds, strict=True)
            for feature in features
            if feature in numbers
        ]
        said: Weights = np.add.reduce(self._says[told])
        return self._without + said


class _Gains(NamedTuple):
    """What the features of a kind say of topics: the base of each topic, and the gains, by row and topic."""

    base: Weights
    rows: npt.NDArray[np.intp]
    topics: npt.NDArray[np.intp]
    gains: Weights


def _missed(count: int, rows: int) -> float:
    """Tell what it costs a topic that a feature is missing which so many of its phrasings express."""
    if count < MOSTLY * rows:
        return 0.0
    return (_CORE if count >= _ALWAYS * rows else _ABSENCE) * math.log(1 - count / (rows + 1))
