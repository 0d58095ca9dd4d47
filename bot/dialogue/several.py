"""Several costs of one message, each for a benefit of its own, or of somebody else.

特药三万 住院两万 一共报多少; 我住院花了八千 我爸花了一万二.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.understanding.lexicon import Lexicon
from bot.understanding.matcher import features_of
from bot.understanding.money import ELIGIBLE_COST, PATIENT_SHARE, Money
from bot.understanding.understand import Understanding
from calculators.known import COST
from knowledge.contents import National
from knowledge.names import OVERVIEW, Notion

_TOLD = frozenset({COST, ELIGIBLE_COST, PATIENT_SHARE})
"""Roles of amounts that a benefit is worked out of."""
_OF_BILLS = frozenset({COST, ELIGIBLE_COST})
_JOINED = re.compile(r"[,，。;；\s]+|(?:再|另)?外?加上|再加|外加|另外|还有")
_ASKED = "能报多少"
_TWO = 2
_ONE_OF_THEM = "一个"


@dataclass(frozen=True)
class Costs:
    """What is asked of several costs.

    Attributes:
        texts: each as a message of its own; of_people: whether they are different people's.

    """

    texts: tuple[str, ...]
    of_people: bool = False


class Several:
    """Tells the parts of a message that are each about a cost, and a benefit or a patient, of their own."""

    def __init__(self, national: National, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._benefits = frozenset(
            entry.subject
            for entry in national.topics.values()
            if entry.calculator is not None and entry.aspect == OVERVIEW and entry.amount in _TOLD
        )
        words = sorted(
            {word for entry in national.people_words.values() for word in entry.words}, key=len, reverse=True
        )
        named = "|".join(map(re.escape, words))
        self._who = re.compile(
            rf"(?:我们?|俺们?|咱们?|额)?(?:{named})|[他她](?!们)|(?:我|俺|咱|额)(?![们家俩])|{_ONE_OF_THEM}(?=[花住看用在])"
        )

    def of(self, heard: Understanding) -> Costs | None:
        """Give what is asked of each cost by itself; None where it is one, or of one and the same.

        What stands ahead of the first (二档, 第一次) goes with that, and where they are different people's
        with each.
        """
        costs = [money for money in heard.entities.money if money.role in _TOLD]
        if len(costs) < _TWO:
            return None
        texts = tuple(self._by_people(heard.rest, costs))
        if texts:
            return Costs(texts, of_people=True)
        if len(heard.features & self._benefits) < _TWO:
            return None
        texts = tuple(self._asked(self._by_benefits(heard.rest, [money.amount.text for money in costs])))
        return Costs(texts) if len(texts) >= _TWO else None

    def _asked(self, texts: Iterator[str]) -> Iterator[str]:
        for text in texts:
            yield text if Notion.HOW_MUCH in self._features(text) else f"{text} {_ASKED}"

    def _by_people(self, text: str, costs: Sequence[Money]) -> Iterator[str]:
        """Cut a text where another patient is named ahead of each cost (我花了八千 他花了一万二)."""
        roles = {money.role for money in costs}
        if not (roles <= _OF_BILLS or roles == {PATIENT_SHARE}):
            return
        starts: list[int] = []
        names: list[str] = []
        end = 0
        for money in costs:
            found = [*self._who.finditer(text, end, money.amount.start)]
            if not found:
                return
            starts.append(found[-1].start())
            names.append(found[-1][0])
            end = money.amount.end
        if len(set(names)) < len(names) and set(names) != {_ONE_OF_THEM}:
            return
        ahead = text[: starts[0]].strip()
        for start, following in zip(starts, [*starts[1:], len(text)], strict=True):
            part = text[start:following].strip(" ,，。;；")
            yield f"{ahead} {part} {_ASKED}".strip()

    def _by_benefits(self, text: str, costs: Sequence[str]) -> Iterator[str]:
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
