"""How likely a message is about a topic, and from which likelihood on the bot acts on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.understanding.index import SCOPE, TALK
from bot.understanding.matcher import Ranking
from knowledge.model import Topic

ANSWER = 0.40
"""From this probability on a topic is answered."""
_CLEARLY = 1.6
"""A topic that is so many times as likely as the next one is answered from a lower probability on."""
CLEAR_ANSWER = 0.30
OFFER = 0.20
"""From this probability on topics are offered to choose from; below, the message is declined."""
NEAR = 0.34
"""At least so near must a phrasing be for the message to belong to the field."""
KNOWN = 0.34
"""At least so much of a message must be words of the field."""
SURE = 0.80
"""A message as clear as this stands by itself, whatever the chat was about."""
_TALK = 0.45
"""From this probability on small talk, and what is out of scope, is sure."""
TALK_NEAR = 0.40
"""At least so near must a phrasing of it be."""
TALK_SURELY = 0.75
"""So near must a phrasing of small talk be to go before a question of the field."""
_NEARLY = 0.7
"""A topic so many times as likely as unsure small talk goes before it."""


def is_clear(ranking: Ranking) -> bool:
    """Whether the best topic is likely enough to be answered, or by far the likeliest."""
    first = ranking.topics[0].score
    second = ranking.topics[1].score if len(ranking.topics) > 1 else 0.0
    return first >= ANSWER or (first >= CLEAR_ANSWER and first >= _CLEARLY * second)


def of_one_matter(ranking: Ranking, topics: Mapping[str, Topic]) -> float:
    """How likely the matter of the best topic is, whichever of its aspects is meant."""
    first = topics[ranking.topics[0].topic]
    return sum(
        found.score
        for found in ranking.topics
        if (other := topics.get(found.topic)) is not None
        and (
            other.subject == first.subject
            or (other.calculator is not None and other.calculator == first.calculator)
        )
    )


def without_weak_talk(ranking: Ranking, *, field: bool) -> Ranking:
    """Leave small talk and what is out of scope aside where a question of the field is nearly as likely.

    `field`: whether a thing of the field is named; then only surely meant small talk goes before it.
    """
    first = ranking.topics[0]
    if not first.topic.startswith((TALK, SCOPE)):
        return ranking
    kept = tuple(found for found in ranking.topics if not found.topic.startswith((TALK, SCOPE)))
    if first.topic.startswith(TALK) and kept and first.near < TALK_SURELY:
        if kept[0].score >= OFFER:
            return replace(ranking, topics=kept)
        if field:
            total = sum(found.score for found in kept)
            return replace(ranking, topics=tuple(found._replace(score=found.score / total) for found in kept))
    unsure_talk = first.topic.startswith(TALK) and field and first.score < _TALK
    rivalled = bool(kept) and first.score < _TALK and kept[0].score >= _NEARLY * first.score
    if unsure_talk or rivalled or first.near < TALK_NEAR:
        return replace(ranking, topics=kept) if kept else ranking
    return ranking
