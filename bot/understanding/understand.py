"""From a message to what it means: place, topic candidates, entities; built once over the knowledge."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.understanding.dates import Moment, dates
from bot.understanding.entities import Entities, EntityReader
from bot.understanding.index import index_of
from bot.understanding.lexicon import Token
from bot.understanding.matcher import Ranking, features_of
from bot.understanding.mentions import MentionFinder
from bot.understanding.numerals import Amount, Refusal, amounts
from bot.understanding.people import Party, PeopleReader
from bot.understanding.places import Whereabouts, locate
from bot.understanding.quantities import ages
from bot.understanding.schooling import school_years_written_out
from bot.understanding.segment import EngineName
from bot.understanding.sides import Said, SideReader
from bot.understanding.telling import PeopleTeller
from bot.understanding.text import clean
from bot.understanding.visits import VisitReader, Visits
from calculators.known import BIRTH_DATE
from knowledge.contents import Knowledge
from knowledge.model import OutOfScope

_WEAK = 0.6
"""Below this the best topic may have been missed for a typo, as it may where a word is not known: the
words are then read by their sound, too."""

_RECOVERED = 0.5
"""A reading by sound that leaves fewer words unknown may be so much less sure of its topic."""

_CLAUSE = re.compile(r"[\n,，。;；!！?？]+|\s+|还有|顺便")
_MOST_CLAUSES = 8
_CORRECTION = re.compile(
    r"(?:哦|噢|啊|呃|额|咦)?(?:不对|[说搞写打讲弄算记看听报输填]错(?:了|咗|啦|喽|嘞)|说漏嘴了)[,，。 了]*"
)
_NOT_BUT = re.compile(
    r"(?:不是|唔系|不系)(?!不是|很|太)([^,，。;；\s]{1,10})[,，\s]*(?:而是|应该是|是(?!不是|否)|系(?!咪))"
)
"""不是三级 是二级: what stands behind 不是 is put right by what comes after."""
_INSTEAD = re.compile(r"^(?:是|应该是|其实是|实际是|应该|整)+")
_SHORTEST_CORRECTION = 2
_SHORT_NAME = 4
_SHORTEST_ENGLISH = 10

_NO_LONGER = re.compile(
    "(?:以前|原来|原先|过去|之前|从前)(?:是|有|吃|算)[^,，。;；]{1,8}[,， ]*(?:但|可)?"
    "(?:现在|今年|如今|后来)?(?:已经)?(?:不是了?|没有?了|取消了|不算了|退了|脱了)"
)
"""What somebody was once, and is no longer, is no circumstance."""
_THAT_ONE = re.compile("那[一二两三].{1,6}呢")
"""It goes on with what was told, and is no 哪 written by its sound (那一档呢)."""
_OF_NEWBORN = frozenset({"newborn", "person", "person=newborn"})
_AWAY = frozenset({"province", "abroad"})
"""Places of treatment that are away from home."""
_LEFT_OUT = re.compile(
    r"((?<!含)不含|(?<!包)不包括|(?<!包)不包含|(?<!算)不算(?!了)|除去|除了|除咗|不要算|先不管)"
    r"[^,，。;；()（）\s]{1,8}?(?=[,，。;；()（）\s]|还|外|之外|以外|能?报|$)"
    r"|(?:莫|别|不要|不用|唔好|先不|[不没]是)(?:跟|和|给|同)?(?:我|俺|咱)?(?:们)?(?:讲|说|提|问|谈|扯)(?:的是|是)?"
    r"[^,，。;；()（）\s]{1,8}(?=[,，。;；()（）\s])"
    r"|(?:非得?要?|一定[要得]|必须[要得]?|只能|光能|只许|只有)(?:用|在|去|到|走|通过)"
    r"[^,，。;；\s]{1,6}?(?=(?:激活|[交缴办报买]|登记|申请)[^,，。;；\s]{0,4}[吗么不没吧]|不可)"
    r"|(?<![能可要])不[去到走][^,，。;；()（）\s]{1,6}(?:的话|行不行|可以吗)(?=[,，。;；()（）\s]|$)"
)
"""What a message says that it is not about (不含诊查费, 除了微信, 莫跟我讲住院, 非得用微信激活吗)."""


_PARTED = re.compile(r"([停参缴交住退断续备转补])(完|咗|好|掉|起|上)([保费院案诊款])")
"""A verb parted from what belongs to it: 停完保 is 停保, done."""
_STAYED = re.compile(
    r"住(?:的是|的|在|进|到)?(?=[一二三123][级甲乙]|(?:县|市|省|镇|大|中)?(?:人民|中|中心)?医院|卫生院)"
    r"|(?<=医院|生院)住(?:[的着了过下]|的是)?(?![院址在处所])"
)
"""Staying at a hospital (住二级医院, 在儿童医院住的) is 住院."""
_GRADED = re.compile(r"残疾证?(?:是|上写的是|上写着|等级是|鉴定是|评的是?|定的是?)([一二三四1234]级)")
"""A disability and its grade stand together (残疾证是一级的)."""


def _joined(text: str) -> str:
    """Put words that people part into the form that the lexicon holds."""
    return _STAYED.sub("住院 ", _PARTED.sub(r"\1\3\2", text))


@dataclass(frozen=True)
class Clause:
    """A part of a message that may ask something of its own."""

    text: str
    features: frozenset[str]


@dataclass(frozen=True)
class Understanding:
    """What a message means, before the chat so far is taken into account.

    Attributes:
        text: the message, cleaned; rest: the same without place names, homophone typos recovered.
        where: the places that it names; tokens and features: the words of the rest and what they express;
        ranking: the topics that it may be about; entities: what it says of the case; clauses: its parts.
        visits: the several visits that it tells of; sides: the two cases that it sets against each other.
        outside: the kind of question out of scope that a word of it gives away by itself, if any.

    """

    text: str
    rest: str
    where: Whereabouts
    tokens: tuple[Token, ...]
    features: frozenset[str]
    ranking: Ranking
    entities: Entities
    clauses: tuple[Clause, ...]
    visits: Visits
    sides: tuple[Said, ...]
    outside: str | None

    @property
    def is_english(self) -> bool:
        """Whether the message is written in Latin letters only, and more than an abbreviation."""
        letters = [character for character in self.text if character.isalpha()]
        return len(letters) >= _SHORTEST_ENGLISH and all(character.isascii() for character in letters)


class Understander:
    """Understands messages over one state of the knowledge, cut into words by an engine."""

    def __init__(self, knowledge: Knowledge, engine: EngineName = "jieba") -> None:
        national = knowledge.national
        index = self._index = index_of(knowledge, engine)
        self._gazetteer, self.lexicon, self.matcher = index.gazetteer, index.lexicon, index.matcher
        self._provinces = {region.id: region.info.place.province for region in knowledge.regions.values()}
        self._giveaways = _by_first_letter(national.out_of_scope)
        self._entities = EntityReader(national.dimensions, national.amount_roles, national.day_roles)
        finder = MentionFinder(national.people_words)
        self._visits = VisitReader(self._entities, self.lexicon, finder)
        self._sides = SideReader(self._entities, self.lexicon, national.dimensions)
        teller = PeopleTeller(finder, national.dimensions, self.lexicon, self._entities)
        self._people = PeopleReader(teller)

    def understand(self, message: str, region: str | None, today: dt.date) -> Understanding:
        """Understand a message.

        Args:
            message: as the user wrote it; region: the id of the region that the chat is in, if any;
            today: the day that 昨天 and 上个月 count from.

        """
        text = clean(message)
        where = locate(text, self._gazetteer.find(text), region, self._provinces)
        rest = _as_meant(where.rest, today)
        seen = _as_meant(where.seen, today) if where.seen != where.rest else rest
        asked = _joined(_LEFT_OUT.sub(" ", rest))
        away = _away_features(where.care if where.elsewhere is None else None)
        tokens, ranking = self._rank(asked, away, today)
        weak = ranking.topics[0].score < _WEAK or any(not (token.senses or token.filler) for token in tokens)
        if weak and not _THAT_ONE.match(asked):
            recovered = self._index.speller.recover(asked)
            if recovered != asked:
                other_tokens, other = self._rank(recovered, away, today)
                told = _unknown(other_tokens) < _unknown(tokens)
                if other.topics[0].score > (_RECOVERED if told else 1.0) * ranking.topics[0].score:
                    asked, tokens, ranking = recovered, other_tokens, other
                    rest = self._index.speller.recover(rest)
        entities = self._entities.read(rest, tokens, today)
        return Understanding(
            text,
            rest,
            where,
            tokens,
            features_of(tokens) | away,
            ranking,
            entities,
            self._clauses(asked),
            self._visits.read(seen, entities.money if seen == rest else None),
            self._sides.read(seen),
            self._outside(text),
        )

    def _outside(self, text: str) -> str | None:
        """Tell the kind of question out of scope that the longest telling word of a text gives away."""
        lowered = text.lower()
        given = [
            giveaway
            for start, letter in enumerate(lowered)
            for giveaway in self._giveaways.get(letter, ())
            if lowered.startswith(giveaway.word, start)
        ]
        return min(given).scope if given else None

    def rank(self, features: frozenset[str], text: str) -> Ranking:
        """Rank the topics for features that the chat so far completes."""
        return self.matcher.rank(features, text)

    def people(self, text: str, today: dt.date) -> Party:
        """Read the people that a cleaned message tells of."""
        return self._people.read(text, today)

    def _baby_features(self, text: str, today: dt.date) -> frozenset[str]:
        """Tell what an age or a day of birth says of the topic: a newborn's rules are its own."""
        baby = any(age.years is None or age.years < 1 for age in ages(text))
        if baby or any(day.role == BIRTH_DATE for day in self._entities.days(text, today)):
            return _OF_NEWBORN
        return frozenset()

    def _rank(self, text: str, away: frozenset[str], today: dt.date) -> tuple[tuple[Token, ...], Ranking]:
        tokens = self.lexicon.tokens(text)
        return tokens, self.matcher.rank(features_of(tokens) | self._baby_features(text, today) | away, text)

    def _clauses(self, text: str) -> tuple[Clause, ...]:
        parts = [part for part in _CLAUSE.split(text) if part][:_MOST_CLAUSES]
        return tuple(Clause(part, features_of(self.lexicon.tokens(part))) for part in parts)


