"""What holds of every calculator, whatever the case."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from calculators.calculator import Calculator
from calculators.combined import CombinedCalculator
from calculators.inputs import Input
from calculators.known import Known, Value
from calculators.money import LARGEST, to_fen
from calculators.outcomes import Ask, NotCovered, Result
from calculators.premium import PremiumCalculator
from calculators.reimbursement import ReimbursementCalculator, Worked
from calculators.steps import lines
from tests.calculators.cities import FIVE, calculators_of

CITIES = (*FIVE, "madeup")
EVERY = [calculator for city in CITIES for calculator in calculators_of(city).values()]
REIMBURSEMENTS = [one for one in EVERY if isinstance(one, ReimbursementCalculator)]
COMBINED = [one for one in EVERY if isinstance(one, CombinedCalculator)]
MOST_QUESTIONS = 8
SCREEN = 10
"""So many lines of a working fit the screen of a phone."""
DEAREST_DEDUCTIBLE = Decimal(1500)

days = st.dates(dt.date(2016, 1, 1), dt.date(2030, 12, 31))
AFTER_ALL = dt.date(2031, 12, 31)
yuan = st.decimals(Decimal("0.01"), 2_000_000, places=2)


@st.composite
def known(draw: st.DrawFn, inputs: tuple[Input, ...], *, complete: bool) -> Known:
    """Draw what is known of a case: everything, or any part of it."""
    found: dict[str, Value] = {}
    cost = draw(yuan)
    for item in inputs:
        if item.kind == "list" or not (complete or draw(st.booleans())):
            continue
        match item.kind:
            case "choice" if complete:
                found[item.name] = draw(
                    st.sampled_from([one.values for one in item.choices if len(one.values) == 1])
                )
            case "choice" | "choices":
                found[item.name] = draw(st.sampled_from([one.values for one in item.choices]))
            case "date":
                found[item.name] = draw(days)
            case "count":
                found[item.name] = draw(st.integers(1, 12))
            case _:
                found[item.name] = cost if item.name == "cost" else draw(st.decimals(0, cost, places=2))
    return found


@given(st.data(), st.sampled_from(REIMBURSEMENTS))
def test_the_fund_and_the_patient_share_the_cost(
    data: st.DataObject, calculator: ReimbursementCalculator
) -> None:
    case = data.draw(known(calculator.inputs, complete=True))
    outcome = calculator.run(case)
    assert not isinstance(outcome, Ask)
    if isinstance(outcome, NotCovered):
        return
    cost = case["cost"]
    assert isinstance(cost, Decimal)
    fund, patient = outcome.amounts["fund"], outcome.amounts["patient"]
    assert 0 <= fund.low <= fund.high <= cost
    assert fund.low + patient.high == cost == fund.high + patient.low


@given(st.data(), st.sampled_from(REIMBURSEMENTS), yuan)
def test_more_cost_never_pays_less(
    data: st.DataObject, calculator: ReimbursementCalculator, more: Decimal
) -> None:
    case = data.draw(known(calculator.inputs, complete=True))
    dearer = {**case, "cost": case["cost"] + more}  # type: ignore[operator]  # the cost is an amount
    first, second = calculator.run(case), calculator.run(dearer)
    assert type(first) is type(second)
    if isinstance(first, Result) and isinstance(second, Result):
        assert second.amounts["fund"].low >= first.amounts["fund"].low
        assert second.amounts["fund"].high >= first.amounts["fund"].high


@given(st.data(), st.sampled_from(REIMBURSEMENTS))
def test_nothing_is_paid_above_the_cap(data: st.DataObject, calculator: ReimbursementCalculator) -> None:
    case = data.draw(known(calculator.inputs, complete=True))
    outcome = calculator.run({**case, "cost": LARGEST})
    caps = (
        [cell.value for cell in calculator.tables.cap.cells] if calculator.tables.cap is not None else [None]
    )
    if isinstance(outcome, Result) and None not in caps:
        most = max(cap.yuan for cap in caps if cap is not None)
        paid = case.get("paid", Decimal(0))
        assert isinstance(paid, Decimal)
        assert outcome.amounts["fund"].high <= max(Decimal(0), most - paid)


@given(st.data(), st.sampled_from(EVERY))
@settings(max_examples=400)
def test_answering_what_is_asked_leads_to_an_end(data: st.DataObject, calculator: Calculator) -> None:
    case = dict(data.draw(known(calculator.inputs, complete=False)))
    inputs = {item.name: item for item in calculator.inputs}
    outcome = calculator.run(case)
    for _ in range(MOST_QUESTIONS):
        if not isinstance(outcome, Ask):
            return
        asked = inputs[outcome.input]
        assert len(outcome.options) != 1
        assert bool(outcome.options) == (asked.kind == "choice")
        if outcome.options:
            case[asked.name] = data.draw(st.sampled_from(outcome.options)).values
        elif asked.kind == "date":
            case[asked.name] = AFTER_ALL if asked.name == "pay_date" else data.draw(days)
        else:
            case[asked.name] = Decimal(0) if asked.zero else Decimal(100)
        outcome = calculator.run(case)
    raise AssertionError(outcome)


@given(st.data(), st.sampled_from(REIMBURSEMENTS))
def test_what_is_not_asked_would_change_nothing(
    data: st.DataObject, calculator: ReimbursementCalculator
) -> None:
    rule, dimensions = calculator.rule, calculator.scheme.dimensions
    case = data.draw(known(calculator.inputs, complete=False))
    outcome = calculator.run(case)
    full = data.draw(known(calculator.inputs, complete=True))
    implied = {name for one in rule.implied for name in (*one.when, *one.then)}
    gates = {name for gate in (*rule.silent, *rule.not_paid) for name in gate.when}
    for item in calculator.inputs:
        taken_for_granted = item.name in rule.assume or item.name in implied or item.name in gates
        if item.kind != "choice" or item.name in case or taken_for_granted or dimensions[item.name].default:
            continue
        again = calculator.run({**case, item.name: full[item.name]})
        if isinstance(outcome, Result) and isinstance(again, Result):
            assert again.amounts["fund"] == outcome.amounts["fund"]


@given(st.data(), st.sampled_from(COMBINED), st.lists(yuan, min_size=1, max_size=4))
def test_splitting_a_year_never_beats_the_cap(
    data: st.DataObject, calculator: CombinedCalculator, costs: list[Decimal]
) -> None:
    case = dict(data.draw(known(calculator.inputs, complete=True)))
    case |= {"herbs": Decimal(0), "paid": Decimal(0), "stays": tuple({"cost": cost} for cost in costs)}
    outcome = calculator.run(case)
    if isinstance(outcome, Result):
        caps = calculator.first.tables.cap
        assert caps is not None
        most = max(cell.value.yuan for cell in caps.cells if cell.value is not None)
        assert outcome.amounts["inpatient"].high <= most
        assert outcome.amounts["fund"].high <= sum(costs)
        assert outcome.amounts["patient"].low >= 0


def stays_of(data: st.DataObject, calculator: CombinedCalculator) -> tuple[Known, tuple[Known, ...]]:
    """Draw a person, and a year's stays, each with circumstances of its own."""
    person = dict(data.draw(known(calculator.inputs, complete=True)))
    person |= {"herbs": Decimal(0), "paid": Decimal(0), "borne": Decimal(0)}
    places = [item for item in calculator.first.inputs if item.name in {"level", "place", "cost"}]
    drawn = data.draw(st.lists(known(tuple(places), complete=True), min_size=1, max_size=5))
    return person, tuple(drawn)


