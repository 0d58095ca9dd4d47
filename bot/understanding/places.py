"""Places in a message: which document is meant, and where the care takes place.

The place is taken out of the text first: what is asked is the same everywhere, so the rest is matched
against topics without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.understanding.text import clean
from knowledge.contents import Knowledge

_LONGEST_NAME = 12
_CARE = re.compile(
    r"住院|住了院|看病|医院|就医|就诊|门诊|治病|治疗|三甲|三级|二级|二甲|急诊|手术|开刀|生孩子|生娃"
)
_GOING = re.compile(r"(去|到|回|在|来|赴|往|转|上|跑)了?$")
_COUNTY_HOSPITAL = re.compile(r"县(人民|中|第.|妇幼|中西医结合)*医院")
_OWN_HOSPITAL = re.compile(r"的?(?:[一二三123][级甲乙]|医院|大医院)")
_TREATED_HERE = re.compile(
    r"市?[里内]?(?:的|这边)?(?:住院|住(?=[一二三][级甲])|住呢|看病|看呢|就医|就诊|治|看门诊|呢|$)"
)
_CITY = "市"
_INSURED_THERE = re.compile(
    r"(市|的|那边|这边|本地|当地)*(少儿|居民|城乡|学生|娃娃|儿童|小学生|大学生|孩子)*(基本)?(医保|农合|新农合|合作医疗|社保|医疗保险)"
    r"|的?(幼儿园|小学|初中|高中|中学|学校|学生|孩子|小孩|娃|居民|老人)"
)
_ORIGIN = re.compile(r"人(?!民)|户口|户籍|的户口|身份")
_COMING_FROM = re.compile(r"(户口|户籍|学籍)(还|都|仍)?(是|在)?$")
_REGISTER = re.compile("的?户[口籍]")
_REGISTERED_IN = re.compile("户[口籍](?:都|还|就)?[在是]$")
_LIVING = re.compile(
    r"(市|省|那边|这边|那儿|那里)*(厂里|工地|打工|上班|务工|做工|干活|干装修|卖|摆摊|做生意|开店|开车|跑车|跑船|送外卖|送快递"
    r"|带孙|带娃|看孩子|看孙|当兵|租房|定居|住(?!院|了院|进|过院)|生活|过年|过冬)"
)
_THERE = re.compile(r"[,，。 ]*(?:[他她]们?|人家)(?:那边|那里|那儿|那头|那块)")
"""Somebody is there, and asked about: what follows is no treatment sought there (表妹在那边 她那边门诊)."""
_SCHOOL = re.compile(
    r"(市|县|区|那边|这边|这里)*(上学|读书|念书|[上读念][小中大]学|上初中|上高中|读[一二三四五六]年级|参保)"
)
_LIVES = re.compile(r"(在|到|去|来|跑)$")
_FROM = re.compile(r"(从|由|打|自)$")
_MOVED_HERE = re.compile(r"(那边|老家|市|省)*(转|搬|迁|来|过来|回来|回)")
_HOME, _OTHER_CITY, _PROVINCE, _ABROAD = "本市", "省内其他市", "省内", "省外"
_OF_HOME = {"市": "市里", "县": "县里"}
"""Words of the lexicon for where a place lies, the place itself by what it calls itself."""
_CARE_REACH = 14
"""How many characters after a place name may still tell that care is sought there (在北京一家三甲住院)."""


@dataclass(frozen=True)
class PlaceName:
    """What a name on the map stands for.

    Attributes:
        region: the id of the document that holds there; None where no document does.
        province: the province that it lies in; whole: whether it is the whole province.
        proper: whether it is a word that only says where it belongs (an app's name, 深户); it stays in
            the text.

    """

    name: str
    region: str | None
    province: str
    whole: bool = False
    proper: bool = False


@dataclass(frozen=True)
class Mention:
    """A place named in a message: `start` and `end` in the text; `care`: it reads as a place of treatment."""

    place: PlaceName
    text: str
    start: int
    end: int
    care: bool


class Gazetteer:
    """All place names that the knowledge holds, found in a text by look-up, longest first.

    They are held cleaned, as messages are read: a name in traditional or Japanese characters is found, too.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        names: dict[str, PlaceName] = {}
        for province, entry in knowledge.national.places.items():
            for short in (province, *entry.short):
                names[short] = PlaceName(short, None, province, whole=True)
            for city, others in entry.cities.items():
                for name in (city, *others):
                    names[name] = names[f"{name}市"] = PlaceName(name, None, province)
        for region in knowledge.regions.values():
            place = region.info.place
            for name in (place.name, *place.aliases, *place.districts, *place.nicknames, region.id):
                names[name] = PlaceName(place.name, region.id, place.province)
            for own_names in (place.residents, *region.info.words.values()):
                names.update(
                    (name, PlaceName(place.name, region.id, place.province, proper=True))
                    for name in own_names
                )
        heard = ((clean(name).lower(), place) for name, place in names.items())
        self._names: Mapping[str, PlaceName] = {name: place for name, place in heard if name}
        self._firsts = frozenset(name[0] for name in self._names)

    def words(self) -> frozenset[str]:
        """All names, for the segmenter's dictionary."""
        return frozenset(self._names)

    def find(self, text: str) -> tuple[Mention, ...]:
        """Find the places that a cleaned text names, in order; a name inside a longer one is not found."""
        return tuple(self._scan(text))

    def _scan(self, text: str) -> Iterator[Mention]:
        start = 0
        while start < len(text):
            end = self._end_of_name(text, start)
            if end is None:
                start += 1
                continue
            place = self._names[text[start:end].lower()]
            care = (
                _SCHOOL.match(text, end) is None
                and _THERE.match(text, end) is None
                and _GOING.search(text[:start]) is not None
                and _CARE.search(text, end, end + _CARE_REACH) is not None
            )
            yield Mention(place, text[start:end], start, end, care)
            start = end

    def _end_of_name(self, text: str, start: int) -> int | None:
        if text[start].lower() not in self._firsts:
            return None
        for end in range(min(len(text), start + _LONGEST_NAME), start + 1, -1):
            if text[start:end].lower() in self._names:
                return end
        return None


@dataclass(frozen=True)
class Whereabouts:
    """What the places of a message come to, given the region that the chat was in.

    Attributes:
        region: the document that the message names, None where it names none.
        elsewhere: a place without a document that the question is about, None where there is none.
        care: where the treatment is, as values of the dimension `place`; None where not said.
        rest: the text without the names of insured places;
        seen: the text with each place named by where it lies from the insured one (省外).

    """

    region: str | None
    elsewhere: str | None
    care: str | None
    rest: str
    seen: str = ""


def locate(
    text: str, mentions: tuple[Mention, ...], current: str | None, provinces: Mapping[str, str]
) -> Whereabouts:
    """Tell the insured place from the place of treatment.

    Args:
        text: the message; mentions: the places found in it.
        current: the region that the chat is in, if any.
        provinces: region id -> its province.

    """
    region = _insured(mentions, current)
    known = region or current
    elsewhere: str | None = None
    care: str | None = None
    for mention in mentions:
        place = mention.place
        start = _start_of_chain(mentions, mention)
        if place.region is not None and place.region == known:
            if _COUNTY_HOSPITAL.match(f"{mention.text[-1]}{text[mention.end : mention.end + _CARE_REACH]}"):
                care = care or "county"
            continue
        if known is None:
            elsewhere = elsewhere or (place.name if place.region is None else None)
        elif place.region is None and (
            _ORIGIN.match(text, mention.end)
            or _COMING_FROM.search(text[:start])
            or (_FROM.search(text[: mention.start]) and _MOVED_HERE.match(text, mention.end))
        ):
            continue
        elif place.whole and place.province == provinces[known]:
            care = care or ("province" if mention.care else None)
        elif place.region is None or mention.care:
            if mention.care or region is not None or _is_where_one_lives(text, mention):
                care = "province" if place.province == provinces[known] else "abroad"
            elif _INSURED_THERE.match(text, mention.end):
                elsewhere = place.name
            else:
                elsewhere = place.name
                care = "province" if place.province == provinces[known] else "abroad"
    seen = _seen_from(text, mentions, known, provinces)
    return Whereabouts(region, elsewhere, care, _without(text, mentions, known), seen)


def _seen_from(
    text: str, mentions: tuple[Mention, ...], known: str | None, provinces: Mapping[str, str]
) -> str:
    """Name each place by where it lies from the insured one, as people do who name none."""
    said, end = [], 0
    for mention in mentions:
        if mention.place.proper or known is None:
            continue
        lies = " " if _is_origin(text, mention) else _lies(mention, known, provinces[known])
        said += [text[end : mention.start], lies]
        end = mention.end
    return "".join((*said, text[end:]))


def _is_origin(text: str, mention: Mention) -> bool:
    """Whether a place is told as that which somebody comes from or is registered in."""
    return bool(_ORIGIN.match(text, mention.end) or _COMING_FROM.search(text[: mention.start]))


def _lies(mention: Mention, known: str, province: str) -> str:
    place = mention.place
    if place.region == known:
        return _OF_HOME.get(mention.text[-1], _HOME)
    if place.region is not None and not mention.care:
        return " "
    if place.province != province:
        return _ABROAD
    return _PROVINCE if place.whole else _OTHER_CITY


def _hospital_here(text: str, mention: Mention) -> str:
    """Say that the insured place is where the treatment is, if it is (某市的三甲, 在某市呢)."""
    if _OWN_HOSPITAL.match(text, mention.end):
        return "市里" if mention.text.endswith(_CITY) else "本市"
    going = _GOING.search(text[: mention.start]) is not None
    return "本市" if going and _TREATED_HERE.match(text, mention.end) else " "


def _start_of_chain(mentions: tuple[Mention, ...], last: Mention) -> int:
    """Tell where a place begins that is named from the large to the small (河南濮阳)."""
    start = last.start
    for mention in reversed(mentions):
        if mention.end == start:
            start = mention.start
    return start


def _is_where_one_lives(text: str, mention: Mention) -> bool:
    """Whether a place is told as where somebody lives or works (在天津卖煎饼), not as what is asked about."""
    return bool(_LIVES.search(text[: mention.start]) and _LIVING.match(text, mention.end))


def _insured(mentions: tuple[Mention, ...], current: str | None) -> str | None:
    """Choose the document that is meant: the last one named that is not merely where the care is."""
    named = [mention for mention in mentions if mention.place.region is not None]
    insured = [mention for mention in named if not mention.care]
    if not insured and named and current is None:
        insured = named
    if not insured:
        return None
    others = [mention for mention in insured if mention.place.region != current]
    return (others or insured)[-1].place.region


def _without(text: str, mentions: tuple[Mention, ...], known: str | None) -> str:
    """Leave the names of places out; where somebody is registered, or treated in the insured place, stays."""
    kept, end = [], 0
    for mention in mentions:
        if mention.place.proper:
            continue
        registered = _REGISTER.match(text, mention.end) or _REGISTERED_IN.search(text[: mention.start])
        own = known is not None and mention.place.region == known
        instead = " "
        if registered and known is not None:
            instead = "本地" if own else "外地"
        elif own:
            instead = _hospital_here(text, mention)
        kept += [text[end : mention.start], instead]
        end = mention.end
    return re.sub(r"\s+", " ", "".join((*kept, text[end:]))).strip()
