"""Many short lists of numbers, each under a name, side by side in one array."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Postings:
    """For each feature, the numbers (of topics, of phrasings) where it is found, in ascending order.

    Attributes:
        spans: where the list of a feature begins and ends; places: all the lists, one after the other.

    """

    spans: Mapping[str, tuple[int, int]]
    places: Numbers

    @classmethod
    def of(cls, lists: Mapping[str, Sequence[int]]) -> Self:
        """Put lists side by side, in the order of the mapping."""
        spans: dict[str, tuple[int, int]] = {}
        end = 0
        for feature, places in lists.items():
            spans[feature] = (end, end + len(places))
            end += len(places)
        flat = (place for places in lists.values() for place in places)
        return cls(spans, np.fromiter(flat, dtype=np.intp, count=end))

    def __getitem__(self, feature: str) -> Numbers:
        """Give the list of a feature that has one."""
        start, end = self.spans[feature]
        return self.places[start:end]

    def rarity(self, feature: str) -> tuple[int, int]:
        """Tell how rare a feature is that has a list, no two of them alike, as something to sort by."""
        start, end = self.spans[feature]
        return end - start, start
