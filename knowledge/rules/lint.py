"""What must hold of rules beyond their types: references, and tables without holes or overlaps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from knowledge.figures import Figure
from knowledge.model import Dimension, Frozen, When
from knowledge.rules.kinds import Combined, Coverage, NewbornWindow, Premium, Reimbursement, Rule, RuleBase
from knowledge.rules.marks import (
    CoversAll,
    Holds,
    Mark,
    NamesCircumstances,
    NamesRule,
    Refers,
    SaysToResidents,
    marks,
)
from knowledge.rules.tables import NOTHING, Bracket, Table, Value
from knowledge.templates import references, stray_braces, typed_digits

Keys = tuple[str | int, ...]
Problem = tuple[Keys, str]
SHOWN = 3
"""So many circumstances of a hole or an overlap are named."""


@dataclass(frozen=True)
class Surroundings:
    """What a region's rules refer to."""

    rules: Mapping[str, Rule]
    figures: Mapping[str, Figure]
    dimensions: Mapping[str, Dimension]


def rule_problems(
    rules: Mapping[str, Rule], figures: Mapping[str, Figure], dimensions: Mapping[str, Dimension]
) -> Iterator[Problem]:
    """Tell everything that is wrong with a region's rules, each fault with its keys inside rules.yaml."""
    around = Surroundings(rules, figures, dimensions)
    for name, rule in rules.items():
        yield from _walk((name,), rule, around)
        yield from _asks_for_what_it_takes((name, "order"), rule)
        yield from _other_readings_are_worked_out((name, "caveats"), rule)
        match rule:
            case Coverage():
                yield from _ends_ascend(
                    (name, "windows"), [window.to_day for window in rule.windows], figures
                )
                yield from _times_ascend((name, "newborn"), rule.newborn, figures)
            case Premium():
                yield from _ends_ascend(
                    (name, "periods"), [period.to_day for period in rule.periods], figures
                )
            case _:
                pass


def _walk(keys: Keys, part: Frozen, around: Surroundings) -> Iterator[Problem]:
    """Check all marked fields of a rule, or of a part of one."""
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        below = (*keys, field.alias or name)
        if value is None:
            continue
        for mark in marks(field):
            yield from _check(below, mark, value, around)
        if isinstance(value, Frozen):
            yield from _walk(below, value, around)
        elif isinstance(value, tuple):
            for number, item in enumerate(value):
                if isinstance(item, Frozen):
                    yield from _walk((*below, number), item, around)


def _check(keys: Keys, mark: Mark, value: object, around: Surroundings) -> Iterator[Problem]:
    match mark, value:
        case Refers(), str():
            yield from _check_figure(keys, value, mark.kinds, around)
        case NamesRule(), str():
            if not isinstance(around.rules.get(value), Reimbursement):
                yield keys, f"there is no rule {value} of the kind reimbursement"
        case SaysToResidents(), str():
            yield from _check_text(keys, value, mark, around)
        case NamesCircumstances(), Mapping():
            yield from ((keys, message) for message in condition_problems(value, around.dimensions))
        case CoversAll(), tuple():
            yield from _holes_and_overlaps(keys, [part.when for part in value], around.dimensions)
        case Holds(), tuple():
            yield from _check_table(keys, value, mark, around)
        case _:
            raise TypeError(f"{mark} on a field that holds {value!r}")


def _asks_for_what_it_takes(keys: Keys, rule: RuleBase) -> Iterator[Problem]:
    allowed = (*dict.fromkeys(_circumstances(rule)), *rule.amounts)
    for number, word in enumerate(rule.order):
        if word not in allowed:
            yield (*keys, number), f"{word} is nothing that this rule takes; allowed: {', '.join(allowed)}"


def _other_readings_are_worked_out(keys: Keys, rule: RuleBase) -> Iterator[Problem]:
    """Check that {other} stands only where an amount by another reading is worked out."""
    for number, caveat in enumerate(rule.caveats):
        if caveat.reading is not None and not isinstance(rule, Reimbursement):
            yield (*keys, number, "reading"), "only a rule of the kind reimbursement has other readings"
        elif "other" in references(caveat.text) and caveat.reading is None and not isinstance(rule, Combined):
            yield (*keys, number, "text"), "{other} needs a `reading` that it is worked out by"


def _circumstances(part: Frozen) -> Iterator[str]:
    """Name the dimensions of all conditions of a rule, or of a part of one."""
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        if isinstance(value, Mapping) and any(isinstance(mark, NamesCircumstances) for mark in marks(field)):
            yield from value
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Frozen):
                yield from _circumstances(item)


def _check_figure(
    keys: Keys, figure_id: str, kinds: tuple[str, ...], around: Surroundings
) -> Iterator[Problem]:
    figure = around.figures.get(figure_id)
    if figure is None:
        yield keys, f"there is no figure {figure_id}"
    elif figure.kind not in kinds:
        yield keys, f"the figure {figure_id} holds {figure.kind}; allowed: {', '.join(kinds)}"


