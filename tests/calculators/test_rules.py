"""What the lint says of bad rules: one small change of sound rules per fault."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from knowledge.reading import read_yaml
from knowledge.rules import Rule, rule_problems
from tests.calculators.cities import FIVE, MADE_UP, PACKAGED, dimensions, read_rules

RULES: TypeAdapter[dict[str, Rule]] = TypeAdapter(dict[str, Rule])

FAULTS: list[tuple[str, str, Any, tuple[str | int, ...], str]] = [
    ("inpatient", "cap", "no.such", ("inpatient", "cap", 0, "is"), "there is no figure no.such"),
    (
        "inpatient",
        "cap",
        "year.to",
        ("inpatient", "cap", 0, "is"),
        "the figure year.to holds date; allowed: yuan",
    ),
    ("inpatient", "scale", "none", ("inpatient", "scale", 0, "is"), "`none` cannot stand here"),
    (
        "inpatient",
        "cap",
        [{"rate": "inpatient.low.rate"}],
        ("inpatient", "cap", 0, "is"),
        "brackets cannot stand here",
    ),
    (
        "inpatient",
        "deductible",
        [{"when": {"level": "primary"}, "is": "inpatient.low.deductible"}],
        ("inpatient", "deductible"),
        "no cell for level=l2b; level=l2a; level=l3b and 1 more",
    ),
    (
        "inpatient",
        "cap",
        [{"when": {"level": "l3"}, "is": "inpatient.cap"}, {"is": "inpatient.cap"}],
        ("inpatient", "cap"),
        "more than one cell for level=l3b; level=l3a",
    ),
    (
        "inpatient",
        "cap",
        [{"when": {"colour": "red"}, "is": "inpatient.cap"}],
        ("inpatient", "cap", 0, "when"),
        "there is no dimension colour",
    ),
    (
        "inpatient",
        "cap",
        [{"when": {"tier": "three"}, "is": "inpatient.cap"}],
        ("inpatient", "cap", 0, "when"),
        "three is neither a value nor a group of tier; allowed: one, two",
    ),
    (
        "inpatient",
        "scale",
        [{"rate": "inpatient.low.rate", "over": "inpatient.bound"}],
        ("inpatient", "scale", 0, "is"),
        "the first bracket has no `over`",
    ),
    (
        "inpatient",
        "scale",
        [{"rate": "inpatient.low.rate"}, {"rate": "inpatient.high.rate"}],
        ("inpatient", "scale", 0, "is", 1),
        "a bracket after the first needs `over`",
    ),
    (
        "inpatient",
        "scale",
        [
            {"rate": "inpatient.low.rate"},
            {"rate": "inpatient.high.rate", "over": "inpatient.cap"},
            {"rate": "inpatient.high.rate2", "over": "inpatient.bound"},
        ],
        ("inpatient", "scale", 0, "is", 2),
        "the brackets' bounds do not ascend",
    ),
    (
        "inpatient",
        "caveats",
        [{"text": "一年最多 5 次"}],
        ("inpatient", "caveats", 0, "text"),
        "digits (5) stand in the text",
    ),
    (
        "inpatient",
        "caveats",
        [{"text": "最多 {inpatient.most}"}],
        ("inpatient", "caveats", 0, "text"),
        "there is no figure inpatient.most",
    ),
    (
        "inpatient",
        "assume",
        {"tier": "three"},
        ("inpatient", "assume"),
        "three is neither a value nor a group",
    ),
    ("combined", "then", "outpatients", ("combined", "then"), "there is no rule outpatients"),
    (
        "combined",
        "then",
        "premium",
        ("combined", "then"),
        "there is no rule premium of the kind reimbursement",
    ),
    (
        "premium",
        "periods",
        [{"to_day": "pay.late.to"}, {"to_day": "pay.to"}],
        ("premium", "periods", 1),
        "ends no later than the entry before",
    ),
    (
        "premium",
        "periods",
        [{}, {"to_day": "pay.to"}],
        ("premium", "periods", 0),
        "only the last entry may be open",
    ),
    (
        "coverage",
        "newborn",
        [{"within": "newborn.months", "starts": {"birth": "yes"}}] * 2,
        ("coverage", "newborn", 1),
        "is no longer than the window before",
    ),
    (
        "coverage",
        "newborn",
        [{"starts": {"birth": "yes"}}, {"starts": {"next_month": "yes"}}],
        ("coverage", "newborn", 0),
        "only the last window may be open",
    ),
    (
        "coverage",
        "windows",
        [{"starts": [{"when": {"history": "first"}, "next_month": "yes"}]}],
        ("coverage", "windows", 0, "starts"),
        "no cell for history=renewal; history=lapsed",
    ),
    (
        "coverage",
        "windows",
        [{"starts": {"after": "premium.one"}}],
        ("coverage", "windows", 0, "starts", 0, "after"),
        "the figure premium.one holds yuan; allowed: months, days",
    ),
]


def rewritten(rule: str, key: str, value: object) -> dict[str, Rule]:
    plain: dict[str, Any] = deepcopy(read_yaml(MADE_UP / "rules.yaml", "rules.yaml"))
    plain[rule][key] = value
    return RULES.validate_python(plain)


@pytest.mark.parametrize(("rule", "key", "value", "keys", "message"), FAULTS)
def test_a_fault_is_told_with_its_place(
    rule: str, key: str, value: object, keys: tuple[str | int, ...], message: str
) -> None:
    _, figures = read_rules(MADE_UP)
    found = list(rule_problems(rewritten(rule, key, value), figures, dimensions()))
    assert keys in [place for place, _ in found]
    assert any(place == keys and text.startswith(message) for place, text in found), found


MISSHAPEN: list[tuple[str, str, object, str]] = [
    ("inpatient", "kind", "refund", "does not match any of the expected tags"),
    ("inpatient", "colour", "red", "Extra inputs are not permitted"),
    ("inpatient", "deductible_asked", {"label": "起付线", "ask": "多少？"}, "not both"),
    ("inpatient", "cap", [{"when": {"tier": "one"}}], "either `is` or `gap`"),
    ("inpatient", "cap", [{"is": "inpatient.cap", "gap": "没写"}], "either `is` or `gap`"),
    ("coverage", "windows", [{"starts": {"birth": "yes", "next_month": "yes"}}], "exactly one of"),
    ("coverage", "beyond", None, "say in `beyond`"),
]


@pytest.mark.parametrize(("rule", "key", "value", "message"), MISSHAPEN)
def test_a_misshapen_rule_is_refused(rule: str, key: str, value: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        rewritten(rule, key, value)


@pytest.mark.parametrize("city", FIVE)
def test_the_packaged_rules_are_sound(city: str) -> None:
    rules, figures = read_rules(PACKAGED / "regions" / city)
    assert list(rule_problems(rules, figures, dimensions())) == []


def test_a_premium_has_an_amount_in_every_cell() -> None:
    _, figures = read_rules(MADE_UP)
    found = list(rule_problems(rewritten("premium", "amount", "none"), figures, dimensions()))
    assert (("premium", "amount", 0, "is"), "`none` cannot stand here") in found