def _unknown(tokens: Sequence[Token]) -> int:
    return sum(not (token.senses or token.filler) for token in tokens)


class _Giveaway(NamedTuple):
    """A word that gives a kind of question out of scope away; the longest is the least, then the first."""

    shortness: int
    number: int
    word: str
    scope: str


def _by_first_letter(out_of_scope: Mapping[str, OutOfScope]) -> Mapping[str, Sequence[_Giveaway]]:
    words = {word: name for name, scope in out_of_scope.items() for word in scope.words}
    found: dict[str, list[_Giveaway]] = defaultdict(list)
    for number, (word, name) in enumerate(words.items()):
        found[word[0]].append(_Giveaway(-len(word), number, word, name))
    return dict(found)


def _away_features(care: str | None) -> frozenset[str]:
    """Tell what the name of a place of treatment away from home says of the topic (在北京看病)."""
    return frozenset({"remote", "place", f"place={care}"}) if care in _AWAY else frozenset()


def _as_meant(text: str, today: dt.date) -> str:
    """Put right what a message corrects itself, and write out what it says in short."""
    told = _GRADED.sub(r"残疾\1", _NOT_BUT.sub("是", _NO_LONGER.sub(" ", text)))
    return school_years_written_out(_corrected(told, today))


def _corrected(text: str, today: dt.date) -> str:
    """Keep what stands after a correction (县中医院 哦不对 县人民医院), where something does.

    An amount or a day takes the place of the one before it, about which all else that was said still holds
    (住院自己掏了三万 不对 四万).
    """
    *earlier, later = _CORRECTION.split(text)
    later = later.strip()
    if not earlier or len(later) < _SHORTEST_CORRECTION:
        return text
    before, instead = " ".join(earlier).strip(), _INSTEAD.sub("", later)
    put_right = (*amounts(instead), *dates(instead, today))
    if before and len(before) <= _SHORT_NAME and any(spot.start == 0 for spot in put_right):
        return f"{before}{instead}"  # 起付线弄错了 是1200: it is the deductible
    if before and amounts(before) and not put_right:
        return f"{before} {later}"  # 一当住院花了9800 打错了 是一档: the amount still holds
    replaced = _replaced(before, instead, dates(before, today), dates(instead, today))
    return replaced or _replaced(before, instead, amounts(before), amounts(instead)) or later


_Spot = Moment | Amount | Refusal


def _replaced(before: str, later: str, old: Sequence[_Spot], new: Sequence[_Spot]) -> str | None:
    """Put the first of the new mentions in the place of the last of the old ones, if it stands in front."""
    if not old or not new or new[0].start > 0:
        return None
    end = new[0].end
    corrected = f"{before[: old[-1].start]}{later[:end]}{before[old[-1].end :]} {later[end:]}"
    return " ".join(corrected.split())
