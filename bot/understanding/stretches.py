"""What stretches of a message tell of people: who they are, their tier, their standing, their days.

A part of a message is cut into a stretch for each that it names.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from bot.understanding.clauses import Part
from bot.understanding.entities import Day, EntityReader
from bot.understanding.lexicon import Lexicon
from bot.understanding.mentions import GROUPED, Mention
from knowledge.model import Dimension, PeopleWords

_TWO: Final = 2


class StretchReader:
    """Reads what stretches of messages tell of people."""

    def __init__(
        self,
        kinds: Mapping[str, PeopleWords],
        dimensions: Mapping[str, Dimension],
        lexicon: Lexicon,
        reader: EntityReader,
    ) -> None:
        self.person = dimensions["person"]
        self._kinds = kinds
        self._lexicon = lexicon
        self._reader = reader
        self._of_people = {
            word: (name, value)
            for name, dimension in dimensions.items()
            for value, words in dimension.of_people.items()
            for word in words
        }

    def read(self, text: str, today: dt.date) -> tuple[dict[str, frozenset[str]], tuple[Day, ...]]:
        """Tell the circumstances that a message tells of each group by itself, and the days, of a stretch."""
        tokens = self._lexicon.tokens(text)
        said = self._reader.circumstances(text, tokens)
        for token in tokens:
            if token.word in self._of_people:
                name, value = self._of_people[token.word]
                said.setdefault(name, frozenset({value}))
        return {name: values for name, values in said.items() if name in GROUPED}, self._reader.days(
            text, today
        )

    def cut(
        self, text: str, part: Part, inside: Sequence[Mention], today: dt.date
    ) -> Iterator[tuple[Mention, int, int]]:
        """Cut a part into what is told of each that it names.

        That is what stands behind each, and ahead of the first; but what stands ahead of each where something
        is told there and nothing behind the last (一档两个二档一个).
        """
        start, rest = part.start, list(inside)
        if len(rest) > _TWO and _is_sum(rest[0], rest[1:]):
            yield rest[0], start, rest[0].end
            start, rest = rest[0].end, rest[1:]
        if self._is_told_ahead(text, rest, start, part.end, today):
            for mention in rest:
                yield mention, start, mention.end
                start = mention.end
            return
        for mention, following in zip(rest, [*rest[1:], None], strict=False):
            end = part.end if following is None else following.start
            if following is not None and text[mention.end : end].endswith("的"):
                end = mention.end
            yield mention, start, end
            start = end

    def _is_told_ahead(
        self, text: str, inside: Sequence[Mention], start: int, end: int, today: dt.date
    ) -> bool:
        """Whether the same is told ahead of each mention, and not behind the last one."""
        if len(inside) < _TWO:
            return False
        told = set(self.read(text[start : inside[0].start], today)[0])
        if any(mention.kind is not None for mention in inside):
            told -= {"person"}
        for before, mention in pairwise(inside):
            told &= self.read(text[before.end : mention.start], today)[0].keys()
        return bool(told) and not told & self.read(text[inside[-1].end : end], today)[0].keys()

    def only_names(self, text: str) -> bool:
        """Whether a stretch holds nothing but signs and words that tell who people are (重度残疾人、)."""
        return all(
            token.filler
            or token.word in self._of_people
            or any(sense.name in GROUPED for sense in token.senses)
            for token in self._lexicon.tokens(text)
        )

    def told(self, text: str, mention: Mention, start: int, end: int, today: dt.date) -> Mention:
        """Read what is told of a mention from one place of a text to another."""
        entry = self._kinds.get(mention.kind or "")
        fixed = entry.person if entry is not None else None
        ahead, behind = text[start : mention.start], text[mention.end : end]
        beside, _ = self.read(f"{ahead} {behind}", today)
        if fixed is None:
            values, days = self.read(text[start:end], today)
        else:
            values, days = self.read(f"{ahead} {mention.described} {behind}", today)
            values["person"] = self._who(fixed, values.get("person"))
        return replace(mention, values=values, day=days[0] if days else None, alone=not beside)

    def _who(self, fixed: str, said: frozenset[str] | None) -> frozenset[str]:
        """Tell who somebody is whose word says so; only a student at university may be told otherwise."""
        base = self.person.spread([fixed])
        if said is None:
            return base
        return said & base or (said if said == {"college"} else base)


def _is_sum(total: Mention, others: Sequence[Mention]) -> bool:
    return total.kind is None and total.count == sum(mention.count for mention in others)
