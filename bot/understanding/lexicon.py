"""What words mean here: concepts of the field and of asking, and values of circumstances."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import chain
from typing import Any

from bot.understanding.segment import Engine, Segmenter
from knowledge.contents import Knowledge
from knowledge.names import ASPECTS, Notion

_SHORTEST_PART = 2
_REMEMBERED = 64
"""A message and its parts are cut more than once; so many texts and pieces of them are kept for that."""
_PIECE = re.compile(r"[\s,;!?。、]+|[^\s,;!?。、]+")
"""No word reaches beyond a piece between signs."""
_LETTERS = re.compile(r"[A-Za-z]{2}")
_ASCII_UNKNOWN = 12
_NUMBER = re.compile(r"[\d零一二三四五六七八九十百千万两几多]+(个|年|月|日|号|天|岁|元|块|块钱|万|千|百)?")
"""A number says nothing about the topic; amounts, ages and days are read by themselves."""
_NOT_WRITTEN = frozenset({"tokens", "_known", "_of_piece"})
"""What a lexicon is not written down with, as it comes of the rest."""
_TERMS = frozenset({*ASPECTS, Notion.REIMBURSE})
"""Concepts of asking whose words are terms of the field (起付线, 报销)."""


@dataclass(frozen=True)
class Sense:
    """What a word says: a concept, or a value (or group) of a dimension."""

    name: str
    value: str | None = None

    @property
    def feature(self) -> str:
        """The sense as a feature that messages and phrasings are compared by."""
        return self.name if self.value is None else f"{self.name}={self.value}"


@dataclass(frozen=True)
class Token:
    """A word of a message: its senses, none for a word that the lexicon does not hold."""

    word: str
    senses: tuple[Sense, ...]
    filler: bool = False

    @cached_property
    def features(self) -> tuple[str, ...]:
        """What the word expresses; a value stands for its dimension, too."""
        named = ((sense.feature, sense.name) for sense in self.senses)
        return tuple(chain.from_iterable(named)) or (f"word:{self.word}",)


class Lexicon:
    """Looks words up; built once from the national lexicon and the names of places."""

    def __init__(self, knowledge: Knowledge, place_words: frozenset[str], engine: type[Engine]) -> None:
        national = knowledge.national
        senses: dict[str, list[Sense]] = {}
        self._fillers: set[str] = set()
        self._asking = national.asking
        self._terms = frozenset(
            word
            for name, concept in national.concepts.items()
            if not concept.filler and (not concept.asks or name in _TERMS)
            for word in concept.words
        )
        for concept_id, concept in national.concepts.items():
            for word in concept.words:
                if concept.filler:
                    self._fillers.add(word.lower())
                else:
                    senses.setdefault(word.lower(), []).append(Sense(concept_id))
        for dimension, words_by_value in national.value_words.items():
            for value, words in words_by_value.items():
                for word in words:
                    senses.setdefault(word.lower(), []).append(Sense(dimension, value))
        for region in knowledge.regions.values():
            for concept_id, names in region.info.words.items():
                for name in names:
                    senses.setdefault(name.lower(), []).append(Sense(concept_id))
        self._longest = max(map(len, senses), default=1)
        self._senses: Mapping[str, tuple[Sense, ...]] = {word: tuple(found) for word, found in senses.items()}
        self._senses = {word: self._with_concepts(word) for word in self._senses}
        self.segmenter = Segmenter(self.words | place_words, engine)
        self._remember()

    def _remember(self) -> None:
        self._known = cache(self._token)
        self.tokens = lru_cache(_REMEMBERED)(self._tokens)
        """Cut a cleaned text into tokens; a word that is not held itself is looked up by its parts."""
        self._of_piece = lru_cache(_REMEMBERED)(self._cut)

    def _token(self, word: str) -> Token:
        """Give the token of a word that has senses; each is made when it is first met."""
        return Token(word, self._senses[word])

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name not in _NOT_WRITTEN}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._remember()

    @property
    def words(self) -> frozenset[str]:
        """All words that say something, and those that only fill."""
        return frozenset(self._senses) | self._fillers

    @property
    def terms(self) -> frozenset[str]:
        """The terms of the field, without the everyday words of asking: what a homophone may stand for."""
        return self._terms

    def _tokens(self, text: str) -> tuple[Token, ...]:
        return tuple(chain.from_iterable(map(self._of_piece, _PIECE.findall(text.lower()))))

    def _cut(self, piece: str) -> list[Token]:
        found: list[Token] = []
        for word in self.segmenter.cut(piece):
            if word in self._senses:
                found.append(self._known(word))
            elif word in self._fillers or not word.isalnum() or _NUMBER.fullmatch(word):
                found.append(Token(word, (), filler=True))
            else:
                found.extend(self._parts(word))
        return found

    def _with_concepts(self, word: str) -> tuple[Sense, ...]:
        """Let a word that only names a circumstance (没备案) take the things named by its parts (备案)."""
        senses = self._senses[word]
        if any(sense.value is None for sense in senses):
            return senses
        inner = (sense for part in self._inside(word) for sense in self._senses[part])
        things = (sense for sense in inner if sense.value is None and sense.name not in self._asking)
        return tuple(dict.fromkeys((*senses, *things)))

    def _inside(self, word: str) -> Iterator[str]:
        """Give the known words in a longer one, from left to right; none overlaps another."""
        start = 0
        while start < len(word):
            ends = range(len(word), start + _SHORTEST_PART - 1, -1)
            end = next((end for end in ends if self._is_inside(word, start, end)), None)
            if end is not None:
                yield word[start:end]
            start = end or start + 1

    def _is_inside(self, word: str, start: int, end: int) -> bool:
        return word[start:end] in self._senses and (start, end) != (0, len(word))

    def _parts(self, word: str) -> list[Token]:
        """Look a longer word up by the known words in it (住院费用单 -> 住院费用), or keep it as unknown.

        Letters are one word, whatever they begin with (asdf holds no asd).
        """
        parts: list[Token] = []
        start = 0
        while start + _SHORTEST_PART <= len(word):
            end = self._known_end(word, start)
            if end is None:
                start += 1
            else:
                part = word[start:end]
                parts.append(self._known(part))
                start = end
        return parts or [Token(word[:_ASCII_UNKNOWN], ())]

    def _known_end(self, word: str, start: int) -> int | None:
        for end in range(min(len(word), start + self._longest), start + _SHORTEST_PART - 1, -1):
            if word[start:end] in self._senses and not _cuts_letters(word, start, end):
                return end
        return None


def _cuts_letters(word: str, start: int, end: int) -> bool:
    """Whether a part of a word begins or ends between two Latin letters."""
    return any(
        0 < place < len(word) and _LETTERS.fullmatch(word[place - 1 : place + 1]) for place in (start, end)
    )
