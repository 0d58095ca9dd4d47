from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest

from bot.channels.wechat import queueing
from bot.channels.wechat.delivery import Delivery
from bot.channels.wechat.handler import BUDGET_SECONDS
from bot.channels.wechat.queueing import Produced, Turn, Turns
from tests.channels.wechat.peer import MemoryStore


class BrokenStore(MemoryStore):
    """A store that answers once, but cannot hold."""

    async def hold(self, user: str, parts: Sequence[str], ttl: float) -> None:
        raise OSError(f"no room for {len(parts)} parts of {user} for {ttl} s")


def delivery(store: MemoryStore) -> Delivery:
    return Delivery(store, still_working="还在查", sorry="没查成")


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_a_turn_without_end_is_ended_at_closing() -> None:
    store = MemoryStore()
    turns = delivery(store)
    cancelled = asyncio.Event()

    async def produce() -> Produced:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        raise AssertionError

    assert await turns.deliver("u", "k", produce, now()) is None
    await turns.close(0.05)

    assert store.held == {"u": ["还在查"]}
    for turn in store.turns.values():  # the store's own task: it ends with the store
        turn.cancel()
    await cancelled.wait()


async def test_a_failing_store_is_logged_and_closing_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    turns = delivery(BrokenStore())

    async def produce() -> Produced:
        await asyncio.sleep(0)
        return Produced("body", ("part",))

    assert await turns.deliver("u", "k", produce, now()) is None
    await turns.close(5)

    assert "could not be held" in caplog.text
    assert await turns.is_settled("u", now())


async def test_an_answer_is_held_when_sending_it_breaks(caplog: pytest.LogCaptureFixture) -> None:
    store = MemoryStore()
    turns = delivery(store)

    async def produce() -> Produced:
        await asyncio.sleep(0)
        return Produced("body", ("part",))

    async def push(_: Produced) -> bool:
        raise OSError("the line is cut")

    assert await turns.deliver("u", "k", produce, now(), push) is None
    await turns.close(5)

    assert "could not be sent" in caplog.text
    assert store.held == {"u": ["part"]}


async def test_a_turn_waits_for_the_one_before_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queueing, "ORDER_SECONDS", 0.05)
    turns, gate, order = delivery(MemoryStore()), asyncio.Event(), list[str]()

    async def slow() -> Produced:
        await gate.wait()
        order.append("first")
        return Produced("first")

    async def quick() -> Produced:
        order.append("second")
        return Produced("second")

    first = asyncio.ensure_future(turns.deliver("u", "k1", slow, now() + 5))
    await asyncio.sleep(0)
    assert await turns.deliver("u", "k2", quick, now() + 5) == "second"
    gate.set()

    assert await first == "first"
    assert order == ["second", "first"]


async def test_a_turn_may_end_after_the_later_one_that_ran_elsewhere() -> None:
    turns, gate, ended = Turns(), asyncio.Event(), list[str]()

    async def here(_: Turn) -> str:
        await gate.wait()
        return "here"

    async def elsewhere(_: Turn) -> str:
        return "elsewhere"

    _, first = turns.start("u", "k1", here)
    _, second = turns.start("u", "k2", elsewhere)
    asyncio.get_running_loop().set_exception_handler(lambda _, context: ended.append(str(context)))
    await second
    gate.set()
    await first

    assert (turns.tasks(), ended) == (set(), [])


async def test_an_error_in_time_reaches_the_caller() -> None:
    async def produce() -> Produced:
        raise LookupError("broken")

    with pytest.raises(LookupError, match="broken"):
        await delivery(MemoryStore()).deliver("u", "k", produce, now() + 5)


class Crossing(MemoryStore):
    """A store in which a process gets hold of one message only after another one has hold of the other."""

    def __init__(self, shared: MemoryStore, taken: dict[str, asyncio.Event], mine: str) -> None:
        super().__init__()
        self._shared, self._taken, self._mine = shared, taken, mine

    async def once(self, key: str, produce: Callable[[], Awaitable[str]], ttl: float) -> str:
        if key == self._mine:
            self._taken[key].set()
        else:
            await self._taken[key].wait()
        return await self._shared.once(key, produce, ttl)


async def test_processes_that_take_two_messages_in_opposite_order_answer_both_in_time() -> None:
    shared = MemoryStore()
    taken = {"m1": asyncio.Event(), "m2": asyncio.Event()}
    first, second = (delivery(Crossing(shared, taken, mine)) for mine in ("m2", "m1"))

    def answer(key: str) -> Callable[[], Awaitable[Produced]]:
        async def produce() -> Produced:
            return Produced(f"to {key}", (key,))

        return produce

    deadline = now() + BUDGET_SECONDS
    asked = [(first, "m1"), (first, "m2"), (second, "m2"), (second, "m1")]
    answers = await asyncio.gather(*(to.deliver("u", key, answer(key), deadline) for to, key in asked))

    assert answers == [f"to {key}" for _, key in asked]
