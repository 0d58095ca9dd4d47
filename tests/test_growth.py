"""What must not grow with the number of regions, told by counts: a machine may be busy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.understanding import matcher
from bot.understanding.index import Index
from bot.understanding.jieba_engine import JiebaEngine
from bot.understanding.matcher import features_of
from knowledge import cache
from knowledge.contents import Knowledge
from knowledge.loader import load
from tests.benchmarks.questions import questions
from tests.benchmarks.regions import names

MANY = 300
SHARE_OF_INDEX = 1.25
"""What the whole index may grow by: the names of places grow with the places, phrasings do not."""


@pytest.fixture(scope="module")
def five() -> Knowledge:
    return load()


@pytest.fixture(scope="module")
def three_hundred(five: Knowledge) -> Knowledge:
    """The five, and places of other names whose documents say the same."""
    regions = dict(five.regions)
    real = list(five.regions.values())
    for number, name in zip(range(MANY - len(real)), names(), strict=False):
        like = real[number % len(real)]
        place = like.info.place.model_copy(
            update={
                "name": f"{name}县",
                "aliases": (name,),
                "districts": (),
                "nicknames": (),
                "residents": (),
            }
        )
        info = like.info.model_copy(update={"place": place, "words": {}})
        regions[f"r{number}"] = replace(like, id=f"r{number}", info=info)
    return replace(five, regions=regions)


@pytest.fixture(scope="module")
def indexes(five: Knowledge, three_hundred: Knowledge) -> tuple[Index, Index]:
    return Index.of(five, JiebaEngine), Index.of(three_hundred, JiebaEngine)


def test_what_phrasings_are_found_by_does_not_grow(indexes: tuple[Index, Index]) -> None:
    few, many = (len(cache.pickled((found.matcher, found.sounds))) for found in indexes)
    assert many <= few * 1.01


def test_only_place_names_grow(indexes: tuple[Index, Index]) -> None:
    few, many = (len(cache.pickled(found)) for found in indexes)
    assert many <= few * SHARE_OF_INDEX


def test_as_many_phrasings_are_compared_with_a_message(
    indexes: tuple[Index, Index], monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []
    really: Any = vars(matcher)["cdist"]

    def counted(texts: tuple[str], choices: list[str], **options: Any) -> Any:
        compared.append(len(choices))
        return really(texts, choices, **options)

    monkeypatch.setattr(matcher, "cdist", counted)
    counts = []
    for found in indexes:
        compared.clear()
        for case in questions()[::10]:
            text = case.turns[0]
            found.matcher.rank(features_of(found.lexicon.tokens(text)), text)
        counts.append(list(compared))
    assert counts[0] == counts[1]
    assert max(counts[0]) <= matcher._COMPARED
