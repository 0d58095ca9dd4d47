"""The knowledge as a whole: what holds everywhere, and one region per document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from knowledge.figures import Figure
from knowledge.model import (
    Answer,
    Concept,
    Cues,
    Dimension,
    Gap,
    OutOfScope,
    PeopleWords,
    Province,
    RegionInfo,
    SmallTalk,
    Topic,
    Wording,
)
from knowledge.rules import Rule


@dataclass(frozen=True)
class National:
    """What holds everywhere: topics, circumstances, the words for them, small talk, and the map.

    Attributes:
        value_words: dimension -> value or group -> the words that people use for it.
        concepts: the words of the field and of asking, by concept.
        amount_roles, day_roles: the words beside an amount or a day that tell what it stands for.
        people_words: the words that name people, by kind.
        starters: what somebody may ask first, by topic, the best example first.
        wording: the bot's own sentences.

    """

    topics: Mapping[str, Topic]
    dimensions: Mapping[str, Dimension]
    concepts: Mapping[str, Concept]
    value_words: Mapping[str, Mapping[str, tuple[str, ...]]]
    amount_roles: Mapping[str, Cues]
    day_roles: Mapping[str, Cues]
    people_words: Mapping[str, PeopleWords]
    small_talk: Mapping[str, SmallTalk]
    out_of_scope: Mapping[str, OutOfScope]
    starters: Mapping[str, str]
    places: Mapping[str, Province]
    wording: Wording

    @cached_property
    def asking(self) -> frozenset[str]:
        """The concepts whose words ask for something (多少, 怎么交)."""
        return frozenset(name for name, concept in self.concepts.items() if concept.asks)

    @cached_property
    def vague(self) -> frozenset[str]:
        """The concepts that go with any matter (医院, 医保)."""
        return frozenset(name for name, concept in self.concepts.items() if concept.vague)

    @cached_property
    def by_subject(self) -> Mapping[str, tuple[str, ...]]:
        """The topics of each subject, in their order."""
        subjects = dict.fromkeys(entry.subject for entry in self.topics.values())
        return {
            subject: tuple(name for name, entry in self.topics.items() if entry.subject == subject)
            for subject in subjects
        }


@dataclass(frozen=True)
class Region:
    """One place's document: its figures, its answers and gaps by topic, and the rules of its calculators."""

    id: str
    info: RegionInfo
    figures: Mapping[str, Figure]
    answers: Mapping[str, Answer]
    gaps: Mapping[str, Gap]
    rules: Mapping[str, Rule]


@dataclass(frozen=True)
class Knowledge:
    """All that the bot knows; frozen, and consistent by the time that anybody sees it."""

    national: National
    regions: Mapping[str, Region]

    def starters(self, region: str) -> tuple[str, ...]:
        """Choose the examples of first questions that a region's document answers."""
        answers = self.regions[region].answers
        return tuple(text for topic, text in self.national.starters.items() if topic in answers)
