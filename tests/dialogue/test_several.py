"""Several costs of one message, each for a benefit of its own."""

from __future__ import annotations

import pytest

from bot.dialogue.assistant import Assistant
from tests.dialogue.conftest import Turns


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("特药花了8000,住院花了12000,一共报多少", ["特药花了8000 能报多少", "住院花了12000 一共报多少"]),
        ("二档 住院2万 再加上慢性病2000 各报多少", ["二档 住院2万 能报多少", "慢性病2000 各报多少"]),
        ("住院花了两万能报多少", []),
        ("住院花了10万,大病能报多少", []),
        ("门诊花了300,又花了200,能报多少", []),
    ],
)
def test_each_benefit_with_a_cost_of_its_own_is_asked_for(
    assistant: Assistant, turns: Turns, text: str, parts: list[str]
) -> None:
    costs = assistant._several.of(turns.of(text).heard)
    assert list(costs.texts if costs is not None else ()) == parts
    assert costs is None or not costs.of_people


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "都在三级医院住院,我花了8000他花了12000,一共报多少",
            ["都在三级医院住院, 我花了8000 能报多少", "都在三级医院住院, 他花了12000,一共报多少 能报多少"],
        ),
        (
            "一档 我爸住院花了2万,我妈花了1万",
            ["一档 我爸住院花了2万 能报多少", "一档 我妈花了1万 能报多少"],
        ),
        ("我爸第一次住院2万,第二次住院我爸花了1万", []),
        ("孩子住院花了8000,我自己掏了3000", []),
        ("我住院花了8000", []),
    ],
)
def test_each_patient_with_a_cost_of_his_own_is_asked_for(
    assistant: Assistant, turns: Turns, text: str, parts: list[str]
) -> None:
    costs = assistant._several.of(turns.of(text).heard)
    assert list(costs.texts if costs is not None else ()) == parts
    assert costs is None or costs.of_people
