"""What the bot remembers of a chat between two messages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from calculators.known import COST, STAYS, Known, Value
from knowledge.names import Circumstance

STANDING: Final[frozenset[str]] = frozenset({Circumstance.IDENTITY, Circumstance.POVERTY})
"""Circumstances that tell what aid somebody is given."""

VISITS = "visits"
"""The count of the visits that one cost is told for, until it is told what each of them cost."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Facts(_Frozen):
    """What the user has told about the case, by input of the calculators.

    Attributes:
        values: dimension -> base values still possible; amounts: in yuan; days: dates; counts: whole numbers.
        people: the same for each group of people that a premium is worked out for.
        heads: how many people they were said to be, where that is another number than that of `people`.
        stays: what is told of each of several visits or stays, in order: its cost, and what others have
            otherwise.
        earlier: the same of visits told of one by one, before the last.
        sides: the same of each of two cases that are set against each other.
        untold: inputs that the user cannot tell.
        eligible: whether the costs were told to be those within the catalogue.

    """

    values: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    amounts: Mapping[str, Decimal] = Field(default_factory=dict)
    days: Mapping[str, dt.date] = Field(default_factory=dict)
    counts: Mapping[str, int] = Field(default_factory=dict)
    people: tuple[Facts, ...] = ()
    heads: int | None = None
    stays: tuple[Facts, ...] = ()
    earlier: tuple[Facts, ...] = ()
    sides: tuple[Facts, ...] = ()
    untold: tuple[str, ...] = ()
    eligible: bool = False

    def known(self) -> Known:
        """Give the facts as the calculators take them."""
        known: dict[str, Value] = {name: frozenset(values) for name, values in self.values.items()}
        known.update(self.amounts)
        known.update(self.days)
        known.update(self.counts)
        if self.people:
            known["people"] = tuple(person.known() for person in self.people)
        if self.stays:
            known.pop(COST, None)
            known[STAYS] = tuple(stay.known() for stay in self.stays)
        if self.untold:
            known["unknown"] = frozenset(self.untold)
        return known

    def updated(self, later: Facts) -> Facts:
        """Take over what was said later; it replaces what was said before on the same matter.

        What was told of one before does not hold for people of whom some are told to differ in it; a tier
        told later without people is that of all who have one.
        """
        apart = _told_apart(later.people)
        values = {name: told for name, told in self.values.items() if name not in apart} | {**later.values}
        people = later.people or _all_by_tier(self.people, later.values.get(Circumstance.TIER))
        return Facts(
            values=values,
            amounts={**self.amounts, **later.amounts},
            days={**self.days, **later.days},
            counts={**self.counts, **later.counts},
            people=tuple(person.narrowed(values) for person in people),
            heads=later.heads if later.people else self.heads,
            stays=later.stays or (() if COST in later.amounts else self.stays),
            earlier=later.earlier or self.earlier,
            sides=later.sides or (() if self._sides_differ_in(later.values) else self.sides),
            untold=(*self.untold, *(name for name in later.untold if name not in self.untold)),
            eligible=later.eligible if later.amounts else self.eligible,
        )

    def without(self, names: Collection[str]) -> Facts:
        """Leave circumstances out."""
        values = {name: said for name, said in self.values.items() if name not in names}
        return self.model_copy(update={"values": values}) if names else self

    def without_sides(self) -> Facts:
        """Let go of the two cases once they have been set against each other."""
        return self.model_copy(update={"sides": ()}) if self.sides else self

    def _sides_differ_in(self, values: Mapping[str, tuple[str, ...]]) -> bool:
        return any(not side.values.keys().isdisjoint(values) for side in self.sides)

    def narrowed(self, values: Mapping[str, tuple[str, ...]]) -> Facts:
        """Leave possible only what is told otherwise, too (两个娃, known to be pupils)."""
        both = {
            name: tuple(value for value in said if value in values.get(name, said)) or said
            for name, said in self.values.items()
        }
        return self.model_copy(update={"values": both})


def _told_apart(people: Sequence[Facts]) -> frozenset[str]:
    """Name the circumstances that are told of some people, and cannot be taken for those of the others."""
    apart = STANDING if any(STANDING & person.values.keys() for person in people) else frozenset()
    who = [Circumstance.PERSON in person.values for person in people]
    return apart | {Circumstance.PERSON} if any(who) and not all(who) else apart


def _all_by_tier(people: tuple[Facts, ...], tier: tuple[str, ...] | None) -> tuple[Facts, ...]:
    """Let all pay by a tier (那二档呢), where each has one already."""
    if tier is None or any(Circumstance.TIER not in person.values for person in people):
        return people
    return tuple(
        person.model_copy(update={"values": {**person.values, Circumstance.TIER: tier}}) for person in people
    )


class Offer(_Frozen):
    """A choice that the bot offered: its label, and what picking it means.

    Attributes:
        topic: the topic that it asks; region: the place that it names.
        input, values: the circumstance that it tells.
        unsure: whether it is one of several topics that a message may have meant.

    """

    label: str
    topic: str | None = None
    region: str | None = None
    input: str | None = None
    values: tuple[str, ...] = ()
    unsure: bool = False


class Matter(_Frozen):
    """What the chat was about before it turned to something else.

    Attributes:
        topic: the topic; facts: what the user had told of the case; calculated: whether it was worked out.

    """

    topic: str
    facts: Facts = Field(default_factory=Facts)
    calculated: bool = False


class Question(_Frozen):
    """Something that the bot asked and still waits for, whatever is asked in between.

    Attributes:
        topic: what it is to be worked out for; input: the input of the calculator that is missing.
        facts: what was known of the case; times: how often it was asked.

    """

    topic: str
    input: str
    facts: Facts = Field(default_factory=Facts)
    times: int = 1


class Session(_Frozen):
    """A chat as it stands.

    Attributes:
        region: the place whose document holds; named: the user named it, so that a preset no longer counts.
        topic: what the last answer was about; facts: what the user has told since that matter began.
        things: the concepts that the user named last, other than what was asked of them.
        calculated: whether the last reply worked something out.
        question: what the bot waits for; waiting: a message that waits for the region to be told.
        left: the matters that the user may come back to, those left last first.
        offers: the choices that the last reply showed, in order.

    """

    region: str | None = None
    named: bool = False
    topic: str | None = None
    things: tuple[str, ...] = ()
    facts: Facts = Field(default_factory=Facts)
    calculated: bool = False
    question: Question | None = None
    waiting: str | None = None
    offers: tuple[Offer, ...] = ()
    left: tuple[Matter, ...] = ()
