"""What every backend of state and of the journal must do; a new backend joins by a fixture parameter."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from bot.storage.protocols import SESSION_LIFE, Journal, State, StorageError, Turn
from bot.storage.sqlite import Database, SqliteJournal, SqliteState

CHINA = timezone(timedelta(hours=8))
TURN = Turn(
    id="1",
    at=datetime(2024, 10, 1, 8, 30, 0, 123456, CHINA),
    channel="http",
    user="u1",
    region="datong",
    topic="premium",
    kind="answer",
    asked="多少钱",
    answered="350 元",
)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite"])
async def state(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> AsyncIterator[State]:
    backends: dict[str, State] = {"sqlite": SqliteState(Database(tmp_path / "state.db"), clock)}
    state = backends[request.param]
    await state.open()
    yield state
    await state.close()


@pytest.fixture(params=["sqlite"])
async def journal(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Journal]:
    backends: dict[str, Journal] = {"sqlite": SqliteJournal(Database(tmp_path / "journal.db"))}
    journal = backends[request.param]
    await journal.open()
    yield journal
    await journal.close()


# --- sessions ---------------------------------------------------------------------------------------------


async def test_a_session_is_what_was_saved_last(state: State) -> None:
    assert await state.session("a") is None

    await state.save("a", '{"n": 1}')
    await state.save("a", '{"n": "二"}')
    await state.save("b", "{}")

    assert await state.session("a") == '{"n": "二"}'
    assert await state.session("b") == "{}"


async def test_a_session_ends_with_its_time_and_each_save_gives_it_new_time(
    state: State, clock: Clock
) -> None:
    life = SESSION_LIFE.total_seconds()
    await state.save("a", "{}")
    clock.now += life - 1
    assert await state.session("a") == "{}"

    await state.save("a", "{}")
    clock.now += life - 1
    assert await state.session("a") == "{}"

    clock.now += 1
    assert await state.session("a") is None


async def test_a_forgotten_session_is_gone(state: State) -> None:
    await state.save("a", "{}")

    await state.forget("a")
    await state.forget("never seen")

    assert await state.session("a") is None


async def test_ping_is_quiet_when_all_is_well(state: State, journal: Journal) -> None:
    await state.ping()
    await journal.ping()


# --- the lock ---------------------------------------------------------------------------------------------


async def test_messages_of_one_user_go_one_at_a_time_and_in_order(state: State) -> None:
    done: list[int] = []
    inside = 0

    async def message(number: int) -> None:
        nonlocal inside
        async with state.lock("a"):
            inside += 1
            assert inside == 1
            await state.session("a")
            done.append(number)
            inside -= 1

    await asyncio.gather(*(message(number) for number in range(50)))

    assert done == list(range(50))


async def test_users_do_not_wait_for_each_other(state: State) -> None:
    async with state.lock("a"), state.lock("b"):
        pass


async def test_a_lock_is_free_again_after_a_failure(state: State) -> None:
    with pytest.raises(ValueError, match="bad"):
        async with state.lock("a"):
            raise ValueError("bad")

    async with asyncio.timeout(1), state.lock("a"):
        pass


# --- once -------------------------------------------------------------------------------------------------


class Producer:
    """Produces numbered values when let, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.let = asyncio.Event()

    async def __call__(self) -> str:
        self.asked += 1
        await self.let.wait()
        return f"第{self.asked}次"


async def test_all_who_ask_for_a_key_get_the_one_value(state: State) -> None:
    produce = Producer()
    waiting = [asyncio.create_task(state.once("k", produce, 600)) for _ in range(3)]
    other = asyncio.create_task(state.once("other", produce, 600))
    produce.let.set()

    assert len({await task for task in waiting}) == 1
    await other
    assert produce.asked == 2
    assert await state.once("k", produce, 600) == await waiting[0]
    assert produce.asked == 2


async def test_a_value_is_produced_anew_after_its_time(state: State, clock: Clock) -> None:
    produce = Producer()
    produce.let.set()
    assert await state.once("k", produce, 600) == "第1次"

    clock.now += 600

    assert await state.once("k", produce, 600) == "第2次"


