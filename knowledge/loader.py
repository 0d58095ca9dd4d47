"""From folders of YAML to the knowledge: read, typed, checked; whole, or refused with all its faults."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter

from knowledge import PACKAGED
from knowledge.checks import problems
from knowledge.contents import Knowledge, National, Region
from knowledge.faults import Fault, KnowledgeError
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
from knowledge.reading import Key, read_yaml
from knowledge.rules import Rule
from knowledge.source import Source

_WHEN_USED = ConfigDict(defer_build=True)
"""Knowledge from the cache needs no checking, and building what checks it takes a while."""

_TOPICS = TypeAdapter(dict[str, Topic], config=_WHEN_USED)
_DIMENSIONS = TypeAdapter(Mapping[str, Dimension], config=_WHEN_USED)
_CONCEPTS = TypeAdapter(dict[str, Concept], config=_WHEN_USED)
_VALUE_WORDS = TypeAdapter(Mapping[str, Mapping[str, tuple[str, ...]]], config=_WHEN_USED)
_CUES = TypeAdapter(Mapping[str, Cues], config=_WHEN_USED)
_PEOPLE_WORDS = TypeAdapter(Mapping[str, PeopleWords], config=_WHEN_USED)
_WORDING = TypeAdapter(Wording)
_SMALL_TALK = TypeAdapter(Mapping[str, SmallTalk], config=_WHEN_USED)
_OUT_OF_SCOPE = TypeAdapter(Mapping[str, OutOfScope], config=_WHEN_USED)
_STARTERS = TypeAdapter(Mapping[str, str], config=_WHEN_USED)
_PLACES = TypeAdapter(Mapping[str, Province], config=_WHEN_USED)
_INFO = TypeAdapter(RegionInfo)
_FIGURES = TypeAdapter(Mapping[str, Figure], config=_WHEN_USED)
_ANSWERS = TypeAdapter(Mapping[str, Answer], config=_WHEN_USED)
_GAPS = TypeAdapter(Mapping[str, Gap], config=_WHEN_USED)
_RULES: TypeAdapter[Mapping[str, Rule]] = TypeAdapter(Mapping[str, Rule], config=_WHEN_USED)


def _read_national(source: Source) -> National | None:
    folder = source.root / "national"
    lexicon = folder / "lexicon"
    wording = source.read(folder / "wording.yaml", _WORDING)
    topics = source.read_all(folder / "topics", _TOPICS)
    dimensions = source.read(folder / "dimensions.yaml", _DIMENSIONS) or {}
    concepts = source.read_all(lexicon / "concepts", _CONCEPTS)
    value_words = source.read(lexicon / "values.yaml", _VALUE_WORDS) or {}
    amount_roles = source.read(lexicon / "amounts.yaml", _CUES) or {}
    day_roles = source.read(lexicon / "days.yaml", _CUES) or {}
    people_words = source.read(lexicon / "people.yaml", _PEOPLE_WORDS) or {}
    small_talk = source.read(folder / "smalltalk.yaml", _SMALL_TALK) or {}
    out_of_scope = source.read(folder / "out_of_scope.yaml", _OUT_OF_SCOPE) or {}
    starters = source.read(folder / "starters.yaml", _STARTERS) or {}
    places = source.read(folder / "places.yaml", _PLACES) or {}
    if wording is None:
        return None
    return National(
        topics=topics,
        dimensions=dimensions,
        concepts=concepts,
        value_words=value_words,
        amount_roles=amount_roles,
        day_roles=day_roles,
        people_words=people_words,
        small_talk=small_talk,
        out_of_scope=out_of_scope,
        starters=starters,
        places=places,
        wording=wording,
    )


def _read_region(source: Source, folder: Path) -> Region | None:
    info = source.read(folder / "region.yaml", _INFO)
    figures = source.read(folder / "figures.yaml", _FIGURES)
    answers = source.read(folder / "answers.yaml", _ANSWERS)
    gaps = source.read(folder / "gaps.yaml", _GAPS)
    rules = source.read(folder / "rules.yaml", _RULES)
    if info is None or figures is None or answers is None or gaps is None or rules is None:
        return None
    return Region(folder.name, info, figures, answers, gaps, rules)


def load(folder: Path | None = None) -> Knowledge:
    """Load and check the knowledge of a folder that holds `national/` and `regions/`.

    Args:
        folder: the folder; None for the knowledge that comes with the package.

    Raises:
        KnowledgeError: anything is wrong; it names every fault with file, line and column.

    """
    source = Source(folder or PACKAGED)
    national = _read_national(source)
    folders = sorted(path for path in (source.root / "regions").glob("*") if path.is_dir())
    if not folders:
        source.faults.append(Fault("regions", 1, 1, "", "there is no region folder"))
    regions = {path.name: region for path in folders if (region := _read_region(source, path)) is not None}
    if source.faults or national is None:  # else every reference into a broken file would be a fault, too
        raise KnowledgeError(source.faults)
    knowledge = Knowledge(national, regions)
    for problem in problems(knowledge):
        source.fault(_file_of(source.root, problem.file, problem.keys), problem.keys, problem.message)
    if source.faults:
        raise KnowledgeError(source.faults)
    return knowledge


def _file_of(root: Path, name: str, keys: tuple[Key, ...]) -> Path:
    """Find the file that a problem is in; a folder of files stands for the one that holds the first key."""
    path = root / name
    if path.is_dir() and keys:
        files = sorted(path.glob("*.yaml"))
        return next((file for file in files if str(keys[0]) in (read_yaml(file, file.name) or {})), files[0])
    return path
