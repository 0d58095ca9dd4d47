"""Segmentation by jieba, with the words of the field in its dictionary."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import jieba

jieba.setLogLevel(logging.WARNING)

_SURE = 200_000
"""A frequency above that of any everyday word, so that a word of the field is cut out whole."""


class Segmenter:
    """Cuts text into words; knows the words that it is given besides jieba's own."""

    def __init__(self, words: Iterable[str]) -> None:
        self._tokenizer = jieba.Tokenizer()
        self._tokenizer.initialize()
        for word in words:
            if len(word) > 1:
                self._tokenizer.add_word(word, _SURE * len(word))

    def cut(self, text: str) -> list[str]:
        """Cut a text into words, in order; white space is dropped."""
        found: list[str] = []
        joins = False
        for word in self._tokenizer.lcut(text, HMM=False):
            latin = word.isascii() and word.isalpha()
            if latin and joins:  # jieba cuts a word of the field out of a longer one: cap out of capital
                found[-1] += word
            elif not word.isspace():
                found.append(word)
            joins = latin
        return found

    def frequency(self, word: str) -> int:
        """Tell how common a word is in jieba's count; 0 for one that it does not know."""
        return int(self._tokenizer.FREQ.get(word) or 0)
