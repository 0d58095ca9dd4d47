"""What standing people are told to have: identities that aid is given for, or none; several may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.understanding.apart import completed
from bot.understanding.mentions import Mention
from knowledge.names import Circumstance

_ORDINARY: Final = "ordinary"
_OF_STANDING: Final = frozenset({Circumstance.IDENTITY, Circumstance.POVERTY})


def of_one_standing(one: Mention, other: Mention) -> bool:
    """Whether one may have the standing that is told of the other."""
    both = _standing(one.values), _standing(other.values)
    return not all(both) or not both[0].isdisjoint(both[1])


def as_part(part: Mention, total: Mention) -> Mention:
    """Tell one of several what is told of all: an identity comes on top of theirs, or takes its place."""
    values = total.values
    if part.among and Circumstance.IDENTITY in part.values.keys() & values.keys():
        both = part.values[Circumstance.IDENTITY] | values[Circumstance.IDENTITY]
        part = replace(part, values={**part.values, Circumstance.IDENTITY: both})
    elif not of_one_standing(part, total):
        values = {name: said for name, said in values.items() if name not in _OF_STANDING}
    return replace(part, values=completed(part.values, values))


def _standing(values: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Tell the identities, or that there is none."""
    identity = values.get(Circumstance.IDENTITY, frozenset())
    return identity or values.get(Circumstance.POVERTY, frozenset()) & {_ORDINARY}
