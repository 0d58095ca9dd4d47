"""Naive Bayes over topics: how likely just these features are where a topic is meant."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

MOSTLY = 0.5
"""A feature that this share of a topic's phrasings expresses is typical of it."""
_SMOOTHING = 0.15
_ABSENCE = 1.0
_CORE = 2.0
_ALWAYS = 0.85
"""Weights of what is missing; fitted by leaving phrasings out."""


class Evidence:
    """What features say of topics, which are numbers here.

    A message of n features that none of a topic's phrasings expresses weighs n times `_base` for it, and
    `_without` besides. A feature that some do express has a gain over that, of which it keeps a list: most
    features speak for few topics.
    """

    def __init__(self, rows: Sequence[Sequence[frozenset[str]]], share: float = 1.0) -> None:
        """Learn from the features of the phrasings of each topic; all is weighed by a share."""
        self._base = [share * math.log(_SMOOTHING / (len(sets) + 2 * _SMOOTHING)) for sets in rows]
        self._without = [0.0] * len(rows)
        gains: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for topic, sets in enumerate(rows):
            for feature, count in Counter(feature for features in sets for feature in features).items():
                missed = share * _missed(count, len(sets))
                self._without[topic] += missed
                gain = share * math.log((count + _SMOOTHING) / _SMOOTHING) - missed
                gains[feature].append((topic, gain))
        self._gains = {feature: tuple(found) for feature, found in gains.items()}

    def weigh(self, features: Iterable[str]) -> list[float]:
        """Give each topic the logarithm of how likely just these features are where it is meant."""
        told = [self._gains[feature] for feature in features if feature in self._gains]
        count = len(told)
        found = [count * base + without for base, without in zip(self._base, self._without, strict=True)]
        for gains in told:
            for topic, gain in gains:
                found[topic] += gain
        return found


def _missed(count: int, rows: int) -> float:
    """Tell what it costs a topic that a feature is missing which so many of its phrasings express."""
    if count < MOSTLY * rows:
        return 0.0
    return (_CORE if count >= _ALWAYS * rows else _ABSENCE) * math.log(1 - count / (rows + 1))
