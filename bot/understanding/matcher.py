"""Ranking the topics that a message may be about.

Messages and phrasings are compared by features: the concepts and circumstances that their words express,
weighted by how much each tells topics apart. An index recalls the phrasings that share features with the
message; those are compared by the weighted overlap and the likeness of the words themselves (rapidfuzz).
The nearest phrasing of a topic and what its phrasings have in common (naive Bayes over features and over
pairs of characters) together give the probability of each topic. Whether the message belongs to the field
at all is told by two other figures: how near the nearest phrasing is, and how much of the message is known.

In the arrays, topics and phrasings are numbers.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz
from rapidfuzz.process import cdist

from bot.understanding.evidence import MOSTLY, Evidence, Kind, Weights
from bot.understanding.lexicon import Lexicon, Token
from bot.understanding.postings import Numbers, Postings

_UNKNOWN_WEIGHT = 1.2
"""What a word outside the lexicon weighs: about as much as a concept that a quarter of the topics share."""

_EXTRA = 0.25
_MISSING = 1 - _EXTRA
"""Tversky weights: a message may say more than a phrasing (stories do), but should hold what that asks.

As they add up to one, what both share divides by a sum that does not depend on it."""

_LIKENESS = 0.15
_RECALLED = 150
"""How many phrasings are recalled before commoner features are left aside."""
_COMPARED = 60
"""How many of them are compared word by word."""

_NEAREST = 30.0
_PAIRS = 0.6
_TEMPERATURE = 6.0
"""Weights of the three witnesses, and how far they are trusted."""
_CONCEPTS_COMMON = 0.3
_PAIRS_COMMON = 0.1
"""Which part of a likelihood is that among all topics, for concepts and for pairs of characters.

All of these were fitted over questions that strangers to the phrasings had written."""

_LACKING = 12.0
"""What it costs a topic that a message lacks what the topic needs."""
_MET = 3.0
"""What it is worth to a topic that a message expresses what it needs."""
_WORD_FOR_WORD = 40.0
"""What it is worth to be asked in the very words of a phrasing."""

_AMOUNT = re.compile(
    r"(?:[0-9](?:[0-9,.]{0,12}[0-9])?|[半几]|[一二两三四五六七八九十]{1,4})[十百千万wWkK]{1,4}"
    r"[0-9一二两三四五六七八九十百千万半整多来]*"
    r"(?:元|块)?钱?|(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{3,})(?:\.[0-9]+)?(?:元|块)?钱?(?![0-9年学号])|[0-9]+(?:\.[0-9]+)?(?:元|块)钱?"
)
"""How much it is says nothing of what a message asks: all amounts are alike, however they are written."""
_ANY_AMOUNT = "N"
_LISTED = 12
_FAR = (0.0, "")
_REMEMBERED = 32
"""The parts of a message are often compared more than once; so many comparisons are kept for that."""


class Ranked(NamedTuple):
    """A topic with its probability, how near its nearest phrasing is (both 0..1), and that phrasing."""

    topic: str
    score: float
    near: float
    phrasing: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """The topics that a message may be about, best first, and how much of its words is known (0..1)."""

    topics: tuple[Ranked, ...]
    known: float


@dataclass(frozen=True, slots=True)
class _Shared:
    """The phrasings that share most with a message, best first.

    Attributes:
        topics, texts, shares: of each its topic, its words, and how much it shares (0..1).
        worded: their words with every amount alike.
        known: how much of the message is known.

    """

    topics: Numbers
    texts: Sequence[str]
    worded: Sequence[str]
    shares: Weights
    known: float


def features_of(tokens: Iterable[Token]) -> frozenset[str]:
    """Tell the features that tokens express; a value stands for its dimension, too.

    Fillers count only where there is nothing else (谢谢, 好的).
    """
    told = tuple(tokens)
    features: set[str] = set()
    for token in [token for token in told if not token.filler] or told:
        features.update(token.features)
    return frozenset(features)


def _worded(text: str) -> str:
    """Give a text with each amount in it written alike."""
    return _AMOUNT.sub(_ANY_AMOUNT, text)


def _letters_of(text: str) -> str:
    return text if text.isalnum() else "".join(filter(str.isalnum, text))


def _pairs_of(letters: str) -> frozenset[str]:
    return frozenset(map("".join, pairwise(letters)))


class Matcher:
    """An index over the phrasings of topics; `rank` compares a message with those that it may mean."""

    def __init__(
        self, phrasings: Mapping[str, Sequence[str]], needs: Mapping[str, Sequence[str]], lexicon: Lexicon
    ) -> None:
        cut = [[features_of(lexicon.tokens(text)) for text in texts] for texts in phrasings.values()]
        words = {topic: [_worded(text) for text in texts] for topic, texts in phrasings.items()}
        letters = [[_pairs_of(_letters_of(text)) for text in texts] for texts in words.values()]
        shares = [_shares(rows) for rows in cut]
        self._topics = tuple(phrasings)
        self._typical = {
            topic: frozenset(feature for feature, share in of_topic.items() if share >= MOSTLY)
            for topic, of_topic in zip(self._topics, shares, strict=True)
        }
        self._evidence = Evidence((Kind(cut, 1.0, _CONCEPTS_COMMON), Kind(letters, _PAIRS, _PAIRS_COMMON)))
        numbers = {topic: number for number, topic in enumerate(self._topics)}
        self._exact = {text: numbers[topic] for topic, texts in phrasings.items() for text in texts}
        self._needers = {
            feature: [numbers[topic] for topic, needed in needs.items() if feature in needed]
            for feature in {feature for needed in needs.values() for feature in needed}
        }
        self._lacking = np.array([_LACKING if needs.get(topic) else 0.0 for topic in phrasings])
        self._texts = tuple(text for texts in phrasings.values() for text in texts)
        self._worded = tuple(text for texts in words.values() for text in texts)
        self._topic_of = np.array([number for number, rows in enumerate(cut) for _ in rows])
        self._weights = _weights(shares)
        found_in: dict[str, list[int]] = defaultdict(list)
        rows = [features for sets in cut for features in sets]
        for phrasing, features in enumerate(rows):
            for feature in sorted(features):  # of two that are as rare the same one goes first, always
                found_in[feature].append(phrasing)
        self._postings = Postings.of(found_in)
        self._numbers = {feature: number for number, feature in enumerate(self._weights)}
        self._features = _table([[self._numbers[feature] for feature in features] for features in rows])
        self._ones = np.ones(self._features.shape[1])
        self._missing = _MISSING * np.array([self._weigh(features) for features in rows])
        self._remember()

    def _remember(self) -> None:
        self._shared = lru_cache(_REMEMBERED)(self._recalled)
        self._likely = lru_cache(_REMEMBERED)(self._weighed)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name not in {"_shared", "_likely"}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._remember()

    def typical(self, topic: str) -> frozenset[str]:
        """Tell the features that at least half of a topic's phrasings express."""
        return self._typical[topic]

    def rank(self, features: frozenset[str], text: str) -> Ranking:
        """Rank the topics for a message.

        Args:
            features: the features of the message; text: its words.

        """
        shared = self._shared(features)
        worded = _worded(text)
        nearest = _nearest(shared, worded)
        raw = self._likely(features, _letters_of(worded)).copy()
        for topic, (near, _) in nearest.items():
            raw[topic] += _NEAREST * near
        if text in self._exact:
            raw[self._exact[text]] += _WORD_FOR_WORD
        best = (-raw).argsort(kind="stable")[:_LISTED]
        first, *others = raw[best].tolist()
        odds = [1.0, *(math.exp((value - first) / _TEMPERATURE) for value in others)]
        total = sum(odds)
        return Ranking(
            tuple(
                Ranked(self._topics[topic], odd / total, *nearest.get(topic, _FAR))
                for topic, odd in zip(best.tolist(), odds, strict=True)
            ),
            shared.known,
        )

    def _recalled(self, features: frozenset[str]) -> _Shared:
        """Recall the phrasings worth comparing by the rarest features, commoner ones while there is room."""
        known = sorted((f for f in features if f in self._weights), key=self._postings.rarity)
        recalled = np.zeros(len(self._texts), dtype=np.bool_)
        for feature in known:
            recalled[self._postings[feature]] = True
            if np.count_nonzero(recalled) >= _RECALLED:
                break
        among = recalled.nonzero()[0]
        weights = np.zeros(len(self._weights) + 1)
        for feature in known:
            weights[self._numbers[feature]] = self._weights[feature]
        overlap = weights.take(self._features.take(among, axis=0)) @ self._ones
        total = self._weigh(features)
        shares = overlap / (_EXTRA * total + self._missing[among])
        best = _largest(shares, _COMPARED)
        numbers = among[best]
        return _Shared(
            self._topic_of[numbers],
            [self._texts[number] for number in numbers.tolist()],
            [self._worded[number] for number in numbers.tolist()],
            shares[best],
            min(1.0, self._weigh(known) / total) if total else 0.0,
        )

    def _weighed(self, features: frozenset[str], letters: str) -> Weights:
        """Weigh what speaks for each topic besides its nearest phrasing."""
        found: Weights = self._evidence.weigh(features, _pairs_of(letters)) - self._lacking
        met = {topic for feature in features for topic in self._needers.get(feature, ())}
        if met:
            found[[*met]] += _MET + _LACKING
        return found

    def _weigh(self, features: Iterable[str]) -> float:
        return sum(self._weights.get(feature, _UNKNOWN_WEIGHT) for feature in features)


