"""All calculators of a region, made from its rules."""

from __future__ import annotations

from collections.abc import Mapping

from calculators.calculator import Calculator
from calculators.premium import PremiumCalculator
from calculators.reimbursement import ReimbursementCalculator
from calculators.scheme import Scheme
from knowledge.contents import National, Region
from knowledge.rules import Premium, Reimbursement


def catalogue(region: Region, national: National) -> Mapping[str, Calculator]:
    """Make the calculators of a region; its rules must have passed the lint."""
    scheme = Scheme(region.figures, national.dimensions)
    made: dict[str, Calculator] = {}
    for name, rule in region.rules.items():
        match rule:
            case Reimbursement():
                made[name] = ReimbursementCalculator.of(name, rule, scheme)
            case Premium():
                made[name] = PremiumCalculator.of(name, rule, scheme)
            case _:
                pass
    return made
