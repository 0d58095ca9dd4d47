"""Questions that are put alike, as one group."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from rapidfuzz import fuzz, process

from bot.understanding.text import clean

ALIKE = 72.0
"""From this likeness on (of 100, by the letters that two texts share in order) texts are one group."""
MOST_DISTINCT = 1_500
"""So many different texts are compared at most, the commonest first; the others stand by themselves."""

_NO_WORDS = re.compile(r"[\W_]+")

T = TypeVar("T")


@dataclass(frozen=True)
class Group(Generic[T]):
    """Items whose texts are alike.

    Attributes:
        text: the commonest of their texts; items: in the order in which they were given.

    """

    text: str
    items: tuple[T, ...]


def grouped(items: Iterable[tuple[str, T]]) -> list[Group[T]]:
    """Put items into groups by the likeness of their texts, the largest group first.

    Args:
        items: each with its text.

    """
    told = [(text, normalised(text), item) for text, item in items]
    counts = Counter(key for _, key, _ in told)
    heads: list[str] = []
    head_of: dict[str, str] = {}
    for number, (key, _) in enumerate(counts.most_common()):
        found = None
        if number < MOST_DISTINCT:
            found = process.extractOne(key, heads, scorer=fuzz.ratio, score_cutoff=ALIKE)
        head_of[key] = found[0] if found is not None else key
        if found is None and number < MOST_DISTINCT:
            heads.append(key)
    groups: dict[str, list[tuple[str, T]]] = {}
    for text, key, item in told:
        groups.setdefault(head_of[key], []).append((text, item))
    found_groups = [
        Group(Counter(text for text, _ in members).most_common(1)[0][0], tuple(item for _, item in members))
        for members in groups.values()
    ]
    return sorted(found_groups, key=lambda group: len(group.items), reverse=True)


def normalised(text: str) -> str:
    """Give a text without what does not count: script, width, case, marks and spaces."""
    plain = clean(text).lower()
    return _NO_WORDS.sub("", plain) or plain
