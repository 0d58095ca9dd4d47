from __future__ import annotations

import asyncio
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from bot.storage.protocols import SESSION_LIFE, StorageError, Tally, Turn
from bot.storage.sqlite import Database, SqliteJournal, SqliteState
from bot.storage.sqlite.schema import MIGRATIONS

WRITER = """
import asyncio, itertools, sys
from datetime import UTC, datetime
from pathlib import Path
from bot.storage.protocols import Turn
from bot.storage.sqlite import Database, SqliteJournal, SqliteState

async def main():
    database = Database(Path(sys.argv[1]))
    state, journal = SqliteState(database), SqliteJournal(database)
    await state.open()
    await journal.open()
    for number in itertools.count():
        await journal.append(Turn(str(number), datetime.now(UTC), "http", "u", None, None, "chat", "", ""))
        await state.save("u", str(number))
        print(number, flush=True)

asyncio.run(main())
"""


async def test_what_was_kept_outlives_a_kill(tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        WRITER,
        str(file),
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    reported = [int(await child.stdout.readline()) for _ in range(200)]
    child.kill()
    rest, _ = await child.communicate()
    reported += [int(line) for line in rest.splitlines()]

    database = Database(file)
    state, journal = SqliteState(database), SqliteJournal(database)
    await state.open()
    await journal.open()
    kept = {turn.id for turn in await journal.turns(limit=1_000_000)}
    session = await state.session("u")
    await journal.close()
    await state.close()

    assert {str(number) for number in reported} <= kept
    assert session is not None
    assert int(session) >= reported[-1]


async def test_work_that_fails_harms_no_other_work(tmp_path: Path) -> None:
    database = Database(tmp_path / "bot.db")
    await database.open()
    keep = "INSERT INTO kept (kind, key, value, expires) VALUES ('session', ?, 'v', 1)"

    def half(connection: sqlite3.Connection) -> None:
        connection.execute(keep, ("half",))
        raise ValueError("bad")

    results = await asyncio.gather(
        database.run(lambda connection: connection.execute(keep, ("a",)).rowcount),
        database.run(half),
        database.run(lambda connection: connection.execute("SELECT * FROM nowhere")),
        database.run(lambda connection: connection.execute(keep, ("b",)).rowcount),
        return_exceptions=True,
    )
    keys = await database.run(lambda connection: connection.execute("SELECT key FROM kept").fetchall())
    await database.close()

    assert [results[0], results[3]] == [1, 1]
    assert isinstance(results[1], ValueError)
    assert isinstance(results[2], StorageError)
    assert keys == [("a",), ("b",)]


async def test_what_is_asked_in_one_round_is_committed_together(tmp_path: Path) -> None:
    database = Database(tmp_path / "bot.db")
    await database.open()
    state, journal = SqliteState(database), SqliteJournal(database)
    statements: list[str] = []
    await database.run(lambda connection: connection.set_trace_callback(statements.append))
    statements.clear()

    turn = Turn("1", datetime.now(UTC), "http", "u", None, None, "answer", "", "")
    await asyncio.gather(journal.append(turn), *(state.save(f"u{number}", "{}") for number in range(20)))
    assert statements.count("COMMIT") == 1

    assert await state.session("u19") == "{}"
    assert statements.count("COMMIT") == 2
    await database.close()


async def test_work_that_waits_for_the_disk_is_counted(tmp_path: Path) -> None:
    def waiting() -> float:
        return REGISTRY.get_sample_value("yibao_writer_queue", {"writer": "sqlite"}) or 0

    state = SqliteState(Database(tmp_path / "bot.db"))
    await state.open()
    before = waiting()
    with closing(sqlite3.connect(tmp_path / "bot.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        saving = asyncio.gather(*(state.save(f"u{number}", "{}") for number in range(3)))
        await asyncio.sleep(0)
        assert waiting() == before + 3
        other.execute("COMMIT")
    await saving

    assert waiting() == before
    await state.close()


async def test_what_was_asked_just_before_the_end_is_done(tmp_path: Path) -> None:
    state = SqliteState(Database(tmp_path / "bot.db"))
    await state.open()
    saving = asyncio.create_task(state.save("u", "{}"))
    await asyncio.sleep(0)
    await state.close()
    await saving

    await state.open()
    assert await state.session("u") == "{}"
    await state.close()


async def test_rows_past_their_time_are_swept_away(tmp_path: Path) -> None:
    now = 0.0
    database = Database(tmp_path / "bot.db")
    state = SqliteState(database, lambda: now)
    await state.open()
    await state.save("old", "{}")
    now += SESSION_LIFE.total_seconds()
    await state.save("new", "{}")

    rows = await database.run(lambda connection: connection.execute("SELECT key FROM kept").fetchall())
    await state.close()

    assert rows == [("new",)]


async def test_state_and_journal_share_a_file_until_both_have_closed(tmp_path: Path) -> None:
    database = Database(tmp_path / "bot.db")
    state, journal = SqliteState(database), SqliteJournal(database)
    await state.open()
    await journal.open()
    await state.close()
    await journal.append(Turn("1", datetime.now(UTC), "http", "u", None, None, "answer", "", ""))
    await journal.close()

    with pytest.raises(StorageError, match="is not open"):
        await journal.ping()


async def test_closing_waits_for_what_is_being_produced(tmp_path: Path) -> None:
    state = SqliteState(Database(tmp_path / "bot.db"))
    await state.open()
    let = asyncio.Event()

    async def produce() -> str:
        await let.wait()
        return "值"

    asked = asyncio.create_task(state.once("k", produce, 600))
    await state.ping()
    let.set()
    await state.close()

    assert await asked == "值"


async def test_the_schema_version_stands_in_the_file(tmp_path: Path) -> None:
    database = Database(tmp_path / "bot.db")
    await database.open()
    await database.close()

    with sqlite3.connect(tmp_path / "bot.db") as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    connection.close()


async def test_turns_of_an_earlier_version_are_counted(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "bot.db")) as connection:
        for script in MIGRATIONS[:2]:
            connection.executescript(script)
        row = ("http", "u", "datong", None, "decline", "问", "答")
        for number, hour in enumerate(("15:59", "16:00")):
            at = f"2024-10-01T{hour}:00.000000+00:00"
            connection.execute("INSERT INTO turn VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (number, at, *row))
        connection.execute("PRAGMA user_version = 2")
        connection.commit()
    journal = SqliteJournal(Database(tmp_path / "bot.db"))

    await journal.open()
    regions = await journal.by_region(date(2024, 10, 1), date(2024, 10, 2))
    topics = await journal.by_topic(date(2024, 10, 1), date(2024, 10, 2), "datong")
    await journal.close()

    assert regions == tuple(Tally(date(2024, 10, day), "datong", "decline", 1) for day in (1, 2))
    assert topics == tuple(Tally(date(2024, 10, day), None, "decline", 1) for day in (1, 2))


async def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "bot.db") as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()

    with pytest.raises(StorageError, match="install the newer yibao"):
        await Database(tmp_path / "bot.db").open()


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bot.db").write_text("a text, and long enough to be taken for the head of a database" * 20)

    with pytest.raises(StorageError, match="file is not a database"):
        await Database(tmp_path / "bot.db").open()


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StorageError, match="cannot be opened"):
        await Database(tmp_path / "file" / "bot.db").open()


async def test_a_clock_that_is_put_back_holds_nobody_up(tmp_path: Path) -> None:
    now = 1_000_000.0
    killed, living = (SqliteState(Database(tmp_path / "bot.db"), lambda: now) for _ in range(2))
    await killed.open()
    await living.open()

    let = asyncio.Event()

    async def asleep() -> str:
        await let.wait()
        return ""

    async def hold() -> None:
        async with killed.lock("a"):
            await killed.once("k", asleep, 600)

    async def produce() -> str:
        return "值"

    holding = asyncio.create_task(hold())
    await asyncio.sleep(0.1)
    now -= 3600
    async with asyncio.timeout(1), living.lock("a"):
        assert await living.once("k", produce, 600) == "值"
    let.set()
    await holding
    await killed.close()
    await living.close()


async def test_a_worker_whose_moment_lies_just_before_another_s_does_not_take_its_lease(
    tmp_path: Path,
) -> None:
    moments = [100.0, 99.9]
    states = [SqliteState(Database(tmp_path / "bot.db"), lambda at=at: at) for at in moments]  # type: ignore[misc]
    asked = 0

    async def produce() -> str:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.2)
        return "值"

    for state in states:
        await state.open()
    first = asyncio.create_task(states[0].once("k", produce, 600))
    await asyncio.sleep(0.1)
    assert await states[1].once("k", produce, 600) == await first == "值"
    assert asked == 1
    for state in states:
        await state.close()
