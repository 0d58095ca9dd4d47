"""Coming in: with the password only, not by trying, and not for ever; the same in every worker."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.console.access import (
    LONGEST_PASSWORD,
    MOST_TRIES,
    MOST_TRIES_OF_ALL,
    VISIT_SECONDS,
    WINDOW_SECONDS,
    Access,
    TooManyTriesError,
    WrongPasswordError,
)
from bot.passwords import Password
from bot.storage.protocols import AwayError
from bot.storage.sqlite import Database, SqliteState
from bot.storage.sturdy import SturdyState

HASH = str(Password.of("geheim"))
KEY = b"key" * 11


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def state(tmp_path: Path) -> AsyncIterator[SqliteState]:
    state = SqliteState(Database(tmp_path / "state.db"))
    await state.open()
    yield state
    await state.close()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make passwords cheap to compare: how long that takes is tested with the passwords."""
    monkeypatch.setattr(Password, "is_", lambda _, password: password == "geheim")


@pytest.fixture
def access(state: SqliteState, clock: Clock) -> Access:
    return Access(HASH, state, KEY, clock)


def bytes_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("state.db*"))


async def fail(access: Access, address: str) -> None:
    with pytest.raises(WrongPasswordError):
        await access.enter("a", "falsch", address)


async def test_the_password_opens_a_visit_that_every_worker_knows(
    access: Access, state: SqliteState, clock: Clock
) -> None:
    token = await access.enter("王敏", "geheim", "1.1.1.1")

    visit = await Access(HASH, state, KEY, clock).visit(token)
    assert visit is not None
    assert visit.name == "王敏"
    assert await access.visit(f"{token}x") is None


async def test_a_visit_ends_when_it_is_left_when_its_time_is_over_and_with_its_password(
    access: Access, state: SqliteState, clock: Clock
) -> None:
    left, token = await access.enter("a", "geheim", "x"), await access.enter("b", "geheim", "x")

    await access.leave(left)
    assert await access.visit(left) is None
    clock.now += VISIT_SECONDS - 1
    assert await access.visit(token) is not None
    assert await Access(str(Password.of("neu")), state, KEY, clock).visit(token) is None
    clock.now += 1
    assert await access.visit(token) is None


async def test_after_some_wrong_passwords_even_the_right_one_waits(
    access: Access, state: SqliteState, clock: Clock
) -> None:
    other_worker = Access(HASH, state, KEY, clock)
    for number in range(MOST_TRIES):
        await fail(other_worker if number % 2 else access, "1.1.1.1")
        clock.now += 1

    with pytest.raises(TooManyTriesError) as caught:
        await access.enter("a", "geheim", "1.1.1.1")
    assert caught.value.seconds == WINDOW_SECONDS - MOST_TRIES
    assert await access.enter("a", "geheim", "2.2.2.2")
    clock.now += caught.value.seconds
    assert await access.enter("a", "geheim", "1.1.1.1")


async def test_a_right_password_wipes_the_wrong_ones_of_its_address_out(access: Access) -> None:
    for _ in range(3):
        for _ in range(MOST_TRIES - 1):
            await fail(access, "1.1.1.1")
        assert await access.enter("a", "geheim", "1.1.1.1")


async def test_tries_from_many_addresses_are_limited_together(access: Access, clock: Clock) -> None:
    for number in range(MOST_TRIES_OF_ALL):
        await fail(access, f"10.0.0.{number}")

    with pytest.raises(TooManyTriesError):
        await access.enter("a", "falsch", "10.0.1.1")
    clock.now += WINDOW_SECONDS
    assert await access.enter("a", "geheim", "10.0.1.1")


async def test_a_password_without_end_is_not_even_hashed(
    access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Password, "is_", lambda *_: pytest.fail("hashed"))

    with pytest.raises(WrongPasswordError):
        await access.enter("a", "x" * (LONGEST_PASSWORD + 1), "1.1.1.1")


async def test_neither_tokens_nor_passwords_nor_addresses_are_kept(access: Access, tmp_path: Path) -> None:
    await fail(access, "203.0.113.9")
    token = await access.enter("a", "geheim", "203.0.113.8")

    kept = bytes_in(tmp_path)
    for secret in (token, "geheim", "203.0.113"):
        assert secret.encode() not in kept


async def test_while_the_state_is_away_nobody_gets_in(tmp_path: Path) -> None:
    away = Access(HASH, SturdyState(SqliteState(Database(tmp_path / "never opened.db"))), KEY)

    with pytest.raises(Exception, match=r"is not open|is away"):
        await away.enter("a", "geheim", "x")
    with pytest.raises(AwayError):
        await away.visit("token")
