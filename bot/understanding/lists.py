"""Who stands in a list: what is said behind it is told of everybody in it (老二和老三上小学)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from bot.understanding.apart import completed
from bot.understanding.mentions import Mention
from knowledge.names import Circumstance

_LISTED: Final = re.compile(r"[、和跟与同]")
_LIKEWISE: Final = re.compile(r" ?(?:今年|现在|也)*(?:也|同样|一样)(?:都|就)?(?:是|一样|有)?(?![不没])")
"""It tells of somebody what is told of those before (媳妇也是)."""


def is_listed(text: str, before: Mention, mention: Mention) -> bool:
    """Whether nothing but a sign or word of a list stands between two (我、我妈)."""
    return _LISTED.fullmatch(text, before.end, mention.start) is not None


def leave_list_out(mentions: list[Mention], last: Mention, text: str) -> None:
    """Leave those out, too, who stand in a list before somebody who is left out (我和老公都交过了)."""
    for place in _list_before(mentions, last, text):
        mentions[place] = replace(mentions[place], left_out=True)


def tell_list(mentions: list[Mention], last: Mention, said: Mapping[str, frozenset[str]], text: str) -> None:
    """Tell those who stand in a list before somebody what is said behind it (老二和老三上小学)."""
    for place in _list_before(mentions, last, text) if said else ():
        before = mentions[place]
        fitting = {
            name: told
            for name, told in said.items()
            if name != Circumstance.PERSON or before.kind == last.kind
        }
        mentions[place] = replace(before, values=completed(before.values, fitting))


def likewise(mentions: Sequence[Mention], mention: Mention, text: str, end: int) -> Mention:
    """Tell somebody of whom nothing else is told what is told of the one before (媳妇也是)."""
    if not mentions or not mention.alone or not _LIKEWISE.fullmatch(text[mention.end : end].rstrip("的了")):
        return mention
    return replace(mention, values=completed(mention.values, mentions[-1].values), alone=False)


def with_tier_of_list(mentions: Sequence[Mention]) -> list[Mention]:
    """Let the tier that stands behind a list of people be that of all (两个低保一个特困交一档).

    They are a list where nothing but who they are stands between them, and each is told of in the same way:
    all by a word for people, or all by what they are; and within one clause, or each with a number.
    """
    last = len(mentions) - 1
    tier = mentions[last].values.get(Circumstance.TIER) if mentions else None
    first = last
    while tier is not None and first > 0 and _goes_on(mentions[first - 1], mentions[first]):
        first -= 1
    told: dict[str, frozenset[str]] = {Circumstance.TIER: tier or frozenset()}
    return [
        replace(mention, values=completed(mention.values, told)) if first <= place < last else mention
        for place, mention in enumerate(mentions)
    ]


def _goes_on(before: Mention, mention: Mention) -> bool:
    """Whether somebody goes on with a list in which no tier is told before the last."""
    alike = mention.listed and (before.kind is None) == (mention.kind is None)
    numbered = before.numbered and mention.numbered
    told = before.kind is not None or bool(before.values)
    return (
        alike
        and told
        and Circumstance.TIER not in before.values
        and (numbered or before.clause == mention.clause)
    )


def _list_before(mentions: Sequence[Mention], last: Mention, text: str) -> Iterator[int]:
    """Give the places of those who stand in a list before somebody, from the last on."""
    following = last
    for place in range(len(mentions) - 1, -1, -1):
        before = mentions[place]
        beside = before.end == following.start and before.kind is not None
        if before.clause != last.clause or not (beside or is_listed(text, before, following)):
            return
        yield place
        following = before
