"""What must hold across the national files, each rule one small function that tells the problems it finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from knowledge.checks.problem import Problem
from knowledge.contents import National
from knowledge.model import FILLED_IN, Dimension, OutOfScope, SmallTalk, Topic
from knowledge.names import Circumstance, Notion, Talk
from knowledge.reading import Key
from knowledge.templates import references, stray_braces, typed_digits


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


def _what_tells_a_value_is_of_one(national: National) -> Iterator[Problem]:
    for name, dimension in national.dimensions.items():
        for field, told in (("from_age", dimension.from_age), ("of_people", dimension.of_people)):
            for value in told:
                if value not in dimension.values:
                    message = _unknown_word(value, name, dimension)
                    yield Problem("national/dimensions.yaml", (name, field, value), message)


def _denied_dimensions_are_there(national: National) -> Iterator[Problem]:
    file = "national/dimensions.yaml"
    for name, dimension in national.dimensions.items():
        for value, others in dimension.denies.items():
            if value not in dimension.values:
                yield Problem(file, (name, "denies", value), _unknown_word(value, name, dimension))
            for other in others:
                if other not in national.dimensions or other == name:
                    message = (
                        f"there is no other dimension {other}; allowed: {', '.join(national.dimensions)}"
                    )
                    yield Problem(file, (name, "denies", value), message)


def _people_words_fit(national: National) -> Iterator[Problem]:
    file, kinds = "national/lexicon/people.yaml", ("me", *national.people_words)
    person = national.dimensions.get("person")
    owner: dict[str, str] = {}
    for kind, entry in national.people_words.items():
        for field, others in (("apart", entry.apart), ("describes", entry.describes)):
            for other in others:
                if other not in kinds:
                    message = f"there is no kind {other}; allowed: {', '.join(kinds)}"
                    yield Problem(file, (kind, field), message)
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
    _what_tells_a_value_is_of_one,
    _denied_dimensions_are_there,
    _value_words_fit_dimensions,
    _people_words_fit,
    _concept_words_stand_once,
    _set_texts_hold_no_figures,
    _wording_names_what_is_filled_in,
)
