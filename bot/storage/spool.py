"""Turns and feedback kept in a local file while the journal is away.

Each process has a file of its own, locked while it lives; what a dead one left behind, another takes over.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from bot.storage.protocols import Feedback, StorageError, Turn

Entry = Turn | Feedback

SPOOL_BYTES = 64 * 1024 * 1024
"""The most that one file holds: about a hundred thousand turns."""

_SUFFIX = ".jsonl"


class SpoolFile:
    """One file of entries, the oldest first, which nobody else holds until it is closed."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor
        self._read_to = self._next = 0

    @classmethod
    def new(cls, folder: Path) -> SpoolFile:
        """Begin a file in a folder, which is made where needed; OSError when that fails."""
        folder.mkdir(parents=True, exist_ok=True)
        while True:
            taken = cls._take(folder / f"{secrets.token_hex(8)}{_SUFFIX}", os.O_CREAT | os.O_EXCL)
            if taken is not None:
                return taken

    @classmethod
    def left_in(cls, folder: Path) -> Iterator[SpoolFile]:
        """Take over, one by one, the files that nobody holds; OSError when one cannot be opened."""
        for path in sorted(folder.glob(f"*{_SUFFIX}")):
            taken = cls._take(path, 0)
            if taken is not None:
                yield taken

    @classmethod
    def _take(cls, path: Path, how: int) -> SpoolFile | None:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | how, 0o600)
        except FileNotFoundError:  # whoever held it has just finished with it
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return cls(path, descriptor)

    def write(self, entry: Entry) -> None:
        """Add an entry, whole or not at all.

        Raises:
            StorageError: the file is full, or the disk is or refuses.

        """
        line = _line(entry)
        size = os.fstat(self._descriptor).st_size
        if size + len(line) > SPOOL_BYTES:
            raise StorageError(f"the spool {self._path} is full: it holds {size} bytes")
        try:
            written = os.write(self._descriptor, line)
            if written < len(line):
                os.write(self._descriptor, line[written:])  # says what is wrong
        except OSError as error:
            os.ftruncate(self._descriptor, size)
            raise StorageError(f"the spool {self._path} cannot be written: {error.strerror}") from error

    def read(self, most: int) -> tuple[list[Entry], int]:
        """Return the next entries, `most` at most, and how many lines cannot be read; () at the end.

        They are read again unless `done_with` follows.
        """
        entries: list[Entry] = []
        unreadable = 0
        with os.fdopen(os.dup(self._descriptor), "rb") as file:
            file.seek(self._read_to)
            for line in file:
                entry = _entry(line)
                if entry is None:
                    unreadable += 1
                else:
                    entries.append(entry)
                if len(entries) == most:
                    break
            self._next = file.tell()
        return entries, unreadable

    def done_with(self) -> None:
        """Pass over what was read last."""
        self._read_to = self._next

    def remove(self) -> None:
        """Remove the file and let go of it."""
        self._path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Let go of the file; what it holds stays for whoever comes next."""
        os.close(self._descriptor)


def _line(entry: Entry) -> bytes:
    return json.dumps({**asdict(entry), "at": entry.at.isoformat()}).encode() + b"\n"


def _entry(line: bytes) -> Entry | None:
    """Read an entry; None for a line that was cut off when its process died."""
    try:
        written = json.loads(line)
        written = {**written, "at": datetime.fromisoformat(written["at"])}
        return Feedback(**written) if "verdict" in written else Turn(**written)
    except (ValueError, TypeError, KeyError):
        return None
