"""Several visits to doctors or hospitals, one after the other: each counts what those before it used up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from calculators.calculator import Calculator
from calculators.known import BORNE, COST, PAID, STAYS, Known, Value, amount, cases, choice
from calculators.money import NOTHING, ZERO, Span
from calculators.outcomes import Ask, NotCovered, Outcome, Result
from calculators.reimbursement import ReimbursementCalculator, Worked
from calculators.steps import Step
from calculators.wording import number

ADMISSION = "admission"
"""The dimension that tells which stay of the year it is."""

MOST_LINES = 3
"""More visits than these are summed up in one line."""

TOGETHER = "一共报销"


def work_out(calculator: Calculator, known: Known) -> Outcome:
    """Run a calculator, on several visits in turn where it takes but one itself."""
    several = STAYS in known and STAYS not in calculator.takes
    if several and isinstance(calculator, ReimbursementCalculator):
        return together(calculator, known)
    return calculator.run(known)


def in_turn(
    one: ReimbursementCalculator, known: Known, *, least: bool = False
) -> tuple[Worked, ...] | Ask | NotCovered:
    """Work out each of the visits that are known, in their order.

    Args:
        one: works one visit out; known: the case, with the cases of its visits under `stays`;
        least: whether of a range the lower end counts as paid for those that follow.

    Returns:
        the visits worked out; or what has to be asked for first; or that the document leaves one of them out.

    """
    ordinals = _ordinals(one)
    counted = _before(one, known)
    found: list[Worked] = []
    paid = amount(known, PAID) or ZERO
    visits = cases(known, STAYS)
    for place, visit in enumerate(visits, counted + 1):
        about: dict[str, Value] = {**of_all(known), **visit, PAID: paid}
        if ordinals:
            about[ADMISSION] = frozenset({ordinals[min(counted, len(ordinals) - 1)]})
        worked = one.work(about)
        if isinstance(worked, Ask) and _is_known_of_others(worked.input, visits):
            return Ask(worked.input, f"第 {place} 次：{worked.question}", worked.options)
        if not isinstance(worked, Worked):
            return worked
        found.append(worked)
        paid += worked.fund.low if least else worked.fund.high
        counted += one.counts_as_stay(worked)
    return tuple(found)


def together(one: ReimbursementCalculator, known: Known) -> Outcome:
    """Add up what is paid of several visits; costs that the document takes together are taken so."""
    if one.adds_up:
        known = {**known, STAYS: _added_up(cases(known, STAYS))}
    worked = in_turn(one, known)
    if not isinstance(worked, tuple):
        return worked
    less = in_turn(one, known, least=True)
    assert isinstance(less, tuple), "what was paid before leaves nothing to be asked for"
    fund = Span(
        sum((visit.fund.low for visit in less), ZERO), sum((visit.fund.high for visit in worked), ZERO)
    ).to_fen()
    return Result(
        calculator=one.id,
        title=one.title,
        headline="fund",
        amounts={"fund": fund, "patient": fund.left_of(sum((visit.cost for visit in worked), ZERO))},
        labels={"fund": TOGETHER},
        steps=lines_of(one, known, worked),
        assumptions=once(note for visit in worked for note in visit.assumptions),
        caveats=once((*(caveat for visit in worked for caveat in visit.caveats), *worked[-1].readings)),
    )


def lines_of(
    one: ReimbursementCalculator, known: Known, worked: Sequence[Worked], noun: str = ""
) -> tuple[Step, ...]:
    """Show visits in a line each, with what is told of it alone; many in one line. `noun`: what they are."""
    visits = cases(known, STAYS)
    lines = tuple(
        Step(
            f"第 {place} 次{noun}{_told_of(one, visit)}",
            each.working.formula,
            each.fund,
            None,
            each.steps,
        )
        for place, (each, visit) in enumerate(zip(worked, visits, strict=True), _before(one, known) + 1)
    )
    if len(lines) <= MOST_LINES:
        return lines
    total = sum((each.fund for each in worked), NOTHING)
    formula = " + ".join(number(each.fund.high) for each in worked)
    return (Step(f"{len(lines)} 次{noun}报销", formula, total, None, lines),)


def of_all(known: Known) -> dict[str, Value]:
    """Leave out what is said of one visit only."""
    return {name: value for name, value in known.items() if name not in (STAYS, COST, PAID, ADMISSION, BORNE)}


def _ordinals(one: ReimbursementCalculator) -> tuple[str, ...]:
    dimension = one.scheme.dimensions.get(ADMISSION)
    return tuple(dimension.values) if dimension else ()


def _before(one: ReimbursementCalculator, known: Known) -> int:
    """Tell how many visits of the year there were before the first that is known."""
    began = choice(known, ADMISSION) or frozenset()
    return next((place for place, value in enumerate(_ordinals(one)) if value in began), 0)


def once(texts: Iterable[str]) -> tuple[str, ...]:
    """Leave out what has been said."""
    return tuple(dict.fromkeys(texts))


def _is_known_of_others(name: str, visits: Sequence[Known]) -> bool:
    return any(name in visit for visit in visits)


def _told_of(one: ReimbursementCalculator, visit: Known) -> str:
    """Say what is told of one visit and not of all."""
    said = [
        one.scheme.label(entry.name, value)
        for entry in one.inputs
        if isinstance(value := visit.get(entry.name), frozenset)
    ]
    return f"（{'、'.join(said)}）" if said else ""


def _added_up(visits: Sequence[Known]) -> tuple[Known, ...]:
    """Make one of the visits of which the same is told."""
    costs: dict[frozenset[tuple[str, Value]], Decimal] = {}
    alike: dict[frozenset[tuple[str, Value]], Mapping[str, Value]] = {}
    for visit in visits:
        told = {name: value for name, value in visit.items() if name != COST}
        key = frozenset(told.items())
        costs[key] = costs.get(key, ZERO) + (amount(visit, COST) or ZERO)
        alike[key] = told
    return tuple({**told, COST: costs[key]} for key, told in alike.items())
