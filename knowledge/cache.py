"""What was worked out from the knowledge and can be worked out again, kept in a folder to start quickly.

An entry is a file of its own, named by all that it was made from, so that it never goes stale: what has
changed has another name. The folder is `yibao-bot` in XDG_CACHE_HOME (~/.cache while that is not set); one
that cannot be made or written to only makes the next start slower, never an error.

Entries are pickles, and a pickle can run code when it is read. So one is read only if nobody but us (or
root) could have written it, it must have the digest that stands at its head, and it can name no function:
only classes of this project and the few others that stand here.
"""

from __future__ import annotations

import gc
import io
import mmap
import os
import pickle  # read as told above
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache as memoized
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

FOLDER: Final = "yibao-bot"
_DIGEST: Final = 32
_MOST: Final = 4
"""So many entries of a kind are kept, those that were made last."""
_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH
_OURS: Final = ("knowledge.", "bot.understanding.")
_FOREIGN: Final = frozenset(
    {
        ("builtins", "frozenset"),
        ("collections", "defaultdict"),
        ("builtins", "list"),
        ("datetime", "date"),
        ("decimal", "Decimal"),
        ("numpy", "dtype"),
        ("numpy", "ndarray"),
        ("numpy._core.multiarray", "_reconstruct"),
        ("numpy._core.numeric", "_frombuffer"),
    }
)


class BrokenEntryError(Exception):
    """An entry that does not hold what it should; it is made again."""


def digest(parts: Iterable[bytes]) -> str:
    """Name what is made from these parts; other parts have another name."""
    found = sha256()
    for part in parts:
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
    return found.hexdigest()


@memoized
def program(*folders: Path) -> Sequence[bytes]:
    """Give what tells one version of the program from another: Python's, and the sources in folders.

    They are read once: a process that runs on through an upgrade must not take the name of the new version.
    """
    sources = (file for folder in folders for file in sorted(folder.rglob("*.py")))
    return (sys.version.encode(), *(file.read_bytes() for file in sources))


def look_up(kind: str, key: str) -> memoryview | None:
    """Find an entry; None where there is none, or none that can be trusted."""
    try:
        folder = _folder()
        with os.fdopen(os.open(folder / _name(kind, key), os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            if not (_is_ours(folder.stat()) and _is_ours(os.fstat(file.fileno()))):
                return None
            held = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError, RuntimeError):  # an empty file cannot be mapped; a user may have no home
        return None
    content = held[_DIGEST:]
    return content if sha256(content).digest() == held[:_DIGEST] else None


def keep(kind: str, key: str, content: bytes) -> None:
    """Keep an entry, if that can be done; the oldest of its kind goes."""
    try:
        folder = _folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_ours(folder.stat()):
            return
        descriptor, name = tempfile.mkstemp(dir=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(sha256(content).digest())
                file.write(content)
            Path(name).replace(folder / _name(kind, key))
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        entries = sorted(folder.glob(_name(kind, "*")), key=lambda entry: entry.stat().st_mtime_ns)
        for entry in entries[:-_MOST]:
            entry.unlink(missing_ok=True)
    except (OSError, RuntimeError):  # a full disk, a folder for reading only, no home, another that tidies up
        return


def pickled(value: object) -> bytes:
    """Write a value down."""
    return pickle.dumps(value, protocol=5)


def restored(content: bytes | memoryview) -> Any:  # noqa: ANN401  # whatever was written down
    """Read a value that was written down.

    Raises:
        BrokenEntryError: it is no such value.

    """
    with nothing_collected():
        try:
            return _Reader(io.BytesIO(content)).load()
        except Exception as error:  # anything can come of bytes that are not what they should be
            raise BrokenEntryError(str(error)) from error


@contextmanager
def nothing_collected() -> Iterator[None]:
    """Have Python look for no garbage meanwhile: where much is made that stays, that takes half the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class _Reader(pickle.Unpickler):
    """Reads a pickle that names no function."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401  # a class or one of the few functions
        if (module, name) not in _FOREIGN and not module.startswith(_OURS):
            raise pickle.UnpicklingError(f"{module}.{name} may not stand here")
        found = super().find_class(module, name)
        if module.startswith(_OURS) and not (isinstance(found, type) and found.__module__ == module):
            raise pickle.UnpicklingError(f"{module}.{name} is no class of ours")
        return found


def _folder() -> Path:
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path("~/.cache").expanduser()) / FOLDER


def _name(kind: str, key: str) -> str:
    return f"{kind}-{key}.bin"


def _is_ours(told: os.stat_result) -> bool:
    """Whether nobody but us and root can write to a file or a folder."""
    return told.st_uid in {0, os.getuid()} and not told.st_mode & _OTHERS_WRITE
