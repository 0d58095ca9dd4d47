"""Where a message names people: my wife, two children, a family of five, one who goes to school.

Words that name people stand in the lexicon by kind; a number beside one of them, or by itself, counts people.
What a message says beside such a mention (上小学, 低保, 四十多) is about these people.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from bot.understanding.entities import Day, EntityReader
from bot.understanding.lexicon import Lexicon
from bot.understanding.lifetimes import person_of_age
from bot.understanding.numeral_finding import numerals
from bot.understanding.quantities import counts
from knowledge.model import Dimension, PeopleWords

ME: Final = "me"
"""The kind of a mention of the writer."""
GROUPED: Final = frozenset({"person", "tier", "identity", "poverty"})
"""Circumstances that a message tells of each group by itself."""

_HEADS: Final = frozenset({"口", "口人", "口子", "人", "位", "名", "个人"})
"""What only people are counted with."""
_PERSON: Final = re.compile(r"人(?![民家])")
_MOST: Final = 100
_LONGEST_OWNER: Final = 6

_PAUSE: Final = re.compile(r"[,，。;；\n!！?？:：（）() ]+")
_JOIN: Final = re.compile(
    r"、|\+|再加上?|(?<![参增追])加上?(?![起强入油])|外加|还有|另外|以及|(?<![总平暖缓温])和(?![平谐好解])"
    r"|跟(?!着|前|踪)|与(?!否)|同(?=[我俺他她爸妈老])|(?<![连携不])带[着上]?(?![来病])"
)
_LISTED: Final = re.compile(r"[、和跟与同]")
_ADDING: Final = re.compile(r"加|还有|另外|带")
_ONE_MORE: Final = re.compile(
    r"(?:还有|有|加上?|带[着上]?|另|剩下?|漏了?|添了?|多了?)(?P<one>个)(?!人|问题|事|啥|什么|哪|月)"
)
_EVERYBODY: Final = re.compile(r"都(?!不)|全(?!家|年|部)|全部|一律|每人|每个人|统统|均")
_OWNER: Final = re.compile(r"(?:[我俺咱额他她]们?|屋头|屋里|家里|家头)(?:家里?|屋头)?的?$")
_FAMILY: Final = re.compile(
    r"(?:[我俺咱额]们?(?:家里?面?|屋头|屋里)|[我俺咱额]们|屋头|屋里|家里头?|家头|全家|一大?家子?)"
    r"(?:的|有|就|总共|一共|这|现在)*$"
)
_ME: Final = re.compile(
    r"(?<![给问帮劝])(?:[我俺咱额](?:自己|本人|个人|一个人)?|本人)(?![们家的国市县省想问])"
)
_LEFT_OUT: Final = re.compile(
    r"(?:没有?|没得|莫得|冇|无|不带|不算|不含|不包括|不加|除了|除去|不要算|先不管|不管)$"
)
_LEAVES_OUT: Final = re.compile(
    r"们?(?:就|都|也)?先?(?:不算|不[交缴买参]|不用[交缴算]|除外|另算|已经[交缴参]|[交缴]过了|早就?[交缴]了"
    r"|(?:是|有|参加|上班|交)?了?(?:职工|单位)"
    r"|在(?:外地|外面|外头|别处|别的地方|单位|老家)[^,，。;； ]{0,4}[交缴买参])"
)
_OTHER_WORD: Final = re.compile(r"医保|医院|卡|证(?!明)|标准|价|哈|粉|细|科|节|院|团|机|街|道|班|呀")
"""Behind a word for people these make another word of it (学生医保, 老人机, 儿童医院)."""
_POSSESSION: Final = re.compile(r"家里?的?|的")
_PLAIN: Final = re.compile(
    r" ?(?:都|一起|一共|总共|合计|加起来|拢共|全|今年|一年)*"
    r"(?:(?:都|要|得|该)?[交缴买参]|多少|多钱|好多|几多|要|得|呢|一起|一共|总共|$)"
)
"""What stands behind a number by itself that counts people (我家两个一共多少)."""
_LARGE_AND_SMALL: Final = re.compile(
    r"(?P<large>[一二两三四五六1-6俩])个?[大老]人?[,， ]?"
    r"(?P<small>[一二两三四五六1-6俩])个?小(?![学时孩娃儿])"
)
_DESCRIBED: Final = re.compile(r"|.{1,12}的|[^都在是交缴呢吧俺我咱]{1,8}")
"""What may stand between a number and the word for those that it counts (两个上小学的娃)."""
_NEXT_TO: Final = re.compile(r" ?(?:有|是|共|就)? ?")


@dataclass(frozen=True)
class Mention:
    """Some people that a message names.

    Attributes:
        count: how many; 0 where the word leaves it open (学生交多少).
        numbered: whether a number tells how many.
        kind: the kind of the word that names them, `me` for the writer, None for a number by itself.
        noun: that word, without 我, 俺 and the like.
        start, end: where they stand; clause: the number of the clause.
        heads: whether the number has a classifier that only people have, or is the family's (我家两个).
        joined: whether a word links them to those before; added: whether it says that they come on top.
        left_out: whether it says that they are not to be counted (孩子不算, 没有孩子).
        values: circumstances told of them; day: the day named beside them.

    """

    count: int
    numbered: bool
    kind: str | None
    noun: str
    start: int
    end: int
    clause: int = 0
    heads: bool = False
    joined: bool = False
    added: bool = False
    left_out: bool = False
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    day: Day | None = None


@dataclass(frozen=True)
class Named:
    """The people that a message names, in order, and what it says of all of them."""

    mentions: tuple[Mention, ...]
    shared: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class _Noun:
    """A word for people: its kind, and where it stands.

    Attributes:
        owned_from: where it starts with 我, 俺 and the like; possesses: whether it only tells whose next is.

    """

    kind: str
    word: str
    start: int
    end: int
    owned_from: int
    possesses: bool


@dataclass(frozen=True)
class _Number:
    """A number of people, or of what may be people."""

    count: int
    classifier: str
    start: int
    end: int


class MentionFinder:
    """Finds the people that messages name."""

    def __init__(
        self, kinds: Mapping[str, PeopleWords], person: Dimension, lexicon: Lexicon, reader: EntityReader
    ) -> None:
        self.kinds = kinds
        self._person = person
        self._lexicon = lexicon
        self._reader = reader
        self._kind_of = {word: kind for kind, entry in kinds.items() for word in entry.words}
        longest_first = sorted(self._kind_of, key=len, reverse=True)
        self._words = re.compile("|".join(map(re.escape, longest_first)) or "(?!)")

    def find(self, text: str, today: dt.date) -> Named:
        """Find the people that a cleaned message names, and what it says of them."""
        text = _LARGE_AND_SMALL.sub(_spelled_out, text)
        spans = sorted(self._spans(text), key=lambda mention: mention.start)
        return self._told(text, spans, today) if spans else Named((), {})

    # --- words and numbers ------------------------------------------------------------------------------

    def _spans(self, text: str) -> list[Mention]:
        """Find words for people with their numbers, numbers by themselves, and the writer."""
        words = list(self._nouns(text))
        nouns = [noun for noun in words if not noun.possesses]
        numbers = list(_numbers(text, nouns))
        pairs = self._pairs(text, nouns, numbers)
        found = []
        for number in numbers:
            noun = pairs.get(number)
            if noun is not None:
                start, end = min(number.start, noun.owned_from), max(number.end, noun.end)
                count = number.count * self.kinds[noun.kind].count
                found.append(
                    Mention(count, numbered=True, kind=noun.kind, noun=noun.word, start=start, end=end)
                )
            else:
                found.append(_bare(text, number))
        paired = set(pairs.values())
        for noun in nouns:
            entry = self.kinds[noun.kind]
            count = 0 if entry.counted else entry.count
            if noun not in paired:
                found.append(
                    Mention(
                        count,
                        numbered=False,
                        kind=noun.kind,
                        noun=noun.word,
                        start=noun.owned_from,
                        end=noun.end,
                    )
                )
        taken = [(mention.start, mention.end) for mention in found]
        taken += [(noun.owned_from, noun.end) for noun in words]
        found += [
            Mention(1, numbered=False, kind=ME, noun=match[0], start=match.start(), end=match.end())
            for match in _ME.finditer(text)
            if not any(start < match.end() and match.start() < end for start, end in taken)
        ]
        return found

    def _nouns(self, text: str) -> Iterator[_Noun]:
        """Find the words for people, those too that only tell whose somebody is (我姐家的孩子)."""
        matches = list(self._words.finditer(text))
        numbered = {numeral.end for numeral in numerals(text)} | {count.end for count in counts(text)}
        for match, following in zip(matches, [*matches[1:], None], strict=False):
            kind, start, end = self._kind_of[match[0]], match.start(), match.end()
            owner = _OWNER.search(text[max(0, start - _LONGEST_OWNER) : start])
            owned_from = start - (len(owner[0]) if owner else 0)
            possesses = following is not None and _POSSESSION.fullmatch(text[end : following.start()])
            within = match[0].endswith("的") and not _ends(text[:owned_from][-1:] or " ", 0)
            if _OTHER_WORD.match(text, end) or within:
                continue
            alone = not owner and start not in numbered
            if not (self.kinds[kind].related and alone) or _is_linked(text, start, end):
                yield _Noun(kind, match[0], start, end, owned_from, bool(possesses))

    def _pairs(self, text: str, nouns: Sequence[_Noun], numbers: Sequence[_Number]) -> dict[_Number, _Noun]:
        """Bring numbers and the words for those that they count together."""
        pairs: dict[_Number, _Noun] = {}
        for place, number in enumerate(numbers):
            later = numbers[place + 1] if place + 1 < len(numbers) else None
            ahead = next((noun for noun in reversed(nouns) if noun.end <= number.start), None)
            if ahead in pairs.values():
                ahead = None
            behind = next((noun for noun in nouns if noun.start >= number.end), None)
            if behind is not None and not _counts(text, number, behind, later):
                behind = None
            if ahead is not None and self._is_counted_behind(text, ahead, number):
                other_number = behind is not None and later is not None and later.start == behind.end
                if behind is None or other_number:
                    behind = ahead
            if behind is not None:
                pairs[number] = behind
        return pairs

    def _is_counted_behind(self, text: str, noun: _Noun, number: _Number) -> bool:
        """Whether a number counts the word straight before it (大人两个), not all so far (表妹仨)."""
        entry = self.kinds[noun.kind]
        if not _NEXT_TO.fullmatch(text[noun.end : number.start]):
            return False
        before = self._words.finditer(text, max(0, noun.owned_from - _LONGEST_OWNER), noun.owned_from)
        listed = any(match.end() == noun.owned_from for match in before)
        linked = listed or _is_linked(text, noun.owned_from, noun.end)
        of_child = entry.count == 1 and entry.person is None and noun.owned_from == noun.start
        countable = entry.counted or (of_child and number.classifier not in _HEADS)
        return countable and not (linked and (not entry.counted or text[number.start] in "俩仨"))

    # --- what is told of whom ---------------------------------------------------------------------------

    def _told(self, text: str, spans: Sequence[Mention], today: dt.date) -> Named:
        """Read what a message says of those that it names, part by part."""
        mentions: list[Mention] = []
        shared: dict[str, frozenset[str]] = {}
        opened = ""
        for part in _parts(text, spans):
            inside = self._naming(text, part, spans)
            if not inside:
                words = opened + text[part.start : part.end]
                said = self._read(words, today)[0]
                self._tell(mentions, shared, said, words, part.clause - bool(opened))
                opened = "" if said else opened
                continue
            opened = ""
            start = part.start
            for mention, following in zip(inside, [*inside[1:], None], strict=False):
                end = part.end if following is None else following.start
                if following is not None and text[mention.end : end].endswith("的"):
                    end = mention.end
                everybody = _EVERYBODY.search(text, mention.end, end)
                stop = everybody.start() if everybody else end
                told = self._with_own(text, mention, start, stop, today)
                told = replace(told, clause=part.clause, joined=part.joined and start == part.start)
                told = replace(told, added=told.joined and part.added)
                start = end
                if _LEFT_OUT.search(text[: mention.start]) or _LEAVES_OUT.match(text, mention.end):
                    mentions.append(replace(told, left_out=True))
                    continue
                self._tell_list(mentions, told, text[mention.end : stop], text, today)
                if self._is_of_people(text, told):
                    mentions.append(told)
                if everybody:
                    words = text[everybody.start() : end]
                    said = self._read(words, today)[0]
                    self._tell(mentions, shared, said, words, part.clause)
                    opened = "" if said else words
        return Named(tuple(mentions), shared)

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

    def _naming(self, text: str, part: _Part, spans: Sequence[Mention]) -> list[Mention]:
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

    def _is_named_me(self, text: str, mention: Mention, part: _Part, following: Mention | None) -> bool:
        """Whether the writer is one of those that a message is about, not only who writes (我问下)."""
        behind = text[mention.end : part.end if following is None else following.start]
        if following is not None and (not behind or behind.endswith("的")):
            return False  # 我三个娃, 我上初中的儿子
        if not behind.strip() or part.joined or (following is None and _JOIN.match(text, part.end)):
            return True
        tokens = self._lexicon.tokens(behind)
        return any(sense.name in GROUPED for token in tokens for sense in token.senses) or (
            person_of_age(None, text[mention.start : part.end], self._person) is not None
        )

    def _with_own(self, text: str, mention: Mention, start: int, end: int, today: dt.date) -> Mention:
        """Read what is told of one mention."""
        entry = self.kinds.get(mention.kind or "")
        fixed = entry.person if entry is not None else None
        if fixed is None:
            values, days = self._read(text[start:end], today)
        else:
            values, days = self._read(f"{text[start : mention.start]} {text[mention.end : end]}", today)
            values["person"] = self._who(fixed, values.get("person"))
        return replace(mention, values=values, day=days[0] if days else None)

    def _is_of_people(self, text: str, mention: Mention) -> bool:
        """Whether a number by itself counts people: by its classifier, or by what is said beside it."""
        if mention.kind is not None:
            return True
        told = bool(mention.values.keys() - {"tier"} or mention.day)
        if mention.count == 1:
            return told
        return mention.heads or told or _PLAIN.match(text, mention.end) is not None

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
        shared: dict[str, frozenset[str]],
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
            shared |= said
            return
        for mention in about:
            mentions[mentions.index(mention)] = replace(mention, values=completed(mention.values, said))


_ABOUT_LAST: Final = re.compile(r"[他她它也](?!们)")


def _of_one(last: Mention, said: Mapping[str, frozenset[str]]) -> bool:
    """Whether what is told is who somebody is, and fits those named last."""
    return "person" in said and bool(last.values.get("person", said["person"]) & said["person"])


def completed(
    values: Mapping[str, frozenset[str]], said: Mapping[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    """Narrow what is known of somebody by what is said of him among others, where both fit."""
    narrowed = {name: values[name] & said.get(name, values[name]) or values[name] for name in values}
    return {**said, **narrowed}


@dataclass(frozen=True)
class _Part:
    """A part of a message between pauses and words that link."""

    start: int
    end: int
    clause: int
    joined: bool
    added: bool


def _parts(text: str, spans: Sequence[Mention]) -> Iterator[_Part]:
    """Cut a message at pauses and at words that link people, but not inside a mention (五口 人)."""
    cuts = [(match, True) for match in _PAUSE.finditer(text)]
    cuts += [
        (match, False)
        for match in _JOIN.finditer(text)
        if not any(span.start < match.end() and match.start() < span.end for span in spans)
    ]
    start, clause, joined, added = 0, 0, False, False
    for match, pause in sorted(cuts, key=lambda cut: cut[0].start()):
        if match.start() > start:
            yield _Part(start, match.start(), clause, joined, added)
            joined = added = False
        start = match.end()
        if pause:
            clause += 1
        else:
            joined, added = True, _ADDING.search(match[0]) is not None
    if start < len(text):
        yield _Part(start, len(text), clause, joined, added)


def _numbers(text: str, nouns: Sequence[_Noun]) -> Iterator[_Number]:
    """Find the numbers that may count people, from left to right."""
    found = []
    for count in counts(text):
        of_heads = count.classifier in _HEADS or (count.classifier == "个" and _PERSON.match(text, count.end))
        inside = any(noun.start < count.end and count.start < noun.end for noun in nouns)
        if not count.ordinal and count.number > 0 and not inside and (of_heads or count.classifier == "个"):
            end = count.end + (count.classifier == "个" and bool(of_heads))
            found.append(_Number(count.number, "人" if of_heads else "个", count.start, end))
    found += [_Number(1, "个", match.start("one"), match.end()) for match in _ONE_MORE.finditer(text)]
    starts = {noun.start for noun in nouns}
    for numeral in numerals(text):
        exact = numeral.low == numeral.high and not numeral.approximate and 1 <= numeral.low <= _MOST
        inside = any(noun.start < numeral.end and numeral.start < noun.end for noun in nouns)
        if exact and not inside and numeral.end in starts and not text[: numeral.start].endswith("第"):
            found.append(_Number(int(numeral.low), "个", numeral.start, numeral.end))
    found.sort(key=lambda number: number.start)
    at = 0
    for number in found:
        if number.start >= at:
            yield number
            at = number.end


def _counts(text: str, number: _Number, noun: _Noun, later: _Number | None) -> bool:
    """Whether a number counts the next word for people (两个娃, 三个都没满十八的孩子)."""
    between = text[number.end : noun.start]
    if later is not None and later.start < noun.start:
        return False
    if not between:
        return True
    owned = noun.owned_from < noun.start
    return not (owned or _PAUSE.search(between) or _JOIN.search(between)) and (
        _DESCRIBED.fullmatch(between) is not None
    )


def _bare(text: str, number: _Number) -> Mention:
    """Take a number without a word for people; the family's own is of people, as is one with 口 or 人."""
    family = _FAMILY.search(text[: number.start])
    heads = number.classifier in _HEADS or family is not None
    return Mention(
        number.count,
        numbered=True,
        kind=None,
        noun=number.classifier,
        start=number.start,
        end=number.end,
        heads=heads,
    )


def _spelled_out(match: re.Match[str]) -> str:
    """Spell 两大一小 out."""
    large, small = (match[name].replace("俩", "两") for name in ("large", "small"))
    return f"{large}个大人{small}个小孩"


def _ends(text: str, at: int) -> bool:
    """Whether a pause, a word that links or the end stands at a place of a text."""
    return at >= len(text) or _PAUSE.match(text, at) is not None or _JOIN.match(text, at) is not None


def _is_linked(text: str, start: int, end: int) -> bool:
    """Whether a word for people is linked to others (和表妹, 表妹跟我)."""
    return _JOIN.match(text, end) is not None or any(
        match.end() == start for match in _JOIN.finditer(text, max(0, start - 3), start)
    )
