"""jieba's own words, with how often each was counted in the texts that it was made from."""

from __future__ import annotations

import marshal
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final
from weakref import WeakValueDictionary

from knowledge import cache

_KIND: Final = "jieba"


@dataclass(frozen=True, eq=False)
class Dictionary:
    """Words with their counts, and the sum of these; the beginnings of words stand there, too, with 0."""

    counts: Mapping[str, int]
    total: int


_held: WeakValueDictionary[str, Dictionary] = WeakValueDictionary()
"""The dictionary takes 60 MB, so that it is held only for as long as somebody uses it."""


def dictionary() -> Dictionary:
    """Give jieba's dictionary; it is read once while it is in use.

    It is kept in our cache rather than in jieba's, which lies where everybody can write.
    """
    key = cache.digest((*cache.program(), version("jieba").encode()))
    found = _held.get(key)
    if found is None:
        _held[key] = found = Dictionary(*_read(key))
    return found


def _read(key: str) -> tuple[dict[str, int], int]:
    held = cache.look_up(_KIND, key)
    if held is not None:
        counts, total = marshal.loads(held)  # noqa: S302  # has the digest that we wrote, in a folder of ours
        return counts, total
    import jieba  # noqa: PLC0415  # takes long, and is needed for this only where rjieba cuts

    tokenizer = jieba.Tokenizer()
    counts, total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    cache.keep(_KIND, key, marshal.dumps((counts, total)))
    return counts, total
