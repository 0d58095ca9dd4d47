"""Where numbers stand in a text: the numerals of the grammar, the idioms beside it, and spans over 到."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Final

from bot.understanding.numeral_grammar import DIGITS, UNITS, Numeral, Reader
from bot.understanding.patterns import lazily

_STARTS: Final = re.compile(f"[0-9几半上过{''.join(char for char in DIGITS | UNITS if not char.isascii())}]")
_DIGIT_RUN: Final = lazily(r"[0-9][0-9.,]*[0-9]|[0-9]")
_TO: Final = lazily(" ?[到至~—–-] ?")
REMEMBERED: Final = 64
"""Amounts, ages, days and counts are read off the same few texts by several readers in turn: what
was found in so many texts is kept for the next one."""
_WIDEST: Final = 100
"""How many times its lower end a span over 到 may reach; 5到1万 is no span."""
_TENFOLD: Final = {"百": "十", "千": "百", "万": "千"}
# Idioms that open with a bare place: 万把, 上万, 百十, 百八十 and 万儿八千, and the south's 千五 for 1500 and
# 万二五 for 12500.
_IDIOM: Final = lazily(
    "(?P<rough>[百千万])把来?(?=[块元个]|$)"
    "|[上过](?P<above>[百千万])(?=[块元])"
    "|(?P<hundred>百)十[来多]?(?=[块元个]|$)"
    "|(?P<upper>[百千万])儿?(?P<count>[一二两三四五六七八九])(?P<lower>[十百千])"
    "|(?P<place>[百千万])(?P<next>[二三四五六七八九])(?P<further>[一二三四五六七八九])?"
    "(?=[块元报能够左 ,，。?？吧呢嘅]|$)"
    "|(?P<one>[百千万])一(?=[块元])"
)
_ROUGHLY: Final = "八"
"""百八十 and 千八百 are a bit less than the place; with another digit they are the south's 120 and 1300."""
_BARE_PLACES: Final = ("rough", "above", "hundred", "upper", "place", "one")


def _idiom(text: str, at: int) -> Numeral | None:
    """Read the idioms that open with a bare place: 万把, 上万, 百八十, 千五."""
    match = _IDIOM.match(text, at)
    if match is None:
        return None
    low, high, approximate = Decimal(0), Decimal(0), True
    unit = UNITS[next(match[name] for name in _BARE_PLACES if match[name])]
    if match["upper"]:
        if match["lower"] != _TENFOLD[match["upper"]]:
            return None
        low, high = Decimal(DIGITS[match["count"]] * UNITS[match["lower"]]), Decimal(unit)
        if match["count"] != _ROUGHLY:
            low = high = low + unit
            approximate = False
    elif match["above"]:
        low, high = Decimal(unit), Decimal(unit * 10)
    elif match["place"] or match["one"]:
        further = DIGITS.get(match["further"] or "", 0) * unit // 100
        low = high = Decimal(unit + DIGITS[match["next"] or "一"] * unit // 10 + further)
        approximate = False
    else:
        low = high = Decimal(unit)
    return Numeral(low, high, at, match.end(), approximate, unit)


def _range(first: Numeral, second: Numeral) -> Numeral | None:
    """Join two numerals around 到 or a dash; in 2到3万 the place counts for both."""
    if first.vague or second.vague:
        return None
    low = first.low
    if first.unit == 1 < second.unit <= second.low and first.high * second.unit < second.low:
        low *= second.unit
    if not (low < second.low and first.high < second.low <= low * _WIDEST):
        return None
    return replace(
        second, low=low, start=first.start, approximate=True, plain=first.plain and second.plain
    )  # fmt: skip


def read_numeral(text: str, at: int) -> Numeral | None:
    """Give the longest numeral that starts at a place of the text, or None if there is none."""
    return _idiom(text, at) or Reader(text, at).read()


@lru_cache(REMEMBERED)
def numerals(text: str) -> tuple[Numeral, ...]:
    """Give the numerals of a text from left to right; none overlaps another.

    A span over 到 or a dash is one numeral. Digits that are no quantity (02, 1.2.3, more than fifteen of
    them) are passed over as a whole.
    """
    return tuple(_scan(text))


def _scan(text: str) -> Iterator[Numeral]:
    at = 0
    while start := _STARTS.search(text, at):
        at = start.start()
        found = read_numeral(text, at)
        if found is None:
            run = _DIGIT_RUN.match(text, at)
            at = run.end() if run else at + 1
            continue
        if link := _TO.match(text, found.end):
            second = read_numeral(text, link.end())
            found = (second and _range(found, second)) or found
        yield found
        at = found.end
