from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.understanding import index
from bot.understanding.index import Index, index_of
from bot.understanding.matcher import Ranking, features_of
from bot.understanding.segment import Engine, EngineName
from knowledge import cache
from knowledge.contents import Knowledge

ENGINES: tuple[EngineName, ...] = ("jieba", "rjieba")
ASKED = ("大学生一年交多少钱", "三甲主院能抱多少", "忘交了咋个办", "微信在哪个里头缴费", "你好")


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / cache.FOLDER


@pytest.fixture
def learnt(monkeypatch: pytest.MonkeyPatch) -> list[Knowledge]:
    """What was learnt from, in order."""
    found: list[Knowledge] = []
    learn = Index.of

    def counted(knowledge: Knowledge, engine: type[Engine]) -> Index:
        found.append(knowledge)
        return learn(knowledge, engine)

    monkeypatch.setattr(index.Index, "of", counted)
    return found


def ranked(found: Index) -> list[tuple[str, Ranking]]:
    texts = [found.speller.recover(text) for text in ASKED]
    return [(text, found.matcher.rank(features_of(found.lexicon.tokens(text)), text)) for text in texts]


def test_a_kept_index_understands_alike(cached: Path, packaged: Knowledge, learnt: list[Knowledge]) -> None:
    first, second = index_of(packaged, "jieba"), index_of(packaged, "jieba")

    assert len(learnt) == 1
    assert cached.is_dir()
    assert ranked(first) == ranked(second)
    assert first.gazetteer.find("大同的") == second.gazetteer.find("大同的")
    assert first.lexicon.segmenter.cut("电子医保凭证") == second.lexicon.segmenter.cut("电子医保凭证")


def test_another_phrasing_word_or_place_is_learnt(
    cached: Path, packaged: Knowledge, learnt: list[Knowledge]
) -> None:
    national = packaged.national
    name, topic = next(iter(national.topics.items()))
    more = topic.model_copy(update={"phrasings": (*topic.phrasings, "乌有之问怎么问")})
    dimension, words = next(iter(national.value_words.items()))
    region_name, region = next(iter(packaged.regions.items()))
    place = region.info.place.model_copy(update={"nicknames": ("乌有之城",)})
    moved = replace(region, info=region.info.model_copy(update={"place": place}))
    for changed in (
        packaged,
        replace(packaged, national=replace(national, topics={**national.topics, name: more})),
        replace(
            packaged,
            national=replace(
                national,
                value_words={
                    **national.value_words,
                    dimension: {**words, next(iter(words)): ("乌有之词",)},
                },
            ),
        ),
        replace(packaged, regions={**packaged.regions, region_name: moved}),
    ):
        index_of(changed, "jieba")
        index_of(changed, "jieba")
    assert len(learnt) == 4
    assert cached.is_dir()


def test_a_spoilt_index_is_learnt_again(cached: Path, packaged: Knowledge, learnt: list[Knowledge]) -> None:
    index_of(packaged, "jieba")
    for file in cached.glob("index-*"):
        cache.keep("index", file.stem.removeprefix("index-"), b"no pickle")
    index_of(packaged, "jieba")

    assert len(learnt) == 2


def test_each_engine_has_an_index_of_its_own(
    cached: Path, packaged: Knowledge, learnt: list[Knowledge]
) -> None:
    indexes = [index_of(packaged, engine) for engine in ENGINES * 2]

    assert len(learnt) == 2
    assert cached.is_dir()
    assert ranked(indexes[1]) == ranked(indexes[3]) == ranked(indexes[0])
