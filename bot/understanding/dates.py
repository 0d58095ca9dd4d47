"""When: the days that a phrase may mean.

Every shape says how finely it speaks (a day, a week, a month, a year) and whether the writer named the year,
so that the caller can put 12月 into the year that the question is about.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from bot.understanding.durations import Duration, durations
from bot.understanding.numeral_finding import REMEMBERED
from bot.understanding.numeral_grammar import DIGITS
from bot.understanding.patterns import lazily

Granularity = Literal["day", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class Moment:
    """A point or a stretch of time that a phrase names.

    Attributes:
        first, last: the first and the last day that it may mean.
        granularity: how finely the phrase speaks; 12月底 speaks of a month, although it narrows it.
        start, end, text: where it stands, and its words.
        year_given: whether the words settle the year (2023年, 去年, 昨天); if not, the year is today's.

    """

    first: dt.date
    last: dt.date
    granularity: Granularity
    start: int
    end: int
    text: str
    year_given: bool


_Span = tuple[dt.date, dt.date, Granularity, bool]
_Reading = Callable[[re.Match[str], dt.date], _Span | None]

_MONTHS: Final = 12
_DAY: Final = dt.timedelta(days=1)

# Years back or ahead, and days.
_YEAR_WORDS: Final = {
    "前年": -2,
    "去年": -1,
    "上年": -1,
    "今年": 0,
    "本年": 0,
    "明年": 1,
    "来年": 1,
    "后年": 2,
}
_DAY_WORDS: Final = {
    "大前天": -3, "前天": -2, "前晚": -2, "昨天": -1, "昨日": -1, "昨晚": -1, "今天": 0, "今日": 0, "今早": 0,
    "今晚": 0, "明天": 1, "明日": 1, "明早": 1, "明晚": 1, "后天": 2, "大后天": 3,
}  # fmt: skip
_THIRDS: Final = {
    "初": (1, 10), "上旬": (1, 10), "中": (11, 20), "中旬": (11, 20),
    "下旬": (21, 31), "底": (21, 31), "末": (21, 31),
}  # fmt: skip

_N: Final = "[0-9]{1,2}|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九]"
_YEAR: Final = rf"(?P<year>(?<![0-9])(?:19|20)[0-9]{{2}}|[一二][{''.join(DIGITS)}]{{3}})"
_DASHED_YEAR: Final = "(?<![0-9.-])(?P<year>(?:19|20)[0-9]{2})"
_NEAR: Final = rf"(?P<near>(?<![以之今])(?:{'|'.join(_YEAR_WORDS)}))"
_SAID_YEAR: Final = rf"(?:{_YEAR} ?年?度?的? ?|(?P<short>(?<![0-9])[12][0-9])年 ?|{_NEAR}度?的? ?)"
_MONTH_NAME: Final = "(?<![一二三四五六七八九十])(?:十[一二]?|[一二三四五六七八九])|元(?=月)"
_MONTH: Final = f"(?P<month>(?<![0-9])[0-9]{{1,2}}|{_MONTH_NAME}) ?月"
_THIRD: Final = "份?的?(?P<third>上旬|中旬|下旬|初|底|末|中(?![医药心西成]))?"


def _number(words: str) -> int:
    """Read a small whole number that a pattern has already checked; 元 is the first month."""
    if words.isascii():
        return int(words)
    tens, ten, ones = words.rpartition("十")
    if ten:
        return 10 * (DIGITS[tens] if tens else 1) + (DIGITS[ones] if ones else 0)
    return 1 if words == "元" else int("".join(str(DIGITS[char]) for char in words))


def _year(match: re.Match[str], today: dt.date) -> tuple[int, bool]:
    """Give the year of a phrase and whether the phrase names it."""
    found = match.groupdict()
    if found.get("year"):
        return _number(found["year"]), True
    if found.get("short"):
        return 2000 + int(found["short"]), True
    if found.get("near"):
        return today.year + _YEAR_WORDS[found["near"]], True
    return today.year, False


def _month_days(year: int, month: int, third: str | None = None) -> tuple[dt.date, dt.date]:
    low, high = _THIRDS[third] if third else (1, 31)
    return dt.date(year, month, low), dt.date(year, month, min(high, calendar.monthrange(year, month)[1]))


def _shifted(today: dt.date, months: int) -> tuple[int, int]:
    """Give the year and the month that lie so many months from today."""
    year, month = divmod(today.year * _MONTHS + today.month - 1 + months, _MONTHS)
    return year, month + 1


def _on_day(match: re.Match[str], today: dt.date) -> _Span | None:
    year, given = _year(match, today)
    try:
        day = dt.date(year, _number(match["month"]), _number(match["day"]))
    except ValueError:
        return None
    return day, day, "day", given


def _in_month(match: re.Match[str], today: dt.date) -> _Span | None:
    year, given = _year(match, today)
    month = _number(match["month"])
    if not 1 <= month <= _MONTHS:
        return None
    return *_month_days(year, month, match.groupdict().get("third")), "month", given


def _in_year(match: re.Match[str], today: dt.date) -> _Span:
    year, given = _year(match, today)
    return dt.date(year, 1, 1), dt.date(year, 12, 31), "year", given


def _in_school_year(match: re.Match[str], _today: dt.date) -> _Span:
    year = _number(match["year"])
    return dt.date(year, 9, 1), dt.date(year + 1, 8, 31), "year", True


def _near_month(match: re.Match[str], today: dt.date) -> _Span:
    months = {"上": -1, "下": 1}.get(match["way"][0], 0) * len(match["way"])
    return *_month_days(*_shifted(today, months), match["third"]), "month", True


def _near_week(match: re.Match[str], today: dt.date) -> _Span:
    weeks = {"上": -1, "下": 1}.get(match["way"][0], 0) * len(match["way"])
    monday = today + _DAY * (7 * weeks - today.weekday())
    return monday, monday + _DAY * 6, "week", True


def _near_day(match: re.Match[str], today: dt.date) -> _Span:
    day = today + _DAY * _DAY_WORDS[match["word"]]
    return day, day, "day", True


def _month_part(match: re.Match[str], today: dt.date) -> _Span:
    return *_month_days(today.year, today.month, match["third"]), "month", True


def _year_part(match: re.Match[str], today: dt.date) -> _Span:
    year, given = _year(match, today)
    if match["part"] == "初":
        return dt.date(year, 1, 1), dt.date(year, 2, calendar.monthrange(year, 2)[1]), "month", given
    return dt.date(year, 12, 1), dt.date(year, 12, 31), "month", given


def _before_new_year(_match: re.Match[str], today: dt.date) -> _Span:
    return dt.date(today.year - 1, 12, 1), dt.date(today.year - 1, 12, 31), "month", False


def _new_year_day(match: re.Match[str], today: dt.date) -> _Span:
    year, given = _year(match, today)
    return dt.date(year, 1, 1), dt.date(year, 1, 1), "day", given


_SHAPES: Final[tuple[tuple[re.Pattern[str], _Reading], ...]] = tuple(
    (lazily(pattern), reading)
    for pattern, reading in (
        (rf"(?:{_SAID_YEAR})?{_MONTH}份? ?(?P<day>{_N})[日号]", _on_day),
        (rf"(?:{_SAID_YEAR})?{_MONTH}(?P<day>[0-9]{{1,2}})(?=$|[\s,.!?。、)前后才就交办])", _on_day),
        (rf"{_DASHED_YEAR}[-./](?P<month>[0-9]{{1,2}})[-./](?P<day>[0-9]{{1,2}})(?![0-9])", _on_day),
        (rf"{_YEAR} ?年[9九]月份?(?:开学|开始)?(?:的|那个|那|这个)*新?学年", _in_school_year),
        (rf"{_YEAR} ?(?:[-—~至到] ?(?:20)?[0-9]{{2}} ?)?学年", _in_school_year),
        (rf"(?:{_SAID_YEAR})?{_MONTH}{_THIRD}", _in_month),
        (r"(?<![0-9.-])(?P<year>20[0-9]{2})[-./](?P<month>0?[1-9]|1[0-2])(?![0-9.%元块万千-])", _in_month),
        (rf"(?:{_SAID_YEAR})元旦", _new_year_day),
        (r"元旦", _new_year_day),
        (rf"(?:{_SAID_YEAR})年?(?P<part>初|底|末)", _year_part),
        (r"(?<![今去前明0-9])年(?P<part>初|底|末)", _year_part),
        (rf"{_YEAR} ?年度?", _in_year),
        (r"(?<![0-9.-])(?P<year>20[123][0-9])(?= ?的?(?:居民|城乡|医保|新农合|参保|缴费|交费))", _in_year),
        (_NEAR, _in_year),
        (rf"(?P<way>上{{1,2}}|下{{1,2}}|这|本) ?个? ?月{_THIRD}", _near_month),
        (r"(?P<way>上{1,2}|下{1,2}|这|本) ?个? ?(?:周|星期|礼拜)", _near_week),
        (rf"(?P<word>{'|'.join(sorted(_DAY_WORDS, key=len, reverse=True))})", _near_day),
        (r"(?<![0-9一二三四五六七八九十个每上下这本])月(?P<third>初|底|末)", _month_part),
        (rf"(?<![0-9{''.join(DIGITS)}十百千万多几半])年前(?!后)", _before_new_year),
    )
)  # fmt: skip

_HINT: Final = re.compile(rf"[年月旦周星礼天日晚早]|(?:19|20)[0-9]{{2}}|[一二][{''.join(DIGITS)}]{{3}}")
"""Every phrase that names a time holds one of these; most messages hold none."""

_BEFORE: Final = lazily("(?:以|之)?前(?!年|天|期)")

_PASSED: Final = lazily("(?<![没未不])(?:过了|过完|晚于|超过)$")
"""What is past a day or a month begins on the day after it (过了2月才参保)."""
_PASSED_GRANULARITIES: Final = frozenset({"day", "month"})


@lru_cache(REMEMBERED)
def dates(text: str, today: dt.date) -> tuple[Moment, ...]:
    """Find the points in time that a cleaned text names, from left to right; none overlaps another.

    Dates that do not exist (2月30日) are read as far as they do (2月). Phrases beyond the years that a date
    can hold are left out.
    """
    if not _HINT.search(text):
        return ()
    found: list[Moment] = []
    for length in durations(text):
        before = _BEFORE.match(text, length.end)
        if before and (span := _ago(length, today)):
            found.append(_moment(text, length.start, before.end(), span))
    for pattern, reading in _SHAPES:
        for match in pattern.finditer(text):
            if any(one.start < match.end() and match.start() < one.end for one in found):
                continue
            try:
                span = reading(match, today)
            except (ValueError, OverflowError):
                continue
            if span:
                found.append(_moment(text, match.start(), match.end(), span))
    return tuple(sorted(found, key=lambda one: one.start))


def _moment(text: str, start: int, end: int, span: _Span) -> Moment:
    end -= text[start:end][-1] in "的 "
    first, last, granularity, year_given = span
    if granularity in _PASSED_GRANULARITIES and _PASSED.search(text[:start]):
        first = last = last + _DAY
    return Moment(first, last, granularity, start, end, text[start:end], year_given)


def _ago(length: Duration, today: dt.date) -> _Span | None:
    """Give the days that lie so long ago, as finely as the length speaks."""
    try:
        if not length.months:
            day = today - _DAY * length.days
            return day, day, "day", True
        if length.months % _MONTHS == 0:
            year = today.year - length.months // _MONTHS
            return dt.date(year, 1, 1), dt.date(year, 12, 31), "year", True
        return *_month_days(*_shifted(today, -length.months)), "month", True
    except (ValueError, OverflowError):
        return None
