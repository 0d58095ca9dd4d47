"""What a message says of the people that it names: 两个娃上小学, 我妈是低保, 都交一档.

What stands beside a mention (上小学, 低保, 四十多) is about these people; what stands apart is about the last
one, or about all.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.understanding.apart import Apart, completed, is_told_of_somebody, shared_by_all
from bot.understanding.clauses import JOIN, parts, without_parentheses
from bot.understanding.entities import Day, EntityReader
from bot.understanding.headcounts import written_out
from bot.understanding.leaving_out import ABSENT, left_out_as
from bot.understanding.lexicon import Lexicon
from bot.understanding.lists import is_listed, leave_list_out, likewise, tell_list
from bot.understanding.mentions import ME, Mention, MentionFinder
from bot.understanding.naming import Namer
from bot.understanding.stretches import StretchReader
from knowledge.model import Dimension
from knowledge.names import Circumstance

_THESE_ARE: Final = re.compile("的(?:一共|总共)?(?:就?有|就?是)$")
"""What stands ahead of it is told of everybody in a list (吃低保的有我、我爸)."""
_EVERYBODY: Final = re.compile(r"都(?!不)|全(?!家|年|部)|全部|一律|每人|每个人|统统|均")
_PLAIN: Final = re.compile(
    r" ?(?:都|一起|一共|总共|合计|加起来|拢共|全|今年|一年)*"
    r"(?:(?:都|要|得|该)?[交缴买参]|多少|多钱|好多|几多|要|得|呢|一起|一共|总共|$)"
)
"""What stands behind a number by itself that counts people (我家两个一共多少)."""
_ABOUT_LAST: Final = re.compile(r"[他她它也](?!们)")


@dataclass(frozen=True)
class Named:
    """The people that a message names, in order, and what it says of all of them.

    Attributes:
        is_clear: whether all that it says of people can be told of somebody whom it names.

    """

    mentions: tuple[Mention, ...]
    shared: Mapping[str, frozenset[str]]
    is_clear: bool = True


class PeopleTeller:
    """Reads what messages say of those that they name."""

    def __init__(
        self,
        finder: MentionFinder,
        dimensions: Mapping[str, Dimension],
        lexicon: Lexicon,
        reader: EntityReader,
    ) -> None:
        self.kinds = finder.kinds
        self._finder = finder
        self._stretches = StretchReader(finder.kinds, dimensions, lexicon, reader)
        self._namer = Namer(finder.kinds, self._stretches)

    def read(self, text: str, today: dt.date) -> Named:
        """Find the people that a cleaned message names, and what it says of them."""
        text = without_parentheses(written_out(text))
        spans = sorted(self._finder.find(text), key=lambda mention: mention.start)
        return self._told(text, spans, today) if spans else Named((), {})

    def _told(self, text: str, spans: Sequence[Mention], today: dt.date) -> Named:
        """Read what a message says of those that it names, part by part."""
        mentions: list[Mention] = []
        apart: list[Apart] = []
        opened = ""
        ahead: Mapping[str, frozenset[str]] = {}
        for part in parts(text, [(span.start, span.end) for span in spans]):
            inside = self._namer.named(text, part, spans, today)
            if not inside:
                own = text[part.start : part.end]
                if _EVERYBODY.search(own):
                    opened = ""  # 都莫得, 全部交一档: all are everybody, not those of the clause before
                words = opened + own
                said, days = self._stretches.read(words, today)
                self._tell(mentions, apart, said, words, part.clause - bool(opened))
                _date(mentions, days)
                opened = "" if said else opened
                continue
            opened = ""
            for mention, start, end in self._stretches.cut(text, part, inside, today):
                everybody = _EVERYBODY.search(text, mention.end, end)
                stop = everybody.start() if everybody else end
                told = self._stretches.told(text, mention, start, stop, today)
                told = replace(told, clause=part.clause, joined=part.joined and start == part.start)
                told = replace(told, added=told.joined and part.added)
                told = likewise(
                    mentions, replace(told, listed=self._goes_on(text, mentions, told)), text, stop
                )
                if _THESE_ARE.search(text, 0, mention.start):
                    ahead = {name: said for name, said in told.values.items() if name != Circumstance.PERSON}
                elif mentions and is_listed(text, mentions[-1], mention):
                    told = replace(told, values=completed(told.values, ahead))
                else:
                    ahead = {}
                if left_out := left_out_as(text, mention, spans):
                    leave_list_out(mentions, told, text)
                    count = 0 if left_out == ABSENT else told.count
                    mentions.append(replace(told, left_out=True, count=count))
                    continue
                tell_list(mentions, told, self._stretches.read(text[mention.end : stop], today)[0], text)
                follows_list = bool(mentions) and told.start == mentions[-1].end
                if follows_list or self._is_of_people(text, told):
                    mentions.append(told)
                if everybody:
                    words = text[everybody.start() : end]
                    said = self._stretches.read(words, today)[0]
                    self._tell(mentions, apart, said, words, part.clause)
                    opened = "" if said else words
        shared = shared_by_all(mentions, apart)
        named = tuple(mention for mention in mentions if _counts(mention, mentions, shared))
        return Named(named, shared, is_clear=all(is_told_of_somebody(named, told.said) for told in apart))

    def _goes_on(self, text: str, mentions: Sequence[Mention], mention: Mention) -> bool:
        """Whether nothing but who people are stands between the last one named and this one."""
        if not mentions:
            return False
        between = text[mentions[-1].end : mention.start]
        return self._stretches.only_names(JOIN.sub(" ", between))

    def _is_of_people(self, text: str, mention: Mention) -> bool:
        """Whether a number by itself counts people: by its classifier, or by what is said beside it."""
        if mention.kind is not None:
            return True
        if mention.heads or mention.values or mention.day or mention.described:
            return True
        return mention.count > 1 and _PLAIN.match(text, mention.end) is not None

    def _tell(
        self,
        mentions: list[Mention],
        apart: list[Apart],
        said: Mapping[str, frozenset[str]],
        words: str,
        clause: int,
    ) -> None:
        """Add what stands apart from any mention: of the last one (她是低保, 上小学), or of all."""
        if not said:
            return
        everybody = _EVERYBODY.search(words) is not None
        here = [mention for mention in mentions if mention.clause == clause]
        if everybody and sum(mention.count for mention in here) > 1:
            about = here
        elif (
            not everybody
            and (others := [mention for mention in mentions if mention.kind != ME])
            and (_ABOUT_LAST.match(words) or _of_one(others[-1], said))
        ):
            about = others[-1:]
        else:
            apart.append(Apart(len(mentions), said))
            return
        for mention in about:
            mentions[mentions.index(mention)] = replace(mention, values=completed(mention.values, said))


def _date(mentions: list[Mention], days: Sequence[Day]) -> None:
    """Tell those named last their day where others have one of their own, or they come on top of others.

    老大九月交的 老二 拖到二月才交; 还有个老人 三月才交.
    """
    if not days or not mentions or mentions[-1].day is not None:
        return
    if mentions[-1].added or any(mention.day for mention in mentions):
        mentions[-1] = replace(mentions[-1], day=days[0])


def _counts(mention: Mention, mentions: Sequence[Mention], shared: Mapping[str, frozenset[str]]) -> bool:
    """Whether one by itself (一个) is a person: something is told of it, or a tier of its own."""
    if mention.kind is not None or mention.count > 1 or mention.left_out or mention.described:
        return True
    if mention.values.keys() - {Circumstance.TIER} or mention.day or (mention.joined and mention.heads):
        return True  # 加俺家一个
    tier = mention.values.get(Circumstance.TIER, frozenset())
    tiers = [
        shared.get(Circumstance.TIER, tier),
        *(other.values.get(Circumstance.TIER, tier) for other in mentions),
    ]
    return bool(tier) and any(map(tier.isdisjoint, tiers))


def _of_one(last: Mention, said: Mapping[str, frozenset[str]]) -> bool:
    """Whether what is told is who somebody is, and fits those named last."""
    return "person" in said and bool(last.values.get("person", said["person"]) & said["person"])
