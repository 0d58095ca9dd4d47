"""What messages are understood by: the words, the phrasings and the sounds, learnt once from the knowledge.

Learning takes longer than all else at the start, so what was learnt is kept in the cache, under a name made
of all that it was learnt from: the national knowledge with what an office added to it, what each region is,
the program and its libraries.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Final, Self

from bot.understanding.dictionary import dictionary
from bot.understanding.lexicon import Lexicon
from bot.understanding.matcher import Matcher
from bot.understanding.places import Gazetteer
from bot.understanding.segment import Engine, EngineName, engine_of
from bot.understanding.spelling import Speller
from bot.understanding.text import clean
from knowledge import cache
from knowledge.contents import Knowledge
from knowledge.model import Frozen

TALK: Final = "talk:"
"""Prefix of small talk among the topics that a message is ranked against."""
SCOPE: Final = "scope:"
"""Prefix of kinds of questions that no document here answers."""

_KIND: Final = "index"
_LIBRARIES: Final = ("jieba", "numpy", "opencc", "pypinyin")
"""What learning rests on besides our own code, and the engine."""


@dataclass(frozen=True)
class Index:
    """What was learnt: place names, words, phrasings by what they ask, and the sounds of terms.

    The sounds are held as they are written down until they are first needed.
    """

    gazetteer: Gazetteer
    lexicon: Lexicon
    matcher: Matcher
    sounds: bytes

    @cached_property
    def speller(self) -> Speller:
        """What recovers terms from typos that sound like them."""
        speller: Speller = cache.restored(self.sounds)
        return speller

    @classmethod
    def of(cls, knowledge: Knowledge, engine: type[Engine]) -> Self:
        """Learn all of it; the engine cuts texts into words."""
        gazetteer = Gazetteer(knowledge)
        lexicon = Lexicon(knowledge, gazetteer.words(), engine)
        matcher = Matcher(phrasings_of(knowledge), needs_of(knowledge), lexicon)
        speller = Speller(lexicon.terms, engine, dictionary())
        return cls(gazetteer, lexicon, matcher, cache.pickled(speller))


def index_of(knowledge: Knowledge, engine: EngineName) -> Index:
    """Give the index of knowledge, from the cache where it is held there.

    Raises:
        ImportError: what the engine takes is not installed.

    """
    key = cache.digest(_learnt_from(knowledge, engine))
    held = cache.look_up(_KIND, key)
    if held is not None:
        try:
            index: Index = cache.restored(held)
        except cache.BrokenEntryError:
            pass
        else:
            return index
    index = Index.of(knowledge, engine_of(engine))
    cache.keep(_KIND, key, cache.pickled(index))
    return index


def _learnt_from(knowledge: Knowledge, engine: EngineName) -> Iterator[bytes]:
    """Give all that an index may depend on."""
    national = knowledge.national
    yield from cache.program(Path(__file__).parent)
    yield engine.encode()
    for library in (*_LIBRARIES, engine):
        yield version(library).encode()
    parts: tuple[Mapping[str, Frozen], ...] = (
        national.topics,
        national.small_talk,
        national.out_of_scope,
        national.concepts,
        national.places,
        {name: region.info for name, region in knowledge.regions.items()},
    )
    for part in parts:
        yield json.dumps(part, default=_plain).encode()
    yield json.dumps(national.value_words, default=dict).encode()


def _plain(value: object) -> object:
    """Tell json what to write for a value of the knowledge (a day: what it reads)."""
    return vars(value) if isinstance(value, Frozen) else str(value)


def needs_of(knowledge: Knowledge) -> Mapping[str, Sequence[str]]:
    """Give what a message must express to mean each thing that it is ranked against."""
    national = knowledge.national
    return {
        **{topic: entry.needs for topic, entry in national.topics.items()},
        **{f"{SCOPE}{name}": entry.needs for name, entry in national.out_of_scope.items()},
    }


def phrasings_of(knowledge: Knowledge) -> Mapping[str, Sequence[str]]:
    """Give all that a message is ranked against: topics, small talk, and what is known to be out of scope."""
    national = knowledge.national
    phrasings: dict[str, Sequence[str]] = {topic: entry.phrasings for topic, entry in national.topics.items()}
    phrasings |= {
        f"{TALK}{name}": talk.phrasings for name, talk in national.small_talk.items() if talk.phrasings
    }
    phrasings |= {
        f"{SCOPE}{name}": (*scope.words, *scope.phrasings) for name, scope in national.out_of_scope.items()
    }
    return {topic: [clean(text) for text in texts] for topic, texts in phrasings.items()}
