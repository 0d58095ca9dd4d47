"""Numbers that count people: 两个娃, 三口人, 俩, another one (还有个老人)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.understanding.clauses import JOIN, PAUSE
from bot.understanding.numeral_finding import numerals
from bot.understanding.people_words import Noun
from bot.understanding.quantities import counts

HEADS: Final = frozenset({"口", "口人", "口子", "人", "位", "名", "个人"})
"""What only people are counted with."""
_PERSON: Final = re.compile(r"人(?![民家])")
_SUM: Final = re.compile(r"(?:[\d十百千万]|[元块]钱?)$")
"""一个人 straight behind a sum says for whom it is, not who there is (按700一个人算)."""
_MOST: Final = 100
_ONE_MORE: Final = re.compile(
    r"(?:还有|有|加上?|带[着上]?|另|剩下?|漏了?|添了?|多了?)(?P<one>个)(?!人|问题|事|啥|什么|哪|月)"
)
_LARGE_AND_SMALL: Final = re.compile(
    r"(?P<large>[一二两三四五六1-6俩])个?[大老]人?[,， ]?"
    r"(?P<small>[一二两三四五六1-6俩])个?小(?![学时孩娃儿])"
)
_DESCRIBED: Final = re.compile(r"|.{1,12}的|[^都在是交缴呢吧俺我咱]{1,8}")
"""What may stand between a number and the word for those that it counts (两个上小学的娃)."""


@dataclass(frozen=True)
class HeadCount:
    """A number of people, or of what may be people."""

    count: int
    classifier: str
    start: int
    end: int


def written_out(text: str) -> str:
    """Write 两大一小 out as two adults and a child."""
    return _LARGE_AND_SMALL.sub(_written_out, text)


def headcounts(text: str, nouns: Sequence[Noun]) -> Iterator[HeadCount]:
    """Find the numbers that may count people, from left to right."""
    found = []
    for count in counts(text):
        of_heads = count.classifier in HEADS or (count.classifier == "个" and _PERSON.match(text, count.end))
        inside = any(noun.start < count.end and count.start < noun.end for noun in nouns)
        each = count.number == 1 and of_heads and _SUM.search(text, 0, count.start) is not None
        if count.ordinal or count.number == 0 or inside or each:
            continue
        if of_heads or count.classifier == "个":
            end = count.end + (count.classifier == "个" and bool(of_heads))
            found.append(HeadCount(count.number, "人" if of_heads else "个", count.start, end))
    found += [HeadCount(1, "个", match.start("one"), match.end()) for match in _ONE_MORE.finditer(text)]
    starts = {noun.start for noun in nouns}
    for numeral in numerals(text):
        exact = numeral.low == numeral.high and not numeral.approximate and 1 <= numeral.low <= _MOST
        inside = any(noun.start < numeral.end and numeral.start < noun.end for noun in nouns)
        if exact and not inside and numeral.end in starts and not text[: numeral.start].endswith("第"):
            found.append(HeadCount(int(numeral.low), "个", numeral.start, numeral.end))
    found.sort(key=lambda number: number.start)
    at = 0
    for number in found:
        if number.start >= at:
            yield number
            at = number.end


def counts_next(text: str, number: HeadCount, noun: Noun, later: HeadCount | None) -> bool:
    """Whether a number counts the next word for people (两个娃, 三个都没满十八的孩子)."""
    between = text[number.end : noun.start]
    if later is not None and later.start < noun.start:
        return False
    if not between:
        return True
    owned = noun.owned_from < noun.start
    return not (owned or PAUSE.search(between) or JOIN.search(between)) and (
        _DESCRIBED.fullmatch(between) is not None
    )


def _written_out(match: re.Match[str]) -> str:
    """Spell 两大一小 out."""
    large, small = (match[name].replace("俩", "两") for name in ("large", "small"))
    return f"{large}个大人{small}个小孩"
