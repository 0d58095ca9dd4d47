"""Which words for people in a part of a message name somebody, and which only tell of somebody named."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Final

from bot.understanding.clauses import JOIN, Part
from bot.understanding.lifetimes import person_of_age
from bot.understanding.mentions import ME, Mention
from bot.understanding.stretches import StretchReader
from knowledge.model import PeopleWords

_IS: Final = re.compile(r" ?(?:现在|目前|今年|还|也|都|就|是|在|一|个|名)* ?")
"""What stands between the writer and the word that tells who that is (我还是大学生)."""


class Namer:
    """Chooses the mentions that name somebody by themselves."""

    def __init__(self, kinds: Mapping[str, PeopleWords], stretches: StretchReader) -> None:
        self._kinds = kinds
        self._stretches = stretches

    def named(self, text: str, part: Part, spans: Sequence[Mention], today: dt.date) -> list[Mention]:
        """Choose among the mentions of a part those that name somebody by themselves."""
        inside = [mention for mention in spans if part.start <= mention.start < part.end]
        inside = [
            mention
            for mention, before in zip(inside, [None, *inside], strict=False)
            if mention.count > 0 or before is None or before.kind != ME or not _is_told(text, before, mention)
        ]
        chosen: list[Mention] = []
        for mention, following in zip(inside, [*inside[1:], None], strict=False):
            beside = following is not None and text[mention.end : following.start] == ""
            if mention.count == 0 and (chosen or beside):
                continue  # 老大是大学生, 老人我爸
            if chosen and chosen[-1].end == mention.start and self._are_the_same(chosen[-1], mention):
                continue  # 双胞胎闺女
            if mention.kind == ME and not self._is_named_me(text, mention, part, following, today):
                continue
            chosen.append(mention)
        return chosen

    def _are_the_same(self, several: Mention, mention: Mention) -> bool:
        """Whether a word only tells more of those whom the word straight before it names."""
        entry = self._kinds.get(several.kind or "")
        return (
            entry is not None and several.count > 1 and not several.numbered and mention.kind in entry.apart
        )

    def _is_named_me(
        self, text: str, mention: Mention, part: Part, following: Mention | None, today: dt.date
    ) -> bool:
        """Whether the writer is one of those that a message is about, not only who writes (我问下)."""
        behind = text[mention.end : part.end if following is None else following.start]
        if part.joined and not behind and following is not None and self._counts_me(following):
            return True  # 爸妈跟我三个
        if following is not None and (not behind or behind.endswith("的")):
            return False  # 我三个娃, 我上初中的儿子
        if not behind.strip() or part.joined or (following is None and JOIN.match(text, part.end)):
            return True
        return (
            bool(self._stretches.read(behind, today)[0])
            or person_of_age(None, text[mention.start : part.end], self._stretches.person) is not None
        )

    def _counts_me(self, following: Mention) -> bool:
        """Whether a number straight behind the writer may count the writer, too (我三个大人)."""
        entry = self._kinds.get(following.kind or "")
        return following.kind is None or (following.numbered and entry is not None and ME in entry.apart)


def _is_told(text: str, me: Mention, word: Mention) -> bool:
    """Whether a word without a number tells who the writer is (我是大学生)."""
    return _IS.fullmatch(text, me.end, word.start) is not None