def _check_text(keys: Keys, text: str, mark: SaysToResidents, around: Surroundings) -> Iterator[Problem]:
    if digits := typed_digits(text):
        yield keys, f"digits ({digits}) stand in the text; make them a figure and name it"
    if stray_braces(text):
        yield keys, "a brace stands alone; a figure is named like {premium.adult}"
    for name in references(text):
        if name not in around.figures and name not in mark.computed:
            yield keys, f"there is no figure {name}"


def condition_problems(when: When, dimensions: Mapping[str, Dimension]) -> Iterator[str]:
    """Tell what is wrong with circumstances: an unknown dimension, an unknown value or group."""
    for name, words in when.items():
        dimension = dimensions.get(name)
        if dimension is None:
            yield f"there is no dimension {name}; allowed: {', '.join(dimensions)}"
            continue
        for word in words:
            if word not in dimension.values and word not in dimension.groups:
                allowed = ", ".join([*dimension.values, *dimension.groups])
                yield f"{word} is neither a value nor a group of {name}; allowed: {allowed}"


def _check_table(keys: Keys, table: Table, mark: Holds, around: Surroundings) -> Iterator[Problem]:
    for number, cell in enumerate(table):
        if cell.is_ is not None:
            yield from _check_value((*keys, number, "is"), cell.is_, mark, around)
    yield from _holes_and_overlaps(keys, [cell.when for cell in table], around.dimensions)


def _check_value(keys: Keys, value: Value, mark: Holds, around: Surroundings) -> Iterator[Problem]:
    match value:
        case str() if value == NOTHING:
            if not mark.nothing:
                yield keys, f"`{NOTHING}` cannot stand here"
        case str():
            yield from _check_figure(keys, value, mark.kinds, around)
        case _:
            if not mark.brackets:
                yield keys, "brackets cannot stand here"
            yield from _brackets_ascend(keys, value, around.figures)


def _brackets_ascend(
    keys: Keys, brackets: tuple[Bracket, ...], figures: Mapping[str, Figure]
) -> Iterator[Problem]:
    if not brackets or brackets[0].over is not None:
        yield keys, "the first bracket has no `over`: it begins at the deductible"
    bounds = [
        figures[over].yuan if (over := bracket.over) and over in figures else None for bracket in brackets[1:]
    ]
    for number, (lower, upper) in enumerate(pairwise(bounds), 2):
        if lower is not None and upper is not None and lower >= upper:
            yield (*keys, number), "the brackets' bounds do not ascend"
    for number, bracket in enumerate(brackets[1:], 1):
        if bracket.over is None:
            yield (*keys, number), "a bracket after the first needs `over`"


def _holes_and_overlaps(
    keys: Keys, conditions: Sequence[When], dimensions: Mapping[str, Dimension]
) -> Iterator[Problem]:
    """Try all combinations of values of the dimensions that a table turns on."""
    if any(True for when in conditions for _ in condition_problems(when, dimensions)):
        return
    names = sorted({name for when in conditions for name in when})
    cells = [{name: dimensions[name].spread(words) for name, words in when.items()} for when in conditions]
    holes: list[str] = []
    overlaps: list[str] = []
    for values in product(*(dimensions[name].values for name in names)):
        here = dict(zip(names, values, strict=True))
        applying = sum(all(here[name] in allowed for name, allowed in cell.items()) for cell in cells)
        if applying != 1:
            said = " ".join(f"{name}={value}" for name, value in here.items())
            (overlaps if applying else holes).append(said)
    if holes:
        yield keys, f"no cell for {_some(holes)}"
    if overlaps:
        yield keys, f"more than one cell for {_some(overlaps)}"


def _some(circumstances: list[str]) -> str:
    more = len(circumstances) - SHOWN
    return "; ".join(circumstances[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _ends_ascend(keys: Keys, ends: Sequence[str | None], figures: Mapping[str, Figure]) -> Iterator[Problem]:
    """Check that days of payment follow each other; only the last entry may be open."""
    days = [figures[end].date if end is not None and end in figures else None for end in ends]
    for number, (earlier, later) in enumerate(pairwise(days), 1):
        if earlier is not None and later is not None and later <= earlier:
            yield (*keys, number), "ends no later than the entry before"
    for number, end in enumerate(ends[:-1]):
        if end is None:
            yield (*keys, number), "only the last entry may be open"


def _times_ascend(
    keys: Keys, windows: Sequence[NewbornWindow], figures: Mapping[str, Figure]
) -> Iterator[Problem]:
    """Check that times from birth grow; only the last window may be open."""
    found = [figures.get(window.within or "") for window in windows]
    days = [(figure.months or 0) * 30 + (figure.days or 0) if figure else None for figure in found]
    for number, (earlier, later) in enumerate(pairwise(days), 1):
        if earlier is not None and later is not None and later <= earlier:
            yield (*keys, number), "is no longer than the window before"
    for number, window in enumerate(windows[:-1]):
        if window.within is None:
            yield (*keys, number), "only the last window may be open"
