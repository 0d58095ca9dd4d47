"""Who somebody may be by the age that a message tells: 没满十八, 六十多的老人, 十七八岁, 虚岁十九.

An age is a span of completed years. Documents part people at eighteen; who is a student beyond that says so,
except while still young enough that either may be meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.understanding.numeral_finding import numerals
from bot.understanding.numeral_grammar import Numeral
from bot.understanding.patterns import lazily
from bot.understanding.quantities import ages
from knowledge.model import Dimension

ADULT_AGE: Final = 18
"""Under this age a person is a minor (all documents say 未满18周岁 or 18岁以下未成年人)."""

_NO_STUDENT: Final = 30
"""From this age on nobody is taken for a student who does not say so."""
_STUDENT_FROM: Final = 15
_PUPIL_UP_TO: Final = 23
"""Ages at which who is said to be at university, or at school, is believed."""
_OPEN_FROM: Final = 16
"""A span of ages from here on over eighteen (十七八岁) leaves a child as open as anybody else."""
_OLDEST: Final = 120
_YOUNGEST_TOLD: Final = 12
"""Without 岁, smaller numbers beside a person are no age."""
_OLD: Final = 45
"""七十几的老人: from this number on people are meant, not money."""
_LAST: Final = Decimal(200)
_TEN: Final = 10

_UNIT: Final = lazily(r" ?(?P<rough>好几|出头|来|几|多)? ?(?P<unit>周岁|岁(?!数))(?P<more>半|多|出头)?")
_ROUGHLY: Final = lazily(r"好几|出头|来|几|多")
_UNDER: Final = lazily(
    r"(?:(?:还|都|也|才)?(?:[没未不](?:有)?)(?:满|足|到|够|过)|不足|[小低]于"
    r"|还?差(?:[^,，。;； ]{1,5})?(?:就|才)?(?:满|到|够|过)?|[快近]要?(?:满|到)?|马上就?要?(?:满|到)?"
    r"|就要(?:满|到)?)"
    r"(?:了)? ?$"
)
_NEARLY: Final = lazily(r"(?:差[^,，。;； ]{0,9}|[快近](?:要)?[满到]?|马上就?要?[满到]?|就要[满到]?) ?$")
_OVER: Final = lazily(r"(?:[满过]|超过|超|大于|高于|[已刚]经?[满到过])了? ?$")
_BELOW: Final = lazily(r" ?(?:以|之)?(?:下|内)(?!个|次|月|周)")
_ABOVE: Final = lazily(r" ?(?:(?:以|之|往)上|开外|朝上)")
_NOMINAL: Final = lazily(r"(?:虚岁|毛岁|虚)(?:是|有|才|刚|都|已经)? ?$")
_NOMINAL_BEHIND: Final = lazily(r" ?虚岁?")
_NO_MORE: Final = lazily(r"[不没]有?(?:再|在)?(?:继续)?(?:读书|上学|念书|读了|念了)|辍学|毕业了")
"""Who is at school no more is no student, though the words for it are there."""
_OTHER_UNIT: Final = lazily(
    r" ?(?:多|来|几)? ?(?:[元块万千百十毛%天月年号日度次级档个口名位分点几份家种倍]|人)"
)
_SOMEBODY: Final = lazily(
    r"(?:老[大二三幺]|[大小二三]宝|[我俺咱他她爸妈爹娘公婆爷奶人伴哥姐弟妹子女娃孩儿头汉嫂叔姨舅姑媳姥])"
    r"(?:们|家|俩)?(?:今年|现在|年纪|岁数|也|都|快|已经|已|才|刚|刚刚|还|是|有|满|到)*了? ?$"
)
_TOLD_BEHIND: Final = lazily(r" ?(?:了|啦|$|[,，。;；!！?？ ]|的(?=[老大人爸妈爹娘公婆爷奶娃孩])|吧|呢|没)")
_OF_PEOPLE: Final = lazily(r" ?的?(?:老|人(?!民)|大爷|大妈|爸|妈|爹|娘|爷|奶|娃|孩|儿子|女儿|闺女)")


@dataclass(frozen=True)
class _Span:
    """Completed years from `low` up to, and without, `high`; whether it was told as over an age (满十八)."""

    low: Decimal
    high: Decimal
    over: bool = False


def person_of_age(said: frozenset[str] | None, text: str, person: Dimension) -> frozenset[str] | None:
    """Tell who is meant, by the first age in a cleaned text and by what its words say.

    Args:
        said: the values of the dimension `person` that the words leave possible, None where they say nothing.
        text: the message, or the part of it about this person; person: the dimension.

    """
    span = _first_span(text)
    if span is None:
        baby = next((age for age in ages(text) if age.years is None), None)
        allowed = person.spread(["newborn", "child"]) if baby is not None else None
        return said if allowed is None else (allowed if said is None else said & allowed or allowed)
    allowed = person.spread(_allowed(span))
    if span.low == 0 and span.high > ADULT_AGE:
        return said  # 不到六十 may be anybody
    if said is None:
        return allowed
    if _is_believed(said, span) and not _NO_MORE.search(text):
        return said & allowed or said
    if _OPEN_FROM <= span.low < ADULT_AGE < span.high and not span.over:
        return allowed
    return said & allowed or allowed


def _is_believed(said: frozenset[str], span: _Span) -> bool:
    """Whether who is said to be a student may be one at this age, school or university as told."""
    if said == {"college"}:
        return span.high > _STUDENT_FROM
    return said <= {"pupil", "college"} and (said != {"pupil"} or span.low < _PUPIL_UP_TO)


def _allowed(span: _Span) -> list[str]:
    found = []
    if span.low < ADULT_AGE:
        found += ["child", "pupil"]
    if span.high > ADULT_AGE:
        found += ["adult"] if span.low >= _NO_STUDENT or span.over else ["adult", "college"]
    return found


def _first_span(text: str) -> _Span | None:
    """Find the first age that a text tells, with or without 岁."""
    for numeral in numerals(text):
        if 1 <= numeral.low <= _OLDEST and numeral.unit <= _TEN:
            span = _span(text, numeral)
            if span is not None:
                return span
    return None


def _span(text: str, numeral: Numeral) -> _Span | None:
    before = text[max(0, numeral.start - 12) : numeral.start]
    unit = _UNIT.match(text, numeral.end)
    end = unit.end() if unit else numeral.end
    if rough := None if unit else _ROUGHLY.match(text, end):
        end = rough.end()
    if unit is None and not _is_age(text, before, numeral, end):
        return None
    low, high = numeral.low, numeral.high
    if (numeral.approximate and low == high) or rough or (unit and (unit["rough"] or unit["more"] == "多")):
        high = max(high, low + (_TEN if low % _TEN == 0 else 1))
    elif not numeral.approximate or high - low < _TEN:
        high += 1
    if _NOMINAL.search(before) or _NOMINAL_BEHIND.match(text, end):
        low, high = low - 2, high - 1
    if _UNDER.search(before):
        return _Span(low - 1 if _NEARLY.search(before) else Decimal(0), low)
    if _BELOW.match(text, end):
        return _Span(Decimal(0), low)
    if _ABOVE.match(text, end) or _OVER.search(before):
        return _Span(low, _LAST, over=True)
    return _Span(low, high)


def _is_age(text: str, before: str, numeral: Numeral, end: int) -> bool:
    """Whether a number without 岁 is an age: compared with eighteen, or beside somebody."""
    if numeral.low < _YOUNGEST_TOLD or (_OTHER_UNIT.match(text, numeral.end) and end == numeral.end):
        return False
    compared = _UNDER.search(before) or _OVER.search(before)
    sided = _BELOW.match(text, end) or _ABOVE.match(text, end)
    nominal = _NOMINAL.search(before) or _NOMINAL_BEHIND.match(text, end)
    if nominal or ((compared or sided) and numeral.low == ADULT_AGE):
        return True
    somebody = _SOMEBODY.search(before[: compared.start()] if compared else before) is not None
    if sided:
        return somebody or _OF_PEOPLE.match(text, sided.end()) is not None
    of_people = (end > numeral.end or numeral.approximate) and _OF_PEOPLE.match(text, end) is not None
    if of_people and numeral.low >= _OLD:
        return True
    return somebody and (of_people or _TOLD_BEHIND.match(text, end) is not None)
