"""Segmentation by jieba, with the words of the field in its dictionary."""

from __future__ import annotations

import logging
import marshal
from collections.abc import Iterable
from functools import cache

import jieba

from knowledge import cache as kept

jieba.setLogLevel(logging.WARNING)

_SURE = 200_000
"""A frequency above that of any everyday word, so that a word of the field is cut out whole."""
_KIND = "jieba"


class Segmenter:
    """Cuts text into words; knows the words that it is given besides jieba's own."""

    def __init__(self, words: Iterable[str]) -> None:
        self._tokenizer = _with_own_words()
        for word in words:
            if len(word) > 1:
                self._tokenizer.add_word(word, _SURE * len(word))
        plain = plain_tokenizer().FREQ
        self._added = {word: n for word, n in self._tokenizer.FREQ.items() if plain.get(word) != n}

    def __getstate__(self) -> tuple[dict[str, int], int]:
        return self._added, self._tokenizer.total

    def __setstate__(self, state: tuple[dict[str, int], int]) -> None:
        self._added, total = state
        self._tokenizer = _with_own_words()
        self._tokenizer.FREQ.update(self._added)
        self._tokenizer.total = total

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


@cache
def plain_tokenizer() -> jieba.Tokenizer:
    """Give the tokenizer that knows jieba's own words only; its dictionary is read once.

    It is kept in our cache rather than in jieba's, which lies where everybody can write.
    """
    key = kept.digest((*kept.program(), jieba.__version__.encode()))
    held = kept.look_up(_KIND, key)
    if held is not None:
        return _tokenizer(*marshal.loads(held))  # noqa: S302  # has the digest that we wrote, in a folder of ours
    tokenizer = jieba.Tokenizer()
    words, total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    kept.keep(_KIND, key, marshal.dumps((words, total)))
    return _tokenizer(words, total)


def _with_own_words() -> jieba.Tokenizer:
    """Give a tokenizer with jieba's own words, to which others can be added."""
    plain = plain_tokenizer()
    return _tokenizer(plain.FREQ.copy(), plain.total)


def _tokenizer(words: dict[str, int], total: int) -> jieba.Tokenizer:
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = words, total, True
    return tokenizer