@given(st.data(), st.sampled_from(COMBINED))
def test_stays_count_in_their_order(data: st.DataObject, calculator: CombinedCalculator) -> None:
    person, stays = stays_of(data, calculator)
    person = {name: value for name, value in person.items() if name != "admission"}
    outcome = calculator.run({**person, "stays": stays})
    numbers = list(calculator.first.scheme.dimensions["admission"].values)
    counts = calculator.first.rule.counts
    paid, counted = Decimal(0), 0
    for stay in stays:
        number = frozenset({numbers[min(counted, len(numbers) - 1)]})
        worked = calculator.first.work({**person, **stay, "paid": paid, "admission": number})
        if not isinstance(worked, Worked):
            assert outcome == worked
            return
        paid += worked.fund.high
        counted += counts is None or "abroad" not in worked.possible.get("place", ())
    assert isinstance(outcome, Result)
    assert outcome.amounts["inpatient"].high == to_fen(paid)


@given(st.data(), st.sampled_from(COMBINED))
def test_the_order_changes_only_what_deductibles_change(
    data: st.DataObject, calculator: CombinedCalculator
) -> None:
    person, stays = stays_of(data, calculator)
    first = calculator.run({**person, "stays": stays})
    second = calculator.run({**person, "stays": tuple(reversed(stays))})
    if not isinstance(first, Result) or not isinstance(second, Result):
        return
    lowered = calculator.first.tables.lowered is not None
    apart = abs(first.amounts["inpatient"].high - second.amounts["inpatient"].high)
    assert apart <= (DEAREST_DEDUCTIBLE * len(stays) if lowered else Decimal("0.01"))


