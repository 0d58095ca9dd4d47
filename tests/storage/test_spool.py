from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.storage import spool
from bot.storage.protocols import Feedback, StorageError, Turn
from bot.storage.spool import SpoolFile

TURN = Turn(
    "1", datetime(2024, 10, 1, tzinfo=UTC), "http", "u1", "datong", None, "answer", "多少钱", "350 元"
)
TURNS = [replace(TURN, id=str(number)) for number in range(5)]


def filled(folder: Path) -> SpoolFile:
    file = SpoolFile.new(folder)
    for turn in TURNS:
        file.write(turn)
    return file


def test_turns_come_back_in_order_and_again_until_they_are_done_with(tmp_path: Path) -> None:
    file = filled(tmp_path / "spool")

    assert file.read(3) == (TURNS[:3], 0)
    assert file.read(3) == (TURNS[:3], 0)
    file.done_with()
    assert file.read(3) == (TURNS[3:], 0)
    file.done_with()
    assert file.read(3) == ([], 0)
    file.write(TURN)
    assert file.read(3) == ([TURN], 0)

    file.remove()
    assert list((tmp_path / "spool").iterdir()) == []


def test_feedback_comes_back_among_the_turns(tmp_path: Path) -> None:
    feedback = Feedback("1", "u1", TURN.at, "up", "")
    file = SpoolFile.new(tmp_path)
    for entry in (TURN, feedback):
        file.write(entry)

    assert file.read(9) == ([TURN, feedback], 0)
    file.close()


def test_a_file_has_one_holder_and_another_when_that_is_gone(tmp_path: Path) -> None:
    file = filled(tmp_path)
    assert list(SpoolFile.left_in(tmp_path)) == []

    file.close()

    (found,) = SpoolFile.left_in(tmp_path)
    assert found.read(9) == (TURNS, 0)
    found.close()


def test_only_the_owner_may_read_a_file(tmp_path: Path) -> None:
    filled(tmp_path).close()

    (path,) = tmp_path.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_line_that_was_cut_off_is_counted_and_passed_over(tmp_path: Path) -> None:
    filled(tmp_path).close()
    (path,) = tmp_path.iterdir()
    os.truncate(path, path.stat().st_size - 20)

    (file,) = SpoolFile.left_in(tmp_path)

    assert file.read(9) == (TURNS[:4], 1)
    file.close()


def test_a_full_file_takes_nothing_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = filled(tmp_path)
    (path,) = tmp_path.iterdir()
    monkeypatch.setattr(spool, "SPOOL_BYTES", path.stat().st_size)

    with pytest.raises(StorageError, match="is full"):
        file.write(TURN)
    assert file.read(9) == (TURNS, 0)
    file.close()


def test_a_full_disk_leaves_no_half_of_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = filled(tmp_path)
    write = os.write
    left = 10  # bytes

    def write_while_there_is_room(descriptor: int, data: bytes) -> int:
        nonlocal left
        if not left:
            raise OSError(28, "No space left on device")
        written = write(descriptor, data[:left])
        left -= written
        return written

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", write_while_there_is_room)
        with pytest.raises(StorageError, match="cannot be written: No space left on device"):
            file.write(TURN)
    file.write(TURN)

    assert file.read(9) == ([*TURNS, TURN], 0)
    file.close()
