"""What must hold across knowledge files, each rule one small function that tells the problems it finds."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from knowledge.contents import Knowledge, National, Region
from knowledge.model import FILLED_IN, Dimension, OutOfScope, SmallTalk, Topic, When
from knowledge.names import Circumstance, Notion, Talk
from knowledge.reading import Key
from knowledge.rules import rule_problems
from knowledge.rules.lint import condition_problems
from knowledge.templates import fill, references, stray_braces, typed_digits

LONGEST_ANSWER_BYTES = 1_900
"""WeChat takes 2,000 bytes a message; the source line needs the rest."""

A_YEAR = dt.timedelta(days=366)

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


def _names_of_the_program_are_there(national: National) -> Iterator[Problem]:
    entries: dict[str, tuple[Iterable[str], Mapping[str, object]]] = {
        "national/lexicon/concepts": (Notion, national.concepts),
        "national/dimensions.yaml": (Circumstance, national.dimensions),
        "national/smalltalk.yaml": (Talk, national.small_talk),
    }
    for file, (names, there) in entries.items():
        for name in names:
            if name not in there:
                yield Problem(file, (), f"{name} is missing, which the program knows by that name")


def _phrasings_stand_once(national: National) -> Iterator[Problem]:
    owner: dict[str, str] = {}
    intents: dict[str, Mapping[str, Topic | SmallTalk | OutOfScope]] = {
        "national/topics": {**national.topics},
        "national/smalltalk.yaml": {**national.small_talk},
        "national/out_of_scope.yaml": {**national.out_of_scope},
    }
    for file, entries in intents.items():
        for name, intent in entries.items():
            for number, phrasing in enumerate(intent.phrasings):
                if (other := owner.setdefault(phrasing, name)) != name:
                    message = f"{phrasing} is a phrasing of {other}, too"
                    yield Problem(file, (name, "phrasings", number), message)
                elif phrasing in intent.phrasings[:number]:
                    yield Problem(file, (name, "phrasings", number), f"{phrasing} stands twice")


def _subjects_and_aspects_stand_once(national: National) -> Iterator[Problem]:
    frames: dict[tuple[str, str], str] = {}
    for topic_id, topic in national.topics.items():
        frame = (topic.subject, topic.aspect)
        if frames.setdefault(frame, topic_id) != topic_id:
            message = f"{topic.subject}/{topic.aspect} is the subject and aspect of {frames[frame]}, too"
            yield Problem("national/topics", (topic_id, "subject"), message)


def _next_topics_exist(national: National) -> Iterator[Problem]:
    for topic_id, topic in national.topics.items():
        for number, following in enumerate(topic.next):
            if following not in national.topics:
                message = f"there is no topic {following} in national/topics"
                yield Problem("national/topics", (topic_id, "next", number), message)


def _starters_are_of_topics(national: National) -> Iterator[Problem]:
    for topic_id in national.starters:
        if topic_id not in national.topics:
            message = f"there is no topic {topic_id} in national/topics"
            yield Problem("national/starters.yaml", (topic_id,), message)


def _needs_are_concepts_or_dimensions(national: National) -> Iterator[Problem]:
    intents: dict[str, Mapping[str, Topic | OutOfScope]] = {
        "national/topics": {**national.topics},
        "national/out_of_scope.yaml": {**national.out_of_scope},
    }
    for file, entries in intents.items():
        for name, intent in entries.items():
            for number, needed in enumerate(intent.needs):
                if needed not in national.concepts and needed not in national.dimensions:
                    message = f"{needed} is neither a concept of national/lexicon/concepts nor a dimension"
                    yield Problem(file, (name, "needs", number), message)


def _amounts_of_topics_have_cues(national: National) -> Iterator[Problem]:
    allowed = ("cost", *national.amount_roles)
    for topic_id, topic in national.topics.items():
        if topic.amount not in allowed:
            message = f"there is no amount {topic.amount}; allowed: {', '.join(allowed)}"
            yield Problem("national/topics", (topic_id, "amount"), message)


def _groups_hold_known_values(national: National) -> Iterator[Problem]:
    file = "national/dimensions.yaml"
    for name, dimension in national.dimensions.items():
        for group_id, group in dimension.groups.items():
            if group_id in dimension.values:
                yield Problem(file, (name, "groups", group_id), f"{group_id} is a value of {name}, too")
            for value in group.of:
                if value not in dimension.values:
                    message = f"{value} is not a value of {name}; allowed: {', '.join(dimension.values)}"
                    yield Problem(file, (name, "groups", group_id, "of"), message)
        if dimension.together is not None and dimension.together not in dimension.values:
            message = f"{dimension.together} is not a value of {name}; allowed: {', '.join(dimension.values)}"
            yield Problem("national/dimensions.yaml", (name, "together"), message)
        if dimension.default is not None and dimension.default not in _words(dimension):
            yield Problem(file, (name, "default"), _unknown_word(dimension.default, name, dimension))


def _people_words_fit(national: National) -> Iterator[Problem]:
    file, kinds = "national/lexicon/people.yaml", ("me", *national.people_words)
    person = national.dimensions.get("person")
    owner: dict[str, str] = {}
    for kind, entry in national.people_words.items():
        for other in entry.apart:
            if other not in kinds:
                message = f"there is no kind {other}; allowed: {', '.join(kinds)}"
                yield Problem(file, (kind, "apart"), message)
        if entry.person is not None and person is not None and entry.person not in _words(person):
            yield Problem(file, (kind, "person"), _unknown_word(entry.person, "person", person))
        for word in entry.words:
            if owner.setdefault(word, kind) != kind:
                yield Problem(file, (kind, "words"), f"{word} is a word of {owner[word]}, too")


def _words(dimension: Dimension) -> tuple[str, ...]:
    """List the values of a dimension, then its groups."""
    return (*dimension.values, *dimension.groups)


def _unknown_word(word: str, name: str, dimension: Dimension) -> str:
    return f"{word} is neither a value nor a group of {name}; allowed: {', '.join(_words(dimension))}"


def _value_words_fit_dimensions(national: National) -> Iterator[Problem]:
    file = "national/lexicon/values.yaml"
    for name, words_by_value in national.value_words.items():
        dimension = national.dimensions.get(name)
        if dimension is None:
            message = f"there is no dimension {name}; allowed: {', '.join(national.dimensions)}"
            yield Problem(file, (name,), message)
            continue
        owner: dict[str, str] = {}
        for value, words in words_by_value.items():
            if value not in _words(dimension):
                yield Problem(file, (name, value), _unknown_word(value, name, dimension))
            for word in words:
                if owner.setdefault(word, value) != value:
                    yield Problem(file, (name, value), f"{word} stands under {owner[word]}, too")
            for word in _twice(words):
                yield Problem(file, (name, value), f"{word} stands twice")


def _concept_words_stand_once(national: National) -> Iterator[Problem]:
    owner: dict[str, str] = {}
    for concept_id, concept in national.concepts.items():
        for word in concept.words:
            if owner.setdefault(word, concept_id) != concept_id:
                message = f"{word} is a word of {owner[word]}, too"
                yield Problem("national/lexicon/concepts", (concept_id, "words"), message)
        for word in _twice(concept.words):
            yield Problem("national/lexicon/concepts", (concept_id, "words"), f"{word} stands twice")


def _twice(words: Sequence[str]) -> list[str]:
    """List the words that stand twice among these."""
    return [word for word, times in Counter(words).items() if times > 1]


def _set_texts_hold_no_figures(national: National) -> Iterator[Problem]:
    texts: list[tuple[str, tuple[Key, ...], str]] = [
        *(("smalltalk", (key, "text"), talk.text) for key, talk in national.small_talk.items()),
        *(("out_of_scope", (key, "text"), scope.text) for key, scope in national.out_of_scope.items()),
        *(("wording", (key,), sentence) for key, sentence in national.wording),
    ]
    for file, keys, text in texts:
        if digits := typed_digits(text):
            message = f"digits ({digits}) stand in the text; no figure holds everywhere"
            yield Problem(f"national/{file}.yaml", keys, message)


def _wording_names_what_is_filled_in(national: National) -> Iterator[Problem]:
    file = "national/wording.yaml"
    for key, sentence in national.wording:
        filled_in = FILLED_IN.get(key, ())
        for name in references(sentence):
            if name not in filled_in:
                allowed = ", ".join(filled_in) or "nothing"
                yield Problem(file, (key,), f"nothing is filled in for {name}; allowed: {allowed}")
        if stray_braces(sentence):
            yield Problem(file, (key,), "a brace stands alone; a name is written like {place}")


NATIONAL_CHECKS: tuple[Callable[[National], Iterator[Problem]], ...] = (
    _names_of_the_program_are_there,
    _phrasings_stand_once,
    _subjects_and_aspects_stand_once,
    _next_topics_exist,
    _starters_are_of_topics,
    _needs_are_concepts_or_dimensions,
    _amounts_of_topics_have_cues,
    _groups_hold_known_values,
    _value_words_fit_dimensions,
    _people_words_fit,
    _concept_words_stand_once,
    _set_texts_hold_no_figures,
    _wording_names_what_is_filled_in,
)


# --- a region -------------------------------------------------------------------------------------------


def _file(region: Region, name: str) -> str:
    return f"regions/{region.id}/{name}.yaml"


def _figure_ids_are_plain(region: Region, _: National) -> Iterator[Problem]:
    for figure_id in region.figures:
        if not _ID.fullmatch(figure_id):
            message = (
                "a figure's id is words of a-z, 0-9 and _ with dots between them, like inpatient.l1.rate"
            )
            yield Problem(_file(region, "figures"), (figure_id,), message)


def _every_topic_is_answered_or_a_gap(region: Region, national: National) -> Iterator[Problem]:
    for topic_id in national.topics:
        places = (topic_id in region.answers) + (topic_id in region.gaps)
        if places == 0:
            message = f"the topic {topic_id} has neither an answer nor a gap (in gaps.yaml)"
            yield Problem(_file(region, "answers"), (), message)
        elif places > 1:
            yield Problem(_file(region, "gaps"), (topic_id,), "has an answer, too; a topic is one of the two")
    for name, entries in (("answers", region.answers), ("gaps", region.gaps)):
        for topic_id in entries:
            if topic_id not in national.topics:
                message = f"there is no topic {topic_id} in national/topics"
                yield Problem(_file(region, name), (topic_id,), message)


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
    yield _file(region, "region"), ("ask_elsewhere",), region.info.ask_elsewhere
    for topic_id, answer in region.answers.items():
        yield _file(region, "answers"), (topic_id, "text"), answer.text
        if answer.caveat is not None:
            yield _file(region, "answers"), (topic_id, "caveat"), answer.caveat
        for number, case in enumerate(answer.cases):
            yield _file(region, "answers"), (topic_id, "cases", number, "text"), case.text
        for concept, text in answer.silent.items():
            yield _file(region, "answers"), (topic_id, "silent", concept), text
    for topic_id, gap in region.gaps.items():
        if gap.says is not None:
            yield _file(region, "gaps"), (topic_id, "says"), gap.says


def _silent_concepts_are_asked(region: Region, national: National) -> Iterator[Problem]:
    asking = [name for name, concept in national.concepts.items() if concept.asks]
    for topic_id, answer in region.answers.items():
        for concept in answer.silent:
            if concept not in asking:
                message = f"{concept} is no concept of asking; allowed: {', '.join(asking)}"
                yield Problem(_file(region, "answers"), (topic_id, "silent", concept), message)


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
                    yield Problem(_file(region, "answers"), (topic_id, *keys), message)


def _cases_exclude_each_other(region: Region, national: National) -> Iterator[Problem]:
    for topic_id, answer in region.answers.items():
        for number, case in enumerate(answer.cases):
            keys = (topic_id, "cases", number, "when")
            for message in condition_problems(case.when, national.dimensions):
                yield Problem(_file(region, "answers"), keys, message)
        sound = [
            (number, case.when)
            for number, case in enumerate(answer.cases)
            if not any(condition_problems(case.when, national.dimensions))
        ]
        for (first, one), (second, other) in combinations(sound, 2):
            if _overlap(one, other, national):
                message = f"case {first + 1} and case {second + 1} can both apply"
                yield Problem(_file(region, "answers"), (topic_id, "cases", second), message)


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
        yield Problem(_file(region, "region"), ("document", "valid_to"), "lies before valid_from")
    if document.valid_from - document.checked > A_YEAR:
        message = "lies more than a year before valid_from"
        yield Problem(_file(region, "region"), ("document", "checked"), message)


def _province_is_on_the_map(region: Region, national: National) -> Iterator[Problem]:
    province = region.info.place.province
    if province not in national.places:
        message = f"{province} is not in national/places.yaml; write it as there"
        yield Problem(_file(region, "region"), ("place", "province"), message)


def _own_words_are_concepts(region: Region, national: National) -> Iterator[Problem]:
    for concept in region.info.words:
        if concept not in national.concepts:
            message = f"there is no concept {concept} in national/lexicon/concepts"
            yield Problem(_file(region, "region"), ("words", concept), message)


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
    _silent_concepts_are_asked,
    _answers_fit_a_message,
    _cases_exclude_each_other,
    _days_are_in_order,
    _own_words_are_concepts,
    _province_is_on_the_map,
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
