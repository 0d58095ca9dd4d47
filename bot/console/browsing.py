"""What is known of a topic in a region, as residents see it, and where each figure of it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.core import Core
from bot.dialogue.compose import Composer
from bot.dialogue.reply import Reply
from bot.dialogue.session import Facts
from knowledge.contents import Knowledge, Region
from knowledge.figures import Figure, say
from knowledge.model import Answer, When
from knowledge.templates import references


@dataclass(frozen=True)
class Said:
    """What residents are told, and under which circumstances (empty: whatever they are)."""

    when: str
    reply: Reply


@dataclass(frozen=True)
class Source:
    """A figure: its id, what it is, its value in words, and the clause that it stands in."""

    id: str
    name: str
    said: str
    clause: str


@dataclass(frozen=True)
class Article:
    """What a region's document gives on a topic.

    Attributes:
        replies: what residents are told, by circumstances; just the one about the gap, where there is one.
        silent: what the bot says of details that the document leaves out here.
        sources: the figures that the answers stand on.
        is_gap: whether the document leaves the topic out; is_past: whether its year is over.
        calculator: the name of the calculator that works it out; None where there is none.

    """

    region: Region
    topic: str
    replies: tuple[Said, ...]
    silent: tuple[str, ...]
    sources: tuple[Source, ...]
    is_gap: bool
    is_past: bool
    calculator: str | None


def article(core: Core, region: Region, topic: str, today: date) -> Article:
    """Put together what a region's document gives on a topic; there must be such a topic.

    Args:
        core: the knowledge in use.
        region: the region; topic: the topic's id.
        today: the day, on which the scheme year may be past.

    """
    knowledge = core.knowledge
    composer = Composer(knowledge)
    answer = region.answers.get(topic)
    calculator = knowledge.national.topics[topic].calculator
    replies = [Said("", composer.answer(region, topic, Facts(), today))]
    if answer is not None:
        replies += [
            Said(
                _in_words(knowledge, case.when),
                composer.answer(region, topic, _facts(knowledge, case.when), today),
            )
            for case in answer.cases
        ]
    return Article(
        region=region,
        topic=topic,
        replies=tuple(replies),
        silent=tuple(answer.silent.values()) if answer is not None else (),
        sources=tuple(source(region, name) for name in _figures(region, topic, answer)),
        is_gap=answer is None,
        is_past=is_past(region, today),
        calculator=calculator if calculator in core.calculators[region.id] else None,
    )


def is_past(region: Region, today: date) -> bool:
    """Whether the year of a region's document is over."""
    return today > region.info.document.valid_to


def source(region: Region, name: str) -> Source:
    """Tell what a figure is and where it comes from."""
    figure: Figure = region.figures[name]
    return Source(name, figure.name, say(figure), figure.clause)


def _figures(region: Region, topic: str, answer: Answer | None) -> Iterator[str]:
    """Name the figures that a topic's texts stand on, once each, in order."""
    if answer is None:
        gap = region.gaps[topic]
        texts = [gap.says] if gap.says is not None else []
    else:
        texts = [answer.text, *(case.text for case in answer.cases), *answer.silent.values()]
        texts += [answer.caveat] if answer.caveat is not None else []
    yield from dict.fromkeys(name for text in texts for name in references(text))


def _facts(knowledge: Knowledge, when: When) -> Facts:
    dimensions = knowledge.national.dimensions
    return Facts(values={name: tuple(dimensions[name].spread(words)) for name, words in when.items()})


def _in_words(knowledge: Knowledge, when: When) -> str:
    parts = []
    for name, words in when.items():
        dimension = knowledge.national.dimensions[name]
        said = (dimension.values.get(word) or dimension.groups[word].name for word in words)
        parts.append("、".join(said))
    return "，".join(parts)
