"""The journal through outages, over a backend that can be told to fail or to hang."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.storage import patient
from bot.storage.patient import PatientJournal
from bot.storage.protocols import AwayError, Feedback, StorageError, Turn
from bot.storage.spool import SpoolFile
from bot.storage.sqlite import Database, SqliteJournal

TURN = Turn("1", datetime(2024, 10, 1, tzinfo=UTC), "http", "u1", None, None, "answer", "多少钱", "350 元")


class Failing(SqliteJournal):
    """A journal whose backend fails or hangs while it is told to."""

    def __init__(self, file: Path) -> None:
        super().__init__(Database(file))
        self.error: StorageError | None = None
        self.answers = asyncio.Event()
        self.answers.set()

    async def append(self, turn: Turn) -> None:
        await self.answers.wait()
        if self.error is not None:
            raise self.error
        await super().append(turn)

    async def rate(self, feedback: Feedback) -> None:
        if self.error is not None:
            raise self.error
        await super().rate(feedback)


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient, "RETRY_SECONDS", 0.02)
    monkeypatch.setattr(patient, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(patient, "CLOSING_SECONDS", 0.5)


@pytest.fixture
def backend(tmp_path: Path) -> Failing:
    return Failing(tmp_path / "journal.db")


@pytest.fixture
async def journal(backend: Failing, tmp_path: Path) -> AsyncIterator[PatientJournal]:
    journal = PatientJournal(backend, tmp_path / "spool")
    await journal.open()
    yield journal
    await journal.close()


async def append(journal: PatientJournal, numbers: range) -> None:
    for number in numbers:
        await journal.append(replace(TURN, id=str(number)))


async def kept(journal: PatientJournal, count: int) -> list[str]:
    """Return the ids of the turns in the order in which they were written, once there are so many."""
    async with asyncio.timeout(60):
        while len(turns := await journal.turns(limit=10_000)) < count:  # noqa: ASYNC110  # nothing tells when
            await asyncio.sleep(0.01)
    return [turn.id for turn in reversed(turns)]


async def emptied(folder: Path) -> None:
    """Wait until nothing is left in a folder."""
    async with asyncio.timeout(60):
        while files(folder):  # noqa: ASYNC110  # nothing tells when
            await asyncio.sleep(0.01)


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_turns_of_an_outage_are_written_later_in_order_and_once(
    journal: PatientJournal, backend: Failing, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await append(journal, range(10))
    backend.error = AwayError("gone fishing")
    await append(journal, range(10, 1_200))
    assert len(await journal.turns(limit=10_000)) == 10
    backend.error = None
    await append(journal, range(1_200, 1_300))

    assert await kept(journal, 1_300) == [str(number) for number in range(1_300)]
    await emptied(tmp_path / "spool")
    await append(journal, range(1_300, 1_301))
    assert len(await journal.turns(limit=10_000)) == 1_301
    told = [record.getMessage() for record in caplog.records]
    assert [line for line in told if "away" in line] == [
        f"the journal is away, turns go to the spool in {tmp_path / 'spool'}: gone fishing"
    ]
    assert sum("the journal is back" in line for line in told) == 1


async def test_feedback_of_an_outage_is_written_later(journal: PatientJournal, backend: Failing) -> None:
    feedback = Feedback("1", "u1", TURN.at, "down", "没说到点子上")
    backend.error = AwayError("gone fishing")
    await journal.append(TURN)
    await journal.rate(feedback)
    assert await journal.feedback() == ()
    backend.error = None

    async with asyncio.timeout(60):
        while not (found := await journal.feedback()):  # noqa: ASYNC110  # nothing tells when
            await asyncio.sleep(0.01)
    assert found == (feedback,)
    assert await journal.turns() == (TURN,)


async def test_a_journal_that_hangs_does_not_hold_up_replies_for_long(
    journal: PatientJournal, backend: Failing, caplog: pytest.LogCaptureFixture
) -> None:
    backend.answers.clear()
    began = time.monotonic()
    await asyncio.gather(*(append(journal, range(number, number + 1)) for number in range(50)))
    assert time.monotonic() - began < 2
    assert "no answer within 0.2 s" in caplog.text

    backend.answers.set()

    assert sorted(await kept(journal, 50), key=int) == [str(number) for number in range(50)]


async def test_what_a_stopped_process_has_not_written_the_next_one_writes(
    backend: Failing, tmp_path: Path
) -> None:
    backend.error = AwayError("gone fishing")
    first = PatientJournal(backend, tmp_path / "spool")
    await first.open()
    await append(first, range(20))
    await first.close()

    backend.error = None
    second = PatientJournal(backend, tmp_path / "spool")
    await second.open()
    assert await kept(second, 20) == [str(number) for number in range(20)]
    await emptied(tmp_path / "spool")
    await second.close()


async def test_a_stop_writes_what_waits(backend: Failing, tmp_path: Path) -> None:
    journal = PatientJournal(backend, tmp_path / "spool")
    await journal.open()
    backend.error = AwayError("gone fishing")
    await append(journal, range(3))
    backend.error = None
    await journal.close()

    await backend.open()
    assert len(await backend.turns()) == 3
    await backend.close()


async def test_turns_written_already_before_a_crash_are_there_once(backend: Failing, tmp_path: Path) -> None:
    left = SpoolFile.new(tmp_path / "spool")
    left.write(TURN)
    left.write(replace(TURN, id="2"))
    left.close()
    await backend.open()
    await backend.append(TURN)

    journal = PatientJournal(backend, tmp_path / "spool")
    await journal.open()
    assert await kept(journal, 2) == ["1", "2"]
    await journal.close()
    await backend.close()


async def test_with_the_disk_full_as_well_the_log_says_what_is_lost_and_nothing_is_raised(
    journal: PatientJournal,
    backend: Failing,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise StorageError("the spool cannot be written: No space left on device")

    backend.error = StorageError("the database: database or disk is full")
    with monkeypatch.context() as patched:
        patched.setattr(SpoolFile, "write", refuse)
        await append(journal, range(5))
    backend.error = None
    await append(journal, range(5, 7))

    assert await kept(journal, 2) == ["5", "6"]
    assert caplog.text.count("turns are being lost") == 1
    assert "No space left on device" in caplog.text


async def test_a_journal_that_is_away_at_the_start_is_waited_for(tmp_path: Path) -> None:
    class Late(Failing):
        async def open(self) -> None:
            await super().open()
            raise AwayError("not yet")

    backend = Late(tmp_path / "journal.db")
    backend.error = AwayError("not yet")
    journal = PatientJournal(backend, tmp_path / "spool")
    await journal.open()
    await append(journal, range(3))
    backend.error = None

    assert await kept(journal, 3) == ["0", "1", "2"]
    await journal.close()


async def test_a_journal_that_cannot_be_used_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StorageError, match="cannot be opened"):
        await PatientJournal(SqliteJournal(Database(tmp_path / "file" / "j.db")), tmp_path / "spool").open()
