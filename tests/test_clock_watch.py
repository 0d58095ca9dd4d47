"""The clock of the machine, set while the bot runs."""

from __future__ import annotations

import asyncio

import pytest
from prometheus_client import REGISTRY

from bot import clock_watch
from bot.clock_watch import LEAST_JUMP, watch_clock


def counted(way: str) -> float:
    return REGISTRY.get_sample_value("yibao_clock_jumps_total", {"way": way}) or 0.0


@pytest.mark.parametrize(
    ("jump", "told"),
    [
        (-3600.0, ["the clock was set back by 3600 s"]),
        (LEAST_JUMP, ["the clock was set forward by 2 s"]),
        (-LEAST_JUMP + 0.1, []),
        (0.0, []),
    ],
)
async def test_a_jump_of_the_clock_is_told_once_and_counted(
    jump: float, told: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(clock_watch, "CHECK_SECONDS", 0)
    looks = 0
    looked_often = asyncio.Event()

    def clock() -> float:
        nonlocal looks
        looks += 1
        if looks > 5:
            looked_often.set()
        return jump if looks > 2 else 0.0

    before = {way: counted(way) for way in ("back", "forward")}
    watching = asyncio.create_task(watch_clock(clock, lambda: 0.0))
    await looked_often.wait()
    watching.cancel()

    assert [record.getMessage() for record in caplog.records] == told
    assert {way: counted(way) - before[way] for way in before} == {
        way: float(any(way in line for line in told)) for way in before
    }
