"""What must hold in each region's files, each rule one small function that tells the problems it finds."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from itertools import combinations

from knowledge.checks.problem import Problem
from knowledge.contents import National, Region
from knowledge.model import When
from knowledge.reading import Key
from knowledge.rules import rule_problems
from knowledge.rules.lint import condition_problems
from knowledge.templates import fill, references, stray_braces, typed_digits

LONGEST_ANSWER_BYTES = 1_900
"""WeChat takes 2,000 bytes a message; the source line needs the rest."""

A_YEAR = dt.timedelta(days=366)

_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")


def file_of(region: Region, name: str) -> str:
    """Name a file of a region, as problems do."""
    return f"regions/{region.id}/{name}.yaml"


def _figure_ids_are_plain(region: Region, _: National) -> Iterator[Problem]:
    for figure_id in region.figures:
        if not _ID.fullmatch(figure_id):
            message = (
                "a figure's id is words of a-z, 0-9 and _ with dots between them, like inpatient.l1.rate"
            )
            yield Problem(file_of(region, "figures"), (figure_id,), message)


def _every_topic_is_answered_or_a_gap(region: Region, national: National) -> Iterator[Problem]:
    for topic_id in national.topics:
        places = (topic_id in region.answers) + (topic_id in region.gaps)
        if places == 0:
            message = f"the topic {topic_id} has neither an answer nor a gap (in gaps.yaml)"
            yield Problem(file_of(region, "answers"), (), message)
        elif places > 1:
            yield Problem(
                file_of(region, "gaps"), (topic_id,), "has an answer, too; a topic is one of the two"
            )
    for name, entries in (("answers", region.answers), ("gaps", region.gaps)):
        for topic_id in entries:
            if topic_id not in national.topics:
                message = f"there is no topic {topic_id} in national/topics"
                yield Problem(file_of(region, name), (topic_id,), message)


def _texts_stand_on_figures(region: Region, _: National) -> Iterator[Problem]:
    for file, keys, template in _templates(region):
        for name in references(template):
            if name not in region.figures:
                yield Problem(file, keys, f"there is no figure {name}")
        if digits := typed_digits(template):
            yield Problem(file, keys, f"digits ({digits}) stand in the text; make them a figure and name it")
        if stray_braces(template):
            yield Problem(file, keys, "a brace stands alone; a figure is named like {premium.adult}")


def _templates(region: Region) -> Iterator[tuple[str, tuple[Key, ...], str]]:
    """All texts of a region, each with its file and keys."""
    yield file_of(region, "region"), ("ask_elsewhere",), region.info.ask_elsewhere
    for topic_id, answer in region.answers.items():
        yield file_of(region, "answers"), (topic_id, "text"), answer.text
        if answer.caveat is not None:
            yield file_of(region, "answers"), (topic_id, "caveat"), answer.caveat
        for number, case in enumerate(answer.cases):
            yield file_of(region, "answers"), (topic_id, "cases", number, "text"), case.text
        for concept, text in answer.silent.items():
            yield file_of(region, "answers"), (topic_id, "silent", concept), text
    for topic_id, gap in region.gaps.items():
        if gap.says is not None:
            yield file_of(region, "gaps"), (topic_id, "says"), gap.says


def _silent_concepts_are_asked(region: Region, national: National) -> Iterator[Problem]:
    for topic_id, answer in region.answers.items():
        for concept in answer.silent:
            if concept not in national.asking:
                message = f"{concept} is no concept of asking; allowed: {', '.join(sorted(national.asking))}"
                yield Problem(file_of(region, "answers"), (topic_id, "silent", concept), message)


def _answers_fit_a_message(region: Region, _: National) -> Iterator[Problem]:
    for topic_id, answer in region.answers.items():
        texts: list[tuple[tuple[Key, ...], str]] = [(("text",), answer.text)]
        texts += [(("cases", number, "text"), case.text) for number, case in enumerate(answer.cases)]
        for keys, text in texts:
            whole = text if answer.caveat is None else f"{text}\n{answer.caveat}"
            if all(name in region.figures for name in references(whole)):
                size = len(fill(whole, region.figures).encode())
                if size > LONGEST_ANSWER_BYTES:
                    message = (
                        f"{size} bytes long with its caveat; a message takes {LONGEST_ANSWER_BYTES}, "
                        f"which is about {LONGEST_ANSWER_BYTES // 3} Chinese characters"
                    )
                    yield Problem(file_of(region, "answers"), (topic_id, *keys), message)


def _cases_exclude_each_other(region: Region, national: National) -> Iterator[Problem]:
    for topic_id, answer in region.answers.items():
        for number, case in enumerate(answer.cases):
            keys = (topic_id, "cases", number, "when")
            for message in condition_problems(case.when, national.dimensions):
                yield Problem(file_of(region, "answers"), keys, message)
        sound = [
            (number, case.when)
            for number, case in enumerate(answer.cases)
            if not any(condition_problems(case.when, national.dimensions))
        ]
        for (first, one), (second, other) in combinations(sound, 2):
            if _overlap(one, other, national):
                message = f"case {first + 1} and case {second + 1} can both apply"
                yield Problem(file_of(region, "answers"), (topic_id, "cases", second), message)


def _overlap(one: When, other: When, national: National) -> bool:
    """Whether some circumstances meet both conditions."""
    dimensions = national.dimensions
    return all(
        dimensions[name].spread(one[name]) & dimensions[name].spread(other[name])
        for name in one.keys() & other.keys()
    )


def _days_are_in_order(region: Region, _: National) -> Iterator[Problem]:
    document = region.info.document
    if document.valid_from > document.valid_to:
        yield Problem(file_of(region, "region"), ("document", "valid_to"), "lies before valid_from")
    if document.valid_from - document.checked > A_YEAR:
        message = "lies more than a year before valid_from"
        yield Problem(file_of(region, "region"), ("document", "checked"), message)


def _province_is_on_the_map(region: Region, national: National) -> Iterator[Problem]:
    province = region.info.place.province
    if province not in national.places:
        message = f"{province} is not in national/places.yaml; write it as there"
        yield Problem(file_of(region, "region"), ("place", "province"), message)


def _own_words_are_concepts(region: Region, national: National) -> Iterator[Problem]:
    for concept in region.info.words:
        if concept not in national.concepts:
            message = f"there is no concept {concept} in national/lexicon/concepts"
            yield Problem(file_of(region, "region"), ("words", concept), message)


def _rules_are_whole(region: Region, national: National) -> Iterator[Problem]:
    for keys, message in rule_problems(region.rules, region.figures, national.dimensions):
        yield Problem(file_of(region, "rules"), keys, message)


def _calculators_have_rules_or_not_at_all(region: Region, national: National) -> Iterator[Problem]:
    known = {topic.calculator for topic in national.topics.values() if topic.calculator}
    for name in region.rules:
        if name not in known:
            message = f"no topic leads to the calculator {name}; known: {', '.join(sorted(known))}"
            yield Problem(file_of(region, "rules"), (name,), message)


REGION_CHECKS: tuple[Callable[[Region, National], Iterator[Problem]], ...] = (
    _figure_ids_are_plain,
    _every_topic_is_answered_or_a_gap,
    _texts_stand_on_figures,
    _silent_concepts_are_asked,
    _answers_fit_a_message,
    _cases_exclude_each_other,
    _days_are_in_order,
    _own_words_are_concepts,
    _province_is_on_the_map,
    _rules_are_whole,
    _calculators_have_rules_or_not_at_all,
)
