"""Words for people in a message: who stands where, and who only tells whose somebody is (我姐家的孩子)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bot.understanding.clauses import ends, is_linked
from bot.understanding.numeral_finding import numerals
from bot.understanding.quantities import counts
from knowledge.model import PeopleWords

_LONGEST_OWNER: Final = 6
OWNER: Final = re.compile(r"(?:[我俺咱额他她]们?|[我俺咱]屋|屋头|屋里|家里|家头)(?:家里?|屋头)?的?$")
_OTHER_WORD: Final = re.compile(r"医院|卡|证(?!明)|价|哈|粉|细|科|节|院|团|机|街|道|班|呀")
"""Behind a word for people these make another word of it (老人机, 儿童医院)."""
_OF_A_KIND: Final = re.compile(r"医保|标准")
"""Behind a word for people by itself these tell of all of a kind (学生医保), not of one (我老公医保)."""
POSSESSION: Final = re.compile(r"家里?的?|的")
_WITH_NUMBER: Final = re.compile(r"家里?的?有?(?:[一两二三四五六\d]个|[俩仨])?|的")
"""What stands between whose somebody is and whom it is about (我哥家两个娃)."""


@dataclass(frozen=True)
class Noun:
    """A word for people: its kind, and where it stands.

    Attributes:
        owned_from: where it starts with 我, 俺 and the like; possesses: whether it only tells whose next is.

    """

    kind: str
    word: str
    start: int
    end: int
    owned_from: int
    possesses: bool


class NounFinder:
    """Finds words for people, by the kinds of the lexicon."""

    def __init__(self, kinds: Mapping[str, PeopleWords]) -> None:
        self.kinds = kinds
        self._kind_of = {word: kind for kind, entry in kinds.items() for word in entry.words}
        longest_first = sorted(self._kind_of, key=len, reverse=True)
        self._words = re.compile("|".join(map(re.escape, longest_first)) or "(?!)")

    def find(self, text: str) -> Iterator[Noun]:
        """Find the words for people, those too that only tell whose somebody is (我姐家的孩子)."""
        matches = list(self._words.finditer(text))
        numbered = {numeral.end for numeral in numerals(text)} | {count.end for count in counts(text)}
        named = False
        described_from: int | None = None
        for match, following in zip(matches, [*matches[1:], None], strict=False):
            kind, start, end = self._kind_of[match[0]], match.start(), match.end()
            owner = OWNER.search(text[max(0, start - _LONGEST_OWNER) : start])
            owned_from = start - (len(owner[0]) if owner else 0)
            possesses = following is not None and _WITH_NUMBER.fullmatch(text[end : following.start()])
            within = match[0].endswith("的") and not ends(text[:owned_from][-1:] or " ", 0)
            if _OTHER_WORD.match(text, end) or within:
                continue
            if self._only_describes(match, following):
                described_from = start
                continue
            told_from, described_from = start if described_from is None else described_from, None
            alone = not (owner or told_from in numbered or is_linked(text, told_from, end))
            of_a_kind = alone and _OF_A_KIND.match(text, end)
            addressed = alone and self.kinds[kind].related and (not named or ends(text, end))
            if not of_a_kind and not addressed:
                named = True
                yield Noun(kind, match[0], start, end, owned_from, bool(possesses))

    def _only_describes(self, match: re.Match[str], following: re.Match[str] | None) -> bool:
        """Whether a word only tells who somebody is whom the word straight behind it names (大学生女儿)."""
        if following is None or match.end() != following.start():
            return False
        return self._kind_of[following[0]] in self.kinds[self._kind_of[match[0]]].describes

    def is_listed(self, text: str, noun: Noun) -> bool:
        """Whether a word for people stands straight behind another one (爸妈)."""
        before = self._words.finditer(text, max(0, noun.owned_from - _LONGEST_OWNER), noun.owned_from)
        return any(match.end() == noun.owned_from for match in before)
