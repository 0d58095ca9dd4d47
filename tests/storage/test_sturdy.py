"""The state while its backend is away, hangs, and comes back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from bot.storage.leases import Produce
from bot.storage.protocols import AwayError, LostLockError, StorageError
from bot.storage.queueing import LOCK_SECONDS
from bot.storage.sqlite import Database, SqliteState
from bot.storage.sturdy import MOST_REMEMBERED, RETRY_SECONDS, Remembered, SturdyState


class Failing(SqliteState):
    """A state whose backend fails while it is told to, and counts how often it is asked."""

    def __init__(self, file: Path) -> None:
        super().__init__(Database(file))
        self.error: StorageError | None = None
        self.asked = 0

    def _ask(self) -> None:
        self.asked += 1
        if self.error is not None:
            raise self.error

    async def session(self, user: str) -> str | None:
        self._ask()
        return await super().session(user)

    async def save(self, user: str, session: str) -> None:
        self._ask()
        await super().save(user, session)

    async def once(self, key: str, produce: Produce, ttl: float) -> str:
        if self.error is not None and "before" in str(self.error):
            raise self.error
        value = await super().once(key, produce, ttl)
        self._ask()
        return value

    async def hold(self, user: str, parts: Sequence[str], ttl: float) -> None:
        self._ask()
        await super().hold(user, parts, ttl)

    async def take_held(self, user: str) -> str | None:
        self._ask()
        return await super().take_held(user)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def backend(tmp_path: Path) -> Failing:
    return Failing(tmp_path / "state.db")


@pytest.fixture
async def state(backend: Failing, clock: Clock) -> AsyncIterator[SturdyState]:
    state = SturdyState(backend, clock)
    await state.open()
    yield state
    await state.close()


class Producer:
    def __init__(self) -> None:
        self.asked = 0

    async def __call__(self) -> str:
        self.asked += 1
        return f"第{self.asked}次"


async def test_an_outage_is_told_at_once_and_tried_by_one_call_a_second(
    state: SturdyState, backend: Failing, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    await state.save("a", "{}")
    backend.error = AwayError("gone fishing")
    for _ in range(50):
        with pytest.raises(AwayError, match="gone fishing"):
            await state.session("a")
    assert backend.asked == 2

    clock.now += RETRY_SECONDS
    tries = await asyncio.gather(*(state.session("a") for _ in range(5)), return_exceptions=True)
    assert all(isinstance(error, AwayError) for error in tries)
    assert backend.asked == 3

    backend.error = None
    clock.now += RETRY_SECONDS
    assert await state.session("a") == "{}"
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.WARNING]
    assert "the state is back after 2 s" in caplog.text


async def test_locks_let_all_in_meanwhile(state: SturdyState, backend: Failing) -> None:
    backend.error = AwayError("gone fishing")
    with pytest.raises(AwayError):
        await state.session("a")

    async with asyncio.timeout(1), state.lock("a") as held, state.lock("a"):
        with pytest.raises(AwayError, match="gone fishing"):
            _ = held.session
        with pytest.raises(AwayError, match="gone fishing"):
            await held.save("{}")


async def test_what_a_lock_cannot_save_tells_of_the_outage(state: SturdyState, backend: Failing) -> None:
    async with state.lock("a") as held:
        assert held.session is None
        await backend.close()
        with pytest.raises(StorageError, match="not open"):
            await held.save("{}")
        with pytest.raises(AwayError, match="not open"):
            await state.session("a")
    await backend.open()


async def test_a_lost_lock_is_no_outage(tmp_path: Path) -> None:
    now = 0.0
    states = [SturdyState(SqliteState(Database(tmp_path / "state.db"), lambda: now)) for _ in range(2)]
    for state in states:
        await state.open()
    async with states[0].lock("a") as held:
        now += LOCK_SECONDS + 1
        async with states[1].lock("a"):
            with pytest.raises(LostLockError):
                await held.save("{}")

            assert await states[0].session("a") is None
    for state in states:
        await state.close()


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_message_is_answered_once_though_the_backend_goes(
    when: str, state: SturdyState, backend: Failing, clock: Clock
) -> None:
    produce = Producer()
    backend.error = AwayError(f"gone {when} it was produced")
    answers = await asyncio.gather(*(state.once("k", produce, 600) for _ in range(3)))
    assert answers == ["第1次"] * 3
    assert await state.once("k", produce, 600) == "第1次"

    backend.error = None
    clock.now += RETRY_SECONDS
    assert await state.once("k", produce, 600) == "第1次"
    assert produce.asked == 1


async def test_a_failure_of_the_answer_itself_is_no_outage(state: SturdyState) -> None:
    asked = 0

    async def fail() -> str:
        nonlocal asked
        asked += 1
        raise StorageError("another backend")

    with pytest.raises(StorageError, match="another backend"):
        await state.once("k", fail, 600)
    assert asked == 1


async def test_the_rest_of_an_answer_is_held_here_meanwhile(
    state: SturdyState, backend: Failing, clock: Clock
) -> None:
    await state.hold("a", ["旧"], 3600)
    backend.error = AwayError("gone fishing")
    await state.hold("a", ["一", "二"], 3600)
    assert await state.take_held("b") is None
    assert await state.take_held("a") == "一"

    backend.error = None
    clock.now += RETRY_SECONDS
    assert await state.take_held("a") == "二"
    await state.hold("a", ["新"], 3600)
    assert [await state.take_held("a") for _ in range(2)] == ["新", None]


async def test_a_state_that_is_away_at_the_start_is_waited_for(tmp_path: Path) -> None:
    class Late(Failing):
        async def open(self) -> None:
            await super().open()
            raise AwayError("not yet")

    clock = Clock()
    state = SturdyState(Late(tmp_path / "state.db"), clock)
    await state.open()
    with pytest.raises(AwayError, match="not yet"):
        await state.session("a")
    clock.now += RETRY_SECONDS
    assert await state.session("a") is None
    await state.close()


def test_the_latest_are_remembered_for_their_time() -> None:
    clock = Clock()
    remembered = Remembered[int](clock)
    for number in range(MOST_REMEMBERED + 1):
        remembered.put(str(number), number, 10)
    assert remembered.get("0") is None
    assert remembered.get("1") == 1

    clock.now += 10
    assert remembered.get("1") is None
