"""jieba itself as the engine of segmentation: the default, which is always installed."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import jieba

from bot.understanding.dictionary import dictionary

jieba.setLogLevel(logging.WARNING)


class JiebaEngine:
    """Cuts by jieba."""

    def __init__(self, words: Mapping[str, int]) -> None:
        known = dictionary()
        beginnings = (word[:end] for word in words for end in range(1, len(word)))
        added = {beginning: 0 for beginning in beginnings if beginning not in known.counts}
        more = sum(count - known.counts.get(word, 0) for word, count in words.items())
        self.__setstate__(({**added, **words}, known.total + more))

    def __getstate__(self) -> tuple[Mapping[str, int], int]:
        return self._added, self._tokenizer.total

    def __setstate__(self, state: tuple[Mapping[str, int], int]) -> None:
        self._added, total = state
        self._dictionary = dictionary()  # kept, so that the engines of one process share it
        counts = self._dictionary.counts
        self._tokenizer = jieba.Tokenizer()
        self._tokenizer.FREQ = {**counts, **self._added} if self._added else counts
        self._tokenizer.total = total
        self._tokenizer.initialized = True

    def cut(self, text: str) -> list[str]:
        """Cut a text into words, in order, with nothing left out; no word is guessed."""
        words: list[str] = self._tokenizer.lcut(text, HMM=False)
        return words
