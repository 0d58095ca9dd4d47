"""The calculators pay what the documents' text, written out by hand, says; at all bounds, too."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculators.money import Span, to_fen
from calculators.outcomes import NotCovered, Result
from tests.calculators import oracle
from tests.calculators.cities import FIVE, calculators_of, dimensions

Oracle = Callable[..., Decimal | None]
ORACLES: dict[str, Oracle] = {
    name: function
    for name, function in vars(oracle).items()
    if inspect.isfunction(function) and name.startswith(FIVE)
}
BOUNDS = (
    100, 200, 300, 400, 500, 800, 1000, 1500, 8916.5, 10000, 11000, 12000, 17833, 20000, 40000, 100000,
    200000, 300000, 400000, 520000,
)  # fmt: skip
"""The deductibles, brackets and caps of the documents."""
NEAR = [Decimal(str(bound)) + Decimal(away) for bound in BOUNDS for away in ("-0.01", "0", "0.01")]
yuan = st.one_of(
    st.sampled_from(NEAR),
    st.decimals(Decimal("0.01"), 3000, places=2),
    st.decimals(Decimal("0.01"), 1_500_000, places=2),
)


def drawn(data: st.DataObject, name: str, cost: Decimal) -> Decimal | str:
    match name:
        case "cost":
            return cost
        case "herbs":
            return data.draw(st.decimals(0, cost, places=2))
        case "deductible":
            return data.draw(st.sampled_from([Decimal(0), Decimal(300), Decimal(1000)]))
        case _:
            return data.draw(st.sampled_from(list(dimensions()[name].values)))


@pytest.mark.parametrize("name", list(ORACLES))
@given(st.data(), yuan)
def test_what_is_paid_is_what_the_text_says(name: str, data: st.DataObject, cost: Decimal) -> None:
    city, _, benefit = name.partition("_")
    calculator = calculators_of(city)[benefit]
    case = {entry: drawn(data, entry, cost) for entry in inspect.signature(ORACLES[name]).parameters}
    outcome = calculator.run(calculator.parse(case))
    expected = ORACLES[name](**case)
    if expected is None:
        assert isinstance(outcome, NotCovered)
    else:
        assert isinstance(outcome, Result), outcome
        assert outcome.amounts["fund"] == Span.exact(to_fen(expected))
