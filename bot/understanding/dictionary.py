"""jieba's own words, with how often each was counted in the texts that it was made from."""

from __future__ import annotations

import marshal
import sys
from collections.abc import Collection, Iterator, Mapping
from importlib import import_module
from importlib.metadata import version
from itertools import accumulate, pairwise
from typing import Any, Final
from weakref import WeakValueDictionary

from knowledge import cache

_DEPRECATED: Final = "pkg_resources"
_KIND: Final = "jieba"
_FORM: Final = b"by their first character"
_LENGTH: Final = 4
_NONE: Final[Mapping[str, int]] = {}


class Dictionary:
    """Words with their counts, and the sum of these; the beginnings of words stand there, too, with 0.

    Half a million of them are read as they are needed, all those that begin with a character at once: people
    write to the bot with few of the characters that there are.

    Args:
        written: the words, as `_written` writes them down.

    """

    def __init__(self, written: bytes | memoryview) -> None:
        start = _LENGTH + int.from_bytes(written[:_LENGTH])
        self.total: int
        self.total, characters, ends = marshal.loads(written[_LENGTH:start])  # noqa: S302  # ours, see `_read`
        self._places = dict(zip(characters, pairwise((0, *ends)), strict=True))
        self._words = written[start:]

    @property
    def characters(self) -> Collection[str]:
        """All with which words begin."""
        return self._places.keys()

    def beginning_with(self, character: str) -> Mapping[str, int]:
        """Read the words that begin with a character."""
        if character not in self._places:
            return _NONE
        start, end = self._places[character]
        words: dict[str, int] = marshal.loads(self._words[start:end])  # noqa: S302  # as above
        return words

    def __iter__(self) -> Iterator[tuple[str, int]]:
        for character in self._places:
            yield from self.beginning_with(character).items()


_held: WeakValueDictionary[str, Dictionary] = WeakValueDictionary()
"""What was read is shared for as long as somebody uses it."""


def dictionary() -> Dictionary:
    """Give jieba's dictionary.

    It is kept in our cache rather than in jieba's, which lies where everybody can write.
    """
    key = cache.digest((*cache.program(), _FORM, version("jieba").encode()))
    found = _held.get(key)
    if found is None:
        _held[key] = found = Dictionary(_read(key))
    return found


def import_jieba() -> Any:  # noqa: ANN401  # it has no types
    """Import jieba without pkg_resources, by which it would find its dictionary where that is installed.

    That takes longer to import than jieba itself, and warns that it is deprecated; jieba does well without.
    """
    sys.modules.setdefault(_DEPRECATED, None)  # type: ignore[arg-type]  # as if it were not installed
    try:
        return import_module("jieba")
    finally:
        if sys.modules[_DEPRECATED] is None:
            del sys.modules[_DEPRECATED]


def _read(key: str) -> bytes | memoryview:
    held = cache.look_up(_KIND, key)  # has the digest that we wrote, in a folder of ours
    if held is not None:
        return held
    tokenizer = import_jieba().Tokenizer()
    written = _written(*tokenizer.gen_pfdict(tokenizer.get_dict_file()))
    cache.keep(_KIND, key, written)
    return written


def _written(counts: Mapping[str, int], total: int) -> bytes:
    """Write words down: the length of a head, the head (where each character's words end), and the words."""
    by_character: dict[str, dict[str, int]] = {}
    for word, count in counts.items():
        by_character.setdefault(word[0], {})[word] = count
    parts = list(map(marshal.dumps, by_character.values()))
    head = marshal.dumps((total, "".join(by_character), tuple(accumulate(map(len, parts)))))
    return b"".join((len(head).to_bytes(_LENGTH), head, *parts))
