"""What every backend of state and of the journal must do; a new backend joins by a fixture parameter."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis

from bot.storage.leases import LEASE_SECONDS
from bot.storage.postgres import PostgresJournal
from bot.storage.protocols import (
    SESSION_LIFE,
    Feedback,
    Journal,
    LostLockError,
    State,
    StorageError,
    Tally,
    Turn,
)
from bot.storage.queueing import LOCK_SECONDS
from bot.storage.redis import RedisState
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

FEEDBACK = Feedback("1", "u1", TURN.at, "down", "没说到点子上")


Elapse = Callable[[float], Awaitable[None]]
"""Lets seconds go by for a backend."""


@dataclass
class Backend:
    """A backend of state: makes any number of states over the same data, and moves its time."""

    make: Callable[[], State]
    elapse: Elapse


def in_sqlite(folder: Path) -> Backend:
    gone = 0.0

    async def elapse(seconds: float) -> None:
        nonlocal gone
        gone += seconds

    return Backend(lambda: SqliteState(Database(folder / "state.db"), lambda: time.time() + gone), elapse)


async def in_redis(url: str) -> Backend:
    client = Redis.from_url(url)
    await client.flushall()
    await client.aclose()

    async def elapse(seconds: float) -> None:
        client = Redis.from_url(url)
        async for key in client.scan_iter():
            await client.pexpire(key, round(await client.pttl(key) - 1000 * seconds))
        await client.aclose()

    return Backend(lambda: RedisState(url), elapse)


@pytest.fixture(params=["sqlite", "redis"])
async def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Backend:
    if request.param == "sqlite":
        return in_sqlite(tmp_path)
    return await in_redis(request.getfixturevalue("redis_server").url)


@pytest.fixture
def elapse(backend: Backend) -> Elapse:
    return backend.elapse


@pytest.fixture
async def state(backend: Backend) -> AsyncIterator[State]:
    state = backend.make()
    await state.open()
    yield state
    await state.close()


@pytest.fixture
async def elsewhere(backend: Backend) -> AsyncIterator[State]:
    """The same state as another worker sees it."""
    other = backend.make()
    await other.open()
    yield other
    await other.close()


@pytest.fixture(params=["sqlite", "postgres"])
async def journal(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Journal]:
    journal: Journal
    if request.param == "sqlite":
        journal = SqliteJournal(Database(tmp_path / "journal.db"))
    else:
        url = request.getfixturevalue("postgres_server").url
        await empty(url)
        journal = PostgresJournal(url)
    await journal.open()
    yield journal
    await journal.close()


async def empty(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("DROP TABLE IF EXISTS yibao_turn, yibao_feedback, yibao_tally, yibao_schema")
    await connection.close()


# --- sessions ---------------------------------------------------------------------------------------------


async def test_a_session_is_what_was_saved_last(state: State) -> None:
    assert await state.session("a") is None

    await state.save("a", '{"n": 1}')
    await state.save("a", '{"n": "二"}')
    await state.save("b", "{}")

    assert await state.session("a") == '{"n": "二"}'
    assert await state.session("b") == "{}"


async def test_a_session_ends_with_its_time_and_each_save_gives_it_new_time(
    state: State, elapse: Elapse
) -> None:
    life = SESSION_LIFE.total_seconds()
    await state.save("a", "{}")
    await elapse(life - 1)
    assert await state.session("a") == "{}"

    await state.save("a", "{}")
    await elapse(life - 1)
    assert await state.session("a") == "{}"

    await elapse(1)
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

    async with asyncio.timeout(60), state.lock("a"):
        pass


async def test_messages_go_one_at_a_time_and_in_order_whichever_worker_has_them(
    state: State, elsewhere: State
) -> None:
    done: list[int] = []
    inside = 0

    async def message(number: int) -> None:
        nonlocal inside
        async with (state, elsewhere)[number % 2].lock("a"):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0.002)
            done.append(number)
            inside -= 1

    messages = []
    async with state.lock("a"):
        for number in range(6):
            messages.append(asyncio.create_task(message(number)))
            await asyncio.sleep(0.15)  # each has asked before the next
    await asyncio.gather(*messages)

    assert done == list(range(6))


async def test_one_who_gives_up_waiting_for_a_lock_holds_up_nobody(state: State, elsewhere: State) -> None:
    async def wait(whose: State) -> None:
        async with whose.lock("a"):
            pass

    async with state.lock("a"):
        waiting = [asyncio.create_task(wait(whose)) for whose in (state, elsewhere)]
        await asyncio.sleep(0.05)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    async with asyncio.timeout(60), elsewhere.lock("a"):
        pass


@pytest.mark.parametrize("per_minute", [1, 7, 60])
async def test_so_many_a_minute_are_admitted_by_all_workers_together(
    per_minute: int, state: State, elsewhere: State, elapse: Elapse
) -> None:
    for number in range(per_minute):
        assert await (state, elsewhere)[number % 2].admit("a", per_minute) == 0
    wait = await elsewhere.admit("a", per_minute)
    assert 0 < wait <= 60 / per_minute
    assert await state.admit("b", per_minute) == 0

    await elapse(wait + 0.5)
    assert await state.admit("a", per_minute) == 0
    await elapse(120)
    assert [await state.admit("a", per_minute) for _ in range(per_minute)] == [0] * per_minute
    assert await state.admit("a", per_minute) > 0


async def test_a_long_turn_keeps_its_lock(
    state: State, elsewhere: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("queueing", "redis", "sqlite.places"):
        monkeypatch.setattr(f"bot.storage.{module}.LOCK_SECONDS", 0.3)
    order = []

    async def other() -> None:
        async with elsewhere.lock("a"):
            order.append("other")

    async with state.lock("a"):
        waiting = asyncio.create_task(other())
        await asyncio.sleep(0.9)
        order.append("long")
    await waiting

    assert order == ["long", "other"]


async def test_a_lock_lost_while_asleep_goes_on_and_its_session_is_refused(
    state: State, elsewhere: State, elapse: Elapse
) -> None:
    async with state.lock("a") as held:
        await elapse(LOCK_SECONDS + 1)
        async with elsewhere.lock("a") as later:
            with pytest.raises(LostLockError):
                await held.save("earlier")
            await later.save("later")
        with pytest.raises(LostLockError):
            await held.save("earlier")

    assert await state.session("a") == "later"
    async with state.lock("a") as held:
        await held.save("latest")
    assert await elsewhere.session("a") == "latest"


async def test_a_lock_comes_with_the_session_that_the_one_before_saved(
    state: State, elsewhere: State, elapse: Elapse
) -> None:
    async with state.lock("a") as held:
        assert held.session is None
        await held.save("一")
    async with elsewhere.lock("a") as held, state.lock("b") as other:
        assert held.session == "一"
        assert other.session is None

    async with state.lock("a"):
        pass
    await elapse(SESSION_LIFE.total_seconds() - 1)
    async with state.lock("a") as held:
        assert held.session == "一"
        await held.save("二")
    await elapse(SESSION_LIFE.total_seconds() - 1)
    assert await elsewhere.session("a") == "二"
    await elapse(1)
    async with state.lock("a") as held:
        assert held.session is None


async def test_whoever_saves_lets_the_next_one_in(state: State, elsewhere: State) -> None:
    async with asyncio.timeout(60), state.lock("a") as held:
        await held.save("一")
        async with elsewhere.lock("a") as later:
            assert later.session == "一"
            await later.save("二")

    assert await state.session("a") == "二"


async def test_those_who_wait_have_the_session_of_the_one_before(state: State, elsewhere: State) -> None:
    async def count(whose: State) -> None:
        async with whose.lock("a") as held:
            await held.save(str(int(held.session or 0) + 1))

    await asyncio.gather(*(count((state, elsewhere)[number % 2]) for number in range(20)))

    assert await state.session("a") == "20"


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


async def test_a_value_is_produced_anew_after_its_time(state: State, elapse: Elapse) -> None:
    produce = Producer()
    produce.let.set()
    assert await state.once("k", produce, 600) == "第1次"

    await elapse(600)

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


async def test_a_value_is_produced_once_for_all_workers(state: State, elsewhere: State) -> None:
    produce = Producer()
    waiting = [
        asyncio.create_task(whose.once("k", produce, 600)) for whose in (state, elsewhere) for _ in range(3)
    ]
    await asyncio.sleep(0.05)
    produce.let.set()

    assert set(await asyncio.gather(*waiting)) == {"第1次"}
    assert await elsewhere.once("k", produce, 600) == "第1次"
    assert produce.asked == 1


async def test_another_worker_produces_after_a_failure(state: State, elsewhere: State) -> None:
    let = asyncio.Event()

    async def fail() -> str:
        await let.wait()
        raise ValueError("bad")

    produce = Producer()
    produce.let.set()
    failing = asyncio.create_task(state.once("k", fail, 600))
    await asyncio.sleep(0.05)
    waiting = asyncio.create_task(elsewhere.once("k", produce, 600))
    await asyncio.sleep(0.05)
    assert produce.asked == 0
    let.set()

    assert await waiting == "第1次"
    with pytest.raises(ValueError, match="bad"):
        await failing


async def test_a_lease_ends_without_its_worker_and_the_first_value_that_is_kept_counts(
    state: State, elsewhere: State, elapse: Elapse
) -> None:
    asleep = Producer()
    sleeping = asyncio.create_task(state.once("k", asleep, 600))
    await asyncio.sleep(0.05)
    await elapse(LEASE_SECONDS + 1)

    async def produce() -> str:
        return "别处"

    assert await elsewhere.once("k", produce, 600) == "别处"
    asleep.let.set()
    assert await sleeping == "别处"


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


async def test_held_parts_end_with_their_time(state: State, elapse: Elapse) -> None:
    await state.hold("a", ["一"], 3600)

    await elapse(3600)

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


async def test_feedback_comes_back_and_the_last_word_on_a_turn_counts(journal: Journal) -> None:
    await journal.rate(FEEDBACK)
    assert await journal.feedback() == (FEEDBACK,)

    later = replace(FEEDBACK, at=TURN.at + timedelta(minutes=1), verdict="up", reason="")
    await journal.rate(later)
    await journal.rate(FEEDBACK)  # written late, from a spool
    assert await journal.feedback() == (later,)

    of_another = replace(FEEDBACK, user="u2")
    await journal.rate(of_another)
    assert await journal.feedback() == (later, of_another)


async def test_feedback_is_chosen_by_time_user_and_verdict(journal: Journal) -> None:
    given = [
        replace(FEEDBACK, turn=str(n), user=f"u{n % 2}", at=TURN.at + n * timedelta(hours=1))
        for n in range(4)
    ]
    given[3] = replace(given[3], verdict="up")
    for one in given:
        await journal.rate(one)

    assert await journal.feedback() == tuple(reversed(given))
    assert await journal.feedback(limit=2) == (given[3], given[2])
    assert await journal.feedback(since=given[1].at, until=given[3].at) == (given[2], given[1])
    assert await journal.feedback(user="u1", verdict="down") == (given[1],)
    assert await journal.feedback(user="nobody") == ()


async def test_feedback_goes_with_its_user_and_its_time(journal: Journal) -> None:
    for n in range(3):
        await journal.rate(replace(FEEDBACK, turn=str(n), user=f"u{n}", at=TURN.at + n * timedelta(hours=1)))

    assert await journal.forget("u1") == 0
    assert await journal.prune(TURN.at + timedelta(minutes=1)) == 0
    assert [one.user for one in await journal.feedback()] == ["u2"]


async def test_text_that_no_database_takes_is_kept_as_far_as_it_goes(journal: Journal) -> None:
    await journal.append(replace(TURN, asked="一\0二\ud800三", answered="😀"))

    (turn,) = await journal.turns()
    assert (turn.asked, turn.answered) == ("一\ufffd二\ufffd三", "😀")


async def test_a_reason_that_no_database_takes_is_kept_as_far_as_it_goes(journal: Journal) -> None:
    await journal.rate(replace(FEEDBACK, reason="a\0b\ud800c"))

    assert [one.reason for one in await journal.feedback()] == ["a\ufffdb\ufffdc"]


async def test_turns_of_a_user_are_forgotten_and_old_ones_pruned(journal: Journal) -> None:
    turns = [
        replace(TURN, id=str(number), user=f"u{number % 2}", at=TURN.at + timedelta(days=number))
        for number in range(6)
    ]
    for turn in turns:
        await journal.append(turn)

    assert await journal.forget("u1") == 3
    assert await journal.prune(turns[2].at) == 1
    assert await journal.turns() == (turns[4], turns[2])
    assert await journal.forget("u1") == 0


async def test_a_turn_is_found_by_its_id(journal: Journal) -> None:
    await journal.append(TURN)

    assert await journal.turn("1") == TURN
    assert await journal.turn("2") is None


async def test_unanswered_turns_are_told_apart_from_those_that_the_documents_leave_out(
    journal: Journal,
) -> None:
    sorts = [
        ("answer", "premium"), ("decline", None), ("clarify", None), ("clarify", "inpatient"),
        ("decline", "premium"), ("chat", None),
    ]  # fmt: skip
    turns = [
        replace(TURN, id=str(number), at=TURN.at + timedelta(minutes=number), kind=kind, topic=topic)
        for number, (kind, topic) in enumerate(sorts)
    ]
    for turn in turns:
        await journal.append(turn)
    since, until = TURN.at, TURN.at + timedelta(hours=1)

    unknown = await journal.unanswered(since=since, until=until, known_topic=False, limit=10)
    left_out = await journal.unanswered(since=since, until=until, known_topic=True, limit=10)

    assert (unknown, left_out) == ((turns[2], turns[1]), (turns[4],))
    newest = await journal.unanswered(since=since, until=turns[2].at, known_topic=False, limit=1)
    assert newest == (turns[1],)
    assert not await journal.unanswered(since=turns[3].at, until=until, known_topic=False, limit=10)


async def test_turns_are_counted_by_their_day_in_china(journal: Journal) -> None:
    midnight = datetime(2024, 10, 2, tzinfo=CHINA)
    before = replace(TURN, at=midnight - timedelta(microseconds=1))
    for number in range(3):
        await journal.append(replace(before, id=f"before {number}"))
    await journal.append(replace(before, id="before 0"))
    after = replace(TURN, at=midnight.astimezone(UTC), region=None, topic=None, kind="decline")
    await journal.append(replace(after, id="after"))

    first, second = date(2024, 10, 1), date(2024, 10, 2)
    regions = await journal.by_region(first, second)
    assert set(regions) == {Tally(first, "datong", "answer", 3), Tally(second, None, "decline", 1)}
    topics = await journal.by_topic(first, second)
    assert set(topics) == {Tally(first, "premium", "answer", 3), Tally(second, None, "decline", 1)}
    assert await journal.by_topic(first, second, "datong") == (Tally(first, "premium", "answer", 3),)
    assert await journal.by_region(second, second) == (Tally(second, None, "decline", 1),)
    assert not await journal.by_topic(first, second, "wendeng")
    assert not await journal.by_topic(date(2024, 9, 1), date(2024, 9, 30))


async def test_what_was_counted_stays_counted(journal: Journal) -> None:
    await journal.append(TURN)
    await journal.forget(TURN.user)
    await journal.prune(TURN.at + timedelta(days=1))

    (tally,) = await journal.by_region(TURN.at.date(), TURN.at.date())
    assert tally.count == 1


async def test_many_writers_at_once_lose_nothing(state: State, journal: Journal) -> None:
    async def some(first: int) -> None:
        for number in range(first, 1_000, 100):
            await journal.append(replace(TURN, id=str(number)))
            await state.save(f"u{number}", str(number))

    await asyncio.gather(*(some(first) for first in range(100)))

    assert len(await journal.turns(limit=2_000)) == 1_000
    assert [tally.count for tally in await journal.by_topic(TURN.at.date(), TURN.at.date())] == [1_000]
    assert [await state.session(f"u{number}") for number in (0, 999)] == ["0", "999"]


@pytest.mark.parametrize(
    "state",
    [SqliteState(Database(Path("state.db"))), RedisState("redis://:geheim@127.0.0.1:1/0")],
    ids=["sqlite", "redis"],
    indirect=False,
)
async def test_a_closed_state_says_so(state: State) -> None:
    with pytest.raises(StorageError, match="is not open"):
        await state.session("a")


@pytest.mark.parametrize(
    "journal",
    [SqliteJournal(Database(Path("journal.db"))), PostgresJournal("postgresql://u:geheim@127.0.0.1:1/j")],
    ids=["sqlite", "postgres"],
    indirect=False,
)
async def test_a_closed_journal_says_so(journal: Journal) -> None:
    with pytest.raises(StorageError, match="is not open"):
        await journal.append(TURN)
