"""Putting people together over the messages of a chat: more of them, others instead, more about some."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from bot.dialogue.facts import days_of
from bot.dialogue.session import STANDING, Facts
from bot.understanding.entities import Entities
from bot.understanding.mentions import GROUPED
from bot.understanding.people import Group, Party
from calculators.known import COUNT
from knowledge.model import Document
from knowledge.names import Circumstance

_SEVERAL: Final = 2


def joined(before: Facts, party: Party, document: Document | None, *, of_one: bool = False) -> Facts:
    """Put those whom a message tells of together with those told of before.

    Args:
        before: what the chat knows; party: whom the message tells of; document: as for `facts_of`;
        of_one: whether the chat is about the premium of one, or of several alike: those named on top come
            together with them, and a number is how many like them there are.

    Returns:
        All the people, where the message tells of any and there are several; else nothing.

    """
    named = tuple(_facts(group, document) for group in party.named)
    held, heads = before.people, party.told
    if of_one and (so_many := _so_many(before, party)):
        return Facts(people=so_many)
    if not held and of_one and party.only_more:
        held = (_the_one(before),)
    if not held or not named:  # nobody before, or a message about nobody
        return Facts(people=tuple(_facts(group, document) for group in party.groups), heads=heads)
    if party.on_top and not _sums_up(party, held):
        held = tuple(_with_common(person, before.values) for person in held)
        people = (*held, *(_like(held, person) for person in named))
        heads = before.heads
    elif party.instead:
        denied = _facts(party.denied, document) if party.denied is not None else None
        people, heads = _instead(held, named, denied)
    else:
        refined = _refined(held, named)
        if refined is None and not party.groups:
            return Facts()
        people, heads = (refined, before.heads) if refined is not None else (named, heads)
    people = _alike_together(people)
    return Facts(people=people, heads=None if heads == _count(people) else heads)


def meant(entities: Entities, party: Party, before: Facts, family: Facts) -> Entities:
    """Leave out what a message tells of some only: of those whom it is not about, and the days of a few.

    Args:
        entities: what the words of the message tell; party: those whom it tells of;
        before: what the chat knows; family: the people to whom the message makes those told of so far.

    """
    values = _values_meant(entities.values, party, before)
    dated = any(group.day is not None for group in party.named)
    few = sum(group.count for group in party.named) < _count(family.people)
    days = () if dated and family.people and (party.dated_apart or few) else entities.days
    return replace(entities, values=values, days=days)


def _values_meant(
    values: Mapping[str, frozenset[str]], party: Party, before: Facts
) -> Mapping[str, frozenset[str]]:
    """Leave out who somebody is whom a message tells of, but is not about (爹妈都交过了)."""
    if not party.besides or Circumstance.PERSON not in values:
        return values
    told = [group.values.get(Circumstance.PERSON, frozenset()) for group in party.named]
    if not told and Circumstance.PERSON not in before.values:
        return values  # nobody else may be meant
    others = {name: said for name, said in values.items() if name != Circumstance.PERSON}
    return {**others, Circumstance.PERSON: frozenset.union(*told)} if told and all(told) else others


def _so_many(before: Facts, party: Party) -> tuple[Facts, ...]:
    """Take a number of people as so many of the kind that a chat is about (两个呢, 我有四个娃呢)."""
    if len(before.people) > 1 or len(party.named) != 1 or party.on_top or party.instead or party.told:
        return ()
    (group,) = party.named
    person = _facts(group, None)
    if group.count < _SEVERAL or group.day is not None or _tells_apart(person):
        return ()
    if not before.people:
        return (person,) if _fits(_the_one(before), person) else ()
    (one,) = before.people
    tells_more = person.values.keys() - one.values.keys() - before.values.keys()
    return (_of(one, group.count),) if _fits(one, person) and not tells_more else ()


def _with_common(person: Facts, common: Mapping[str, tuple[str, ...]]) -> Facts:
    """Tell of somebody by himself who he is as the chat has told of all; those who come on top may differ."""
    names = {Circumstance.PERSON} if STANDING & person.values.keys() else {Circumstance.PERSON, *STANDING}
    shared = {name: said for name, said in common.items() if name in names}
    return person.model_copy(update={"values": {**shared, **person.values}})


def _the_one(before: Facts) -> Facts:
    """Take the one whom a chat is about as somebody among others."""
    values = {name: said for name, said in before.values.items() if name in GROUPED}
    return Facts(values=values, days=before.days, counts={COUNT: 1})


def _facts(group: Group, document: Document | None) -> Facts:
    return Facts(
        values={name: tuple(sorted(said)) for name, said in group.values.items()},
        days=days_of([group.day] if group.day is not None else [], document),
        counts={COUNT: group.count},
    )


def _count(people: Sequence[Facts]) -> int:
    return sum(person.counts[COUNT] for person in people)


def _of(person: Facts, count: int) -> Facts:
    return person.model_copy(update={"counts": {**person.counts, COUNT: count}})


def _sums_up(party: Party, held: Sequence[Facts]) -> bool:
    """Whether a message only says again how many all of them are (加起来五个人)."""
    bare = len(party.named) == 1 and not party.named[0].values
    return bare and party.named[0].count == _count(held) >= _SEVERAL


def _like(held: Sequence[Facts], person: Facts) -> Facts:
    """Let who comes on top pay by the tier by which all the others do."""
    tiers = {one.values.get(Circumstance.TIER) for one in held}
    tier = tiers.pop() if len(tiers) == 1 else None
    if tier is None or Circumstance.TIER in person.values:
        return person
    return person.model_copy(update={"values": {**person.values, Circumstance.TIER: tier}})


def _instead(
    held: Sequence[Facts], named: Sequence[Facts], denied: Facts | None
) -> tuple[tuple[Facts, ...], int | None]:
    """Take a corrected number (不是两个是三个) for those whom it fits.

    Returns:
        The people, and how many they are now where it is open who was meant.

    """
    if len(named) != 1:
        return tuple(named), None
    (person,) = named
    fitting = [one for one in held if _fits(one, person) and (denied is None or _fits(one, denied))]
    if denied is not None and len(fitting) > 1:
        counted = [one for one in fitting if one.counts[COUNT] == denied.counts[COUNT]]
        fitting = counted or fitting
        if len(fitting) > 1:
            return tuple(held), _count(held) - denied.counts[COUNT] + person.counts[COUNT]
    if len(fitting) != 1:
        return tuple(named), None
    corrected = fitting[0].model_copy(update={"values": {**fitting[0].values, **person.values}})
    corrected = _of(corrected, person.counts[COUNT])
    return tuple(corrected if one is fitting[0] else one for one in held), None


def _refined(held: Sequence[Facts], named: Sequence[Facts]) -> tuple[Facts, ...] | None:
    """Tell more of some of those told of before (我妈是低保); None where a message tells nothing of the kind.

    What is told of somebody who is none of them changes nothing.
    """
    if _count(named) >= _count(held) or not all(map(_tells_apart, named)):
        return None
    people = list(held)
    for person in named:
        fitting = [one for one in people if _fits(one, person) and one.counts[COUNT] >= person.counts[COUNT]]
        if not fitting:
            continue
        whole = max(
            fitting,
            key=lambda one: one.values.get(Circumstance.PERSON) == person.values.get(Circumstance.PERSON),
        )
        told = whole.model_copy(
            update={"values": {**whole.values, **person.values}, "days": {**whole.days, **person.days}}
        )
        left = whole.counts[COUNT] - person.counts[COUNT]
        place = people.index(whole)
        people[place : place + 1] = [
            *([_of(whole, left)] if left else []),
            _of(told, person.counts[COUNT]),
        ]
    return tuple(people)


def _tells_apart(person: Facts) -> bool:
    """Whether something is told of somebody that may not hold for the others."""
    return bool(person.values.keys() & (GROUPED - {Circumstance.PERSON}) or person.days)


def _fits(whole: Facts, person: Facts) -> bool:
    """Whether somebody may be one of a group, by who they are."""
    both = whole.values.get(Circumstance.PERSON), person.values.get(Circumstance.PERSON)
    return both[0] is None or both[1] is None or not set(both[0]).isdisjoint(both[1])


def _alike_together(people: Sequence[Facts]) -> tuple[Facts, ...]:
    """Bring those of whom the same is told together."""
    found: list[Facts] = []
    for person in people:
        for place, other in enumerate(found):
            if _of(other, 0) == _of(person, 0):
                found[place] = _of(other, other.counts[COUNT] + person.counts[COUNT])
                break
        else:
            found.append(person)
    return tuple(found)
