"""Words: what is cut out, and that both engines cut alike."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation import read_cases
from bot.understanding.index import Index, index_of, phrasings_of
from bot.understanding.jieba_engine import JiebaEngine
from bot.understanding.places import Gazetteer
from bot.understanding.rjieba_engine import RjiebaEngine
from bot.understanding.segment import Engine, EngineName, Segmenter, engine_of, plain
from bot.understanding.text import clean
from knowledge.contents import Knowledge

TESTS = Path(__file__).parents[1]
NAMES: tuple[EngineName, ...] = ("jieba", "rjieba")
ENGINES: tuple[type[Engine], ...] = (JiebaEngine, RjiebaEngine)

each_engine = pytest.mark.parametrize("engine", ENGINES)


@each_engine
def test_given_words_are_cut_out_whole(engine: type[Engine]) -> None:
    segmenter = Segmenter(["三甲住院部", "a"], engine)
    assert segmenter.cut("在三甲住院部 看病") == ["在", "三甲住院部", "看病"]


@each_engine
def test_two_segmenters_do_not_share_words(engine: type[Engine]) -> None:
    Segmenter(["看病多少"], engine)
    assert Segmenter([], engine).cut("看病多少") == ["看病", "多少"]


@each_engine
def test_letters_are_not_parted_by_a_word_of_the_field(engine: type[Engine]) -> None:
    segmenter = Segmenter(["cap", "pos机"], engine)
    assert segmenter.cut("capital cap pos机") == ["capital", "cap", "pos机"]


@each_engine
@pytest.mark.parametrize("words", [["三甲住院部"], []])
def test_a_segmenter_that_was_written_down_cuts_as_before(engine: type[Engine], words: list[str]) -> None:
    segmenter = Segmenter(words, engine)
    read: Segmenter = pickle.loads(pickle.dumps(segmenter))
    assert read.cut("在三甲住院部看病") == segmenter.cut("在三甲住院部看病")


def test_names_stand_for_engines() -> None:
    assert [engine_of(name) for name in NAMES] == [*ENGINES]


# --- both alike -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def indexes(packaged: Knowledge) -> list[Index]:
    return [index_of(packaged, name) for name in NAMES]


def known_texts(knowledge: Knowledge, index: Index) -> Iterator[str]:
    """Give the phrasings, the words of the lexicon and the places, and the test questions, cleaned."""
    for texts in phrasings_of(knowledge).values():
        yield from texts
    yield from index.lexicon.words
    yield from Gazetteer(knowledge).words()
    for folder in ("eval", "unseen"):
        for case in read_cases(TESTS / folder):
            yield from map(clean, case.turns)


def test_both_engines_cut_all_known_texts_alike(packaged: Knowledge, indexes: list[Index]) -> None:
    one, other = (index.lexicon.segmenter for index in indexes)
    texts = {text.lower() for text in known_texts(packaged, indexes[0])}

    assert len(texts) > 10_000
    assert [(text, cut) for text in texts if (cut := one.cut(text)) != other.cut(text)] == []


def test_both_engines_cut_plain_words_alike(packaged: Knowledge, indexes: list[Index]) -> None:
    one, other = map(plain, ENGINES)
    texts = set(known_texts(packaged, indexes[0]))
    assert [(text, cut) for text in texts if (cut := one.cut(text)) != other.cut(text)] == []


_PIECES = (
    "住院|报销|首次参保|缴费|医保|电子凭证|三甲|12.5%|3万|pos机|app|a-b|C++|\\n| |，|。|㗎|嗰|𠮷|é|😀|ｶ|①"
)


@given(
    st.one_of(st.text(max_size=30), st.lists(st.sampled_from(_PIECES.split("|")), max_size=12).map("".join))
)
def test_both_engines_cut_any_message_alike(indexes: list[Index], text: str) -> None:
    one, other = (index.lexicon.segmenter for index in indexes)
    message = clean(text).lower()
    assert one.cut(message) == other.cut(message)
