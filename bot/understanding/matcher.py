"""Ranking the topics that a message may be about.

Messages and phrasings are compared by features: the concepts and circumstances that their words express,
weighted by how much each tells topics apart. An index recalls the phrasings that share features with the
message; those are compared by the weighted overlap and the likeness of the words themselves (rapidfuzz).
The nearest phrasing of a topic and what its phrasings have in common (naive Bayes over features and over
pairs of characters) together give the probability of each topic. Whether the message belongs to the field
at all is told by two other figures: how near the nearest phrasing is, and how much of the message is known.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest

from rapidfuzz import fuzz

from bot.understanding.lexicon import Lexicon, Token

_UNKNOWN_WEIGHT = 1.2
"""What a word outside the lexicon weighs: about as much as a concept that a quarter of the topics share."""

_EXTRA = 0.25
_MISSING = 0.75
"""Tversky weights: a message may say more than a phrasing (stories do), but should hold what that asks."""

_LIKENESS = 0.15
_RECALLED = 150
"""How many phrasings are recalled before commoner features are left aside."""
_COMPARED = 60
"""How many of them are compared word by word."""
_MOSTLY = 0.5

_SMOOTHING = 0.15
_NEAREST = 30.0
_PAIRS = 0.5
_ABSENCE = 1.0
_CORE = 2.0
_ALWAYS = 0.85
_TEMPERATURE = 6.0
"""Weights of the three witnesses, and how far they are trusted; fitted by leaving phrasings out."""

_LACKING = 12.0
"""What it costs a topic that a message lacks what the topic needs."""
_MET = 3.0
"""What it is worth to a topic that a message expresses what it needs."""
_WORD_FOR_WORD = 40.0
"""What it is worth to be asked in the very words of a phrasing."""

_LISTED = 12


@dataclass(frozen=True)
class Ranked:
    """A topic with its probability, how near its nearest phrasing is (both 0..1), and that phrasing."""

    topic: str
    score: float
    near: float
    phrasing: str


@dataclass(frozen=True)
class Ranking:
    """The topics that a message may be about, best first, and how much of its words is known (0..1)."""

    topics: tuple[Ranked, ...]
    known: float


@dataclass(frozen=True)
class _Phrasing:
    topic: str
    text: str
    features: frozenset[str]
    weight: float


def features_of(tokens: Iterable[Token]) -> frozenset[str]:
    """Tell the features that tokens express; a value stands for its dimension, too.

    Fillers count only where there is nothing else (谢谢, 好的).
    """
    told = tuple(tokens)
    features: set[str] = set()
    for token in [token for token in told if not token.filler] or told:
        if not token.senses:
            features.add(f"word:{token.word}")
        for sense in token.senses:
            features.add(sense.feature)
            features.add(sense.name)
    return frozenset(features)


def _pairs_of(text: str) -> frozenset[str]:
    letters = "".join(character for character in text if character.isalnum())
    return frozenset(letters[start : start + 2] for start in range(len(letters) - 1))


class _Evidence:
    """Naive Bayes over topics: how likely just these features are where a topic is meant."""

    def __init__(self, rows: Mapping[str, Sequence[frozenset[str]]]) -> None:
        self._base = {
            topic: math.log(_SMOOTHING / (len(sets) + 2 * _SMOOTHING)) for topic, sets in rows.items()
        }
        self._without = dict.fromkeys(rows, 0.0)
        self._gains: dict[str, dict[str, float]] = defaultdict(dict)
        for topic, sets in rows.items():
            for feature, count in Counter(feature for features in sets for feature in features).items():
                missed = _missed(count, len(sets))
                self._without[topic] += missed
                self._gains[feature][topic] = math.log((count + _SMOOTHING) / _SMOOTHING) - missed

    def weigh(self, features: Iterable[str]) -> dict[str, float]:
        """Give each topic the logarithm of how likely just these features are where it is meant."""
        told = [self._gains[feature] for feature in features if feature in self._gains]
        found = {topic: base * len(told) + self._without[topic] for topic, base in self._base.items()}
        for gains in told:
            for topic, gain in gains.items():
                found[topic] += gain
        return found


def _missed(count: int, rows: int) -> float:
    """Tell what it costs a topic that a feature is missing which so many of its phrasings express."""
    if count < _MOSTLY * rows:
        return 0.0
    return (_CORE if count >= _ALWAYS * rows else _ABSENCE) * math.log(1 - count / (rows + 1))


class Matcher:
    """An index over the phrasings of topics; `rank` compares a message with those that it may mean."""

    def __init__(
        self, phrasings: Mapping[str, Sequence[str]], needs: Mapping[str, Sequence[str]], lexicon: Lexicon
    ) -> None:
        self._needs = {topic: frozenset(needed) for topic, needed in needs.items() if needed}
        self._exact = {text: topic for topic, texts in phrasings.items() for text in texts}
        cut = {
            topic: [features_of(lexicon.tokens(text)) for text in texts] for topic, texts in phrasings.items()
        }
        self._shares = {topic: _shares(rows) for topic, rows in cut.items()}
        self._weights = _weights(self._shares)
        self._by_features = _Evidence(cut)
        self._by_pairs = _Evidence(
            {topic: [_pairs_of(text) for text in texts] for topic, texts in phrasings.items()}
        )
        self._phrasings: list[_Phrasing] = []
        self._postings: dict[str, list[int]] = defaultdict(list)
        for topic, texts in phrasings.items():
            for text, features in zip(texts, cut[topic], strict=True):
                for feature in features:
                    self._postings[feature].append(len(self._phrasings))
                self._phrasings.append(_Phrasing(topic, text, features, self._weigh(features)))

    def typical(self, topic: str) -> frozenset[str]:
        """Tell the features that at least half of a topic's phrasings express."""
        return frozenset(feature for feature, share in self._shares[topic].items() if share >= _MOSTLY)

    def rank(self, features: frozenset[str], text: str) -> Ranking:
        """Rank the topics for a message.

        Args:
            features: the features of the message; text: its words.

        """
        nearest = self._nearest(features, text)
        by_features, by_pairs = self._by_features.weigh(features), self._by_pairs.weigh(_pairs_of(text))
        raw = {
            topic: _NEAREST * (nearest[topic][0] if topic in nearest else 0.0)
            + told
            + _PAIRS * by_pairs[topic]
            for topic, told in by_features.items()
        }
        for topic, needed in self._needs.items():
            raw[topic] += _MET if needed & features else -_LACKING
        if text in self._exact:
            raw[self._exact[text]] += _WORD_FOR_WORD
        best = sorted(raw, key=raw.__getitem__, reverse=True)[:_LISTED]
        odds = [math.exp((raw[topic] - raw[best[0]]) / _TEMPERATURE) for topic in best]
        total = self._weigh(features)
        known = self._weigh(feature for feature in features if feature in self._weights)
        return Ranking(
            tuple(
                Ranked(topic, odd / sum(odds), *nearest.get(topic, (0.0, "")))
                for topic, odd in zip(best, odds, strict=True)
            ),
            known / total if total else 0.0,
        )

    def _nearest(self, features: frozenset[str], text: str) -> dict[str, tuple[float, str]]:
        """Find the nearest phrasing of each topic among those that share most with the message."""
        total = self._weigh(features)
        shares: dict[int, float] = {}
        for index in self._recalled(features):
            phrasing = self._phrasings[index]
            overlap = sum(self._weights[feature] for feature in features & phrasing.features)
            shares[index] = overlap / (
                overlap + _EXTRA * (total - overlap) + _MISSING * (phrasing.weight - overlap)
            )
        found: dict[str, tuple[float, str]] = {}
        for index in nlargest(_COMPARED, shares, key=shares.__getitem__):
            phrasing = self._phrasings[index]
            near = (1 - _LIKENESS) * shares[index] + _LIKENESS * fuzz.ratio(text, phrasing.text) / 100
            if near > found.get(phrasing.topic, (0.0, ""))[0]:
                found[phrasing.topic] = (near, phrasing.text)
        return found

    def _recalled(self, features: frozenset[str]) -> list[int]:
        """Recall the phrasings worth comparing by the rarest features, commoner ones while there is room."""
        known = [self._postings[feature] for feature in features if feature in self._postings]
        recalled: dict[int, None] = {}
        for posting in sorted(known, key=len):
            recalled.update(dict.fromkeys(posting))
            if len(recalled) >= _RECALLED:
                break
        return list(recalled)

    def _weigh(self, features: Iterable[str]) -> float:
        return sum(self._weights.get(feature, _UNKNOWN_WEIGHT) for feature in features)


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
