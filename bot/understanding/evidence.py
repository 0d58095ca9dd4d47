"""Naive Bayes over topics: how likely just these features are where a topic is meant.

How likely a feature is in a topic is part how many of the topic's own phrasings express it, part how common
it is among all (Jelinek-Mercer smoothing). So what none of a topic's phrasings says speaks alike for all
topics, however many phrasings each has, and a long story does not sink into the topics of fewest phrasings.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

MOSTLY = 0.5
"""A feature that this share of a topic's phrasings expresses is typical of it."""
_RARE = 0.003
"""Added to how common a feature is: what a single phrasing says does not decide by itself."""
_ABSENCE = 1.0
_CORE = 2.0
_ALWAYS = 0.85
"""Weights of what is missing; fitted, as the shares of the kinds are, over questions of strangers."""

Weights = npt.NDArray[np.float64]


class Kind(NamedTuple):
    """A kind of features (concepts, pairs of characters) that phrasings are compared by.

    Attributes:
        rows: for each topic, the features of each of its phrasings.
        share: how much the kind counts; common: which part of a likelihood is that among all topics (0..1).

    """

    rows: Sequence[Sequence[frozenset[str]]]
    share: float
    common: float


class _Gains(NamedTuple):
    """How much more likely (as a logarithm) features are in topics than elsewhere, by row and topic."""

    rows: npt.NDArray[np.intp]
    topics: npt.NDArray[np.intp]
    gains: Weights


class Evidence:
    """What features say of topics, which are numbers here.

    A feature speaks for the topics whose phrasings express it; most do for few, so that only these gains are
    kept, and the table of all is made of them when they are read.
    """

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self._without = np.zeros(len(kinds[0].rows))
        self._numbers: list[dict[str, int]] = []
        self._kept = [self._learn(kind) for kind in kinds]
        self._spread()

    def _learn(self, kind: Kind) -> _Gains:
        """Learn from the features of a kind; each takes the number of the next row of the table."""
        numbers: dict[str, int] = {}
        taken = sum(map(len, self._numbers))
        counts = [Counter(feature for features in sets for feature in features) for sets in kind.rows]
        among_all: dict[str, float] = defaultdict(float)
        for of_topic, sets in zip(counts, kind.rows, strict=True):
            for feature, count in of_topic.items():
                among_all[feature] += count / len(sets) / len(kind.rows)
        where, topics, gains = [], [], []
        for topic, (of_topic, sets) in enumerate(zip(counts, kind.rows, strict=True)):
            for feature, count in of_topic.items():
                missed = kind.share * _missed(count, len(sets))
                own = (1 - kind.common) / kind.common * count / len(sets)
                self._without[topic] += missed
                where.append(numbers.setdefault(feature, taken + len(numbers)))
                topics.append(topic)
                gains.append(kind.share * math.log(1 + own / (among_all[feature] + _RARE)) - missed)
        self._numbers.append(numbers)
        return _Gains(np.array(where), np.array(topics), np.array(gains))

    def _spread(self) -> None:
        """Make the table: what each feature (row) says for each topic (column)."""
        self._says = np.zeros((sum(map(len, self._numbers)), len(self._without)), dtype=np.float32)
        for kept in self._kept:
            self._says[kept.rows, kept.topics] = kept.gains

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_says"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._spread()

    def weigh(self, *kinds: Iterable[str]) -> Weights:
        """Give each topic the logarithm of how likely just these features (by kind) are where it is meant.

        What is alike for all topics is left out.
        """
        told = [
            numbers[feature]
            for numbers, features in zip(self._numbers, kinds, strict=True)
            for feature in features
            if feature in numbers
        ]
        said: Weights = np.add.reduce(self._says[told])
        return self._without + said


def _missed(count: int, rows: int) -> float:
    """Tell what it costs a topic that a feature is missing which so many of its phrasings express."""
    if count < MOSTLY * rows:
        return 0.0
    return (_CORE if count >= _ALWAYS * rows else _ABSENCE) * math.log(1 - count / (rows + 1))
