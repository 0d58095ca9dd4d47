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
    assert list(assistant._several.of(turns.of(text).heard)) == parts
