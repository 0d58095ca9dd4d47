"""Where a message names people: my wife, two children, a family of five, the writer.

Words that name people stand in the lexicon by kind; a number beside one of them, or by itself, counts people.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from bot.understanding.clauses import is_linked
from bot.understanding.entities import Day
from bot.understanding.headcounts import HEADS, HeadCount, counts_next, headcounts
from bot.understanding.people_words import OWNER, POSSESSION, Noun, NounFinder
from knowledge.model import PeopleWords

ME: Final = "me"
"""The kind of a mention of the writer."""
GROUPED: Final = frozenset({"person", "tier", "identity", "poverty"})
"""Circumstances that a message tells of each group by itself."""

_FAMILY: Final = re.compile(
    r"(?:[我俺咱额]们?(?:家里?面?|屋头|屋里)|[我俺咱额]们|屋头|屋里|家里头?|家头|全家|一大?家子?)"
    r"(?:的|有|就|总共|一共|这|现在)*$"
)
_ME: Final = re.compile(
    r"(?<![给问帮劝])(?:[我俺咱额](?:自己|本人|个人|一个人)?|本人)(?![们家的国市县省想问])"
)
_AMONG: Final = re.compile(r"(?:其中|当中|(?<![家屋])里[面头])的?(?:就|只)?有? ?$")
_SOMEBODY: Final = re.compile(
    r"的?[^,，。;；、 的一两二三四五六七八九十俩仨\d]{1,6}?(?:人(?![民家均工才])|户(?!口))"
)
_THE_REST: Final = re.compile(r"(?:其[他它余]|剩下?|别)的?$")
_SIGNS: Final = "我俺咱额本人口位名个俩仨"
"""Without one of these letters or a word for people a message names nobody, and nothing need be read."""
_NEXT_TO: Final = re.compile(r" ?(?:有|是|共|就)? ?")


@dataclass(frozen=True)
class Mention:
    """Some people that a message names.

    Attributes:
        count: how many; 0 where the word leaves it open (学生交多少).
        numbered: whether a number tells how many.
        kind: the kind of the word that names them, `me` for the writer, None for a number by itself.
        noun: that word, without 我, 俺 and the like.
        start, end: where they stand; clause: the number of the clause.
        owner: whose they are said to be: `me`, or the word for somebody else (我哥家两个娃).
        rest: whether the number counts who is left (其他五个).
        described: what stands between a number and the word that it counts (两个上小学的娃), or what a
            number by itself counts, which only people are called (两个残疾人).
        heads: whether the number has a classifier that only people have, or is the family's (我家两个).
        joined: whether a word links them to those before; added: whether it says that they come on top.
        left_out: whether it says that they are not to be counted (孩子不算); there are none (没有孩子) with a
            count of 0.
        listed: whether nothing but who they are stands between those before and them.
        family: whether the number is that of a family (一家三口, 家里四个人).
        among: whether it says that they are some of those before (其中一个).
        alone: whether nothing is told of them beside their word.
        values: circumstances told of them; day: the day named beside them.

    """

    count: int
    numbered: bool
    kind: str | None
    noun: str
    start: int
    end: int
    clause: int = 0
    owner: str = ""
    described: str = ""
    rest: bool = False
    heads: bool = False
    joined: bool = False
    added: bool = False
    left_out: bool = False
    listed: bool = False
    family: bool = False
    among: bool = False
    alone: bool = False
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    day: Day | None = None


class MentionFinder:
    """Finds the people that messages name."""

    def __init__(self, kinds: Mapping[str, PeopleWords]) -> None:
        self.kinds = kinds
        self._nouns = NounFinder(kinds)
        words = [word for entry in kinds.values() for word in entry.words]
        self._hint = re.compile("|".join(map(re.escape, [*_SIGNS, *words])))

    def find(self, text: str) -> list[Mention]:
        """Find words for people with their numbers, numbers by themselves, and the writer."""
        if self._hint.search(text) is None:
            return []
        words = list(self._nouns.find(text))
        nouns = [noun for noun in words if not noun.possesses]
        numbers = list(headcounts(text, nouns))
        pairs = self._pairs(text, nouns, numbers)
        found = []
        for number in numbers:
            noun = pairs.get(number)
            if noun is not None:
                start, end = min(number.start, noun.owned_from), max(number.end, noun.end)
                count = number.count * self.kinds[noun.kind].count
                found.append(
                    Mention(
                        count,
                        numbered=True,
                        kind=noun.kind,
                        noun=noun.word,
                        start=start,
                        end=end,
                        described=text[number.end : noun.owned_from],
                    )
                )
            else:
                found.append(_bare(text, number))
        paired = set(pairs.values())
        for noun in nouns:
            entry = self.kinds[noun.kind]
            count = 0 if entry.counted else entry.count
            if noun not in paired:
                found.append(
                    Mention(
                        count,
                        numbered=False,
                        kind=noun.kind,
                        noun=noun.word,
                        start=noun.owned_from,
                        end=noun.end,
                    )
                )
        taken = [(mention.start, mention.end) for mention in found]
        taken += [(noun.owned_from, noun.end) for noun in words]
        found += [
            Mention(1, numbered=False, kind=ME, noun=match[0], start=match.start(), end=match.end())
            for match in _ME.finditer(text)
            if not any(start < match.end() and match.start() < end for start, end in taken)
        ]
        return [
            replace(
                mention,
                owner=_owner(text, mention, words),
                among=_AMONG.search(text, 0, mention.start) is not None,
            )
            for mention in found
        ]

    def _pairs(self, text: str, nouns: Sequence[Noun], numbers: Sequence[HeadCount]) -> dict[HeadCount, Noun]:
        """Bring numbers and the words for those that they count together."""
        pairs: dict[HeadCount, Noun] = {}
        for place, number in enumerate(numbers):
            later = numbers[place + 1] if place + 1 < len(numbers) else None
            ahead = next((noun for noun in reversed(nouns) if noun.end <= number.start), None)
            if ahead in pairs.values():
                ahead = None
            behind = next((noun for noun in nouns if noun.start >= number.end), None)
            if behind is not None and not counts_next(text, number, behind, later):
                behind = None
            if ahead is not None and self._is_counted_behind(text, ahead, number):
                other_number = behind is not None and later is not None and later.start == behind.end
                if behind is None or other_number:
                    behind = ahead
            if behind is not None:
                pairs[number] = behind
        return pairs

    def _is_counted_behind(self, text: str, noun: Noun, number: HeadCount) -> bool:
        """Whether a number counts the word straight before it (大人两个), not all so far (表妹仨)."""
        entry = self.kinds[noun.kind]
        if not _NEXT_TO.fullmatch(text[noun.end : number.start]):
            return False
        linked = self._nouns.is_listed(text, noun) or is_linked(text, noun.owned_from, noun.end)
        of_child = entry.count == 1 and entry.person is None and noun.owned_from == noun.start
        countable = entry.counted or (of_child and number.classifier not in HEADS)
        return countable and not (linked and (not entry.counted or text[number.start] in "俩仨"))


def _bare(text: str, number: HeadCount) -> Mention:
    """Take a number without a word for people; the family's own is of people, as is one with 口 or 人."""
    family = _FAMILY.search(text[: number.start])
    somebody = _SOMEBODY.match(text, number.end) if number.classifier == "个" else None
    heads = number.classifier in HEADS or family is not None
    return Mention(
        number.count,
        numbered=True,
        kind=None,
        noun=number.classifier,
        start=number.start,
        end=number.end,
        described=somebody[0] if somebody else "",
        heads=heads,
        rest=_THE_REST.search(text[: number.start]) is not None,
        family=family is not None or "口" in text[number.start : number.end],
    )


def _owner(text: str, mention: Mention, words: Sequence[Noun]) -> str:
    """Tell whose people are said to be, by the words before them and by the first of their own."""
    for word in words:
        if (
            word.possesses
            and word.end <= mention.start
            and POSSESSION.fullmatch(text[word.end : mention.start])
        ):
            return word.word
    own = text[mention.start : mention.end].removesuffix(mention.noun)
    return ME if OWNER.search(text[: mention.start]) or OWNER.search(own) else ""
