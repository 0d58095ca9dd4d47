"""Ranking the topics that a message may be about.

Messages and phrasings are compared by features: the concepts and circumstances that their words express,
weighted by how much each tells topics apart. An index recalls the phrasings that share features with the
message; those are ranked by the weighted overlap and, where that is level, by the likeness of the words
themselves (rapidfuzz). Whether the message belongs to the field at all is a second, separate score.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.understanding.lexicon import Lexicon, Token

_UNKNOWN_WEIGHT = 1.2
"""What a word outside the lexicon weighs: about as much as a concept that a quarter of the topics share."""

_EXTRA = 0.25
_MISSING = 0.75
"""Tversky weights: a message may say more than a phrasing (stories do), but should hold what the phrasing asks."""

_RECALLED = 60
_LIKENESS = 0.15
_TOPIC_EVIDENCE = 0.35
_TYPICAL = 0.25
_MOSTLY = 0.5


@dataclass(frozen=True)
class Ranked:
    """A topic with its score (0..1) and the phrasing that spoke for it."""

    topic: str
    score: float
    phrasing: str


@dataclass(frozen=True)
class Ranking:
    """The topics that a message may be about, best first, and how much of it belongs to the field (0..1)."""

    topics: tuple[Ranked, ...]
    in_scope: float


@dataclass(frozen=True)
class _Phrasing:
    topic: str
    text: str
    features: frozenset[str]
    weight: float


def features_of(tokens: Iterable[Token]) -> frozenset[str]:
    """Tell the features that tokens express; a value stands for its dimension, too."""
    features: set[str] = set()
    for token in tokens:
        if token.filler:
            continue
        if not token.senses:
            features.add(f"word:{token.word}")
        for sense in token.senses:
            features.add(sense.feature)
            features.add(sense.name)
    return frozenset(features)


class Matcher:
    """An index over the phrasings of topics; `rank` compares a message with those that it may mean."""

    def __init__(self, phrasings: Mapping[str, Sequence[str]], lexicon: Lexicon) -> None:
        cut = {
            topic: [features_of(lexicon.tokens(text)) for text in texts] for topic, texts in phrasings.items()
        }
        self._shares = {topic: _shares(rows) for topic, rows in cut.items()}
        self._weights = _weights(self._shares)
        self._phrasings: list[_Phrasing] = []
        self._postings: dict[str, list[int]] = defaultdict(list)
        for topic, texts in phrasings.items():
            for text, features in zip(texts, cut[topic], strict=True):
                for feature in features:
                    self._postings[feature].append(len(self._phrasings))
                self._phrasings.append(_Phrasing(topic, text, features, self._weigh(features)))

    def _weigh(self, features: Iterable[str]) -> float:
        return sum(self._weights.get(feature, _UNKNOWN_WEIGHT) for feature in features)

    def typical(self, topic: str) -> frozenset[str]:
        """Tell the features that at least half of a topic's phrasings express."""
        return frozenset(feature for feature, share in self._shares[topic].items() if share >= _MOSTLY)

    def rank(self, features: frozenset[str], text: str) -> Ranking:
        """Rank the topics for a message.

        Args:
            features: the features of the message; text: its words, for the likeness.

        """
        total = self._weigh(features)
        known = frozenset(feature for feature in features if feature in self._weights)
        overlaps: Counter[int] = Counter()
        for feature in known:
            weight = self._weights[feature]
            for index in self._postings[feature]:
                overlaps[index] += weight  # type: ignore[assignment]  # Counter is typed for whole numbers
        best: dict[str, Ranked] = {}
        for index, overlap in overlaps.most_common(_RECALLED):
            phrasing = self._phrasings[index]
            extra, missing = total - overlap, phrasing.weight - overlap
            shared = overlap / (overlap + _EXTRA * extra + _MISSING * missing)
            score = (1 - _LIKENESS) * shared + _LIKENESS * fuzz.ratio(text, phrasing.text) / 100
            score = (1 - _TOPIC_EVIDENCE) * score + _TOPIC_EVIDENCE * self._evidence(known, phrasing.topic)
            if phrasing.topic not in best or best[phrasing.topic].score < score:
                best[phrasing.topic] = Ranked(phrasing.topic, score, phrasing.text)
        ranked = tuple(sorted(best.values(), key=lambda found: -found.score))
        return Ranking(ranked, self._weigh(known) / total if total else 0.0)

    def _evidence(self, features: frozenset[str], topic: str) -> float:
        """How well a topic as a whole explains the features (0..1): what most of its phrasings say should be there."""
        shares = self._shares[topic]
        expected = sum(
            share * self._weights[feature] for feature, share in shares.items() if share > _TYPICAL
        )
        met = sum(
            share * self._weights[feature]
            for feature, share in shares.items()
            if share > _TYPICAL and feature in features
        )
        said = sum(self._weights[feature] for feature in features)
        fitting = sum(self._weights[feature] * min(1.0, 3 * shares.get(feature, 0.0)) for feature in features)
        return 0.5 * (met / expected if expected else 0.0) + 0.5 * (fitting / said if said else 0.0)


def _shares(rows: Sequence[frozenset[str]]) -> dict[str, float]:
    counts = Counter(feature for row in rows for feature in row)
    return {feature: count / len(rows) for feature, count in counts.items()}


def _weights(shares: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Weigh each feature by how few topics it is spread over (an inverse document frequency over topics)."""
    spread: dict[str, float] = defaultdict(float)
    for by_feature in shares.values():
        for feature, share in by_feature.items():
            spread[feature] += min(1.0, 2 * share)
    count = len(shares)
    return {feature: math.log((count + 1) / (amount + 0.5)) for feature, amount in spread.items()}
