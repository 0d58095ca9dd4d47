"""How people write a number: a small grammar over Decimal, without a word on what the number counts.

It reads Arabic digits (12,000), Chinese ones (三千五百), both together (3万5千, 3w5), the trailing digit
that stands for the next lower place (三千五 is 3500), halves (半万, 一万半), neighbouring digits as a span
(两三千), and the words that leave a number open (8千多, 十几万). Formal digits (叁万) are read like everyday
ones. Where numbers stand in a text, and the idioms around them, is the matter of numeral_finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.understanding.patterns import lazily

_DIGIT_CHARS: Final = (
    "零〇", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖",
)  # fmt: skip
DIGITS: Final = {char: value for value, chars in enumerate(_DIGIT_CHARS) for char in chars}
_TENS: Final = frozenset("十拾")
_PLACES: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "k": 1000, "K": 1000}
_GROUPS: Final = {"万": 10_000, "w": 10_000, "W": 10_000, "亿": 100_000_000}
UNITS: Final = _PLACES | _GROUPS
_FIRST_PLACE: Final = 10_000
_FIRST_GROUP: Final = 10**12
_LONGEST: Final = 15
"""Arabic digits in one number; longer ones are no quantity (identity cards, bank cards)."""

_ARABIC: Final = lazily(r"(?!0[0-9])(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?(?!\.?[0-9])")
_PLAIN: Final = lazily("[0-9,.]+[多余几来]?")
_GAP: Final = lazily(" (?=[万亿千百])")
_POINT: Final = lazily(f"点([{''.join(DIGITS)}]+)(?=[万亿千百元块]|$)")

_MORE: Final = lazily(r"多(?![少久长大远])|余(?=[万亿元块人名种天岁])|几(?=[万亿元块岁天个口种人年]|$)")
_ABOUT: Final = lazily(r"来(?=[万亿元块个岁天年种人])")

# A digit behind a place is the next lower place (三千五), unless it opens the next word (三千 三甲, 两万
# 二级, 三千 一共). 一 opens so many words that what may follow it is listed instead.
_OPENS_WORD: Final = lazily(
    "[级档甲乙丙等类型次回个岁周年月号日天成点口人位名家院代宝胎孩娃种样条项分倍度属保险高病折套遍楼环%]"
    "|(?<=四)[川平会]|(?<=三)[亚明沙峡]|(?<=五)[台指莲]|(?<=六)[安盘]|(?<=九)江|(?<=七)台|(?<=二)[老连]"
)
_ENDS_AFTER_ONE: Final = lazily(r"$|[\s,.!?;:。、)元块万亿多左能可报吧吗呢了的啊哦合都要算]")
# Two neighbouring digits are a span (两三个) when one of these, or a place, follows.
_AFTER_SPAN: Final = frozenset("个天年月岁周次口名位块元成种家样")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as it stands in a text.

    Attributes:
        low, high: the value, or the ends of a span; they are equal for a value.
        approximate: the wording leaves the number open (来, 多, 几, 把, a span).
        unit: the highest place that is named (百 is 100, 万 is 10000), or 1.
        plain: it is written in Arabic digits alone.
        vague: it opens with 几, so that it may be asking (几百) as well as telling.
        unclear: it can be read in two ways (1万25).
        start, end: where it stands.

    """

    low: Decimal
    high: Decimal
    start: int
    end: int
    approximate: bool = False
    unit: int = 1
    plain: bool = False
    vague: bool = False
    unclear: bool = False


