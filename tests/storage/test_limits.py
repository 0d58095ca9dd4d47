"""The arithmetic of a limit, at its edges."""

from __future__ import annotations

import pytest

from bot.storage.limits import MINUTE, admitted

NOW = 1_800_000_000.0


@pytest.mark.parametrize("per_minute", [1, 3, 7, 120, 3000])
def test_the_number_of_a_minute_may_come_at_once_and_then_grows_back_evenly(per_minute: int) -> None:
    full_at = 0.0
    for _ in range(per_minute):
        wait, full_at = admitted(full_at, NOW, per_minute)
        assert wait == 0
    wait, unchanged = admitted(full_at, NOW, per_minute)

    assert wait == pytest.approx(MINUTE / per_minute, abs=0.01)
    assert unchanged == full_at
    assert admitted(full_at, NOW + wait, per_minute)[0] == 0
    assert admitted(full_at, NOW + 0.9 * wait, per_minute)[0] == pytest.approx(0.1 * wait, abs=0.01)


def test_a_clock_that_is_put_back_keeps_nobody_out_for_longer_than_a_minute() -> None:
    wait, _ = admitted(NOW + 86_400, NOW, 60)

    assert wait == pytest.approx(1)
