"""Typos that sound right: the word that was meant, found by its sound.

Phone keyboards and voice input write 电子凭正 for 电子凭证 and 报消 for 报销. A run of characters that sounds
like a word of the vocabulary is replaced by that word, unless the run reads well as it stands: the two
readings of the sentence are compared by how common their words are, and the vocabulary wins only clearly.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from typing import Final

from bot.understanding.dictionary import Dictionary
from bot.understanding.segment import Engine, plain

_SHORTEST: Final = 2
_LONGEST: Final = 6
_HAN: Final = ("一", "鿿")
_NUMBERS: Final = frozenset("俩仨")
"""Numbers that nobody writes for anything else (仨娃 is not 啥娃)."""

# How much more likely (as a logarithm) the sentence must become for one repair: where the sounds are the
# same, and where they are only alike. Ordinary sentences stay below 5.1, and nearly all typos lie above 5.6.
_SAME_SOUND: Final = 5.5
_LIKE_SOUND: Final = 6.5
_DOMAIN_COUNT: Final = 1000
"""How often a word of the vocabulary counts as seen: here it is more common than in novels."""


def _han(char: str) -> bool:
    return _HAN[0] <= char <= _HAN[1]


def _folded(syllable: str) -> str:
    """Give the sound that is left when sh is said like s, n like l, ing like in."""
    for long, short in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l")):
        if syllable.startswith(long):
            syllable = short + syllable[len(long) :]
            break
    return syllable[:-1] if syllable.endswith(("ing", "eng")) else syllable


@dataclass(frozen=True, slots=True)
class _Sounds:
    """What a character may sound like, without tones: as it is said, and as it is said in haste."""

    plain: frozenset[str]
    folded: tuple[str, ...]


@cache
def _sounds_of_all() -> Mapping[str, _Sounds]:
    """List what every Chinese character may sound like; those that sound alike share an entry."""
    from pypinyin import Style, pinyin  # noqa: PLC0415  # its tables take long to read, and are needed only here

    alike: dict[frozenset[str], _Sounds] = {}
    return {
        char: alike.setdefault(plain, _Sounds(plain, tuple(sorted({*map(_folded, plain)}))))
        for char in map(chr, range(ord(_HAN[0]), ord(_HAN[1]) + 1))
        for plain in (frozenset(pinyin(char, style=Style.NORMAL, heteronym=True)[0]),)
    }


def _syllables_of(words: Iterable[str]) -> Mapping[str, list[str]]:
    from pypinyin import lazy_pinyin  # noqa: PLC0415  # as above

    return {word: lazy_pinyin(word) for word in sorted(words)}


@dataclass(slots=True)
class _Node:
    """A place in the tree of sounds: where each next syllable leads, and the words that end here."""

    next: dict[str, _Node] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)

    def grown(self, syllables: Iterable[str]) -> _Node:
        """Give the place where syllables lead from here, made if it is new."""
        node = self
        for syllable in syllables:
            node = node.next.setdefault(syllable, _Node())
        return node


@dataclass(frozen=True, slots=True)
class _Repair:
    """A word for the run of characters between two places, and how much likelier it makes the sentence."""

    start: int
    end: int
    word: str
    gain: float

    def overlaps(self, start: int, end: int) -> bool:
        return self.start < end and start < self.end


class Speller:
    """Recovers words of a vocabulary from typos that sound like them.

    Args:
        vocabulary: words of two to six Chinese characters count, others are passed over.
        engine: what cuts the texts.
        dictionary: tells how common words are; of what it tells, only what can matter is kept.

    """

    def __init__(self, vocabulary: Iterable[str], engine: type[Engine], dictionary: Dictionary) -> None:
        self._engine = engine
        self._words = frozenset(
            word for word in vocabulary if _SHORTEST <= len(word) <= _LONGEST and all(map(_han, word))
        )
        self._sounds = _sounds_of_all()
        self._syllables = _syllables_of(self._words)
        self._tree = _Node()
        for word, syllables in self._syllables.items():
            self._tree.grown(map(_folded, syllables)).words.append(word)
        self._total = dictionary.total
        self._counts = self._counts_within(dictionary)

    def _counts_within(self, dictionary: Dictionary) -> Mapping[str, int]:
        """Tell the counts of all words that a run which sounds like one of the vocabulary may consist of."""
        parts = _Node()
        for syllables in self._syllables.values():
            for start in range(len(syllables)):
                parts.grown(map(_folded, syllables[start:]))
        return {
            word: count
            for word, count in dictionary
            if count and len(word) <= _LONGEST and self._sounds_within(word, parts)
        }

    def _sounds_within(self, word: str, parts: _Node) -> bool:
        nodes = [parts]
        for char in word:
            if not _han(char):
                return False
            nodes = [
                node.next[sound]
                for node in nodes
                for sound in self._sounds[char].folded
                if sound in node.next
            ]
            if not nodes:
                return False
        return True

    def recover(self, text: str) -> str:
        """Give the text with its sound-alike typos replaced; its length stays the same.

        Words of the vocabulary and ordinary words in the text are left alone, and at least one character of
        the word must stand there. Of repairs that overlap, the longest counts, then the one that fits best.
        """
        candidates = list(self._candidates(text))
        if not candidates:
            return text
        pieces = self._pieces(text)
        known = self._known(text)
        repairs = [
            repair for candidate in candidates if (repair := self._weighed(text, pieces, known, candidate))
        ]
        repairs.sort(key=lambda repair: (repair.start - repair.end, -repair.gain, repair.start))
        taken: list[_Repair] = []
        for repair in repairs:
            if not any(other.overlaps(repair.start, repair.end) for other in taken):
                taken.append(repair)
                text = text[: repair.start] + repair.word + text[repair.end :]
        return text

    def _pieces(self, text: str) -> list[tuple[str, int, int]]:
        """Give the everyday words of a text, each with where it begins and ends."""
        words = plain(self._engine).cut(text)
        ends = accumulate(map(len, words))
        return [(word, end - len(word), end) for word, end in zip(words, ends, strict=True)]

    def _candidates(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Give every run that sounds like a word and is written otherwise, with the word nearest to it."""
        read = (_han(char) and char not in _NUMBERS for char in text)
        sounds = [
            self._sounds[char].folded if by_sound else () for char, by_sound in zip(text, read, strict=True)
        ]
        for start in range(len(text) - 1):
            nodes = [self._tree]
            for end in range(start, min(start + _LONGEST, len(text))):
                nodes = [node.next[sound] for node in nodes for sound in sounds[end] if sound in node.next]
                if not nodes:
                    break
                words = [word for node in nodes for word in node.words]
                run = text[start : end + 1]
                if words and run not in self._words:
                    word = max(words, key=lambda word: self._nearness(run, word))
                    if _shared(run, word):
                        yield start, end + 1, word

    def _nearness(self, run: str, word: str) -> tuple[int, bool, int]:
        return _shared(run, word), self._same_sound(run, word), self._counts.get(word, 0)

    def _same_sound(self, run: str, word: str) -> bool:
        return all(
            syllable in self._sounds[char].plain
            for char, syllable in zip(run, self._syllables[word], strict=True)
        )

    def _known(self, text: str) -> list[tuple[int, int]]:
        """Give where words of the vocabulary already stand."""
        return [
            (start, end)
            for start in range(len(text) - 1)
            for end in range(start + _SHORTEST, min(start + _LONGEST, len(text)) + 1)
            if text[start:end] in self._words
        ]

    def _weighed(
        self,
        text: str,
        pieces: list[tuple[str, int, int]],
        known: list[tuple[int, int]],
        candidate: tuple[int, int, str],
    ) -> _Repair | None:
        """Compare the sentence with and without a repair; None unless the repair wins clearly.

        A repair that cuts an ordinary word, or one of the vocabulary, is none.
        """
        start, end, word = candidate
        inside = [piece for piece in pieces if piece[1] < end and start < piece[2]]
        if inside[0][1] < start or inside[-1][2] > end:
            return None
        if any(_broken(text, start, end, word, place) for place in known):
            return None
        run = text[start:end]
        gain = self._logarithm(_DOMAIN_COUNT) - sum(self._likelihood(piece[0]) for piece in inside)
        needed = _SAME_SOUND if self._same_sound(run, word) else _LIKE_SOUND
        return _Repair(start, end, word, gain) if gain > needed else None

    def _likelihood(self, word: str) -> float:
        """Say how likely a word is as it stands in a text (as a logarithm)."""
        count = self._counts.get(word, 1)
        return self._logarithm(max(count, _DOMAIN_COUNT) if word in self._words else count)

    def _logarithm(self, count: int) -> float:
        return math.log(count) - math.log(self._total)


def _broken(text: str, start: int, end: int, word: str, known: tuple[int, int]) -> bool:
    """Say whether a repair would cut or change a word that stands there already."""
    begin, stop = known
    if stop <= start or end <= begin:
        return False
    return begin < start or end < stop or word[begin - start : stop - start] != text[begin:stop]


def _shared(run: str, word: str) -> int:
    return sum(one == other for one, other in zip(run, word, strict=True))
