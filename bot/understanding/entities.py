"""What a message says about the case: circumstances, amounts, ages, dates, people."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.understanding.cues import CueReader
from bot.understanding.dates import Moment, dates
from bot.understanding.lexicon import Token
from bot.understanding.lifetimes import person_of_age
from bot.understanding.money import Money, MoneyReader, parts_of_the_cost, tells_in_turn, tells_of_one
from bot.understanding.quantities import Count, ages, counts
from calculators.known import PAY_DATE
from knowledge.model import Cues, Dimension
from knowledge.names import Circumstance, Notion

_VAGUE = 3
"""A mention that leaves so many values open gives way to a definite one."""
_LISTED = frozenset({Circumstance.LEVEL})
"""Dimensions whose values people list one after the other (一级二级三级各报多少): mentions add up."""

_EITHER = re.compile(r"分别|各(?![种地类])|还是|或者|或")

CUMULATIVE = frozenset({Circumstance.IDENTITY})
"""Dimensions of which several values hold at once: mentions add up instead of narrowing each other."""
_DENIES = frozenset(
    {"不是", "并不是", "不属于", "不系", "唔系", "没", "没有", "没得", "没有得", "无", "冇", "莫得", "并没有"}
)
"""A circumstance straight behind one of these is none (不是肝炎, 没糖尿病)."""
_TO = frozenset({"到", "去", "至", "往"})
"""Behind a referral: what was named before is where somebody came from (社康转诊到三级医院)."""


@dataclass(frozen=True)
class Day:
    """A day or month of a message and the role that it has in the case (an input of the calculators)."""

    role: str
    moment: Moment


@dataclass(frozen=True)
class Entities:
    """What a message says about the case.

    Attributes:
        values: dimension -> the base values that the message leaves possible.
        money: amounts; days: days or months; counts: small numbers with classifiers.
        parts: roles of amounts that are part of the cost (其中诊查费五十) and are looked at apart.
        in_turn: whether several costs are told of, one after the other (第一次两万第二次三万).
        in_one: whether several costs are those of one bill or stay, which together are the cost.

    """

    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    money: tuple[Money, ...] = ()
    days: tuple[Day, ...] = ()
    counts: tuple[Count, ...] = ()
    parts: frozenset[str] = frozenset()
    in_turn: bool = False
    in_one: bool = False


class EntityReader:
    """Reads entities off a message, by the national dimensions and cues."""

    def __init__(
        self,
        dimensions: Mapping[str, Dimension],
        amount_roles: Mapping[str, Cues],
        day_roles: Mapping[str, Cues],
    ) -> None:
        self._dimensions = dimensions
        self.money_reader = MoneyReader(amount_roles)
        self._day_roles = CueReader(day_roles, default=PAY_DATE)

    def read(self, text: str, tokens: Iterable[Token], today: dt.date) -> Entities:
        """Read the entities of a cleaned message.

        Args:
            text: the message; tokens: its words with their senses; today: the day that 上个月 counts from.

        """
        money = self.money_reader.read(text)
        return Entities(
            self.circumstances(text, tokens),
            money,
            self.days(text, today),
            counts(text),
            parts_of_the_cost(text, money),
            tells_in_turn(text),
            tells_of_one(text, money),
        )

    def circumstances(self, text: str, tokens: Iterable[Token]) -> dict[str, frozenset[str]]:
        """Tell the circumstances of the case, by words and by age: for each, the values left possible."""
        values = self.values(tokens)
        if not _EITHER.search(text):
            values = {name: self._together(name, said) for name, said in values.items()}
        values = {name: self._first(name, said) for name, said in values.items()}
        person = person_of_age(values.get("person"), text, self._dimensions["person"])
        if person is not None:
            values["person"] = person
        return self._of_age(values, text)

    def _of_age(self, values: Mapping[str, frozenset[str]], text: str) -> dict[str, frozenset[str]]:
        """Leave out what does not hold yet at the age told (58岁的农村籍退役军人)."""
        told = [age.years for age in ages(text) if age.years is not None]
        if not told:
            return dict(values)
        oldest = max(told)
        left = {
            name: frozenset(
                value for value in said if self._dimensions[name].from_age.get(value, 0) <= oldest
            )
            for name, said in values.items()
        }
        return {name: said for name, said in left.items() if said}

    def days(self, text: str, today: dt.date) -> tuple[Day, ...]:
        """Tell the days and months that a text names, each with its role."""
        return tuple(
            Day(self._day_roles.role(text, found.start, found.end), found) for found in dates(text, today)
        )

    def _excludes(self, name: str, held: frozenset[str] | None, said: frozenset[str]) -> bool:
        """Whether two mentions of a dimension that has a value for both together exclude each other."""
        return self._dimensions[name].together is not None and held is not None and not held & said

    def _together(self, name: str, said: frozenset[str]) -> frozenset[str]:
        """Give values that hold at once (高血压又有糖尿病) the one value that stands for that, if any."""
        together = self._dimensions[name].together
        if together is None or self._dimensions[name].is_one_notion(said):
            return said
        return frozenset({together})

    def _first(self, name: str, said: frozenset[str]) -> frozenset[str]:
        """Leave out the values that another one told goes before (旅游时急诊 is an emergency)."""
        before = self._dimensions[name].before
        return said.difference(*(before[value] for value in said.intersection(before)))

    def values(self, tokens: Iterable[Token]) -> dict[str, frozenset[str]]:
        """Tell the circumstances that words name: mentions narrow each other where they can, else add up."""
        found: dict[str, frozenset[str]] = {}
        first: dict[str, frozenset[str]] = {}
        before: Token | None = None
        for token in tokens:
            if before is not None and token.word in _TO and Notion.REFERRAL in before.features:
                found = {name: said for name, said in found.items() if name not in _LISTED}
            denied = before is not None and before.word in _DENIES
            before = token
            for sense in () if denied else token.senses:
                if sense.value is None:
                    continue
                said = self._dimensions[sense.name].spread([sense.value])
                if sense.value in self._dimensions[sense.name].before:
                    first[sense.name] = said
                held = found.get(sense.name, frozenset())
                apart = sense.name in _LISTED and not held & said
                if apart or sense.name in CUMULATIVE or self._excludes(sense.name, held or None, said):
                    found[sense.name] = held | said
                else:
                    found[sense.name] = _narrow(found.get(sense.name), said)
        return {name: said | first.get(name, frozenset()) for name, said in found.items()}


def _narrow(held: frozenset[str] | None, said: frozenset[str]) -> frozenset[str]:
    """Bring two mentions together: what both allow; where they exclude each other, the definite one or both.

    大学生 beside 闺女 is a student, a township hospital beside 一级 either of them.
    """
    if held is None:
        return said
    if held & said:
        return held & said
    vague, definite = max(held, said, key=len), min(held, said, key=len)
    return definite if len(vague) >= _VAGUE > len(definite) else held | said
