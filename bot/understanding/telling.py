"""What a message says of the people that it names: 两个娃上小学, 我妈是低保, 都交一档.

What stands beside a mention (上小学, 低保, 四十多) is about these people; what stands apart is about the last
one, or about all.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from bot.understanding.apart import Apart, completed, is_told_of_somebody, shared_by_all
from bot.understanding.clauses import JOIN, Part, parts
from bot.understanding.entities import Day, EntityReader
from bot.understanding.headcounts import written_out
from bot.understanding.leaving_out import ABSENT, left_out_as
from bot.understanding.lexicon import Lexicon
from bot.understanding.lifetimes import person_of_age
from bot.understanding.mentions import GROUPED, ME, Mention, MentionFinder
from knowledge.model import Dimension
from knowledge.names import Circumstance

_LISTED: Final = re.compile(r"[、和跟与同]")
_THESE_ARE: Final = re.compile("的(?:一共|总共)?(?:就?有|就?是)$")
"""What stands ahead of it is told of everybody in a list (吃低保的有我、我爸)."""
_EVERYBODY: Final = re.compile(r"都(?!不)|全(?!家|年|部)|全部|一律|每人|每个人|统统|均")
_TWO: Final = 2
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
        self, finder: MentionFinder, person: Dimension, lexicon: Lexicon, reader: EntityReader
    ) -> None:
        self.kinds = finder.kinds
        self._finder = finder
        self._person = person
        self._lexicon = lexicon
        self._reader = reader

    def read(self, text: str, today: dt.date) -> Named:
        """Find the people that a cleaned message names, and what it says of them."""
        text = written_out(text)
        spans = sorted(self._finder.find(text), key=lambda mention: mention.start)
        return self._told(text, spans, today) if spans else Named((), {})

    def _told(self, text: str, spans: Sequence[Mention], today: dt.date) -> Named:
        """Read what a message says of those that it names, part by part."""
        mentions: list[Mention] = []
        apart: list[Apart] = []
        opened = ""
        ahead: Mapping[str, frozenset[str]] = {}
        for part in parts(text, [(span.start, span.end) for span in spans]):
            inside = self._naming(text, part, spans)
            if not inside:
                own = text[part.start : part.end]
                if _EVERYBODY.search(own):
                    opened = ""  # 都莫得, 全部交一档: all are everybody, not those of the clause before
                words = opened + own
                said, days = self._read(words, today)
                self._tell(mentions, apart, said, words, part.clause - bool(opened))
                _date(mentions, days)
                opened = "" if said else opened
                continue
            opened = ""
            for mention, start, end in self._stretches(text, part, inside, today):
                everybody = _EVERYBODY.search(text, mention.end, end)
                stop = everybody.start() if everybody else end
                told = self._with_own(text, mention, start, stop, today)
                told = replace(told, clause=part.clause, joined=part.joined and start == part.start)
                told = replace(told, added=told.joined and part.added)
                if _THESE_ARE.search(text, 0, mention.start):
                    ahead = {name: said for name, said in told.values.items() if name != Circumstance.PERSON}
                elif mentions and _LISTED.fullmatch(text[mentions[-1].end : mention.start]):
                    told = replace(told, values=completed(told.values, ahead))
                else:
                    ahead = {}
                if left_out := left_out_as(text, mention, spans):
                    self._leave_list_out(mentions, told, text)
                    count = 0 if left_out == ABSENT else told.count
                    mentions.append(replace(told, left_out=True, count=count))
                    continue
                self._tell_list(mentions, told, text[mention.end : stop], text, today)
                follows_list = bool(mentions) and told.start == mentions[-1].end
                if follows_list or self._is_of_people(text, told):
                    mentions.append(told)
                if everybody:
                    words = text[everybody.start() : end]
                    said = self._read(words, today)[0]
                    self._tell(mentions, apart, said, words, part.clause)
                    opened = "" if said else words
        shared = shared_by_all(mentions, apart)
        named = tuple(mention for mention in mentions if _counts(mention, mentions, shared))
        return Named(named, shared, is_clear=all(is_told_of_somebody(named, told.said) for told in apart))

    def _stretches(
        self, text: str, part: Part, inside: Sequence[Mention], today: dt.date
    ) -> Iterator[tuple[Mention, int, int]]:
        """Cut a part into what is told of each that it names.

        That is what stands behind each, and ahead of the first; but what stands ahead of each where something
        is told there and nothing behind the last (一档两个二档一个).
        """
        start, rest = part.start, list(inside)
        if len(rest) > _TWO and _is_sum(rest[0], rest[1:]):
            yield rest[0], start, rest[0].end
            start, rest = rest[0].end, rest[1:]
        if self._is_told_ahead(text, rest, start, part.end, today):
            for mention in rest:
                yield mention, start, mention.end
                start = mention.end
            return
        for mention, following in zip(rest, [*rest[1:], None], strict=False):
            end = part.end if following is None else following.start
            if following is not None and text[mention.end : end].endswith("的"):
                end = mention.end
            yield mention, start, end
            start = end

    def _is_told_ahead(
        self, text: str, inside: Sequence[Mention], start: int, end: int, today: dt.date
    ) -> bool:
        """Whether the same is told ahead of each mention, and not behind the last one."""
        if len(inside) < _TWO:
            return False
        told = set(self._read(text[start : inside[0].start], today)[0])
        if any(mention.kind is not None for mention in inside):
            told -= {"person"}
        for before, mention in pairwise(inside):
            told &= self._read(text[before.end : mention.start], today)[0].keys()
        return bool(told) and not told & self._read(text[inside[-1].end : end], today)[0].keys()

    def _leave_list_out(self, mentions: list[Mention], last: Mention, text: str) -> None:
        """Leave those out, too, who stand in a list before somebody who is left out (我和老公都交过了)."""
        start = last.start
        for place in range(len(mentions) - 1, -1, -1):
            link = text[mentions[place].end : start]
            if mentions[place].clause != last.clause or (link and _LISTED.fullmatch(link) is None):
                return
            mentions[place] = replace(mentions[place], left_out=True)
            start = mentions[place].start

    def _tell_list(
        self, mentions: list[Mention], last: Mention, words: str, text: str, today: dt.date
    ) -> None:
        """Tell those who stand in a list before somebody what is said behind it (老二和老三上小学)."""
        said = self._read(words, today)[0] if words.strip() else {}
        start = last.start
        for place in range(len(mentions) - 1, -1, -1) if said else ():
            before = mentions[place]
            link = text[before.end : start]
            if before.clause != last.clause or (link and _LISTED.fullmatch(link) is None):
                return
            fitting = {
                name: told for name, told in said.items() if name != "person" or before.kind == last.kind
            }
            mentions[place] = replace(before, values=completed(before.values, fitting))
            start = before.start

    def _naming(self, text: str, part: Part, spans: Sequence[Mention]) -> list[Mention]:
        """Choose the mentions of a part that name somebody by themselves."""
        inside = [mention for mention in spans if part.start <= mention.start < part.end]
        chosen: list[Mention] = []
        for mention, following in zip(inside, [*inside[1:], None], strict=False):
            beside = following is not None and text[mention.end : following.start] == ""
            if mention.count == 0 and (chosen or beside):
                continue  # 老大是大学生, 老人我爸
            if chosen and chosen[-1].end == mention.start and self._are_the_same(chosen[-1], mention):
                continue  # 双胞胎闺女
            if mention.kind == ME and not self._is_named_me(text, mention, part, following):
                continue
            chosen.append(mention)
        return chosen

    def _are_the_same(self, several: Mention, mention: Mention) -> bool:
        """Whether a word only tells more of those whom the word straight before it names."""
        entry = self.kinds.get(several.kind or "")
        return (
            entry is not None and several.count > 1 and not several.numbered and mention.kind in entry.apart
        )

    def _is_named_me(self, text: str, mention: Mention, part: Part, following: Mention | None) -> bool:
        """Whether the writer is one of those that a message is about, not only who writes (我问下)."""
        behind = text[mention.end : part.end if following is None else following.start]
        if part.joined and not behind and following is not None and following.kind is None:
            return True  # 爸妈跟我三个
        if following is not None and (not behind or behind.endswith("的")):
            return False  # 我三个娃, 我上初中的儿子
        if not behind.strip() or part.joined or (following is None and JOIN.match(text, part.end)):
            return True
        tokens = self._lexicon.tokens(behind)
        return any(sense.name in GROUPED for token in tokens for sense in token.senses) or (
            person_of_age(None, text[mention.start : part.end], self._person) is not None
        )

    def _with_own(self, text: str, mention: Mention, start: int, end: int, today: dt.date) -> Mention:
        """Read what is told of one mention."""
        entry = self.kinds.get(mention.kind or "")
        fixed = entry.person if entry is not None else None
        beside, days = self._read(f"{text[start : mention.start]} {text[mention.end : end]}", today)
        if fixed is None:
            values, days = self._read(text[start:end], today)
        else:
            values = {**beside, "person": self._who(fixed, beside.get("person"))}
        return replace(mention, values=values, day=days[0] if days else None, alone=not beside)

    def _is_of_people(self, text: str, mention: Mention) -> bool:
        """Whether a number by itself counts people: by its classifier, or by what is said beside it."""
        if mention.kind is not None:
            return True
        told = bool(mention.values or mention.day)
        return mention.heads or told or (mention.count > 1 and _PLAIN.match(text, mention.end) is not None)

    def _who(self, fixed: str, said: frozenset[str] | None) -> frozenset[str]:
        """Tell who somebody is whose word says so; only a student at university may be told otherwise."""
        base = self._person.spread([fixed])
        if said is None:
            return base
        return said & base or (said if said == {"college"} else base)

    def _read(self, text: str, today: dt.date) -> tuple[dict[str, frozenset[str]], tuple[Day, ...]]:
        said = self._reader.circumstances(text, self._lexicon.tokens(text))
        days = self._reader.days(text, today)
        return {name: values for name, values in said.items() if name in GROUPED}, days

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
    """Tell those named last their day where others have one of their own (老大九月交的 老二 拖到二月才交)."""
    if days and mentions and mentions[-1].day is None and any(mention.day for mention in mentions):
        mentions[-1] = replace(mentions[-1], day=days[0])


def _is_sum(total: Mention, others: Sequence[Mention]) -> bool:
    return total.kind is None and total.count == sum(mention.count for mention in others)


def _counts(mention: Mention, mentions: Sequence[Mention], shared: Mapping[str, frozenset[str]]) -> bool:
    """Whether one by itself (一个) is a person: something is told of it, or a tier of its own."""
    if mention.kind is not None or mention.count > 1 or mention.left_out:
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
