from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.storage import retention
from bot.storage.protocols import StorageError, Turn
from bot.storage.retention import keep_for
from bot.storage.sqlite import Database, SqliteJournal

NOW = datetime(2024, 10, 1, tzinfo=UTC)
TURN = Turn("0", NOW, "http", "u1", None, None, "answer", "多少钱", "350 元")


async def test_old_turns_leave_and_one_failure_is_no_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(retention, "PRUNING_SECONDS", 0.01)
    journal = SqliteJournal(Database(tmp_path / "journal.db"))
    keeping = asyncio.create_task(keep_for(30, journal, lambda: NOW))
    await asyncio.sleep(0.03)
    assert "not removed yet" in caplog.text

    await journal.open()
    for days in (29, 30, 31):
        await journal.append(replace(TURN, id=str(days), at=NOW - timedelta(days=days)))
    async with asyncio.timeout(5):
        while len(turns := await journal.turns()) == 3:  # noqa: ASYNC110  # nothing tells when
            await asyncio.sleep(0.01)
    keeping.cancel()

    assert [turn.id for turn in turns] == ["29", "30"]
    await journal.close()


async def test_a_closed_journal_is_not_pruned(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="is not open"):
        await SqliteJournal(Database(tmp_path / "journal.db")).prune(NOW)
