"""The office's additions on disk: a file each, written whole, and no phrasing for two topics.

The names of the files are made here; what a user sends is only ever looked up among them.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from knowledge.contents import National
from knowledge.faults import Fault
from knowledge.overlay import ADDITIONS, VERSION, Addition, meaning, misfits, owners_of, read_additions
from knowledge.source import Source

_LOCK = ".lock"
_SUFFIX = ".yaml"
_USED = ("trying", "live")


class AdditionError(Exception):
    """An addition that cannot be made or changed; the message tells the office why, in Chinese."""


@dataclass(frozen=True)
class Kept:
    """What stands in the overlay: the additions by name, the newest first, and the files that are faulty."""

    additions: Mapping[str, Addition]
    faults: tuple[Fault, ...]


class Additions:
    """The additions of one overlay; several processes may change them at once.

    All of it reads and writes files, and is for threads other than the event loop's.

    Args:
        folder: the overlay, made when something is added.

    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> Kept:
        """Read the additions, whatever became of them."""
        source = Source(self._folder)
        read = read_additions(source)
        newest = sorted(read, key=lambda name: (read[name].at, name), reverse=True)
        return Kept({name: read[name] for name in newest}, tuple(source.faults))

    def get(self, name: str) -> Addition | None:
        """Return an addition; None when there is none of this name."""
        return self.all().additions.get(name)

    def add(self, addition: Addition, national: National) -> str:
        """Keep a new addition and return its name.

        Args:
            addition: what is added.
            national: what it must fit.

        Raises:
            AdditionError: it does not fit, or it was added already.

        """
        with self._alone():
            self._check(addition, national, self.all().additions)
            name = f"{addition.at.astimezone(dt.UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
            self._write(name, addition)
        return name

    def change(
        self,
        name: str,
        national: National,
        *,
        expected: tuple[str, ...],
        **changes: Any,  # noqa: ANN401  # the fields of an addition
    ) -> Addition:
        """Change what became of an addition.

        Args:
            name: its name; national: what it must still fit to be used.
            expected: what it must have been.
            changes: fields with their new values.

        Raises:
            AdditionError: it is gone, is something else by now, or no longer fits.

        """
        with self._alone():
            kept = dict(self.all().additions)
            before = kept.pop(name, None)
            if before is None:
                raise AdditionError("这条说法已经不在了。")
            if before.status not in expected:
                raise AdditionError("这条说法刚被别人改过，请看它现在的状态。")
            after = before.model_copy(update=changes)
            if after.status in _USED:
                self._check(after, national, kept)
            self._write(name, after)
            if "live" in (before.status, after.status):
                _write_whole(self._folder / VERSION, secrets.token_hex(8))
        return after

    def _check(self, addition: Addition, national: National, others: Mapping[str, Addition]) -> None:
        used = [other for other in others.values() if other.status in _USED]
        if any(other.phrasing == addition.phrasing and meaning(other) == meaning(addition) for other in used):
            raise AdditionError("这句话已经加过了。")
        owners = {**{other.phrasing: meaning(other) for other in used}, **owners_of(national)}
        for field, _ in misfits(addition, national, owners):
            if field == "phrasing":
                raise AdditionError("这句话已经属于别的话题，一句话只能属于一个话题。")
            raise AdditionError("没有这个话题，请重新选。")
        if owners.get(addition.phrasing) == meaning(addition):
            raise AdditionError("这句话本来就在这个话题里，不用再加。")

    def _write(self, name: str, addition: Addition) -> None:
        fields = addition.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
        text = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=110)
        _write_whole(self._folder / ADDITIONS / f"{name}{_SUFFIX}", text)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one process or thread at a time change the overlay."""
        (self._folder / ADDITIONS).mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _write_whole(path: Path, text: str) -> None:
    """Write a file such that whoever reads it finds the old or the new content, even after a crash."""
    written = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with written.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        written.replace(path)
    finally:
        written.unlink(missing_ok=True)