class Reader:
    """Reads one numeral forwards from a place in a text.

    The number so far is the finished groups (what stands before 万 or 亿) and the open section; each is a
    pair of ends. `last` is the place read last, `below` what the next place must be smaller than, `grain` how
    far 多 would reach. The methods that read a part say whether there was one.
    """

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.start = self.at = start
        self.groups = (Decimal(0), Decimal(0))
        self.section = (Decimal(0), Decimal(0))
        self.last = 0
        self.top = 1
        self.below = _FIRST_PLACE
        self.group = _FIRST_GROUP
        self.grain = Decimal(1)
        self.approximate = False
        self.unclear = False
        self.closed = False

    def read(self) -> Numeral | None:
        """Give the longest numeral that starts here, or None."""
        at = self.start
        while not self.closed and self._part():
            at = self.at
        if at == self.start:
            return None
        low, high = (_short(done + rest) for done, rest in zip(self.groups, self.section, strict=True))
        vague = self.text[self.start] == "几" and self.text[self.start - 1 : self.start] != "好"
        return Numeral(
            low=low,
            high=high,
            start=self.start,
            end=at,
            approximate=self.approximate or low != high,
            unit=self.top,
            plain=_PLAIN.fullmatch(self.text, self.start, at) is not None,
            vague=vague,
            unclear=self.unclear,
        )

    def _char(self, ahead: int = 0) -> str:
        return self.text[self.at + ahead : self.at + ahead + 1]

    def _is_unit(self, at: int) -> bool:
        """Say whether a place stands there; k and w count only when they do not open a Latin word."""
        char, after = self.text[at : at + 1], self.text[at + 1 : at + 2]
        return char in UNITS and not (char.isascii() and after.isascii() and after.isalpha())

    def _part(self) -> bool:
        zero = self.last > 1 and self._char() in {"零", "〇"}
        self.at += zero
        char = self._char()
        if "0" <= char <= "9":
            return self._arabic()
        if char in DIGITS:
            return self._chinese(zero=zero)
        if char == "半":
            return self._half()
        if char == "几":
            self.at += 1
            return self._is_unit(self.at) and self._placed(Decimal(2), Decimal(10))
        return char in _TENS and (zero or self.last in {0, 100}) and self._placed(Decimal(1), Decimal(1))

    def _add(
        self, low: Decimal, high: Decimal, place: int, length: int, grain: Decimal | None = None
    ) -> bool:
        """Add to the open section, pass the characters read, and read what may follow."""
        self.section = (self.section[0] + low, self.section[1] + high)
        self.last = self.below = place
        self.top = max(self.top, place)
        self.grain = Decimal(place) if grain is None else grain
        self.at += length
        self._tail()
        return True

    def _close(self, group: int) -> None:
        """Multiply the open section by 万 or 亿, pass the character, and read what may follow."""
        self.groups = (self.groups[0] + self.section[0] * group, self.groups[1] + self.section[1] * group)
        self.section = (Decimal(0), Decimal(0))
        self.last = self.group = group
        self.below = _FIRST_PLACE
        self.top = max(self.top, group)
        self.grain = min(self.grain, Decimal(1)) * group
        self.at += 1
        self._tail()

    def _placed(self, low: Decimal, high: Decimal) -> bool:
        """Take digits already read together with the place that stands here."""
        unit = UNITS[self._char()]
        grain = min(_grain(low), Decimal(1))
        if unit >= _FIRST_PLACE:
            if unit >= self.group:
                return False
            self.section = (self.section[0] + low, self.section[1] + high)
            self.grain = grain
            self._close(unit)
            return True
        return unit < self.below and self._add(low * unit, high * unit, unit, 1, grain * unit)

    def _arabic(self) -> bool:
        match = _ARABIC.match(self.text, self.at)
        if match is None or len(match[0]) > _LONGEST:
            return False
        value = Decimal(match[0].replace(",", ""))
        gap = _GAP.match(self.text, match.end())
        after = gap.end() if gap else match.end()
        if self._is_unit(after):
            self.at = after
            return self._placed(value, value)
        if not self.last:
            return self._add(value, value, 1, len(match[0]), _grain(value))
        return self._arabic_end(value, len(match[0]))

    def _arabic_end(self, value: Decimal, length: int) -> bool:
        """Read Arabic digits behind a place: 3w5, 3万5000; 1万25 might be either."""
        room = len(str(self.last)) - 1
        if length > room or room == 1 or _OPENS_WORD.match(self.text, self.at + length):
            return False
        if length == 1:
            value *= self.last // 10
        self.unclear = length not in {1, room, room - 1} or value % 1 != 0
        self.closed = True
        return self._add(value, value, 1, length)

    def _chinese(self, *, zero: bool) -> bool:
        low = DIGITS[self._char()]
        high = DIGITS.get(self._char(1), 0)
        if low and (high == low + 1 or (low, high) == (3, 5)):
            if self._is_unit(self.at + 2):
                self.at += 2
                return self._placed(Decimal(low), Decimal(high))
            scale = 1 if zero else max(self.last // 10, 1)
            if (
                self._char(2) in _AFTER_SPAN
                if not self.last
                else (self.last > 1 and (scale == 1 or not _OPENS_WORD.match(self.text, self.at + 2)))
            ):
                self.closed = True
                return self._add(Decimal(low * scale), Decimal(high * scale), 1, 2)
        if self._is_unit(self.at + 1):
            self.at += 1
            return self._placed(Decimal(low), Decimal(low))
        return self._last_digit(low, zero=zero) if self.last else self._first_digits(low)

    def _last_digit(self, value: int, *, zero: bool) -> bool:
        """Read the ones (三十五, 两千零五), or the digit that stands for the next lower place (三千五).

        One more digit stands for the place below that (一万二五 is 12,500).
        """
        scale = 1 if zero else self.last // 10
        if not scale or (scale > 1 and not self._ends_with(value, self.at)):
            return False
        self.closed = scale > 1
        further = DIGITS.get(self._char(1), 0)
        if scale > 1 and further and self._ends_with(further, self.at + 1):
            told = Decimal(value * scale + further * scale // 10)
            return self._add(told, told, 1, 2, Decimal(scale // 10))
        return self._add(Decimal(value * scale), Decimal(value * scale), 1, 1, Decimal(scale))

    def _ends_with(self, value: int, at: int) -> bool:
        """Say whether the digit that stands there is the number's and does not open the next word."""
        if _OPENS_WORD.match(self.text, at + 1):
            return False
        return value != 1 or _ENDS_AFTER_ONE.match(self.text, at + 1) is not None

    def _first_digits(self, value: int) -> bool:
        """Read a digit without a place: it stands alone, or three and more are dictated (一二〇)."""
        end = self.at
        while self.text[end : end + 1] in DIGITS and end < self.at + _LONGEST:
            end += 1
        digits = self.text[self.at : end]
        if len(digits) > 2 and not self._is_unit(end):  # noqa: PLR2004 two are a span or two words
            value = int("".join(str(DIGITS[char]) for char in digits))
        else:
            digits = digits[:1]
        return self._add(Decimal(value), Decimal(value), 1, len(digits), _grain(Decimal(value)))

    def _half(self) -> bool:
        """Read 半: half of what comes (半万), or half of the place just named (一万半)."""
        if not self.last:
            self.at += 1
            return self._char() in {"万", "亿"} and self._placed(Decimal("0.5"), Decimal("0.5"))
        if self.last <= 10 or self._char(1) in frozenset("个年月天小岁辈路成"):  # noqa: PLR2004 三十半
            return False
        self.closed = True
        half = Decimal(self.last) / 2
        return self._add(half, half, 1, 1, Decimal(self.last // 10))

    def _tail(self) -> None:
        """Read what may stand behind a digit or a place: a decimal part, 多, 几, 来, and then 万 or 亿."""
        if point := _POINT.match(self.text, self.at):
            part = Decimal("0." + "".join(str(DIGITS[char]) for char in point[1]))
            self.section = (self.section[0] + part, self.section[1] + part)
            self.grain = _grain(part)
            self.at = point.end()
        elif _MORE.match(self.text, self.at):
            self.section = (self.section[0], self.section[1] + self.grain)
            self.approximate = self.closed = True
            self.at += 1
        elif _ABOUT.match(self.text, self.at):
            self.approximate = self.closed = True
            self.at += 1
        if (
            any(self.section)
            and self._is_unit(self.at)
            and UNITS[self._char()] in range(_FIRST_PLACE, self.group)
        ):
            self._close(UNITS[self._char()])


def _short(value: Decimal) -> Decimal:
    """Give the same number without trailing zeros behind the point."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _grain(value: Decimal) -> Decimal:
    """Give the place of the last digit that is not zero: 1000 for 3000, 0.1 for 1.2."""
    exponent = value.normalize().as_tuple().exponent
    return Decimal(1).scaleb(exponent) if value and isinstance(exponent, int) else Decimal(1)
