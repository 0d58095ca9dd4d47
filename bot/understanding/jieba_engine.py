"""jieba itself as the engine of segmentation: the default, which is always installed."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from bot.understanding.dictionary import dictionary, import_jieba

jieba = import_jieba()
jieba.setLogLevel(logging.WARNING)


class JiebaEngine:
    """Cuts by jieba, which is told the words that begin with a character when that is first met."""

    def __init__(self, words: Mapping[str, int]) -> None:
        known, total = dictionary(), 0
        added: dict[str, dict[str, int]] = {}
        for word, count in words.items():
            added.setdefault(word[0], {})[word] = count
        for character, with_it in added.items():
            counts = known.beginning_with(character)
            total += sum(count - counts.get(word, 0) for word, count in with_it.items())
            beginnings = (word[:end] for word in with_it for end in range(1, len(word)))
            new = [word for word in beginnings if word not in counts and word not in with_it]
            with_it.update(dict.fromkeys(new, 0))
        self.__setstate__((added, known.total + total))

    def __getstate__(self) -> tuple[Mapping[str, Mapping[str, int]], int]:
        return self._added, self._tokenizer.total

    def __setstate__(self, state: tuple[Mapping[str, Mapping[str, int]], int]) -> None:
        self._added, total = state
        self._dictionary = dictionary()  # kept, so that the engines of one process share it
        self._unmet = {*self._dictionary.characters, *self._added}
        self._tokenizer = jieba.Tokenizer()
        self._tokenizer.total = total
        self._tokenizer.initialized = True

    def cut(self, text: str) -> list[str]:
        """Cut a text into words, in order, with nothing left out; no word is guessed."""
        if not self._unmet.isdisjoint(text):
            self._meet(self._unmet.intersection(text))
        words: list[str] = self._tokenizer.lcut(text, HMM=False)
        return words

    def _meet(self, characters: set[str]) -> None:
        counts: dict[str, int] = self._tokenizer.FREQ
        for character in characters:
            counts.update(self._dictionary.beginning_with(character))
            counts.update(self._added.get(character, {}))
        self._unmet -= characters
