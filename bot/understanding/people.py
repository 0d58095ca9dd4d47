"""Groups of people in a message: two adults and two children, my wife and I, a family of five.

A premium for several people is worked out group by group; what is said of all (都交一档) holds for each.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.understanding.entities import Day, EntityReader
from bot.understanding.lexicon import Lexicon, Token
from bot.understanding.quantities import Count, counts

_CLAUSE = re.compile(r"[,，。;；、\n!！?？ ]+")
_TOTAL = re.compile(r"一共|总共|合计|加起来|总计|拢共|共|一起|都|全家")
_SUM = re.compile(r"一共|总共|合计|加起来|总计|拢共")
_EVERYBODY = re.compile(r"都|全部|全家|一律|每人|每个人|统统|一起")
_SEVERAL = re.compile(r"\d|[两二三四五六七八九十俩仨几]|都|全家|一共|总共|合计|加起来|一起")
"""A message that tells of several people has a number, or says that it is about all of them."""
_HEADS = frozenset({"口", "口人", "口子", "人", "位", "名", "个人"})
_HEADS_IF_NAMED = frozenset({"个", "大", "小", "俩", "仨"})
_SIBLING = re.compile(r"老[大二三]|[大小][的娃孩宝]|哥|弟|姐|妹")
_JOIN = re.compile(r"加上|再加|加|和|跟|与|还有|带着|带")
_JOINED = re.compile(r"[和跟与]|还有")
_SELF = re.compile(r"^[我俺咱]")
_ME = re.compile(r"([我俺咱](自己|本人)?|本人|自己)(?![们家])")
_ADULT = frozenset({"adult"})
GROUPED = frozenset({"person", "tier", "identity", "poverty"})
"""Circumstances that a message tells of each group by itself."""
_COUNTED = frozenset({"person", "identity"})


@dataclass(frozen=True)
class Group:
    """Some people for whom the same holds: how many, their circumstances, and the day named beside them."""

    count: int
    values: Mapping[str, frozenset[str]]
    day: Day | None = None


def groups(text: str, lexicon: Lexicon, reader: EntityReader, today: dt.date) -> tuple[Group, ...]:
    """Find the groups of people that a cleaned message tells of; empty unless it tells of several people."""
    if not _SEVERAL.search(text):
        return ()
    found: list[Group] = []
    shared: dict[str, frozenset[str]] = {}
    parts = [part for clause in _CLAUSE.split(text) for part in _joined_parts(clause, lexicon, reader, today)]
    dated = sum(bool(part.days) for part in parts) > 1
    for part in parts:
        number = part.heads or (1 if dated and part.days and _SIBLING.search(part.text) else 0)
        if number and found and _SUM.search(part.text) and "person" not in part.values:
            shared |= part.values
        elif number:
            found.extend(
                _split(Group(number, part.values, part.days[0] if part.days else None), part, reader)
            )
        elif found or _EVERYBODY.search(part.text):
            shared |= part.values
    members = _without_total(found)
    told_of_all = len(members) < len(found) or len(members) == 1 or _TOTAL.search(text) is not None
    if sum(group.count for group in members) < 2 or not told_of_all:  # noqa: PLR2004  # one person is no group
        return ()
    return tuple(Group(group.count, {**shared, **group.values}, group.day) for group in members)


def _without_total(found: list[Group]) -> list[Group]:
    """Leave out a group that only says how many all the others are (一家三口, 两个大人一个孩子)."""
    people = sum(group.count for group in found)
    for total in found:
        others = [group for group in found if group is not total]
        same = all(group.values.get("person") == total.values.get("person") for group in others)
        if total.count > 1 and 2 * total.count == people and (same or "person" not in total.values):
            return [Group(group.count, {**total.values, **group.values}, group.day) for group in others]
    return found


@dataclass(frozen=True)
class _Part:
    """A part of a message with what it says of people: how many, which, and days."""

    text: str
    heads: int
    values: Mapping[str, frozenset[str]]
    days: tuple[Day, ...]
    tokens: tuple[Token, ...]
    counts: tuple[Count, ...]

    @property
    def counted(self) -> bool:
        """Whether it gives a number of people."""
        return self.heads > 0 and any(not count.ordinal for count in self.counts)

    @property
    def is_me(self) -> bool:
        """Whether it is about the writer (我, 我自己), not about somebody of the writer's (我儿子)."""
        return _ME.match(self.text) is not None and not any(
            sense.name == "person" for token in self.tokens for sense in token.senses
        )


def _joined_parts(clause: str, lexicon: Lexicon, reader: EntityReader, today: dt.date) -> list[_Part]:
    """Take a clause whole, or apart where it joins different people (两口子加一个娃, 我和孩子)."""
    whole = _part(clause, lexicon, reader, today)
    texts = [text for text in _JOIN.split(clause) if text]
    if len(texts) < 2:  # noqa: PLR2004  # one piece joins nothing
        return [whole]
    pieces = [_part(text, lexicon, reader, today) for text in texts]
    with_adult = any(piece.values.get("person") == _ADULT and not piece.counted for piece in pieces)
    mine = {"person": _ADULT} if with_adult else {}
    pieces = [
        replace(piece, heads=1, values={**piece.values, **mine}) if piece.is_me else piece for piece in pieces
    ]
    if not all(piece.heads for piece in pieces):
        return [whole]
    apart = any(piece.counted for piece in pieces) or (
        any(piece.is_me for piece in pieces) and not with_adult
    )
    return pieces if apart else [whole]


def _part(text: str, lexicon: Lexicon, reader: EntityReader, today: dt.date) -> _Part:
    tokens, told = lexicon.tokens(text), counts(text)
    said = reader.circumstances(text, tokens)
    values = {name: values for name, values in said.items() if name in GROUPED}
    return _Part(text, _heads(text, tokens, told), values, reader.days(text, today), tokens, told)


def _heads(part: str, tokens: tuple[Token, ...], told: tuple[Count, ...]) -> int:
    """Count the people that a clause names: by number where it gives one, else those joined by 和.

    Words beside each other (没上学的娃, 二宝上小学) tell of one person.
    """
    named = any(sense.name == "person" for token in tokens for sense in token.senses)
    numbers = [count.number for count in told if _counts_people(count, named=named)]
    if numbers:
        return sum(numbers)
    about_people = any(sense.name in _COUNTED for token in tokens for sense in token.senses)
    return 1 + len(_JOINED.findall(part)) if about_people or (named and _SELF.search(part)) else 0


def _counts_people(count: Count, *, named: bool) -> bool:
    """Whether a number counts people: by its classifier, or, with 个, beside a word for a person."""
    return not count.ordinal and (
        count.classifier in _HEADS or (named and count.classifier in _HEADS_IF_NAMED)
    )


def _split(group: Group, part: _Part, reader: EntityReader) -> Iterator[Group]:
    """Split a part that names two kinds of people with a number each (两个大人两个孩子)."""
    persons = [token for token in part.tokens if any(sense.name == "person" for sense in token.senses)]
    numbers = [count for count in part.counts if _counts_people(count, named=True)]
    if len(numbers) > 1 and len(numbers) == len(persons):
        for count, token in zip(numbers, persons, strict=True):
            yield Group(count.number, {**group.values, **reader.values((token,))}, group.day)
    else:
        yield group
