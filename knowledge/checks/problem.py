"""What a check tells of: something wrong, and where."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.reading import Key


@dataclass(frozen=True)
class Problem:
    """Something wrong at a key of a knowledge file (or of a folder of files that are read as one)."""

    file: str
    keys: tuple[Key, ...]
    message: str