@given(st.data(), st.sampled_from(COMBINED), yuan, yuan)
def test_what_was_borne_before_brings_the_deductible_nearer(
    data: st.DataObject, calculator: CombinedCalculator, borne: Decimal, more: Decimal
) -> None:
    person = dict(data.draw(known(calculator.inputs, complete=True)))
    person |= {"herbs": Decimal(0)}
    first, second = (calculator.run({**person, "borne": before}) for before in (borne, borne + more))
    if not isinstance(first, Result) or not isinstance(second, Result):
        return
    for outcome in (first, second):
        assert outcome.amounts["fund"].low + outcome.amounts["patient"].high == person["cost"]
        assert outcome.amounts["patient"].low >= 0
        assert outcome.amounts["short"].low >= 0
    assert second.amounts["short"].high <= first.amounts["short"].high


@given(st.data(), st.sampled_from([*REIMBURSEMENTS, *COMBINED]))
def test_the_working_fits_a_phone(data: st.DataObject, calculator: Calculator) -> None:
    case = dict(data.draw(known(calculator.inputs, complete=True)))
    more = 0
    if isinstance(calculator, CombinedCalculator) and data.draw(st.booleans()):
        stays = stays_of(data, calculator)[1]
        case |= {"stays": stays, "herbs": Decimal(0)}
        more = len(stays) - 1  # each has a line of its own
    outcome = calculator.run(case)
    if isinstance(outcome, Result):
        shown = list(lines(outcome.steps))
        assert len(shown) <= SCREEN + more
        assert all(step.amount is not None or step.formula for step in shown)
        assert len(set(outcome.caveats)) == len(outcome.caveats)
        assert not any(brace in text for text in outcome.caveats for brace in "{}")


@given(st.data(), st.sampled_from([one for one in EVERY if isinstance(one, PremiumCalculator)]))
def test_what_a_family_pays_is_what_its_members_pay(
    data: st.DataObject, calculator: PremiumCalculator
) -> None:
    people = data.draw(st.lists(known(calculator.inputs, complete=True), min_size=1, max_size=3))
    alone = [calculator.run(person) for person in people]
    together = calculator.run({"people": tuple(people)})
    if all(isinstance(one, Result) for one in alone):
        assert isinstance(together, Result)
        own = sum(one.amounts["own"].low for one in alone if isinstance(one, Result))
        assert abs(together.amounts["own"].low - own) <= Decimal("0.03")
        assert together.amounts["own"].low >= 0
    else:
        assert not isinstance(together, Result)
