"""Who of those named is one of others named: 我妈 named again, a family of five, two children told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from bot.understanding.apart import completed
from bot.understanding.headcounts import HEADS
from bot.understanding.mentions import ME, Mention
from bot.understanding.standing import as_part, of_one_standing
from knowledge.model import PeopleWords
from knowledge.names import Circumstance

_CHILDREN: Final = frozenset({"child", "minors", "pupil"})
"""Kinds of words for children of any number; who is named as a son or daughter may be one of them."""
_OFFSPRING: Final = frozenset({"offspring", "child"})
_ADULT: Final = "adult"
_PUPIL: Final = "pupil"
_PARENTS: Final = 2
_TWO: Final = 2


class Members:
    """Sorts out who is named twice, and numbers of all and of parts."""

    def __init__(self, kinds: Mapping[str, PeopleWords]) -> None:
        self._kinds = kinds

    # --- who is named twice -----------------------------------------------------------------------------

    def once_each(self, mentions: Sequence[Mention]) -> list[Mention]:
        """Let who is named again be the one named before (我和我妈 我妈是低保), or is left out (孩子不算)."""
        kept: list[Mention] = []
        for mention in mentions:
            place = self._named_before(kept, mention)
            if mention.left_out:
                kept = [before for index, before in enumerate(kept) if index != place]
            elif place is None:
                kept.append(mention)
            else:
                before = kept[place]
                values = completed(mention.values, before.values)
                kept[place] = replace(before, values=values, day=before.day or mention.day)
        return kept

    def _named_before(self, kept: Sequence[Mention], mention: Mention) -> int | None:
        """Find who is named again among those before."""
        if mention.kind is None:
            return None
        named_again = (
            self._is_of_those_counted if mention.numbered or mention.count == 0 else self._is_the_one
        )
        return next((place for place, before in enumerate(kept) if named_again(before, mention)), None)

    def _is_the_one(self, before: Mention, mention: Mention) -> bool:
        """Whether a word without a number names who was named before."""
        same = before.kind == mention.kind and (before.noun == mention.noun or mention.kind == ME)
        if same and not before.numbered:
            return True
        child = mention.kind == "child" and (before.kind in _OFFSPRING or before.kind in _CHILDREN)
        first_of = mention.kind == "offspring" and before.kind == "child" and before.count == 1
        return (child or first_of) and not mention.joined

    def _is_of_those_counted(self, before: Mention, mention: Mention) -> bool:
        """Whether those counted before are named again: 两个娃 as 俩娃, 两个大人 as 大人.

        Of whom something else is told (两个娃上小学 两个娃上初中), or who are somebody else's, are others.
        """
        entry = self._kinds.get(mention.kind or "")
        alike = before.kind == mention.kind or (entry is not None and before.kind in entry.apart)
        if not alike or mention.joined or not before.numbered:
            return False
        if mention.count == 0:
            return before.kind == mention.kind
        others = mention.owner and mention.owner != (before.owner or ME)
        others = others or mention.described not in {"", before.described}
        others = others or (mention.kind == _PUPIL and mention.noun not in before.noun)
        others = others or before.end == mention.start
        same = mention.alone and not others and _agree(before, mention, Circumstance.PERSON)
        return before.count == mention.count > 1 and same

    # --- numbers of all, and numbers told apart ---------------------------------------------------------

    def sorted_out(self, mentions: Sequence[Mention], left_out: int) -> tuple[list[Mention], int | None]:
        """Sort out numbers of all and of parts.

        Args:
            mentions: everybody named, once each; left_out: how many were named as not meant.

        Returns:
            The members, and how many they were said to be where that is not how many they are.

        """
        totals = [mention for mention in mentions if _is_total(mention, mentions)]
        members = self._told_apart([mention for mention in mentions if mention not in totals])
        told: int | None = None
        for total in totals:
            if not members and left_out < total.count:  # it is open whether those left out are counted
                members = [replace(total, count=total.count - left_out)]
                told = total.count
                continue
            place = self._span_of(total, members)
            if place is not None:
                members = [
                    as_part(member, total) if index in place else member
                    for index, member in enumerate(members)
                ]
                continue
            count = sum(member.count for member in members)
            if not left_out and _are_parents(total, members):
                adults = {**total.values, "person": frozenset({_ADULT})}
                members.append(replace(total, count=total.count - count, values=adults))
                continue
            parts = all(member.kind is None for member in members)
            if total.count > count and parts and not left_out and _is_before(total, members):
                members = [as_part(member, total) for member in members]
                members.append(replace(total, count=total.count - count))
            elif total.heads or total.count > count:
                told = total.count
            else:
                told = total.count if told is None else told
        named = sum(member.count for member in members)
        return members, None if told in {named, named + left_out} else told

    def _span_of(self, total: Mention, members: Sequence[Mention]) -> range | None:
        """Find the members that a number of all counts: everybody, else those next to it."""
        if sum(member.count for member in members) == total.count:
            return range(len(members))
        after = next((i for i, member in enumerate(members) if member.start > total.start), len(members))
        before = next(
            (
                range(start, after)
                for start in range(after - 1, -1, -1)
                if sum(member.count for member in members[start:after]) == total.count
            ),
            None,
        )
        if before is not None and total.start - members[after - 1].end <= 1:
            return before  # 我爸我妈跟我 三个人
        if total.heads:
            return None
        for end in range(after + 1, len(members) + 1):
            if sum(member.count for member in members[after:end]) == total.count:
                return range(after, end)
        return before

    def _told_apart(self, members: list[Mention]) -> list[Mention]:
        """Put in the place of a number its parts (两个娃 一个二年级 一个五年级), and what is left of it."""
        found = list(members)
        for total in members:
            if total.count < _TWO or total not in found:
                continue
            place = found.index(total)
            parts = self._parts(total, found[place + 1 :])
            if not parts:
                parts = self._parts_before(total, found[:place])
            left = total.count - sum(part.count for part in parts)
            among = all(part.among for part in parts)
            if not parts or (left and not (total.alone or among)):  # 两个上小学 一个上高中 are three
                continue
            if left and any(_is_counted_apart(part, total) for part in parts):
                continue
            found = [as_part(member, total) if member in parts else member for member in found]
            place = found.index(total)
            found[place : place + 1] = [replace(total, count=left)] if left else []
        return found

    def _parts(self, total: Mention, later: Sequence[Mention]) -> list[Mention]:
        """Choose the parts of a number among those named after it."""
        fitting = [member for member in later if self._fits(total, member)]
        if fitting and fitting[0].joined:
            return []
        if sum(member.count for member in fitting) == total.count:
            return fitting
        nearer = [member for member in fitting if not member.added]
        if not total.numbered:  # 两口子, 我低保; 爸妈, 我爸; but not 老两口, 儿子 媳妇
            nearer = [
                member
                for member in nearer
                if member.kind == ME or "identity" in member.values or _is_one_of(total, member)
            ]
        chosen: list[Mention] = []
        for member in nearer:
            if sum(part.count for part in chosen) + member.count <= total.count:
                chosen.append(member)
        return chosen

    def _parts_before(self, total: Mention, earlier: Sequence[Mention]) -> list[Mention]:
        """Choose the parts of a number that sums those just before it up (我 老婆 两个大人)."""
        if total.joined:
            return []
        chosen: list[Mention] = []
        for member in reversed(earlier):
            if not self._fits(total, member) or sum(part.count for part in chosen) >= total.count:
                break
            chosen.insert(0, member)
        return chosen if sum(part.count for part in chosen) == total.count else []

    def _fits(self, total: Mention, part: Mention) -> bool:
        """Whether somebody may be one of a number of people."""
        if part.count >= total.count or (total.kind is None and total.described and not part.among):
            return False
        entry = self._kinds.get(total.kind or "")
        apart = entry.apart if entry is not None else ()
        if not _agree(total, part, Circumstance.TIER) or not (part.among or of_one_standing(total, part)):
            return False
        agrees = bool(
            part.values.get("person", frozenset())
            & total.values.get("person", part.values.get("person", frozenset()))
        ) or not (part.values.keys() & total.values.keys() & {"person"})
        if part.kind == total.kind == _PUPIL and not _is_kind_of(part, total):
            return False  # 两个大学生 一个研究生 are three
        if part.kind is None or (part.kind == total.kind and part.numbered and total.numbered):
            return agrees or (total.kind in _CHILDREN and len(total.values.get("person", ())) > _TWO)
        if total.kind is None:
            return agrees
        named = part.kind in apart or (part.kind == total.kind and not part.added)
        others = {ME, "offspring", "sibling"} if total.kind != _PUPIL else {ME}
        return named and (agrees or part.kind in others)


def _are_parents(total: Mention, members: Sequence[Mention]) -> bool:
    """Whether those of a family who are left beside its children are their parents (一家三口 孩子上小学)."""
    others = [member for member in members if not _is_child(member)]
    if not total.family or total.noun not in HEADS or len(others) == len(members):
        return False
    adults = sum(other.count for other in others)
    left = total.count - sum(member.count for member in members)
    return all(map(_is_adult, others)) and 0 < left <= _PARENTS - adults


def _is_child(member: Mention) -> bool:
    """Whether somebody is named as a child, or told to be a minor."""
    person = member.values.get("person")
    told = member.kind is None and person is not None and _ADULT not in person
    return told or member.kind in _CHILDREN | _OFFSPRING


def _is_adult(member: Mention) -> bool:
    """Whether somebody is surely an adult beside a child: the writer, or who is told to be one."""
    return member.kind == ME or member.values.get("person") == frozenset({_ADULT})


def _is_total(mention: Mention, mentions: Sequence[Mention]) -> bool:
    """Whether a number by itself is one of all that are named, not of some of them.

    Of some it is where it says who they are, counts the rest, or names another tier or standing than another
    number. One that stands straight behind those whom it counts sums them up, whatever it tells
    (我爸我妈两个是低保).
    """
    if _sums_up(mention, mentions):
        return True
    told = mention.values.keys() & ({"person"} if mention.heads else {"person", "identity", "poverty"})
    if mention.kind is not None or mention.count <= 1 or told or mention.rest or mention.described:
        return False
    numbers = [other for other in mentions if other.kind is None and not other.among]
    of_heads = mention.noun in HEADS
    return all(_agree(mention, other, Circumstance.TIER) for other in numbers) and (
        of_heads or all(of_one_standing(mention, other) for other in numbers)
    )


def _sums_up(mention: Mention, mentions: Sequence[Mention]) -> bool:
    """Whether a number by itself counts just those who stand straight before it."""
    if mention.kind is not None or mention.count <= 1 or mention.joined:
        return False
    counted, start = 0, mention.start
    for other in reversed([other for other in mentions if other.start < mention.start]):
        if start == mention.start and start - other.end > 1:
            return False
        counted, start = counted + other.count, other.start
        if counted >= mention.count:
            break
    return counted == mention.count


def _is_before(total: Mention, members: Sequence[Mention]) -> bool:
    return all(total.start < member.start for member in members)


def _is_one_of(several: Mention, member: Mention) -> bool:
    """Whether a word for several names somebody, too (妈老汉, 老汉)."""
    return not member.joined and member.noun in several.noun


def _is_counted_apart(part: Mention, total: Mention) -> bool:
    """Whether a number of other adults stands beside a number (两个大人 一个老人 are three)."""
    others = part.kind not in {None, total.kind} and not part.among
    return others and part.numbered and total.kind not in {None, *_CHILDREN}


def _is_kind_of(part: Mention, total: Mention) -> bool:
    """Whether the word for one is narrower than that for the other (学生, 大学生)."""
    return total.noun in part.noun and total.noun != part.noun


def _agree(one: Mention, other: Mention, name: str) -> bool:
    """Whether the same may be told of both."""
    both = one.values.get(name), other.values.get(name)
    return both[0] is None or both[1] is None or not both[0].isdisjoint(both[1])
