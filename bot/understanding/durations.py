"""How long: lengths of time as people say them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bot.understanding.numeral_finding import numerals
from bot.understanding.numeral_grammar import Numeral
from bot.understanding.patterns import lazily


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: whole months (a year has twelve) plus days.

    Attributes:
        months, days: the length; of an open one (两三个月, 十几天) the lower end.
        approximate: whether the writer left it open.
        start, end, text: where it stands, and its words.

    """

    months: int
    days: int
    approximate: bool
    start: int
    end: int
    text: str


_MONTHS: Final = 12
_NAMED_YEAR: Final = 1000
_FORTNIGHT: Final = 15
_WEEK: Final = 7
_UNIT: Final = lazily(
    " ?(?:个(?P<extra>多|半)?月(?![大龄])"
    "|(?P<year>年(?![级度底初末龄代]| ?[0-9一二三四五六七八九十]{1,3}月))(?P<half>半(?![个年月]))?"
    "|(?P<week>(?:个?(?:星期|礼拜)|周)(?![岁一二三四五六日末]))|(?P<day>天(?!天)|日(?=[内之以前后])))"
)
_FIXED: Final = (
    (re.compile("半年(?!级)"), 6, 0, False),
    (re.compile("半个月|(?<=[^个0-9一二两三四五六七八九十])半月"), 0, 15, False),
    (re.compile("个把月"), 1, 0, True),
    (re.compile("(?<![不未没])满月(?!份)"), 1, 0, False),
)


def durations(text: str) -> tuple[Duration, ...]:
    """Find the lengths of time in a cleaned text, from left to right: 3个月, 半年, 一年半, 十来天, 满月.

    Years by name (2023年), ages (3个月大), grades (三年级) and what is only asked (几天) are left out.
    """
    found = [length for numeral in numerals(text) if (length := _duration(text, numeral))]
    for pattern, months, days, approximate in _FIXED:
        found += [
            Duration(months, days, approximate, match.start(), match.end(), match[0])
            for match in pattern.finditer(text)
        ]
    return tuple(sorted(found, key=lambda length: length.start))


def _duration(text: str, numeral: Numeral) -> Duration | None:
    unit = _UNIT.match(text, numeral.end)
    named = numeral.vague or text[numeral.start - 1 : numeral.start] in {"第", "每"}
    if unit is None or named or numeral.low >= _NAMED_YEAR:
        return None
    months = days = 0
    if unit["day"]:
        days = int(numeral.low)
    elif unit["week"]:
        days = _WEEK * int(numeral.low)
    elif unit["year"]:
        months = int(numeral.low * _MONTHS) + (_MONTHS // 2 if unit["half"] else 0)
    else:
        months = int(numeral.low)
        days = _FORTNIGHT if unit["extra"] == "半" or numeral.low != months else 0
    approximate = numeral.approximate or unit["extra"] == "多"
    return Duration(months, days, approximate, numeral.start, unit.end(), text[numeral.start : unit.end()])
