"""The types of the knowledge: what a document is, its answers and gaps, and the national topics.

All values are frozen. The loader builds them from YAML; nothing here reads files.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_as_tuple), Field(min_length=1)]
When = Mapping[str, Words]
"""Conditions: for each dimension, the values or groups under which something applies (all must hold)."""


class Frozen(BaseModel):
    """A value that never changes, refuses keys that it does not know, and holds no empty text.

    What checks it is built when YAML is first read: values from the cache have been checked.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_min_length=1, defer_build=True)


# --- national -------------------------------------------------------------------------------------------


class Group(Frozen):
    """Several values of a dimension under one name, as people say it (二级医院 for 二甲 and 二乙)."""

    name: str
    of: tuple[str, ...]


class Dimension(Frozen):
    """A circumstance that rules may turn on: hospital level, tier, place of care, person, and so on.

    Attributes:
        name: what the circumstance is called.
        ask: the question that asks for it.
        values: id to name, from the lowest to the highest where there is an order.
        groups: id to a named set of values.
        default: the value or group that holds while nothing was said, if any.
        of_amounts: whether it says what an amount covers (a day, a year), not whom or what it concerns.
        before: value -> the values that it goes before where both are told (急诊 on a journey).
        from_age: value -> the age in years from which on it holds (六十周岁以上农村籍退役人员).
        denies: value -> the dimensions of which nothing holds then (普通参保人 have no 困难身份).
        rare: a value that is meant only where it is said: a word for more than it (孩子) is taken without it.
        together: the value that holds where values that else exclude each other are named together.
        of_people: value -> words that tell it of people only (一个低保一个普通), elsewhere something else.

    """

    name: str
    ask: str
    values: Mapping[str, str]
    groups: Mapping[str, Group] = Field(default_factory=dict)
    default: str | None = None
    together: str | None = None
    before: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    denies: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    from_age: Mapping[str, int] = Field(default_factory=dict)
    rare: str | None = None
    of_amounts: bool = False
    of_people: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)

    def denied(self, values: Iterable[str]) -> frozenset[str]:
        """Name the dimensions of which nothing holds with any of some values."""
        return frozenset(name for value in values for name in self.denies.get(value, ()))

    def is_one_notion(self, values: frozenset[str]) -> bool:
        """Whether values are one value or lie within one group, so that naming them names one thing."""
        return len(values) == 1 or any(values <= frozenset(group.of) for group in self.groups.values())

    def spread(self, words: Iterable[str]) -> frozenset[str]:
        """Spread values and groups out into the values that they stand for.

        Raises:
            KeyError: a word is neither; checked knowledge holds none.

        """
        return frozenset(
            value for word in words for value in ((word,) if word in self.values else self.groups[word].of)
        )


class Topic(Frozen):
    """Something that people ask anywhere; the phrasings live here once.

    Attributes:
        title: names it in a list of choices, for residents.
        subject: the thing asked about; aspect: what is asked of it. Topics of one subject are neighbours; the
            aspects rate, deductible and cap are those that calculators state.
        phrasings: how people ask it, without any place name.
        needs: concepts or dimensions of which a message must express at least one to mean this topic.
        calculator: the calculator that works it out, where a region has it.
        amount: the role of the amount that the calculator's cost means (self_paid for critical illness).
        overview: whether a very short message may mean it and is answered with choices.
        elsewhere: whether a place other than the insured one may belong to the question (care away from home,
            insurance held in two places).
        next: topics that people ask afterwards, best first.

    """

    title: str
    subject: str
    aspect: str
    phrasings: tuple[str, ...]
    needs: tuple[str, ...] = ()
    calculator: str | None = None
    amount: str = "cost"
    overview: bool = False
    elsewhere: bool = False
    next: tuple[str, ...] = ()


class SmallTalk(Frozen):
    """A kind of small talk: how people say it and what the bot says back, with a way onward."""

    phrasings: tuple[str, ...]
    text: str
    kind: Literal["chat", "handoff"] = "chat"


class OutOfScope(Frozen):
    """A kind of question that no document here answers, and what the bot says to it.

    Attributes:
        title: what the question is about; words: words that by themselves give such a question away.
        needs: concepts or dimensions of which a message must express at least one to mean this.
        rival: whether it is another insurance, of which all that is asked of ours may be asked: then its
            words decide, whatever else a message says.

    """

    title: str
    phrasings: tuple[str, ...]
    text: str
    words: tuple[str, ...] = ()
    rival: bool = False
    needs: tuple[str, ...] = ()


