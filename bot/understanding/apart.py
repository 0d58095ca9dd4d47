"""What a message says apart from those whom it names: of all of them, or of each in turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from bot.understanding.mentions import Mention
from knowledge.names import Circumstance

_OF_EACH: Final = frozenset({Circumstance.TIER, Circumstance.IDENTITY, Circumstance.POVERTY})
"""What messages tell of some people and otherwise of others."""


@dataclass(frozen=True)
class Apart:
    """What stands apart from any mention, behind so many of them."""

    behind: int
    said: Mapping[str, frozenset[str]]


def shared_by_all(mentions: list[Mention], apart: Sequence[Apart]) -> dict[str, frozenset[str]]:
    """Tell what holds for all; what differs from place to place (一档 两个人 二档 一个人) is told to each.

    Where it is open to whom it belongs, all of it stays possible.
    """
    shared: dict[str, frozenset[str]] = {}
    for name in dict.fromkeys(name for told in apart for name in told.said):
        tellings = [(told.behind, told.said[name]) for told in apart if name in told.said]
        together = frozenset.intersection(*(said for _, said in tellings))
        if together or name not in _OF_EACH:
            shared[name] = together or tellings[-1][1]
        elif not _tell_each(mentions, name, tellings):
            shared[name] = frozenset.union(*(said for _, said in tellings))
    return shared


def _tell_each(mentions: list[Mention], name: str, tellings: Sequence[tuple[int, frozenset[str]]]) -> bool:
    """Tell those named between one telling and the next theirs; say whether each has somebody."""
    places = [place for place, _ in tellings]
    bounds = [*places, len(mentions)] if places[0] == 0 else [0, *places]
    stretches = list(pairwise(bounds))
    if any(start == end for start, end in stretches):
        return False
    for (start, end), (_, said) in zip(stretches, tellings, strict=True):
        for place in range(start, end):
            values = completed(mentions[place].values, {name: said})
            mentions[place] = replace(mentions[place], values=values)
    return True


def is_told_of_somebody(mentions: Sequence[Mention], said: Mapping[str, frozenset[str]]) -> bool:
    """Whether a tier that stands apart may be that of somebody who is named."""
    tier = said.get(Circumstance.TIER)
    return tier is None or any(tier & mention.values.get(Circumstance.TIER, tier) for mention in mentions)


def completed(
    values: Mapping[str, frozenset[str]], said: Mapping[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    """Narrow what is known of somebody by what is said of him among others, where both fit.

    Several identities may hold: his own are not narrowed.
    """
    narrowed = {
        name: own if name == Circumstance.IDENTITY else own & said.get(name, own) or own
        for name, own in values.items()
    }
    return {**said, **narrowed}
