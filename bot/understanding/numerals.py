"""Amounts of money in what people write: a value, a span, or a refusal with its reason.

A numeral is money when it says so (5000元, 三千五, 3w), when a word of spending stands before it (花了500,
自付一百八), or when it is a bare number of three digits and more that nothing else explains (一共5000).
Levels, ages, dates, counts, hotlines and percentages are not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from bot.understanding.numeral_finding import numerals
from bot.understanding.numeral_grammar import DIGITS, Numeral
from bot.understanding.patterns import lazily

Reason = Literal["negative", "unclear"]


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of money, in yuan.

    Attributes:
        low, high: the amount, or the ends of a span; they are equal for an amount.
        approximate: whether the writer left it open (大概一万, 8千多, 两三千); always so for a span.
        start, end, text: where it stands, and its words.
        unit: the unit of money as written (元, 块, 毛), or None.

    """

    low: Decimal
    high: Decimal
    approximate: bool
    start: int
    end: int
    text: str
    unit: str | None

    @property
    def exact(self) -> bool:
        """Whether it can be calculated with as it stands."""
        return not self.approximate


@dataclass(frozen=True, slots=True)
class Refusal:
    """Words that look like an amount and cannot be one: below zero, or readable in two ways (1万25)."""

    reason: Reason
    start: int
    end: int
    text: str


_DIGIT: Final = f"[0-9{''.join(DIGITS)}]"
# A digit behind 块 is tenths (一百二十块五), unless it opens the next word (三百块 二级).
_UNIT: Final = lazily(
    rf" ?(?:(?P<yuan>元(?![旦月宵])|圆|块)"
    rf"(?:零?(?P<jiao>{_DIGIT})[毛角](?:零?(?P<fen>{_DIGIT})分?)?|零?(?P<cents>{_DIGIT})分"
    rf"|(?P<rest>[0-9]{{2}}|{_DIGIT})(?=$|[\s,.!?;。、)钱左上多能可报的了吧吗呢啊合都要])"
    rf"|(?P<half>半)(?![个年月天小]))?"
    rf"|(?P<mao>[毛角])(?=钱)"
    rf"|(?P<rmb>(?i:rmb)|人民币))(?:钱|整)?"
)
_SIGN: Final = lazily(r"(?:¥|(?i:rmb)|人民币) ?$")

_ABOUT_BEFORE: Final = lazily(
    r"(?:大概|大约|大致|约莫|(?<![预合])约|差不多|将近|接近|(?<![最附])近|(?<![赶尽很])快|估计|可能|也就|得有|不到|不足|小)"
    r"(?:有|是|花了?|要)? ?$"
)
_ABOUT_AFTER: Final = lazily(r" ?(?:左右|上下|出头|的?样子)")

# What is paid, and what it is paid for; a few words that add nothing may stand between it and the number.
_FILLER: Final = (
    "掉|去|了|过|完|出|的|是|为|有|到|得|要|还|也|就|都|才|刚好|正好|整整|足足|大概|大约|差不多|将近|接近|约|近|快|估计|"
    "可能|不到|超过|占|另外|另|单独|单|里面|其中|我们?|他们?|她|咱|俺|家里|医院|一共|总共|总计|合计|共|等于|按|算|小|"
    ":| |,"
)
_SPENDING: Final = lazily(
    "(?:花|用|费|花费|花销|开销|付|自负|垫|掏|交|缴|收|扣|刷|补|报|报销|合规|目录内|范围内|政策内|起付线|起付标准|门槛|负担|"
    "共|总计|合计|总额|累计|押金|账单|发票|金额|自费(?:药品?|项目|的)?|目录外(?:的)?|剩下|剩余|结算|限额|封顶线?|住院|门诊|看病|手术|"
    "(?:每|第?[一二三四1-4])[次回趟]|各|[中西草]药|药费|药钱|饮片|中成药|制剂|检查费?|化验费?|诊查费)"
    f"(?:{_FILLER}){{0,6}}$"
)
_IS_SPENDING: Final = lazily(
    " ?(?:都)?(?:是|算)(?:诊查费|诊察费|检查费|药费|药钱|中药|饮片|自付|自费|合规|目录内)"
)
_SPENT: Final = lazily(
    f"(?:(?:花|用|付|垫|掏|交|缴|扣|刷|收)(?:掉|去|出|过|完)?了|(?:才|只|就|共|总)[花用掏]|自[付负费]|费用?)"
    f"(?:{_FILLER}){{0,4}}$"
)
_PAID: Final = lazily(f"(?:花|用|付|费|负|垫|掏|交|缴|扣|刷|收)(?:掉|去|出|过|完)?了(?:{_FILLER}){{0,4}}$")
_TO_PAY: Final = lazily("[交缴报扣补] ?$")
_NEGATIVE: Final = lazily("(?:(?<!自)负的?|(?<![0-9a-zA-Z万千百元块])[-−–]) ?$")
_REACH: Final = 16
"""How far back the word of spending may begin."""

