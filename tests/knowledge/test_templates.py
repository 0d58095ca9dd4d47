from __future__ import annotations

import pytest

from knowledge.figures import Figure
from knowledge.templates import fill, references, stray_braces, typed_digits

FIGURES = {
    "cap": Figure.model_validate({"name": "限额", "clause": "一", "yuan": "70000"}),
    "inpatient.l3.rate": Figure.model_validate({"name": "比例", "clause": "一", "rate": "60%-65%"}),
}


def test_references_stand_in_the_order_of_the_text() -> None:
    assert references("报 {inpatient.l3.rate}，最多 {cap}，{cap}。") == ("inpatient.l3.rate", "cap", "cap")
    assert references("不扣起付线。") == ()


def test_a_template_is_filled_with_figures_and_their_units() -> None:
    filled = fill("报 {inpatient.l3.rate}，最多 {cap}\n· {cap}", FIGURES)
    assert filled == "报 60%–65%，最多 7 万元\n· 7 万元"


def test_a_text_without_references_stays_as_it_is() -> None:
    assert fill("不扣起付线。", FIGURES) == "不扣起付线。"


def test_an_unknown_reference_is_an_error() -> None:
    with pytest.raises(KeyError, match="caps"):
        fill("最多 {caps}", FIGURES)


@pytest.mark.parametrize(
    ("template", "digits"),
    [
        ("最多 {cap}", ""),
        ("报 {inpatient.l3.rate}", ""),
        ("最多 7 万元", "7"),
        ("{cap}以上报 85%", "85"),
        ("满１８周岁", "１８"),
        ("三级医院", ""),
    ],
)
def test_digits_outside_references_are_found(template: str, digits: str) -> None:
    assert typed_digits(template) == digits


@pytest.mark.parametrize(
    ("template", "stray"),
    [
        ("最多 {cap}", False),
        ("最多", False),
        ("最多 {cap", True),
        ("最多 cap}", True),
        ("最多 {{cap}}", True),
    ],
)
def test_braces_outside_references_are_found(template: str, stray: bool) -> None:  # noqa: FBT001  # a row of the table
    assert stray_braces(template) is stray
