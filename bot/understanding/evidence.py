"""Naive Bayes over topics: how likely just these features are where a topic is meant."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from bot.understanding.postings import Postings, Weights

MOSTLY = 0.5
"""A feature that this share of a topic's phrasings expresses is typical of it."""
_SMOOTHING = 0.15
_ABSENCE = 1.0
_CORE = 2.0
_ALWAYS = 0.85
"""Weights of what is missing; fitted by leaving phrasings out."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What features say of topics, which are numbers here.

    Attributes:
        base: for each topic, what a feature says that none of its phrasings expresses.
        without: for each topic, what it says that every feature is missing.
        topics, gains: the topics that a feature speaks for, and how much more than that.

    """

    base: Weights
    without: Weights
    topics: Postings
    gains: Weights

    @classmethod
    def of(cls, rows: Sequence[Sequence[frozenset[str]]]) -> Self:
        """Learn from the features of the phrasings of each topic."""
        base = [math.log(_SMOOTHING / (len(sets) + 2 * _SMOOTHING)) for sets in rows]
        without = [0.0] * len(rows)
        gains: dict[str, dict[int, float]] = defaultdict(dict)
        for topic, sets in enumerate(rows):
            for feature, count in Counter(feature for features in sets for feature in features).items():
                missed = _missed(count, len(sets))
                without[topic] += missed
                gains[feature][topic] = math.log((count + _SMOOTHING) / _SMOOTHING) - missed
        flat = [gain for by_topic in gains.values() for gain in by_topic.values()]
        postings = Postings.of({feature: tuple(by_topic) for feature, by_topic in gains.items()})
        return cls(np.array(base), np.array(without), postings, np.array(flat))

    def weigh(self, features: Iterable[str]) -> Weights:
        """Give each topic the logarithm of how likely just these features are where it is meant."""
        spans = self.topics.spans
        told = [spans[feature] for feature in features if feature in spans]
        found = self.base * len(told) + self.without
        if told:
            topics = np.concatenate([self.topics.places[start:end] for start, end in told])
            gains = np.concatenate([self.gains[start:end] for start, end in told])
            found += np.bincount(topics, gains, len(found))
        return found


def _missed(count: int, rows: int) -> float:
    """Tell what it costs a topic that a feature is missing which so many of its phrasings express."""
    if count < MOSTLY * rows:
        return 0.0
    return (_CORE if count >= _ALWAYS * rows else _ABSENCE) * math.log(1 - count / (rows + 1))
