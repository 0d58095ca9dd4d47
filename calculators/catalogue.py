"""All calculators of a region, made from its rules."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping

from calculators.calculator import Calculator
from calculators.combined import CombinedCalculator
from calculators.coverage import CoverageCalculator
from calculators.maternity import MaternityCalculator
from calculators.premium import PremiumCalculator
from calculators.reimbursement import ReimbursementCalculator
from calculators.scheme import Scheme
from knowledge.compiled import MOST_HELD
from knowledge.contents import Knowledge, National, Region
from knowledge.figures import Figure
from knowledge.model import Dimension
from knowledge.rules import Combined, Coverage, Maternity, Premium, Reimbursement, Rule


class Catalogues(Mapping[str, Mapping[str, Calculator]]):
    """The calculators of every region, by their id, made when they are first needed.

    As many regions keep theirs as hold their contents; those needed longest ago go first.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._made: OrderedDict[str, Mapping[str, Calculator]] = OrderedDict()

    def __getitem__(self, region: str) -> Mapping[str, Calculator]:
        made = self._made.get(region)
        if made is None:
            made = catalogue(self._knowledge.regions[region], self._knowledge.national)
            self._made[region] = made
            if len(self._made) > MOST_HELD:
                self._made.popitem(last=False)
        self._made.move_to_end(region)
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(self._knowledge.regions)

    def __len__(self) -> int:
        return len(self._knowledge.regions)


def catalogue(region: Region, national: National) -> Mapping[str, Calculator]:
    """Make the calculators of a region; its rules must have passed the lint."""
    return from_rules(region.rules, region.figures, national.dimensions)


def from_rules(
    rules: Mapping[str, Rule], figures: Mapping[str, Figure], dimensions: Mapping[str, Dimension]
) -> Mapping[str, Calculator]:
    """Make calculators from rules, the figures that they name, and the circumstances that they turn on."""
    return _Catalogue(rules, Scheme(figures, dimensions))


class _Catalogue(Mapping[str, Calculator]):
    """The calculators of one region; each is made when it is first needed."""

    def __init__(self, rules: Mapping[str, Rule], scheme: Scheme) -> None:
        self._rules = rules
        self._scheme = scheme
        self._made: dict[str, Calculator] = {}

    def __getitem__(self, name: str) -> Calculator:
        if name not in self._made:
            self._made[name] = self._of(name, self._rules[name])
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._rules

    def __iter__(self) -> Iterator[str]:
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)

    def _of(self, name: str, rule: Rule) -> Calculator:
        match rule:
            case Premium():
                return PremiumCalculator.of(name, rule, self._scheme)
            case Coverage():
                return CoverageCalculator.of(name, rule, self._scheme)
            case Maternity():
                return MaternityCalculator.of(name, rule, self._scheme, self._reimbursement(rule.inpatient))
            case Combined():
                first, then = self._reimbursement(rule.first), self._reimbursement(rule.then)
                return CombinedCalculator.of(name, rule, first, then)
            case Reimbursement():
                return ReimbursementCalculator.of(name, rule, self._scheme)

    def _reimbursement(self, name: str) -> ReimbursementCalculator:
        made = self[name]
        assert isinstance(made, ReimbursementCalculator), "the lint lets no rule name another kind here"
        return made
