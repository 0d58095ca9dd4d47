"""The schema in PostgreSQL; what every journal does stands in test_contract.py."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime

import asyncpg
import pytest

from bot.storage.postgres import MIGRATIONS, PostgresJournal
from bot.storage.protocols import StorageError, Tally, Turn
from tests.storage.servers import PostgresServer
from tests.storage.test_contract import empty

TURN = Turn("1", datetime(2024, 10, 1, tzinfo=UTC), "http", "u1", None, None, "answer", "多少钱", "350 元")


@pytest.fixture
async def url(postgres_server: PostgresServer) -> str:
    await empty(postgres_server.url)
    return postgres_server.url


async def test_many_processes_make_one_schema(url: str) -> None:
    journals = [PostgresJournal(url) for _ in range(5)]
    await asyncio.gather(*(journal.open() for journal in journals))
    await asyncio.gather(*(journal.append(TURN) for journal in journals))
    assert await journals[0].turns() == (TURN,)
    await asyncio.gather(*(journal.close() for journal in journals))

    connection = await asyncpg.connect(url)
    versions = await connection.fetch("SELECT version FROM yibao_schema ORDER BY version")
    await connection.close()
    assert [version for (version,) in versions] == list(range(1, len(MIGRATIONS) + 1))


async def test_turns_of_an_earlier_version_are_counted(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE yibao_schema (version integer NOT NULL)")
    await connection.execute("INSERT INTO yibao_schema VALUES (1)")
    await connection.execute(MIGRATIONS[0])
    insert = """
        INSERT INTO yibao_turn (id, at, channel, "user", region, topic, kind, asked, answered)
        VALUES ($1, $2, 'http', 'u', 'datong', NULL, 'decline', '问', '答')
    """
    for hour in (15, 16):
        await connection.execute(insert, str(hour), datetime(2024, 10, 1, hour, tzinfo=UTC))
    await connection.close()
    journal = PostgresJournal(url)

    await journal.open()
    regions = await journal.by_region(date(2024, 10, 1), date(2024, 10, 2))
    topics = await journal.by_topic(date(2024, 10, 1), date(2024, 10, 2), "datong")
    await journal.close()

    assert set(regions) == {Tally(date(2024, 10, day), "datong", "decline", 1) for day in (1, 2)}
    assert set(topics) == {Tally(date(2024, 10, day), None, "decline", 1) for day in (1, 2)}


async def test_a_schema_of_a_newer_version_is_refused(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE yibao_schema (version integer NOT NULL)")
    await connection.execute("INSERT INTO yibao_schema VALUES ($1)", len(MIGRATIONS) + 1)
    await connection.close()
    journal = PostgresJournal(url)

    with pytest.raises(StorageError, match="install the newer yibao"):
        await journal.open()
    await journal.close()


async def test_a_database_that_is_not_there_is_named(postgres_server: PostgresServer) -> None:
    journal = PostgresJournal(postgres_server.url.replace("/postgres", "/nowhere"))

    with pytest.raises(StorageError, match='database "nowhere" does not exist'):
        await journal.open()
    await journal.close()


async def test_turns_of_the_same_moment_keep_their_order(url: str) -> None:
    journal = PostgresJournal(url)
    await journal.open()
    turns = [Turn(str(n), TURN.at, "http", "u", None, None, "chat", "", "") for n in range(1_000)]
    await asyncio.gather(*(journal.append(turn) for turn in turns))

    assert list(reversed(await journal.turns(limit=1_000))) == turns
    await journal.close()