async def test_a_failure_reaches_those_who_wait_and_is_not_kept(state: State) -> None:
    failed = 0

    async def fail() -> str:
        nonlocal failed
        failed += 1
        raise ValueError("bad")

    results = await asyncio.gather(*(state.once("k", fail, 600) for _ in range(2)), return_exceptions=True)
    assert [str(result) for result in results] == ["bad", "bad"]
    assert failed == 1

    produce = Producer()
    produce.let.set()
    assert await state.once("k", produce, 600) == "第1次"


async def test_one_who_gives_up_waiting_takes_nothing_from_the_others(state: State) -> None:
    produce = Producer()
    first = asyncio.create_task(state.once("k", produce, 600))
    second = asyncio.create_task(state.once("k", produce, 600))
    await state.session("a")  # both have begun to wait

    first.cancel()
    produce.let.set()

    assert await second == "第1次"


# --- held parts -------------------------------------------------------------------------------------------


async def test_held_parts_are_taken_one_by_one(state: State) -> None:
    assert await state.take_held("a") is None

    await state.hold("a", ["一", "二"], 3600)

    assert [await state.take_held("a") for _ in range(3)] == ["一", "二", None]


async def test_holding_replaces_and_nothing_clears(state: State) -> None:
    await state.hold("a", ["旧"], 3600)
    await state.hold("a", ["新"], 3600)
    assert await state.take_held("a") == "新"

    await state.hold("a", ["旧"], 3600)
    await state.hold("a", [], 3600)
    assert await state.take_held("a") is None


async def test_no_part_is_taken_twice(state: State) -> None:
    await state.hold("a", ["一"], 3600)

    taken = await asyncio.gather(*(state.take_held("a") for _ in range(5)))

    assert sorted(part or "" for part in taken) == ["", "", "", "", "一"]


async def test_held_parts_end_with_their_time(state: State, clock: Clock) -> None:
    await state.hold("a", ["一"], 3600)

    clock.now += 3600

    assert await state.take_held("a") is None


# --- the journal ------------------------------------------------------------------------------------------


async def test_a_turn_comes_back_as_it_was(journal: Journal) -> None:
    await journal.append(TURN)
    unknown = replace(TURN, id="2", at=TURN.at + timedelta(seconds=1), region=None, topic=None)
    await journal.append(unknown)

    assert await journal.turns() == (unknown, TURN)


async def test_a_turn_appended_twice_is_kept_once(journal: Journal) -> None:
    await journal.append(TURN)
    await journal.append(TURN)

    assert await journal.turns() == (TURN,)


async def test_turns_are_chosen_by_time_user_and_kind(journal: Journal) -> None:
    turns = [
        replace(
            TURN, id=str(number), at=TURN.at + timedelta(minutes=number), user=f"u{number % 2}", kind=kind
        )
        for number, kind in enumerate(["answer", "decline", "answer", "decline"])
    ]
    for turn in turns:
        await journal.append(turn)

    assert await journal.turns(since=turns[1].at, until=turns[3].at) == (turns[2], turns[1])
    assert await journal.turns(user="u1") == (turns[3], turns[1])
    assert await journal.turns(kind="decline", since=turns[2].at.astimezone(UTC)) == (turns[3],)
    assert await journal.turns(limit=1) == (turns[3],)


async def test_many_writers_at_once_lose_nothing(state: State, journal: Journal) -> None:
    async def one(number: int) -> None:
        await journal.append(replace(TURN, id=str(number)))
        await state.save(f"u{number}", str(number))

    await asyncio.gather(*(one(number) for number in range(1_000)))

    assert len(await journal.turns(limit=2_000)) == 1_000
    assert [await state.session(f"u{number}") for number in (0, 999)] == ["0", "999"]


async def test_a_closed_backend_says_so(tmp_path: Path) -> None:
    state = SqliteState(Database(tmp_path / "state.db"))

    with pytest.raises(StorageError, match="is not open"):
        await state.session("a")