def _table(rows: Sequence[Sequence[int]]) -> npt.NDArray[np.int32]:
    """Put rows of numbers into a table; what a row lacks to the longest is the number after the last."""
    width, lacking = max(map(len, rows)), 1 + max(map(max, filter(None, rows)))
    table = np.full((len(rows), width), lacking, dtype=np.int32)
    for place, row in enumerate(rows):
        table[place, : len(row)] = row
    return table


def _nearest(shared: _Shared, worded: str) -> dict[int, tuple[float, str]]:
    """Find the nearest phrasing of each topic among those that share most with a message."""
    if not shared.texts:
        return {}
    likeness = cdist((worded,), shared.worded, scorer=fuzz.ratio)[0]
    nearness = np.minimum(1.0, (1 - _LIKENESS) * shared.shares + _LIKENESS / 100 * likeness)
    order = (-nearness).argsort(kind="stable")[::-1]  # the nearest comes last, and takes the place of others
    texts = map(shared.texts.__getitem__, order.tolist())
    near = zip(nearness[order].tolist(), texts, strict=True)
    return dict(zip(shared.topics[order].tolist(), near, strict=True))


def _largest(values: Weights, count: int) -> Numbers:
    """Tell the places of so many largest values, the largest first; of equal ones the first counts."""
    order: Numbers = (-values).argsort(kind="stable")
    return order[:count]


def _shares(rows: Sequence[frozenset[str]]) -> dict[str, float]:
    counts = Counter(feature for row in rows for feature in row)
    return {feature: count / len(rows) for feature, count in counts.items()}


def _weights(shares: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Weigh each feature by how few topics it is spread over (an inverse document frequency over topics)."""
    spread: dict[str, float] = defaultdict(float)
    for by_feature in shares:
        for feature, share in by_feature.items():
            spread[feature] += min(1.0, 2 * share)
    count = len(shares)
    return {feature: math.log((count + 1) / (amount + 0.5)) for feature, amount in spread.items()}
