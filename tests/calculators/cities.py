"""The calculators under test: those of the five documents, and of a made-up sixth that is YAML alone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

import knowledge
from calculators.calculator import Calculator
from calculators.catalogue import from_rules
from knowledge.figures import Figure
from knowledge.model import Dimension
from knowledge.reading import read_yaml
from knowledge.rules import Rule, rule_problems

PACKAGED = Path(knowledge.__file__).parent
FIVE = ("datong", "dianjiang", "liaocheng", "shenzhen", "wendeng")
MADE_UP = Path(__file__).parent / "madeup"

_DIMENSIONS = TypeAdapter(dict[str, Dimension])
_FIGURES = TypeAdapter(dict[str, Figure])
_RULES: TypeAdapter[dict[str, Rule]] = TypeAdapter(dict[str, Rule])


def read_rules(folder: Path) -> tuple[dict[str, Rule], dict[str, Figure]]:
    """Read a folder's rules and figures."""
    rules = _RULES.validate_python(read_yaml(folder / "rules.yaml", "rules.yaml"))
    return rules, _FIGURES.validate_python(read_yaml(folder / "figures.yaml", "figures.yaml"))


@cache
def dimensions() -> dict[str, Dimension]:
    """Read the national circumstances."""
    return _DIMENSIONS.validate_python(
        read_yaml(PACKAGED / "national" / "dimensions.yaml", "dimensions.yaml")
    )


@cache
def calculators_of(city: str) -> Mapping[str, Calculator]:
    """Make a city's calculators from its YAML; its rules must be sound."""
    rules, figures = read_rules(MADE_UP if city == "madeup" else PACKAGED / "regions" / city)
    assert list(rule_problems(rules, figures, dimensions())) == []
    return from_rules(rules, figures, dimensions())
