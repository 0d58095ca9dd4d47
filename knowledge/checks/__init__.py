"""What must hold across knowledge files whose contents each have the right types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from knowledge.checks.national import NATIONAL_CHECKS
from knowledge.checks.problem import Problem
from knowledge.checks.region import REGION_CHECKS, file_of
from knowledge.contents import Knowledge

__all__ = ["NATIONAL_CHECKS", "REGION_CHECKS", "Problem", "problems"]


def problems(knowledge: Knowledge) -> Iterator[Problem]:
    """Tell everything that is wrong with knowledge whose files each have the right types."""
    for check in NATIONAL_CHECKS:
        yield from check(knowledge.national)
    for region in knowledge.regions.values():
        for check_region in REGION_CHECKS:
            yield from check_region(region, knowledge.national)
    yield from _place_names_are_one_region_s(knowledge)


def _place_names_are_one_region_s(knowledge: Knowledge) -> Iterator[Problem]:
    owner: dict[str, str] = {}
    for region in knowledge.regions.values():
        place = region.info.place
        lists: Mapping[str, tuple[str, ...]] = {
            "name": (place.name,),
            "aliases": place.aliases,
            "districts": place.districts,
            "nicknames": place.nicknames,
        }
        for key, names in lists.items():
            for name in names:
                if owner.setdefault(name, region.id) != region.id:
                    message = f"{name} is a name of {owner[name]}, too"
                    yield Problem(file_of(region, "region"), ("place", key), message)