# What makes a number count something else; words that merely begin alike are let through.
_COUNTED: Final = lazily(
    " ?(?:[位次趟岁号级档类型种样例户倍步页楼层床片粒盒支针斤克米度届期代室月日点条项折%‰]"
    "|个(?!人[自负承付缴交账掏支])|[人名](?!民|家|们|员)"
    "|口(?!服)|回(?!老家|家|去|来|报)|家(?![里人])|年(?![底初前后内终末])|周(?![一二三四五六日末])|天(?!天)|成(?!都)"
    "|小时|分钟|公里|星期|礼拜|学年|分之|[a-zA-Z]|[/.:-][0-9])"
)
_NAMED: Final = lazily(
    "(?:第|初|周|星期|礼拜|分之|血压|高压|低压|血糖|血脂|体温|心率|烧到|体重|身高|[a-zA-Z_@.〔#]|[0-9][-~:/]"
    "|(?:号码?|热线|电话|[拨打]|编号|代码|邮编|验证码|文号|〕)[:是个 ]{0,3})$"
)
_DIALLED: Final = lazily(" ?(?:电话|热线|急救|救护|号)")
_HOTLINES: Final = frozenset(
    {110, 114, 119, 120, 122, 12306, 12315, 12320, 12333, 12345, 12348, 12366, 12393}
)
_YEARS: Final = (Decimal(2001), Decimal(2050))
_BARE: Final = (Decimal(100), Decimal(10_000_000))
"""What a number may be that nothing explains; shorter ones are anything, longer ones telephones."""
_THOUSAND: Final = 1000
_HUNDRED: Final = 100
_TEN: Final = 10
_LISTED: Final = lazily(" ?[、和加跟+] ?")
_ENDS: Final = lazily(r" ?(?:$|[\s,.!?;。、)能可报吧呢了啊的])")

_ALONE_BEFORE: Final = lazily(
    r"(?:嗯|呃|额|哦|啊|那个?|不对|不是|错了|说错了|我说的|应该|改成|就|也|大概|大约|差不多|将近|快|估计|可能|一共|总共|共|"
    r"是|花了?|用了|有|按|人民币|(?i:rmb)|[¥,。、:! ])*"
)
_ALONE_AFTER: Final = lazily(r"(?:吧|呢|啊|呀|哦|嘛|的|钱|左右|上下|出头|样子|[,.。! ])*$")


def amounts(text: str) -> tuple[Amount | Refusal, ...]:
    """Find every amount of money in a cleaned text, from left to right.

    An amount below zero (-5000元, 负五千) and one that can be read in two ways (1万25) come as refusals;
    words that are no number (xyz元) are nothing.
    """
    found: list[Amount | Refusal] = []
    ahead: list[Amount | Refusal] = []
    for numeral in numerals(text):
        unit = _UNIT.match(text, numeral.end)
        end = (ahead or found)[-1].end if ahead or found else -1
        if numeral.start < end:
            continue
        listed = end >= 0 and _is_listed(text, end, numeral)
        if _is_money(text, numeral, unit) or (listed and not ahead):
            found += (*(ahead if listed else ()), _amount(text, numeral, unit))
            ahead = []
        elif _may_be_listed(text, numeral):
            ahead = [*(ahead if listed else ()), _amount(text, numeral, unit)]
        else:
            ahead = []
    return tuple(found)


def amount_alone(text: str) -> Amount | Refusal | None:
    """Read a cleaned message that is nothing but an amount: 10000, 三千五, 大概两万吧.

    Gives None when anything else stands in it. A bare digit is read too, so ask first whether it picks one
    of the options offered.
    """
    opening = _ALONE_BEFORE.match(text)
    begun = opening.end() if opening else 0
    numeral = next((numeral for numeral in numerals(text) if numeral.start >= begun), None)
    if numeral is None:
        return None
    if numeral.plain and numeral.low >= _BARE[1]:
        return None
    between = text[begun : numeral.start]
    unit = _UNIT.match(text, numeral.end)
    if between not in {"", "-", "负"} or not _ALONE_AFTER.match(text, unit.end() if unit else numeral.end):
        return None
    return _amount(text, numeral, unit)


