"""Segmentation: text cut into words, by jieba's dictionary with the words of the field in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Literal, Protocol
from zlib import crc32

EngineName = Literal["jieba", "rjieba"]

_SURE = 200_000
"""A count above that of any everyday word, so that a word of the field is cut out whole."""
_SPREAD = 1_000
"""By how much, at most, the counts of words of one length differ."""


class Engine(Protocol):
    """Cuts text by jieba's dictionary, and by the words, with counts, that it was made with.

    All engines cut alike; they differ in how fast they are and what must be installed.
    """

    def __init__(self, words: Mapping[str, int]) -> None: ...

    def cut(self, text: str) -> list[str]:
        """Cut a text into words, in order, with nothing left out; no word is guessed."""
        ...


def engine_of(name: EngineName) -> type[Engine]:
    """Give the engine of a name.

    Raises:
        ImportError: what it takes is not installed.

    """
    if name == "rjieba":
        from bot.understanding.rjieba_engine import RjiebaEngine  # noqa: PLC0415  # of an extra

        return RjiebaEngine
    from bot.understanding.jieba_engine import JiebaEngine  # noqa: PLC0415  # takes long to import

    return JiebaEngine


@cache
def plain(engine: type[Engine]) -> Engine:
    """Give the engine that knows jieba's own words only; it is made when it is first asked for."""
    return engine({})


class Segmenter:
    """Cuts text into words; knows the words that it is given besides jieba's own."""

    def __init__(self, words: Iterable[str], engine: type[Engine]) -> None:
        self._engine = engine({word: _count(word) for word in words if len(word) > 1})

    def cut(self, text: str) -> list[str]:
        """Cut a text into words, in order; white space is dropped."""
        found: list[str] = []
        joins = False
        for word in self._engine.cut(text):
            latin = word.isascii() and word.isalpha()
            if latin and joins:  # jieba cuts a word of the field out of a longer one: cap out of capital
                found[-1] += word
            elif not word.isspace():
                found.append(word)
            joins = latin
        return found


def _count(word: str) -> int:
    """Give the count that makes a word of the field sure to be cut out whole.

    It differs a little from word to word: were it the same for all of one length, 首次 with 参保缴费 would be
    exactly as likely as 首次参保 with 缴费, and how an engine rounds would decide.
    """
    return _SURE * len(word) - crc32(word.encode()) % _SPREAD
