"""Several costs of one message, each for a benefit of its own (特药三万 住院两万 一共报多少)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.understanding.entities import ELIGIBLE_COST, PATIENT_SHARE
from bot.understanding.lexicon import Lexicon
from bot.understanding.matcher import features_of
from bot.understanding.understand import Understanding
from calculators.known import COST
from knowledge.contents import National
from knowledge.names import OVERVIEW, Notion

_TOLD = frozenset({COST, ELIGIBLE_COST, PATIENT_SHARE})
"""Roles of amounts that a benefit is worked out of."""
_JOINED = re.compile(r"[,，。;；\s]+|(?:再|另)?外?加上|再加|外加|另外|还有")
_ASKED = "能报多少"
_TWO = 2


class Several:
    """Tells the parts of a message that are each about a cost and a benefit of their own."""

    def __init__(self, national: National, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._benefits = frozenset(
            entry.subject
            for entry in national.topics.values()
            if entry.calculator is not None and entry.aspect == OVERVIEW and entry.amount in _TOLD
        )

    def of(self, heard: Understanding) -> tuple[str, ...]:
        """Give what each benefit is asked for by itself, as a message of its own; nothing where it is one.

        What stands ahead of the first benefit (二档, 第一次) goes with that.
        """
        costs = [money.amount.text for money in heard.entities.money if money.role in _TOLD]
        if len(costs) < _TWO or len(heard.features & self._benefits) < _TWO:
            return ()
        asked = [
            text if Notion.HOW_MUCH in self._features(text) else f"{text} {_ASKED}"
            for text in self._parts(heard.rest, costs)
        ]
        return tuple(asked) if len(asked) >= _TWO else ()

    def _parts(self, text: str, costs: list[str]) -> Iterator[str]:
        """Cut a text where another benefit is named after the cost of the one before, and has its own."""
        held: list[str] = []
        named: frozenset[str] = frozenset()
        told = False
        pieces = [piece for piece in _JOINED.split(text) if piece]
        for place, piece in enumerate(pieces):
            benefits = self._features(piece) & self._benefits
            rest = pieces[place:]
            if told and benefits - named and any(cost in " ".join(rest) for cost in costs):
                yield " ".join(held)
                held, named, told = [], frozenset(), False
            held.append(piece)
            named |= benefits
            told = told or (bool(named) and any(cost in piece for cost in costs))
        yield " ".join(held)

    def _features(self, text: str) -> frozenset[str]:
        return features_of(self._lexicon.tokens(text))
