"""What must hold across knowledge files, each rule one small function that tells the problems it finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from knowledge.contents import Knowledge, National, Region
from knowledge.model import Case, When
from knowledge.reading import Key
from knowledge.rules import rule_problems
from knowledge.templates import fill, references, typed_digits

LONGEST_ANSWER_BYTES = 1_900
"""WeChat takes 2,000 bytes a message; the source line needs the rest."""

_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")


@dataclass(frozen=True)
class Problem:
    """Something wrong at a key of a knowledge file (or of a folder of files that are read as one)."""

    file: str
    keys: tuple[Key, ...]
    message: str


def problems(knowledge: Knowledge) -> Iterator[Problem]:
    """Tell everything that is wrong with knowledge whose files each have the right types."""
    for check in NATIONAL_CHECKS:
        yield from check(knowledge.national)
    for region in knowledge.regions.values():
        for check_region in REGION_CHECKS:
            yield from check_region(region, knowledge.national)
    yield from _place_names_are_one_region_s(knowledge)


# --- national -------------------------------------------------------------------------------------------


def _topics_stand_apart(national: National) -> Iterator[Problem]:
    owner: dict[str, str] = {}
    frames: dict[tuple[str, str], str] = {}
    for topic_id, topic in national.topics.items():
        for number, phrasing in enumerate(topic.phrasings):
            other = owner.setdefault(phrasing, topic_id)
            if other != topic_id:
                where = ("phrasings", number)
                yield Problem("national/topics", (topic_id, *where), f"{phrasing} is a phrasing of {other}, too")
        frame = (topic.subject, topic.aspect)
        if frames.setdefault(frame, topic_id) != topic_id:
            message = f"{topic.subject}/{topic.aspect} is the subject and aspect of {frames[frame]}, too"
            yield Problem("national/topics", (topic_id, "subject"), message)


def _next_topics_exist(national: National) -> Iterator[Problem]:
    for topic_id, topic in national.topics.items():
        for number, following in enumerate(topic.next):
            if following not in national.topics:
                yield Problem("national/topics", (topic_id, "next", number), f"there is no topic {following}")


def _groups_hold_known_values(national: National) -> Iterator[Problem]:
    for name, dimension in national.dimensions.items():
        for group_id, group in dimension.groups.items():
            for value in group.of:
                if value not in dimension.values:
                    known = ", ".join(dimension.values)
                    message = f"{value} is not a value of {name}; allowed: {known}"
                    yield Problem("national/dimensions.yaml", (name, "groups", group_id, "of"), message)
        if dimension.default is not None and dimension.default not in {*dimension.values, *dimension.groups}:
            message = f"{dimension.default} is neither a value nor a group"
            yield Problem("national/dimensions.yaml", (name, "default"), message)


def _value_words_fit_dimensions(national: National) -> Iterator[Problem]:
    file = "national/lexicon/values.yaml"
    for name, words_by_value in national.value_words.items():
        dimension = national.dimensions.get(name)
        if dimension is None:
            yield Problem(file, (name,), f"there is no dimension {name}")
            continue
        owner: dict[str, str] = {}
        for value, words in words_by_value.items():
            if value not in {*dimension.values, *dimension.groups}:
                yield Problem(file, (name, value), f"{value} is neither a value nor a group of {name}")
            for word in words:
                if owner.setdefault(word, value) != value:
                    yield Problem(file, (name, value), f"{word} stands under {owner[word]}, too")


def _concept_words_stand_once(national: National) -> Iterator[Problem]:
    owner: dict[str, str] = {}
    for concept_id, concept in national.concepts.items():
        for word in concept.words:
            if owner.setdefault(word, concept_id) != concept_id:
                message = f"{word} is a word of {owner[word]}, too"
                yield Problem("national/lexicon/concepts", (concept_id, "words"), message)


def _set_texts_hold_no_figures(national: National) -> Iterator[Problem]:
    texts = [("smalltalk", key, talk.text) for key, talk in national.small_talk.items()]
    texts += [("out_of_scope", key, scope.text) for key, scope in national.out_of_scope.items()]
    for file, key, text in texts:
        if digits := typed_digits(text):
            yield Problem(f"national/{file}.yaml", (key, "text"), f"digits ({digits}) stand in the text")


NATIONAL_CHECKS: tuple[Callable[[National], Iterator[Problem]], ...] = (
    _topics_stand_apart,
    _next_topics_exist,
    _groups_hold_known_values,
    _value_words_fit_dimensions,
    _concept_words_stand_once,
    _set_texts_hold_no_figures,
)


# --- a region -------------------------------------------------------------------------------------------


def _file(region: Region, name: str) -> str:
    return f"regions/{region.id}/{name}.yaml"


def _figure_ids_are_plain(region: Region, _: National) -> Iterator[Problem]:
    for figure_id in region.figures:
        if not _ID.fullmatch(figure_id):
            message = "a figure's id is lower-case words with dots between them"
            yield Problem(_file(region, "figures"), (figure_id,), message)


def _every_topic_is_answered_or_a_gap(region: Region, national: National) -> Iterator[Problem]:
    for topic_id in national.topics:
        places = (topic_id in region.answers) + (topic_id in region.gaps)
        if places == 0:
            yield Problem(_file(region, "answers"), (), f"the topic {topic_id} has neither an answer nor a gap")
        elif places > 1:
            yield Problem(_file(region, "gaps"), (topic_id,), "has an answer, too; a topic is one of the two")
    for name, entries in (("answers", region.answers), ("gaps", region.gaps)):
        for topic_id in entries:
            if topic_id not in national.topics:
                yield Problem(_file(region, name), (topic_id,), f"there is no topic {topic_id}")


def _texts_stand_on_figures(region: Region, _: National) -> Iterator[Problem]:
    for file, keys, template in _templates(region):
        unknown = [name for name in references(template) if name not in region.figures]
        for name in unknown:
            yield Problem(file, keys, f"there is no figure {name}")
        if digits := typed_digits(template):
            yield Problem(file, keys, f"digits ({digits}) stand in the text; make them a figure and name it")
        if not unknown and (size := len(fill(template, region.figures).encode())) > LONGEST_ANSWER_BYTES:
            yield Problem(file, keys, f"{size} bytes long; a channel takes {LONGEST_ANSWER_BYTES}")


def _templates(region: Region) -> Iterator[tuple[str, tuple[Key, ...], str]]:
    """All texts of a region, each with its file and keys."""
    yield _file(region, "region"), ("ask_elsewhere",), region.info.ask_elsewhere
    for topic_id, answer in region.answers.items():
        yield _file(region, "answers"), (topic_id, "text"), answer.text
        if answer.caveat is not None:
            yield _file(region, "answers"), (topic_id, "caveat"), answer.caveat
        for number, case in enumerate(answer.cases):
            yield _file(region, "answers"), (topic_id, "cases", number, "text"), case.text
    for topic_id, gap in region.gaps.items():
        if gap.says is not None:
            yield _file(region, "gaps"), (topic_id, "says"), gap.says


def _cases_exclude_each_other(region: Region, national: National) -> Iterator[Problem]:
    for topic_id, answer in region.answers.items():
        for number, case in enumerate(answer.cases):
            keys = (topic_id, "cases", number, "when")
            for message in _condition_faults(case.when, national):
                yield Problem(_file(region, "answers"), keys, message)
        for first, second in combinations(enumerate(answer.cases), 2):
            if _overlap(first[1], second[1], national):
                message = f"case {first[0] + 1} and case {second[0] + 1} can both apply"
                yield Problem(_file(region, "answers"), (topic_id, "cases", second[0]), message)


def _condition_faults(when: When, national: National) -> Iterator[str]:
    for name, words in when.items():
        dimension = national.dimensions.get(name)
        if dimension is None:
            yield f"there is no dimension {name}; allowed: {', '.join(national.dimensions)}"
            continue
        for word in words:
            if word not in dimension.values and word not in dimension.groups:
                allowed = ", ".join([*dimension.values, *dimension.groups])
                yield f"{word} is neither a value nor a group of {name}; allowed: {allowed}"


def _overlap(first: Case, second: Case, national: National) -> bool:
    """Whether some circumstances meet the conditions of both cases."""
    for name in first.when.keys() & second.when.keys():
        if name not in national.dimensions:
            return False
        if not national.dimensions[name].spread(first.when[name]) & national.dimensions[name].spread(second.when[name]):
            return False
    return True


def _days_are_in_order(region: Region, _: National) -> Iterator[Problem]:
    document = region.info.document
    if document.valid_from > document.valid_to:
        yield Problem(_file(region, "region"), ("document", "valid_to"), "lies before valid_from")
    if document.checked < document.valid_from.replace(year=document.valid_from.year - 1):
        yield Problem(_file(region, "region"), ("document", "checked"), "lies more than a year before valid_from")


def _rules_are_whole(region: Region, national: National) -> Iterator[Problem]:
    for keys, message in rule_problems(region.rules, region.figures, national.dimensions):
        yield Problem(_file(region, "rules"), keys, message)


def _calculators_have_rules_or_not_at_all(region: Region, national: National) -> Iterator[Problem]:
    known = {topic.calculator for topic in national.topics.values() if topic.calculator}
    for name in region.rules:
        if name not in known:
            message = f"no topic leads to the calculator {name}; known: {', '.join(sorted(known))}"
            yield Problem(_file(region, "rules"), (name,), message)


REGION_CHECKS: tuple[Callable[[Region, National], Iterator[Problem]], ...] = (
    _figure_ids_are_plain,
    _every_topic_is_answered_or_a_gap,
    _texts_stand_on_figures,
    _cases_exclude_each_other,
    _days_are_in_order,
    _rules_are_whole,
    _calculators_have_rules_or_not_at_all,
)


# --- across regions -------------------------------------------------------------------------------------


def _place_names_are_one_region_s(knowledge: Knowledge) -> Iterator[Problem]:
    owner: dict[str, str] = {}
    for region in knowledge.regions.values():
        place = region.info.place
        lists: Mapping[str, tuple[str, ...]] = {
            "name": (place.name,),
            "aliases": place.aliases,
            "districts": place.districts,
            "nicknames": place.nicknames,
        }
        for key, names in lists.items():
            for name in names:
                if owner.setdefault(name, region.id) != region.id:
                    message = f"{name} is a name of {owner[name]}, too"
                    yield Problem(_file(region, "region"), ("place", key), message)
