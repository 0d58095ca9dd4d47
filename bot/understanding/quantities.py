"""Small numbers that are not money: how many, the how-manieth, how old, and what share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from bot.understanding.numeral_finding import REMEMBERED, numerals, read_numeral
from bot.understanding.numeral_grammar import Numeral
from bot.understanding.patterns import lazily

_MONTHS_OF_YEAR: Final = 12
_MOST: Final = 100
"""Larger numbers with a classifier are not people or times."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many (两个孩子), or the how-manieth (第二次: ordinal).

    Attributes:
        number: the count or the position.
        classifier: what is counted with: 个, 口人, 口, 口子, 人, 名, 家, 种 and so on; 次 for 回 and 趟 too.
        ordinal: whether it is a position.
        start, end, text: where it stands, and its words.

    """

    number: int
    classifier: str
    ordinal: bool
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Age:
    """An age in years, or in months alone where no year is named; both for 一岁三个月.

    Attributes:
        years: years, 1.5 for 一岁半; None for 两个月大.
        months: months, on top of the years if there are any; None where none are named.
        approximate: the writer left it open (六十多岁, 十几岁); it is then the lower end.
        start, end, text: where it stands, and its words.

    """

    years: Decimal | None
    months: int | None
    approximate: bool
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Percentage:
    """A share as 0..1 (八成 is 0.8), or a span of shares (五六成); low and high are equal for one."""

    low: Decimal
    high: Decimal
    start: int
    end: int
    text: str


_CLASSIFIER: Final = lazily(
    " ?(?:(?P<times>次(?!性)|回(?!老家|家|去|来)|趟|遍)|(?P<name>口人|口子|口(?![服腔味])|[人名位](?!民)"
    "|个(?!多?半?月|小时|星期|礼拜|钟头|季度|学期|学年|工作日|百分点|点)|家|种|样|份|条|项))"
)
_ORDINAL: Final = lazily("(第|(?<![屋里外前后上])头)$")
_FIXED_COUNTS: Final = (
    (re.compile("头[次回]|首[次回]"), 1, "次"),
    (re.compile("俩"), 2, "个"),
    (re.compile("仨"), 3, "个"),
)
_SECOND: Final = "二"
"""二次住院 is the second stay; two are 两次."""
_OR_MORE: Final = ("及", "以上", "以后", "之后")
_EVERY: Final = lazily("(?:[每个]月|[每一]周|星期|每[天日]|(?<!同)一天)[去看跑]?$")
_IN_A_WORD: Final = lazily("(?:[a-zA-Z.]|[每统唯同某万之哪]|[0-9][-/:~])$")

_YEARS: Final = lazily(" ?(?:周岁|岁(?!数))(?P<half>半(?!个月))?(?P<more>多(?![少久大]))?")
_MONTHS: Final = lazily(" ?个(?P<more>多|半)?月")
_OLD: Final = lazily("大|龄|的?(?:宝|婴|娃|小孩|孩子|bb)", re.IGNORECASE)
_BY_NOW: Final = lazily(" ?(?:个(?P<more>多|半)?月|(?P<days>多?天))(?=了)")
_A_CHILD_IS: Final = lazily(
    "(?:孩子?|娃[儿娃]?|宝[宝贝]?|婴儿|崽|毛毛|bb)(?:今年|现在|都|已经|也|才|刚|快|有|满|到)*$", re.IGNORECASE
)
_DAYS_OF_MONTH: Final = 30
_AND: Final = lazily("零|又| ")
_FIXED_AGES: Final = ((re.compile("(?<![不未没])满月(?!份)"), 1), (re.compile("半岁"), 6))

_TENTHS: Final = lazily(" ?成(?![都年人功本为立员长绩])(?P<half>半)?")
_PERCENT: Final = lazily(" ?(?:%|个百分点|个点(?!位))")
_PER_HUNDRED: Final = lazily("百分之 ?$")
_ALL: Final = re.compile("百分之?百")
_HALF: Final = Decimal("0.5")


@lru_cache(REMEMBERED)
def counts(text: str) -> tuple[Count, ...]:
    """Find what is counted in a cleaned text, from left to right: 四口人, 两个孩子, 三次, 第二次, 头一回, 俩.

    Open numbers (两三个, 几个), months and other lengths of time, and numbers above a hundred are left out.
    """
    found = [count for numeral in numerals(text) if (count := _count(text, numeral))]
    for pattern, number, name in _FIXED_COUNTS:
        found += [
            Count(number, name, name == "次", match.start(), match.end(), match[0])
            for match in pattern.finditer(text)
        ]
    return tuple(sorted(found, key=lambda count: count.start))


def visits_counted(text: str) -> int | None:
    """Tell how many visits a cleaned text says there were (住了两次院, 一年去了10次); None where it does not.

    So many a month or a day (每月两次) tell nothing of how many there were.
    """
    found = {
        count.number
        for count in counts(text)
        if count.classifier == "次"
        and not count.ordinal
        and count.number > 1
        and not count.text.startswith(_SECOND)
        and not text.startswith(_OR_MORE, count.end)
        and not _EVERY.search(text[: count.start])
    }
    return found.pop() if len(found) == 1 else None


def _count(text: str, numeral: Numeral) -> Count | None:
    unit = _CLASSIFIER.match(text, numeral.end)
    number = int(numeral.low)
    if unit is None or numeral.approximate or number != numeral.low or number > _MOST:
        return None
    before = text[max(0, numeral.start - 2) : numeral.start]
    if _IN_A_WORD.search(before):
        return None
    ordinal = _ORDINAL.search(before) is not None
    start = numeral.start - ordinal
    name = "次" if unit["times"] else unit["name"]
    return Count(number, name, ordinal, start, unit.end(), text[start : unit.end()])


@lru_cache(REMEMBERED)
def ages(text: str) -> tuple[Age, ...]:
    """Find the ages in a cleaned text, from left to right: 7岁, 14周岁, 一岁半, 一岁三个月, 两个月大, 刚满月.

    Months and days count as an age only where the words say so (大, 宝宝, 娃儿六十天了); 三个月 alone is a
    length of time.
    """
    found: list[Age] = []
    for numeral in numerals(text):
        if found and numeral.start < found[-1].end:
            continue
        if age := _in_years(text, numeral) or _in_months(text, numeral) or _by_now(text, numeral):
            found.append(age)
    for pattern, months in _FIXED_AGES:
        found += [
            Age(None, months, approximate=False, start=match.start(), end=match.end(), text=match[0])
            for match in pattern.finditer(text)
        ]
    return tuple(sorted(found, key=lambda age: age.start))


def _in_years(text: str, numeral: Numeral) -> Age | None:
    unit = _YEARS.match(text, numeral.end)
    if unit is None:
        return None
    years, end, months = numeral.low + (_HALF if unit["half"] else 0), unit.end(), None
    joint = _AND.match(text, end)
    rest = read_numeral(text, joint.end() if joint else end)
    tail = _MONTHS.match(text, rest.end) if rest and rest.low < _MONTHS_OF_YEAR else None
    if rest and tail:
        months, end = int(rest.low), tail.end()
    approximate = numeral.approximate or unit["more"] is not None
    return Age(years, months, approximate, numeral.start, end, text[numeral.start : end])


def _in_months(text: str, numeral: Numeral) -> Age | None:
    unit = _MONTHS.match(text, numeral.end)
    if unit is None or not _OLD.match(text, unit.end()):
        return None
    end = unit.end() + (text[unit.end()] in "大龄")
    approximate = numeral.approximate or unit["more"] is not None
    return Age(None, int(numeral.low), approximate, numeral.start, end, text[numeral.start : end])


def _by_now(text: str, numeral: Numeral) -> Age | None:
    """Read how old a child has become (娃儿六十天了, 宝宝三个多月了), in whole months."""
    unit = _BY_NOW.match(text, numeral.end)
    if unit is None or not _A_CHILD_IS.search(text[: numeral.start]):
        return None
    months = int(numeral.low) // (_DAYS_OF_MONTH if unit["days"] else 1)
    approximate = numeral.approximate or unit["more"] is not None
    return Age(None, months, approximate, numeral.start, unit.end(), text[numeral.start : unit.end()])


def percentages(text: str) -> tuple[Percentage, ...]:
    """Find the shares in a cleaned text, from left to right: 85%, 百分之八十五, 八成, 七成半, 五六成.

    What asks for a share (几成, 百分之多少) and shares above the whole are left out.
    """
    found = [share for numeral in numerals(text) if not numeral.vague and (share := _share(text, numeral))]
    found += [
        Percentage(Decimal(1), Decimal(1), match.start(), match.end(), match[0])
        for match in _ALL.finditer(text)
    ]
    return tuple(sorted(found, key=lambda share: share.start))


def _share(text: str, numeral: Numeral) -> Percentage | None:
    start, end, low, high = numeral.start, numeral.end, numeral.low, numeral.high
    if opening := _PER_HUNDRED.search(text[max(0, start - 4) : start]):
        start -= len(opening[0])
        low, high = low / 100, high / 100
    elif unit := _PERCENT.match(text, end):
        end = unit.end()
        low, high = low / 100, high / 100
    elif unit := _TENTHS.match(text, end):
        end = unit.end()
        half = _HALF if unit["half"] else 0
        low, high = (low + half) / 10, (high + half) / 10
    else:
        return None
    return Percentage(low, high, start, end, text[start:end]) if high <= 1 else None
