"""What words mean here: concepts of the field and of asking, and values of circumstances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.understanding.segment import Segmenter
from knowledge.contents import National

_SHORTEST_PART = 2
_ASCII_UNKNOWN = 12


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


class Lexicon:
    """Looks words up; built once from the national lexicon and the names of places."""

    def __init__(self, national: National, place_words: frozenset[str]) -> None:
        senses: dict[str, list[Sense]] = {}
        self._fillers: set[str] = set()
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
        self._senses: Mapping[str, tuple[Sense, ...]] = {word: tuple(found) for word, found in senses.items()}
        self._longest = max(map(len, self._senses), default=1)
        self.segmenter = Segmenter([*self._senses, *self._fillers, *place_words])

    @property
    def words(self) -> frozenset[str]:
        """The words of the field that the lexicon holds."""
        return frozenset(self._senses)

    def tokens(self, text: str) -> tuple[Token, ...]:
        """Cut a cleaned text into tokens; a word that is not held itself is looked up by its parts."""
        found: list[Token] = []
        for word in self.segmenter.cut(text.lower()):
            if word in self._senses:
                found.append(Token(word, self._senses[word]))
            elif word in self._fillers or not word.isalnum():
                found.append(Token(word, (), filler=True))
            else:
                found.extend(self._parts(word))
        return tuple(found)

    def _parts(self, word: str) -> list[Token]:
        """Look a longer word up by the known words in it (住院费用单 -> 住院费用), or keep it as unknown."""
        parts: list[Token] = []
        start = 0
        while start + _SHORTEST_PART <= len(word):
            end = self._known_end(word, start)
            if end is None:
                start += 1
            else:
                part = word[start:end]
                parts.append(Token(part, self._senses[part]))
                start = end
        return parts or [Token(word[:_ASCII_UNKNOWN], ())]

    def _known_end(self, word: str, start: int) -> int | None:
        for end in range(min(len(word), start + self._longest), start + _SHORTEST_PART - 1, -1):
            if word[start:end] in self._senses:
                return end
        return None
