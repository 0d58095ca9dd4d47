"""Groups of people in a message: two adults and two children, my wife and I, a family of five.

A premium for several people is worked out group by group. A number of all (一家五口) is a check on those that
are named one by one, a number told apart (两个娃 一个二年级 一个五年级) is its parts, and who is named twice
is one person.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from bot.understanding.apart import completed
from bot.understanding.entities import Day
from bot.understanding.lists import with_tier_of_list
from bot.understanding.members import Members
from bot.understanding.mentions import ME, Mention
from bot.understanding.telling import PeopleTeller

_ADULT: Final = "adult"
_ALL: Final = re.compile(r"一共|总共|合计|加起来|总计|拢共|共|一起|都|全家")
_TOTAL: Final = re.compile(r"一共|总共|合计|加起来|总计|拢共")
_ASKING: Final = re.compile(
    r"一共|总共|合计|加起来|总计|拢共|一年|医保|[要得]?[交缴]|多少钱?|多钱|[好几]多钱?|的话|[呢啊嘛呀吗要得是]"
)
"""Words that only ask what is to be paid."""
_PAYING: Final = re.compile(r"[交缴]|多少钱|多钱|好多钱|几多钱|准备|凑")
_BENEFIT: Final = re.compile(r"住院|看病|报销|报多少|能报|门诊|手术|花了")
_ON_TOP: Final = re.compile(r"漏|忘|再加|加上|还有|另外|外加|再算|算上|连|带上")
"""Ahead of the first that a message names: these come on top of those told of before (还有个老人)."""
_ONLY_MORE: Final = re.compile(r"^(?:再)?(?:加上?|算上|带上)|也(?:要|得)?算上?|算上[呢吧]?$")
_ON_TOP_BEHIND: Final = re.compile(
    r"也(?:要|得)?(?:一[块起并]儿?)?(?:算|加|带|一[块起并]儿?[交缴买])|算上|加进去|加上去"
)
_SINCE_LONG: Final = re.compile(
    r"[交缴买]了?(?:好?[几多]|[一两二三四五六七八九十\d]+)年|一直(?:都|在)*[交缴买参有上]|参保了|[有交缴]过|有医保"
)
"""Who pays already tells of the past, not of a premium to be worked out."""
_INSTEAD: Final = re.compile(
    r"不是(?:\d|[一两二三四五六七八九十俩仨])|应该是|弄错|记错|说成|(?<![要若果])是(?:\d|[一两二三四五六七八九十俩仨])|改成|只有"
)
_NUMBER: Final = r"(?:\d|[一两二三四五六七八九十俩仨])"
_DENIED: Final = re.compile(
    rf"不是(?P<denied>(?:我们?|咱)?{_NUMBER}[^,，。;；不 ]{{0,6}}?)"
    rf"(?:[,， ]*(?:而?是)(?=[^,，。;；]*{_NUMBER})|[了呢啊哦]*$)"
)
"""What a message says that it is not, beside what it is (不是两个是三个, 三个娃不是两个)."""
_LITTLE_BESIDES: Final = 4
"""With so few characters besides, a message does nothing but name people."""


@dataclass(frozen=True)
class Group:
    """Some people for whom the same holds: how many, their circumstances, and the day named beside them.

    There are 0 where a message names some, and leaves open how many (我和老人都交).
    """

    count: int
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    day: Day | None = None


@dataclass(frozen=True)
class Party:
    """Those whom a message tells of.

    Attributes:
        groups: several people; empty unless a premium may be worked out for them together.
        named: everybody that it names, one person too: what it says more of people told of before.
        told: how many it says that they are, where those that it names come to another number.
        on_top: whether those named come on top of those before (还有个老人).
        instead: whether they come in their place (是三个).
        denied: whom it says that it is not about (不是两个).
        only_more: whether it does nothing but name people on top of others (再加上我妈呢).
        besides: whether it tells of others, too, whom it is not about (爹妈都交过了).
        dated_apart: whether a day that it names is that of some of them (其中一个1月才参保).

    """

    groups: tuple[Group, ...] = ()
    named: tuple[Group, ...] = ()
    told: int | None = None
    on_top: bool = False
    instead: bool = False
    denied: Group | None = None
    only_more: bool = False
    besides: bool = False
    dated_apart: bool = False


class PeopleReader:
    """Reads who messages tell of."""

    def __init__(self, teller: PeopleTeller) -> None:
        self._teller = teller
        self._kinds = teller.kinds
        self._members = Members(teller.kinds)

    def read(self, text: str, today: dt.date) -> Party:
        """Read the people that a cleaned message tells of.

        Args:
            text: the message; today: the day that 上个月 counts from.

        """
        denied = _DENIED.search(text)
        said = _DENIED.sub(" ", text).strip()
        found = self._teller.read(said, today)
        mentions = self._members.once_each(found.mentions)
        if mentions and mentions[-1].start == found.mentions[-1].start:  # nobody who was named before
            mentions = with_tier_of_list(mentions)
        left_out = [mention for mention in found.mentions if mention.left_out]
        if not mentions and left_out:
            return Party(besides=True)
        uncounted = [mention for mention in mentions if mention.count == 0]
        mentions = [mention for mention in mentions if mention.count > 0]
        in_all = _ALL.search(said) is not None and _BENEFIT.search(said) is None
        if not mentions or not all(in_all and _is_of_the_sum(mention) for mention in uncounted):
            return Party()
        members, told = self._members.sorted_out(mentions, sum(mention.count for mention in left_out))
        members = self._with_adult_me(members, found.shared)
        if not members:
            return Party()
        merged = _merged(
            Group(member.count, completed(member.values, found.shared), member.day) for member in members
        )
        loose = all(
            member.kind is None and not (member.heads or member.rest or member.values) for member in members
        )
        enrolled = not left_out and _SINCE_LONG.search(said) is not None
        together = not loose and (
            told is not None or (not enrolled and self._are_together(said, mentions, members))
        )
        count = max(sum(group.count for group in merged), told or 0 if in_all else 0)
        on_top = (
            _ON_TOP.search(said, 0, min(mention.start for mention in mentions)) is not None
            or _ON_TOP_BEHIND.search(said) is not None
            or _ONLY_MORE.search(said) is not None
        )
        several = count > 1 and found.is_clear
        return Party(
            groups=(*merged, *map(_as_group, uncounted)) if together and (several or uncounted) else (),
            named=merged,
            told=told,
            on_top=on_top,
            instead=denied is not None or _INSTEAD.search(text) is not None,
            denied=self._denied(denied["denied"], today) if denied else None,
            only_more=on_top
            and (_ONLY_MORE.search(said) is not None or _TOTAL.search(said) is not None)
            and _besides(_ASKING.sub("", said), mentions) <= _LITTLE_BESIDES,
            besides=bool(left_out),
            dated_apart=any(map(_is_dated_apart, mentions)),
        )

    def _denied(self, text: str, today: dt.date) -> Group | None:
        """Read whom a message says that it is not about."""
        mentions = self._teller.read(text, today).mentions
        return Group(mentions[0].count, mentions[0].values) if len(mentions) == 1 else None

    # --- the writer, and whether they are together ------------------------------------------------------

    def _with_adult_me(
        self, members: Sequence[Mention], shared: Mapping[str, frozenset[str]]
    ) -> list[Mention]:
        """Take who speaks of a spouse or a child as an adult."""
        family = any(
            entry.adult_me for member in members if (entry := self._kinds.get(member.kind or "")) is not None
        )
        if not family or "person" in shared:
            return list(members)
        adult = {"person": frozenset({_ADULT})}
        return [
            replace(member, values={**adult, **member.values}) if member.kind == ME else member
            for member in members
        ]

    def _are_together(self, text: str, mentions: Sequence[Mention], members: Sequence[Mention]) -> bool:
        """Whether a message is about several people together, not about one beside whom others stand."""
        if len(members) < len(mentions) or len(members) == 1 or _ALL.search(text):
            return True
        linked = any(mention.joined or mention.numbered for mention in mentions)
        to_pay = _PAYING.search(text) is not None or _besides(text, mentions) <= _LITTLE_BESIDES
        return linked and to_pay and _BENEFIT.search(text) is None


def _is_of_the_sum(mention: Mention) -> bool:
    """Whether some of a kind, with no number told, are people beside others, not all of a kind."""
    return mention.joined or not mention.alone


def _as_group(mention: Mention) -> Group:
    return Group(mention.count, mention.values, mention.day)


def _is_dated_apart(mention: Mention) -> bool:
    """Whether one of several is told apart by nothing but a day."""
    return mention.day is not None and mention.kind is None and (mention.among or not mention.values)


def _besides(text: str, mentions: Sequence[Mention]) -> int:
    """Tell how many characters of a message name nobody."""
    return len(text) - sum(mention.end - mention.start for mention in mentions)


def _merged(groups: Iterable[Group]) -> tuple[Group, ...]:
    """Bring people of whom the same is told together."""
    found: list[Group] = []
    for group in groups:
        alike = next(
            (i for i, other in enumerate(found) if (other.values, other.day) == (group.values, group.day)),
            None,
        )
        if alike is None:
            found.append(group)
        else:
            found[alike] = replace(found[alike], count=found[alike].count + group.count)
    return tuple(found)