def _is_money(text: str, numeral: Numeral, unit: re.Match[str] | None) -> bool:
    """Weigh what stands around a numeral, the surest signs first."""
    before = _before(text, numeral)
    counted = _COUNTED.match(text, numeral.end) or _NAMED.search(before) or _DIALLED.match(text, numeral.end)
    if unit is not None:
        # 一块 is mostly 一起.
        signed = unit[0] != "块" or text[numeral.start : numeral.end] != "一"
    else:
        signed = _SIGN.search(before) is not None or (numeral.unit >= _THOUSAND and not counted)
    if numeral.vague:
        # 几百块 asks as often as it tells.
        return (signed or not counted) and _PAID.search(before) is not None
    return signed or (unit is None and not counted and _looks_like_money(text, numeral, before))


def _is_listed(text: str, end: int, numeral: Numeral) -> bool:
    """Whether a number goes on with a list that another one, which ended there, began (60、90、110)."""
    return _LISTED.fullmatch(text, end, numeral.start) is not None and _may_be_listed(text, numeral)


def _may_be_listed(text: str, numeral: Numeral) -> bool:
    """Whether a number by itself may be an amount among others (五十六、一百三、九十八)."""
    return not numeral.vague and numeral.low >= _TEN and not _COUNTED.match(text, numeral.end)


def _looks_like_money(text: str, numeral: Numeral, before: str) -> bool:
    """Weigh a number below a thousand or in digits, without a unit, by the words before it."""
    spent = _SPENT.search(before) is not None
    spending = spent or bool(_SPENDING.search(before) or _IS_SPENDING.match(text, numeral.end))
    if numeral.unit >= _HUNDRED:
        return spending or _ENDS.match(text, numeral.end) is not None
    if not numeral.plain:
        # Small Chinese numerals (十五, 二) are often parts of words.
        return spent and numeral.unit >= _TEN
    if _YEARS[0] <= numeral.low < _YEARS[1]:
        return spending and not _TO_PAY.search(before)
    if numeral.low in _HOTLINES:
        return spent or (spending and numeral.low < _THOUSAND)  # 检查费120; 缴费12366 is where to ask
    return spent or _BARE[0] <= numeral.low < _BARE[1] or (spending and numeral.low >= _TEN)


def _before(text: str, numeral: Numeral) -> str:
    """Give what stands before a numeral, without its minus."""
    return _NEGATIVE.sub("", text[max(0, numeral.start - _REACH) : numeral.start])


def _amount(text: str, numeral: Numeral, unit: re.Match[str] | None) -> Amount | Refusal:
    start, end = numeral.start, unit.end() if unit else numeral.end
    before = text[max(0, start - _REACH) : start]
    if minus := _NEGATIVE.search(before):
        start -= len(before) - minus.start()
        return Refusal("negative", start, end, text[start:end])
    if numeral.unclear:
        return Refusal("unclear", start, end, text[start:end])
    if sign := _SIGN.search(before):
        start -= len(before) - sign.start()
    approximate = bool(numeral.approximate or _ABOUT_BEFORE.search(before) or _ABOUT_AFTER.match(text, end))
    low, high, name = numeral.low, numeral.high, None
    if unit is not None:
        name = unit["yuan"] or unit["mao"] or "元"
        if unit["mao"]:
            low, high = low / 10, high / 10
        if change := _change(unit):
            low, high = low + change, high + change
    return Amount(low, high, approximate, start, end, text[start:end], name)


def _change(unit: re.Match[str]) -> Decimal:
    """Give what stands behind 块: 五 is 0.5, 五毛 is 0.5, 80 is 0.80, 半 is 0.5."""
    if unit["half"]:
        return Decimal("0.5")
    rest = unit["rest"] or ""
    if len(rest) > 1:
        return Decimal(f"0.{rest}")
    return Decimal(10 * _digit(unit["jiao"] or rest) + _digit(unit["fen"] or unit["cents"])) / 100


def _digit(char: str | None) -> int:
    if not char:
        return 0
    return DIGITS[char] if char in DIGITS else int(char)