class Wording(Frozen):
    """The bot's own sentences; {…} is filled in by the dialogue."""

    ask_region: str
    region_set: str
    no_document: str
    many_places: str
    other_year: str
    gap: str
    english: str
    unknown: str
    unknown_hint: str
    which_topic: str
    which_cost: str
    which_aspect: str
    which_people: str
    people_differ: str
    ask_again: str
    amount_negative: str
    amount_zero: str
    amount_unclear: str
    amount_range: str
    each_visit: str
    source: str
    past: str
    calculated: str
    assumed: str
    so_far: str
    so_far_rate: str
    eligible: str
    compared: str
    compared_alike: str
    dearer: str
    rate: str
    deductible: str
    cap: str
    also: str
    together: str
    covered_from: str
    not_insured: str


FILLED_IN: Mapping[str, tuple[str, ...]] = {
    "region_set": ("place",),
    "no_document": ("place", "places"),
    "many_places": ("places", "count"),
    "gap": ("title", "document"),
    "which_aspect": ("title", "examples"),
    "other_year": ("document", "year", "asked"),
    "people_differ": ("told", "named"),
    "ask_again": ("question",),
    "amount_unclear": ("text",),
    "amount_range": ("text",),
    "source": ("document", "clause"),
    "past": ("year",),
    "calculated": ("given", "result"),
    "assumed": ("assumptions",),
    "so_far": ("result",),
    "so_far_rate": ("rate",),
    "compared_alike": ("several",),
    "compared": ("more", "less", "difference"),
    "dearer": ("more", "difference"),
    "together": ("fund",),
    "covered_from": ("day",),
}
"""What the dialogue fills into a sentence of the wording, by sentence; nothing into the others."""


class Concept(Frozen):
    """A notion of the field or of asking, and the words by which people express it.

    Attributes:
        words: single words and short expressions, all of the same meaning here.
        asks: whether it is something asked of a thing (how much, when, which rate) rather than a thing.
        vague: whether it goes with any matter (医院, 医保), so that naming it does not begin a new one.
        filler: words that carry no meaning for a question (请问, 一下); they are left out of matching.

    """

    words: tuple[str, ...]
    asks: bool = False
    vague: bool = False
    filler: bool = False


class Cues(Frozen):
    """The words beside an amount or a day that give its role in the case away.

    Attributes:
        before, after: words that stand shortly before or after it.
        none, whole: words that say by themselves that there is nothing of it, or that the whole cost is
            it (没用中药, 全是中药).

    """

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()


class PeopleWords(Frozen):
    """Words that name people of one kind (partner, offspring), as `lexicon/people.yaml` explains them."""

    words: tuple[str, ...]
    count: int = 1
    counted: bool = False
    apart: tuple[str, ...] = ()
    describes: tuple[str, ...] = ()
    person: str | None = None
    adult_me: bool = False
    related: bool = False


class Province(Frozen):
    """A province: its short names, and its cities with the other names that each goes by."""

    short: tuple[str, ...]
    cities: Mapping[str, tuple[str, ...]]


# --- a region -------------------------------------------------------------------------------------------


class Document(Frozen):
    """What the region's document is.

    Attributes:
        title, issuer: as the source line of an answer names them.
        year: the scheme year, as people say it (2023年度, 2024-2025学年).
        opens: the first day on which the year's business is done, such as paying for it.
        valid_from, valid_to: the days between which its figures hold.
        checked: the day on which somebody last compared the figures with the document.
        audience: whom the document is written for.

    """

    title: str
    issuer: str
    year: str
    opens: dt.date
    valid_from: dt.date
    valid_to: dt.date
    checked: dt.date
    audience: str


class Place(Frozen):
    """Where a document holds: its name, province, and the other names of it and of its parts.

    Attributes:
        residents: words for who is registered there or not (深户); they name the place and say more.

    """

    name: str
    province: str
    aliases: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    nicknames: tuple[str, ...] = ()
    residents: tuple[str, ...] = ()


class RegionInfo(Frozen):
    """A region's head: its document, its place, and where to ask what the document leaves out.

    Attributes:
        words: names of the place's own accounts and apps, by the concept that they stand for.

    """

    document: Document
    place: Place
    ask_elsewhere: str
    words: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)


class Case(Frozen):
    """What an answer says under certain circumstances; a gap where the document is silent about them."""

    when: Annotated[When, Field(min_length=1)]
    text: str
    clause: str | None = None
    gap: bool = False


class Answer(Frozen):
    """What a document says about a topic.

    Attributes:
        text: a template over figures, {figure.id} standing for the figure with its unit.
        clause: where the document says so.
        cases: texts for certain circumstances; they exclude each other and come before `text`.
        silent: concepts of asking (起付线, 名单, 地址…) about which the document says nothing here, and what
            the bot says of that before the text.
        caveat: what the reader must know besides, such as another reading of the wording.

    """

    text: str
    clause: str
    cases: tuple[Case, ...] = ()
    silent: Mapping[str, str] = Field(default_factory=dict)
    caveat: str | None = None


class Gap(Frozen):
    """A topic that the document leaves out; `says` tells what it does say nearby, if anything."""

    says: str | None = None
    clause: str | None = None
